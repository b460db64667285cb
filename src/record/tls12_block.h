/* TLS 1.2 record protection with a block cipher in CBC and an HMAC (RFC 5246 6.2.3.2), or with the HMAC alone where
 * nothing is encrypted (6.2.3.1). HF_HISTORIC_CBC, HF_HISTORIC_NULL_ENCRYPTION. */
#ifndef HF_RECORD_TLS12_BLOCK_H
#define HF_RECORD_TLS12_BLOCK_H

#include "crypto/block_cipher.h"
#include "crypto/hash.h"
#include "seam/record.h"

struct hf_tls12_block_setup {
    enum hf_block_cipher_id block; /* NONE: integrity only */
    enum hf_hash_id mac;
    bool encrypt_then_mac; /* RFC 7366; not with NONE */
    bool seals;            /* else it opens */
    const struct hf_traffic_keys *keys;
};

/* A protection for sealing or for opening; the caller owns it. The keys are copied, the caller wipes its own. toolbox
 * and allocator must outlive it. keys->iv must be empty: each record brings its own. Fails with wrong_call (lengths),
 * no_memory, unsupported_here, crypto_failed. */
HF_MUST enum hf_error hf_tls12_block_new(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                         const struct hf_tls12_block_setup *setup,
                                         struct hf_record_protection **ret_protection);

#endif
