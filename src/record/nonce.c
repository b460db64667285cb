/* The sequence number is padded on the left to the IV's length and xored with it (RFC 9846 5.3). */
#include "record/nonce.h"

void hf_nonce_xor(const uint8_t *iv, uint64_t sequence, uint8_t nonce[HF_AEAD_NONCE_LEN])
{
    for (size_t i = 0; i < HF_AEAD_NONCE_LEN; i++) {
        size_t from_end = HF_AEAD_NONCE_LEN - 1 - i;
        uint8_t part = from_end < sizeof sequence ? (uint8_t)(sequence >> (8 * from_end)) : 0;
        nonce[i] = iv[i] ^ part;
    }
}
