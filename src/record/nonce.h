/* The per-record nonce of IV xor sequence number: RFC 9846 5.3, and RFC 7905 2 for ChaCha20-Poly1305 in TLS 1.2. */
#ifndef HF_RECORD_NONCE_H
#define HF_RECORD_NONCE_H

#include "base/span.h"
#include "crypto/aead.h"

/* Writes the nonce: `iv` (HF_AEAD_NONCE_LEN bytes) with the sequence number, big-endian, over its last 8 bytes. */
void hf_nonce_xor(const uint8_t *iv, uint64_t sequence, uint8_t nonce[HF_AEAD_NONCE_LEN]);

#endif
