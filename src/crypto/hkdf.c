/* RFC 5869 on HMAC alone: measured against libcrypto's EVP_KDF it costs about half, and nothing is fetched. */
#include "crypto/hkdf.h"

#include "crypto/hmac.h"

enum hf_error hf_hkdf_extract(const struct hf_toolbox *toolbox, enum hf_hash_id id, struct hf_span salt,
                              struct hf_span material, struct hf_secret *ret_secret)
{
    struct hf_digest digest = {0};
    /* An empty HMAC key is padded with zeros, so it equals RFC 5869's salt of zeros. */
    HF_TRY(hf_hmac_once(toolbox, id, salt, &material, 1, &digest));
    bool fits = hf_secret_set(ret_secret, hf_digest_span(&digest));
    hf_wipe(&digest, sizeof digest);
    return fits ? HF_OK : HF_ERR_internal;
}

static enum hf_error expand(const struct hf_toolbox *toolbox, enum hf_hash_id id, const struct hf_secret *secret,
                            struct hf_span info, uint8_t *into, size_t len)
{
    struct hf_digest block = {0}; /* T(0) is empty */
    enum hf_error error = HF_OK;
    uint8_t counter = 1;
    for (size_t done = 0; done < len && error == HF_OK; counter++) {
        const struct hf_span parts[] = {hf_digest_span(&block), info, hf_span_of(&counter, 1)};
        error = hf_hmac_once(toolbox, id, hf_secret_span(secret), parts, HF_COUNT(parts), &block);
        struct hf_span piece = hf_span_part(hf_digest_span(&block), 0, len - done);
        if (error == HF_OK && !hf_span_copy(piece, into + done, len - done))
            error = HF_ERR_internal;
        done += piece.len;
    }
    hf_wipe(&block, sizeof block);
    return error;
}

enum hf_error hf_hkdf_expand(const struct hf_toolbox *toolbox, enum hf_hash_id id, const struct hf_secret *secret,
                             struct hf_span info, uint8_t *into, size_t len)
{
    if (len > 255 * hf_hash_len(id))
        return HF_ERR_internal;
    enum hf_error error = expand(toolbox, id, secret, info, into, len);
    if (error != HF_OK)
        hf_wipe(into, len);
    return error;
}
