#include "identity/elsewhere.h"

#include "crypto/public_key.h"
#include "identity/chain_file.h"
#include "identity/own_key.h"
#include "registry/signature_scheme.h"

struct elsewhere {
    struct hf_key_holder holder;
    const struct hf_toolbox *toolbox;
    const struct hf_allocator *allocator;
};

enum hf_error hf_elsewhere_digest(const struct hf_toolbox *toolbox, uint16_t scheme, struct hf_span message,
                                  struct hf_digest *ret_digest)
{
    const struct hf_signature_scheme *row = hf_signature_scheme_find(scheme);
    *ret_digest = (struct hf_digest){.len = 0};
    if (row == NULL || row->kind.hash == HF_HASH_NONE)
        return HF_OK;
    return hf_hash_once(toolbox, row->kind.hash, &message, 1, ret_digest);
}

static void say_why(const struct hf_signer_request *request, const char *why)
{
    if (request->why != NULL)
        hf_text_add_safe(request->why, hf_span_of_text(why));
}

static bool ask(const struct elsewhere *elsewhere, const struct hf_signer_request *request,
                struct hf_signature_made *made)
{
    const struct hf_signature_scheme *row = hf_signature_scheme_find(request->scheme);
    struct hf_digest digest;
    if (row == NULL || hf_elsewhere_digest(elsewhere->toolbox, request->scheme, request->message, &digest) != HF_OK)
        return false;
    const struct hf_signature_wanted wanted = {
        .scheme = request->scheme,
        .scheme_name = row->name,
        .message = request->message.data,
        .message_len = request->message.len,
        .digest = digest.bytes,
        .digest_len = digest.len,
    };
    bool done = elsewhere->holder.sign(elsewhere->holder.context, &wanted, made);
    made->why[sizeof made->why - 1] = '\0';
    return done;
}

static enum hf_signer_answer begin(void *context, const struct hf_signer_request *request,
                                   struct hf_writer *ret_signature)
{
    const struct elsewhere *elsewhere = context;
    struct hf_signature_made made;
    made.len = 0;
    made.why[0] = '\0';
    made.wrong_key = false;
    if (!ask(elsewhere, request, &made) || made.len > sizeof made.bytes) {
        say_why(request, made.why);
        return made.wrong_key ? HF_SIGNER_WRONG_KEY : HF_SIGNER_FAILED;
    }
    hf_writer_bytes(ret_signature, hf_span_of(made.bytes, made.len));
    return hf_writer_end(ret_signature) ? HF_SIGNER_DONE : HF_SIGNER_FAILED;
}

static void release(void *context)
{
    struct elsewhere *elsewhere = context;
    if (elsewhere->holder.release != NULL)
        elsewhere->holder.release(elsewhere->holder.context);
    hf_allocation_free(elsewhere->allocator, elsewhere);
}

enum hf_error hf_elsewhere_signer(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                  const struct hf_key_holder *holder, struct hf_signer *ret_signer)
{
    struct elsewhere *elsewhere = hf_allocation_new(allocator, sizeof *elsewhere);
    if (elsewhere == NULL) {
        if (holder->release != NULL)
            holder->release(holder->context);
        return HF_ERR_no_memory;
    }
    *elsewhere = (struct elsewhere){*holder, toolbox, allocator};
    *ret_signer = (struct hf_signer){.begin = begin, .release = release, .context = elsewhere};
    return HF_OK;
}

enum hf_error hf_elsewhere_verify(const struct hf_identity *identity, const struct hf_elsewhere_claim *claim,
                                  struct hf_span signature)
{
    struct hf_signature_kind kind;
    if (identity->verifier == NULL)
        return HF_OK;
    if (!hf_own_key_kind(claim->scheme, identity->key_type, &kind))
        return HF_ERR_internal;
    enum hf_error error = hf_public_key_verify(identity->verifier, kind, claim->message, signature);
    return error == HF_ERR_bad_signature ? HF_ERR_signer_failed : error;
}

static enum hf_error mismatch(const struct hf_identity *identity, const char *got, struct hf_failure *ret_failure)
{
    (void)hf_chain_file_fail(ret_failure, HF_ERR_key_mismatch);
    hf_chain_file_name(ret_failure, &identity->parsed[0]);
    struct hf_text text = hf_text_of(ret_failure->wanted, sizeof ret_failure->wanted);
    hf_text_add(&text, "a holder of the certificate's own key");
    text = hf_text_of(ret_failure->got, sizeof ret_failure->got);
    hf_text_add(&text, "%s", got);
    return HF_ERR_key_mismatch;
}

static enum hf_error none(const char *why, struct hf_failure *ret_failure)
{
    (void)hf_chain_file_fail(ret_failure, HF_ERR_signer_failed);
    struct hf_text text = hf_text_of(ret_failure->where, sizeof ret_failure->where);
    hf_text_add(&text, "the holder of the private key");
    text = hf_text_of(ret_failure->got, sizeof ret_failure->got);
    hf_text_add(&text, "%s", why);
    return HF_ERR_signer_failed;
}

enum hf_error hf_elsewhere_probe(const struct hf_identity *identity, struct hf_failure *ret_failure)
{
    static const char message[] = "a message that no handshake signs"; /* RFC 9846 4.5.2: those begin with blanks */
    uint8_t signature[HF_SIGNER_ROOM];
    char why[160];
    struct hf_text why_text = hf_text_of(why, sizeof why);
    struct hf_writer writer = hf_writer_of(signature, sizeof signature);
    const struct hf_identity_schemes *schemes =
        identity->schemes13.count > 0 ? &identity->schemes13 : &identity->schemes12;
    const struct hf_elsewhere_claim claim = {schemes->items[0], hf_span_of_text(message)};
    const struct hf_signer_request request = {.scheme = claim.scheme, .message = claim.message, .why = &why_text};
    enum hf_signer_answer answer = identity->signer.begin(identity->signer.context, &request, &writer);
    if (answer == HF_SIGNER_WRONG_KEY)
        return mismatch(identity, why, ret_failure);
    if (answer != HF_SIGNER_DONE)
        return none(why, ret_failure);
    enum hf_error error = hf_elsewhere_verify(identity, &claim, hf_writer_span(&writer));
    if (error == HF_ERR_signer_failed)
        return mismatch(identity, "a signature that the certificate does not verify", ret_failure);
    return error == HF_OK ? HF_OK : hf_chain_file_fail(ret_failure, error);
}
