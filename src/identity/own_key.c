/* RFC 9846 4.3.3 binds a curve to each ECDSA scheme, RFC 5246 7.4.1.4.1 does not: the registry knows, and gives the
 * kind of signature to make. A request names the scheme only, so both readings are tried; where both fit they agree. */
#include "identity/own_key.h"

#include "registry/signature_scheme.h"

struct hf_identity_schemes hf_own_key_schemes(enum hf_key_type type, enum hf_version_bit version)
{
    struct hf_identity_schemes schemes = {.count = 0};
    struct hf_signature_kind kind;
    for (size_t i = 0; i < hf_signature_scheme_count() && schemes.count < HF_IDENTITY_SCHEMES_MAX; i++) {
        const struct hf_signature_scheme *scheme = hf_signature_scheme_at(i);
        if (hf_signature_scheme_fits(scheme, version, type, &kind))
            schemes.items[schemes.count++] = scheme->id;
    }
    return schemes;
}

bool hf_own_key_kind(uint16_t scheme, enum hf_key_type type, struct hf_signature_kind *ret_kind)
{
    const struct hf_signature_scheme *row = hf_signature_scheme_find(scheme);
    return row != NULL && (hf_signature_scheme_fits(row, HF_VERSION_BIT_13, type, ret_kind) ||
                           hf_signature_scheme_fits(row, HF_VERSION_BIT_12, type, ret_kind));
}

static enum hf_signer_answer begin(void *context, const struct hf_signer_request *request,
                                   struct hf_writer *ret_signature)
{
    const struct hf_private_key *key = context;
    struct hf_signature_kind kind;
    if (!hf_own_key_kind(request->scheme, hf_private_key_type(key), &kind))
        return HF_SIGNER_FAILED;
    uint8_t signature[HF_SIGNER_ROOM];
    struct hf_signature_room room = {.into = signature, .room = sizeof(signature)};
    size_t len = 0;
    if (hf_private_key_sign(key, kind, request->message, room, &len) != HF_OK)
        return HF_SIGNER_FAILED;
    hf_writer_bytes(ret_signature, hf_span_of(signature, len));
    return hf_writer_end(ret_signature) ? HF_SIGNER_DONE : HF_SIGNER_FAILED;
}

struct hf_signer hf_own_key_signer(const struct hf_private_key *key)
{
    return (struct hf_signer){.begin = begin, .context = (void *)key};
}
