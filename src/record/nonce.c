/* The sequence number is padded on the left to the IV's length and xored with it (RFC 9846 5.3). */
#include "record/nonce.h"

#include "base/bytes.h"

void hf_nonce_xor(const uint8_t *iv, uint64_t sequence, uint8_t nonce[HF_AEAD_NONCE_LEN])
{
    enum { NUMBER_LEN = 8, AT = HF_AEAD_NONCE_LEN - NUMBER_LEN };
    for (size_t i = 0; i < AT; i++)
        nonce[i] = iv[i];
    hf_bytes_put_u64(nonce + AT, hf_bytes_u64(iv + AT) ^ sequence);
}
