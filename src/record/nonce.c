/* The sequence number is padded on the left to the IV's length and xored with it (RFC 9846 5.3). */
#include "record/nonce.h"

void hf_nonce_xor(const uint8_t *iv, uint64_t sequence, uint8_t nonce[HF_AEAD_NONCE_LEN])
{
    enum { NUMBER_LEN = 8, AT = HF_AEAD_NONCE_LEN - NUMBER_LEN };
    for (size_t i = 0; i < AT; i++)
        nonce[i] = iv[i];
    for (size_t i = 0; i < NUMBER_LEN; i++)
        nonce[AT + i] = iv[AT + i] ^ (uint8_t)(sequence >> (8 * (NUMBER_LEN - 1 - i)));
}
