/* The sequence number is padded on the left to the IV's length and xored with it (RFC 9846 5.3). */
#include "record/nonce.h"

void hf_nonce_xor(const uint8_t *iv, uint64_t sequence, uint8_t nonce[HF_AEAD_NONCE_LEN])
{
    for (size_t i = HF_AEAD_NONCE_LEN; i > 0; i--) {
        nonce[i - 1] = iv[i - 1] ^ (uint8_t)(sequence & 0xff);
        sequence >>= 8;
    }
}
