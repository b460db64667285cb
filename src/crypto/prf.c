/* P_hash of RFC 5246 5: HMAC over A(i), label and seeds, as often as bytes are asked for. */
#include "crypto/prf.h"

#include "base/secret.h"
#include "crypto/hmac.h"

/* A(i), label and seeds, in the order in which P_hash hashes them. */
#define PARTS_MAX (HF_PRF_SEEDS_MAX + 2)

static enum hf_error p_hash(struct hf_hmac *hmac, const struct hf_prf_input *input, uint8_t *into, size_t len)
{
    struct hf_digest a = {0};
    struct hf_digest block = {0};
    struct hf_span parts[PARTS_MAX] = {{NULL, 0}, hf_span_of_text(input->label)};
    size_t count = input->seeds_count + 2;
    for (size_t i = 0; i < input->seeds_count; i++)
        parts[i + 2] = input->seeds[i];
    /* A(1) = HMAC(secret, label || seeds); A(i) = HMAC(secret, A(i-1)) */
    enum hf_error error = hf_hmac_make(hmac, parts + 1, count - 1, &a);
    for (size_t done = 0; done < len && error == HF_OK;) {
        parts[0] = hf_digest_span(&a);
        error = hf_hmac_make(hmac, parts, count, &block);
        struct hf_span piece = hf_span_part(hf_digest_span(&block), 0, len - done);
        if (error == HF_OK && !hf_span_copy(piece, into + done, len - done))
            error = HF_ERR_internal;
        done += piece.len;
        if (error == HF_OK && done < len)
            error = hf_hmac_make(hmac, parts, 1, &a);
    }
    hf_wipe(&a, sizeof a);
    hf_wipe(&block, sizeof block);
    return error;
}

enum hf_error hf_prf_expand(const struct hf_toolbox *toolbox, enum hf_hash_id id, const struct hf_prf_input *input,
                            uint8_t *into, size_t len)
{
    if (input->seeds_count > HF_PRF_SEEDS_MAX || hf_hash_len(id) == 0)
        return HF_ERR_internal;
    struct hf_hmac hmac;
    enum hf_error error = hf_hmac_begin(&hmac, toolbox, id, input->secret);
    if (error == HF_OK)
        error = p_hash(&hmac, input, into, len);
    hf_hmac_end(&hmac);
    if (error != HF_OK)
        hf_wipe(into, len);
    return error;
}
