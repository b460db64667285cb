/* HPKE (RFC 9180) in base mode: one end encrypts to another's public key, message after message in one context.
 * Made of the library's own key exchange, HKDF and AEADs, so it needs nothing that libcrypto 3.0 lacks; libcrypto's
 * OSSL_HPKE (3.2 and later) is not used. Modes with a key of the sender's or a shared key, and exports, are not here:
 * nothing in TLS asks for them. */
#ifndef HF_CRYPTO_HPKE_H
#define HF_CRYPTO_HPKE_H

#include "base/buffer.h"
#include "base/secret.h"
#include "base/writer.h"
#include "crypto/toolbox.h"

/* RFC 9180 7.1, 7.2, 7.3: the code points that have a row in hpke.c, and those that are named elsewhere. */
enum {
    HF_HPKE_KEM_P256 = 0x0010,
    HF_HPKE_KEM_P384 = 0x0011,
    HF_HPKE_KEM_P521 = 0x0012,
    HF_HPKE_KEM_X25519 = 0x0020,
    HF_HPKE_KEM_X448 = 0x0021,
    HF_HPKE_KDF_SHA256 = 0x0001,
    HF_HPKE_KDF_SHA384 = 0x0002,
    HF_HPKE_KDF_SHA512 = 0x0003,
    HF_HPKE_AEAD_AES_128_GCM = 0x0001,
    HF_HPKE_AEAD_AES_256_GCM = 0x0002,
    HF_HPKE_AEAD_CHACHA20_POLY1305 = 0x0003
};

enum {
    HF_HPKE_ENC_MAX = 133,    /* an encapsulated key, which is a public key: P-521's */
    HF_HPKE_PRIVATE_MAX = 66, /* P-521's */
    HF_HPKE_TAG_LEN = 16,     /* of every AEAD here */
    HF_HPKE_AEADS = 3         /* their code points are 1 to this */
};

struct hf_hpke_suite {
    uint16_t kem, kdf, aead;
};

/* Whether all three have a row, and this libcrypto what they need. */
bool hf_hpke_available(const struct hf_toolbox *toolbox, struct hf_hpke_suite suite);

/* The length of a public key and of an encapsulated one; 0: the KEM has no row. */
size_t hf_hpke_public_len(uint16_t kem);

/* A context: of one end, for one direction. One thread at a time. */
struct hf_hpke;

struct hf_hpke_setup {
    const struct hf_toolbox *toolbox;
    const struct hf_allocator *allocator; /* both must outlive the context */
    struct hf_hpke_suite suite;
    struct hf_span info;
};

/* SetupBaseS: a sender to `public_key`; the encapsulated key is appended to `enc`. `ephemeral` is a private key for
 * published vectors; else empty, and a fresh one is made. HF_ERR_unsupported_here, HF_ERR_bad_key_share (the public key
 * is none), HF_ERR_no_memory, HF_ERR_crypto_failed. */
HF_MUST enum hf_error hf_hpke_new_sender(const struct hf_hpke_setup *setup, struct hf_span public_key,
                                         struct hf_span ephemeral, struct hf_writer *enc, struct hf_hpke **ret_hpke);

/* SetupBaseR: the receiver, with its private key. The same errors. */
HF_MUST enum hf_error hf_hpke_new_receiver(const struct hf_hpke_setup *setup, struct hf_span private_key,
                                           struct hf_span enc, struct hf_hpke **ret_hpke);

/* Wipes it. NULL is fine. */
void hf_hpke_free(struct hf_hpke *hpke);

/* The KEM's shared secret (RFC 9180 5.1.1): for the key log. */
const struct hf_secret *hf_hpke_shared_secret(const struct hf_hpke *hpke);

/* The next message of a sender: plaintext.len + HF_HPKE_TAG_LEN bytes to `into`. */
HF_MUST enum hf_error hf_hpke_seal(struct hf_hpke *hpke, struct hf_span aad, struct hf_span plaintext, uint8_t *into);

/* The next message of a receiver: ciphertext.len - HF_HPKE_TAG_LEN bytes to `into`. HF_ERR_bad_record when it does not
 * open, and then the same place in the sequence is tried again by the next call. */
HF_MUST enum hf_error hf_hpke_open(struct hf_hpke *hpke, struct hf_span aad, struct hf_span ciphertext, uint8_t *into);

#endif
