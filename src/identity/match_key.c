/* Two public keys are the same when their SubjectPublicKeyInfo is, or, where encoders differ in the parameters
 * (RSA with and without NULL), when their numbers are. RFC 5280 4.1.2.7. */
#include "identity/match_key.h"

static bool same_key(const struct hf_spki *a, const struct hf_spki *b)
{
    if (hf_span_equal(a->raw, b->raw))
        return true;
    return a->kind == b->kind && a->kind != HF_SPKI_UNKNOWN && hf_span_equal(a->modulus, b->modulus) &&
           hf_span_equal(a->exponent, b->exponent) && hf_span_equal(a->point, b->point);
}

enum hf_error hf_match_key(const struct hf_allocator *allocator, const struct hf_private_key *key,
                           const struct hf_certificate *certificates, size_t count, size_t *ret_index)
{
    struct hf_buffer der;
    hf_buffer_init(&der, allocator, HF_CERTIFICATE_LEN_MAX);
    struct hf_spki own;
    enum hf_error error = hf_private_key_spki(key, &der);
    if (error == HF_OK && !hf_algorithm_read_spki(hf_buffer_span(&der), &own))
        error = HF_ERR_unsupported_key;
    size_t at = 0;
    while (error == HF_OK && at < count && !same_key(&own, &certificates[at].key))
        at++;
    hf_buffer_release(&der);
    if (error == HF_OK)
        *ret_index = at;
    return error;
}
