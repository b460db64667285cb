/* Delegated credentials, ours and those that we take: <handfast/delegation.h>. */
#include <handfast/delegation.h>

#include "api/builder.h"
#include "base/text.h"
#include "certificate/pem.h"
#include "identity/delegation.h"
#include "trust/verdict.h"

static const char of_identity[] = "hf_builder_identity_delegated_pem";

void hf_builder_take_delegated(struct hf_builder *builder, const char *schemes)
{
    static const char where[] = "hf_builder_take_delegated";
    if (!hf_builder_is_fine(builder))
        return;
    struct hf_config *config = builder->config;
    struct hf_reader list = hf_reader_of(hf_span_of_text(schemes));
    struct hf_span name;
    config->delegated_count = 0;
    while (hf_builder_lists_next(&list, &name)) {
        const struct hf_signature_scheme *scheme = hf_signature_scheme_find_name(name);
        if (scheme == NULL || !hf_delegation_allows(scheme->id) || config->delegated_count == HF_CONFIG_DELEGATED_MAX)
            hf_builder_refuse(builder, HF_ERR_setting_invalid, where,
                              "at most 8 schemes like ecdsa_secp256r1_sha256, none of plain RSA keys",
                              scheme == NULL ? NULL : scheme->name);
        else
            config->delegated_schemes[config->delegated_count++] = scheme->id;
    }
}

/* The credential of a PEM text. */
static enum hf_error decode(struct hf_span text, struct hf_buffer *into)
{
    struct hf_pem pem = hf_pem_of(text);
    struct hf_pem_block block;
    while (hf_pem_next(&pem, &block) == HF_PEM_BLOCK)
        if (hf_pem_has_label(&block, "DELEGATED CREDENTIAL"))
            return hf_pem_decode(&block, into, /* ret_line= */ NULL);
    return HF_ERR_file_malformed;
}

static void add(struct hf_builder *builder, const struct hf_identity_files *files, struct hf_span text)
{
    struct hf_config *config = builder->config;
    struct hf_failure failure = {.depth = -1};
    struct hf_identity *identity;
    struct hf_buffer credential;
    hf_buffer_init(&credential, &config->allocator, HF_DELEGATION_LEN_MAX);
    const enum hf_error decoded = decode(text, &credential);
    if (decoded != HF_OK) {
        hf_builder_refuse(builder, decoded, of_identity, "a PEM block DELEGATED CREDENTIAL", NULL);
    } else if (hf_identity_new_delegated(config->toolbox, &config->allocator, files, hf_buffer_span(&credential),
                                         &identity, &failure) == HF_OK) {
        config->identities[config->identity_count++] = identity;
    } else {
        builder->failure = failure;
    }
    hf_buffer_release(&credential);
}

void hf_builder_identity_delegated_pem(struct hf_builder *builder, const struct hf_authority_pair *chain_and_key,
                                       const char *credential, size_t credential_len)
{
    if (!hf_builder_has_room_for_identity(builder))
        return;
    const struct hf_identity_files files = {
        .chain = hf_span_of(chain_and_key->certificate, chain_and_key->certificate_len),
        .key = hf_span_of(chain_and_key->key, chain_and_key->key_len),
        .pass = chain_and_key->pass == NULL ? hf_buffer_span(&builder->pass) : hf_span_of_text(chain_and_key->pass),
    };
    add(builder, &files, hf_span_of(credential, credential_len));
}

void hf_builder_identity_delegated_files(struct hf_builder *builder, const char *chain_path,
                                         const char *credential_path, const char *key_path)
{
    enum { FILES = 3 };
    const char *const paths[FILES] = {chain_path, credential_path, key_path};
    struct hf_buffer bytes[FILES];
    size_t read = 0;
    if (!hf_builder_has_room_for_identity(builder))
        return;
    while (read < FILES && hf_builder_read_file(builder, paths[read], HF_IDENTITY_FILE_MAX, &bytes[read]))
        read++;
    if (read == FILES) {
        const struct hf_identity_files files = {.chain = hf_buffer_span(&bytes[0]),
                                                .key = hf_buffer_span(&bytes[2]),
                                                .pass = hf_buffer_span(&builder->pass)};
        add(builder, &files, hf_buffer_span(&bytes[1]));
    }
    while (read > 0)
        hf_buffer_release(&bytes[--read]);
}

static void check_dates(struct hf_builder *builder, const struct hf_identity *identity, int64_t now_s)
{
    if (now_s > identity->credential_end_s)
        hf_builder_refuse(builder, HF_ERR_own_credential_expired, of_identity, NULL, NULL);
    else if (identity->credential_end_s > now_s + HF_DELEGATION_LASTS_MAX_S)
        hf_builder_refuse(builder, HF_ERR_credential_unfit, of_identity, "one that ends within 7 days",
                          "one that lasts longer");
}

static void check(struct hf_builder *builder, const struct hf_identity *identity, int64_t now_s)
{
    struct hf_failure failure = {.depth = -1};
    if (hf_identity_check_credential(identity, builder->config->role, &failure) == HF_OK)
        check_dates(builder, identity, now_s);
    else
        builder->failure = failure;
    if (!hf_builder_is_fine(builder))
        hf_verdict_name_certificate(identity->parsed[0].der, &builder->failure);
}

void hf_builder_delegation_check(struct hf_builder *builder, int64_t now_s)
{
    const struct hf_config *config = builder->config;
    for (size_t i = 0; !config->presents_anyway && i < config->identity_count; i++)
        if (hf_buffer_len(&config->identities[i]->credential) > 0 && hf_builder_is_fine(builder))
            check(builder, config->identities[i], now_s);
}
