/* Identities whose private key this process does not have: <handfast/config.h>. */
#include "api/builder.h"

#include "identity/elsewhere.h"

/* Every signature comes later, through hf_answer_signature. */
static enum hf_signer_answer sign_later(void *context, const struct hf_signer_request *request,
                                        struct hf_writer *ret_signature)
{
    (void)context;
    (void)request;
    (void)ret_signature;
    return HF_SIGNER_PENDING;
}

static void keep_failure(struct hf_builder *builder, enum hf_error error, const struct hf_failure *failure)
{
    builder->failure = *failure;
    builder->failure.error = error;
}

/* Takes the signer. NULL: the builder has the failure. */
static struct hf_identity *make(struct hf_builder *builder, struct hf_span chain, struct hf_signer signer)
{
    struct hf_config *config = builder->config;
    struct hf_failure failure = {.depth = -1};
    struct hf_identity *identity = NULL;
    enum hf_error error =
        hf_identity_new_signer(config->toolbox, &config->allocator, chain, signer, &identity, &failure);
    if (error != HF_OK)
        keep_failure(builder, error, &failure);
    return identity;
}

void hf_builder_identity_outside(struct hf_builder *builder, const char *chain, size_t chain_len)
{
    if (!hf_builder_has_room_for_identity(builder))
        return;
    struct hf_identity *identity = make(builder, hf_span_of(chain, chain_len), (struct hf_signer){.begin = sign_later});
    if (identity != NULL)
        builder->config->identities[builder->config->identity_count++] = identity;
}

void hf_builder_identity_holder(struct hf_builder *builder, const char *chain, size_t chain_len,
                                const struct hf_key_holder *holder)
{
    struct hf_failure failure = {.depth = -1};
    struct hf_signer signer;
    if (!hf_builder_has_room_for_identity(builder)) {
        if (holder->release != NULL)
            holder->release(holder->context);
        return;
    }
    struct hf_config *config = builder->config;
    enum hf_error error = hf_elsewhere_signer(config->toolbox, &config->allocator, holder, &signer);
    if (error != HF_OK) {
        keep_failure(builder, error, &failure);
        return;
    }
    struct hf_identity *identity = make(builder, hf_span_of(chain, chain_len), signer);
    if (identity == NULL)
        return;
    config->identities[config->identity_count++] = identity;
    error = hf_elsewhere_probe(identity, &failure);
    if (error != HF_OK)
        keep_failure(builder, error, &failure);
}
