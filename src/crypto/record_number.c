/* AES in ECB mode over the sample, or the ChaCha20 block whose counter and nonce are the sample: RFC 9147 4.2.3.
 * libcrypto's ChaCha20 takes counter (little-endian) and nonce together as a 16-byte IV, which is just the sample. */
#include "crypto/record_number.h"

#include "base/must.h"
#include "base/secret.h"
#include "crypto/toolbox_parts.h"

#include <openssl/evp.h>

struct hf_record_number {
    const struct hf_allocator *allocator;
    EVP_CIPHER_CTX *context;
    bool streams; /* ChaCha20: the sample is its IV */
};

static const char *cipher_name(enum hf_aead_id aead)
{
    if (aead == HF_AEAD_CHACHA20_POLY1305)
        return "ChaCha20";
    return hf_aead_key_len(aead) == 16 ? "AES-128-ECB" : "AES-256-ECB";
}

static bool start(struct hf_record_number *number, enum hf_aead_id aead, const uint8_t *key)
{
    static const uint8_t no_iv[HF_RECORD_NUMBER_SAMPLE_LEN];
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, cipher_name(aead), NULL);
    bool started = cipher != NULL && number->context != NULL &&
                   EVP_EncryptInit_ex2(number->context, cipher, key, number->streams ? no_iv : NULL, NULL) == 1 &&
                   EVP_CIPHER_CTX_set_padding(number->context, 0) == 1;
    EVP_CIPHER_free(cipher);
    return started;
}

enum hf_error hf_record_number_new(const struct hf_allocator *allocator, enum hf_aead_id aead, struct hf_span key,
                                   struct hf_record_number **ret_number)
{
    if (key.len == 0 || key.len != hf_aead_key_len(aead))
        return HF_ERR_wrong_call;
    struct hf_record_number *number = hf_allocation_new(allocator, sizeof *number);
    if (number == NULL)
        return HF_ERR_no_memory;
    number->allocator = allocator;
    number->streams = aead == HF_AEAD_CHACHA20_POLY1305;
    number->context = EVP_CIPHER_CTX_new();
    if (!start(number, aead, key.data)) {
        enum hf_error error = number->context == NULL ? HF_ERR_no_memory : HF_ERR_crypto_failed;
        hf_record_number_free(number);
        return hf_toolbox_forget(error);
    }
    *ret_number = number;
    return HF_OK;
}

enum hf_error hf_record_number_mask(struct hf_record_number *number, const uint8_t *sample,
                                    uint8_t ret_mask[HF_RECORD_NUMBER_MASK_LEN])
{
    static const uint8_t zeros[HF_RECORD_NUMBER_SAMPLE_LEN];
    uint8_t block[HF_RECORD_NUMBER_SAMPLE_LEN];
    int len = 0;
    bool fine = number->streams ? EVP_EncryptInit_ex2(number->context, NULL, NULL, sample, NULL) == 1 : true;
    if (!fine || EVP_EncryptUpdate(number->context, block, &len, number->streams ? zeros : sample, sizeof block) != 1)
        return hf_toolbox_forget(HF_ERR_crypto_failed);
    for (size_t i = 0; i < HF_RECORD_NUMBER_MASK_LEN; i++)
        ret_mask[i] = block[i];
    hf_wipe(block, sizeof block);
    return HF_OK;
}

void hf_record_number_free(struct hf_record_number *number)
{
    if (number == NULL)
        return;
    EVP_CIPHER_CTX_free(number->context);
    hf_allocation_free(number->allocator, number);
}
