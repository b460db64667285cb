#include "crypto/rsa_premaster.h"

#include "base/constant_time.h"

enum { MODULUS_MAX = 2048 }; /* of 16384 bits */

enum hf_error hf_rsa_premaster_make(const struct hf_random *random, uint16_t version,
                                    struct hf_premaster *ret_premaster)
{
    HF_WIPED_PREMASTER struct hf_premaster premaster = {.len = HF_RSA_PREMASTER_LEN};
    HF_TRY(random->fill(random->context, premaster.bytes, premaster.len));
    premaster.bytes[0] = (uint8_t)(version >> 8);
    premaster.bytes[1] = (uint8_t)version;
    *ret_premaster = premaster;
    return HF_OK;
}

/* All ones when `block` is 00 02, bytes that are not zero, 00, and 48 bytes that begin with the version: RFC 8017 7.2.2
 * with the one length that can be right. Every byte is looked at. */
static size_t judge(const uint8_t *block, size_t len, uint16_t version)
{
    size_t zero_at = len - HF_RSA_PREMASTER_LEN - 1;
    size_t good = hf_constant_time_equal(block[0], 0) & hf_constant_time_equal(block[1], 2);
    for (size_t i = 2; i < zero_at; i++)
        good &= ~hf_constant_time_equal(block[i], 0);
    good &= hf_constant_time_equal(block[zero_at], 0);
    good &= hf_constant_time_equal(block[zero_at + 1], version >> 8);
    good &= hf_constant_time_equal(block[zero_at + 2], version & 0xff);
    return good;
}

void hf_rsa_premaster_take(struct hf_span block, uint16_t version, struct hf_premaster *premaster)
{
    const uint8_t *message = block.data + block.len - HF_RSA_PREMASTER_LEN;
    size_t good = judge(block.data, block.len, version);
    for (size_t i = 0; i < HF_RSA_PREMASTER_LEN; i++)
        premaster->bytes[i] = (uint8_t)hf_constant_time_select(good, message[i], premaster->bytes[i]);
}

enum hf_error hf_rsa_premaster_open(const struct hf_private_key *key, const struct hf_random *random, uint16_t version,
                                    struct hf_span ciphertext, struct hf_premaster *ret_premaster)
{
    uint8_t block[MODULUS_MAX] = {0};
    HF_WIPED_PREMASTER struct hf_premaster premaster = {.len = HF_RSA_PREMASTER_LEN};
    size_t len = hf_private_key_signature_max(key);
    if (hf_private_key_type(key) != HF_KEY_RSA || len > sizeof block || len < HF_RSA_PREMASTER_LEN + 11)
        return HF_ERR_wrong_call;
    /* Drawn before anything is known, so that drawing says nothing (RFC 5246 7.4.7.1). */
    HF_TRY(random->fill(random->context, premaster.bytes, premaster.len));
    enum hf_error error = hf_private_key_decrypt_raw(key, ciphertext, block);
    if (error == HF_ERR_no_memory)
        return error;
    hf_rsa_premaster_take(hf_span_of(block, len), version, &premaster); /* of zeros, where nothing could be decrypted */
    hf_wipe(block, sizeof block);
    *ret_premaster = premaster;
    return HF_OK;
}
