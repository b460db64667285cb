/* Private keys: read from PEM, generated, written, and signing. Reading never asks a terminal for a pass phrase.
 * PKCS#8 plain and encrypted, SEC1, PKCS#1 and the old encrypted PEM are read (RFC 5958, 5915, 8017, 7468). */
#ifndef HF_CRYPTO_PRIVATE_KEY_H
#define HF_CRYPTO_PRIVATE_KEY_H

#include "base/buffer.h"
#include "crypto/signature_kind.h"

/* A private key. Any number of threads may sign with one at once. */
struct hf_private_key;

/* The first private key of the PEM text; other blocks (certificates, EC PARAMETERS) are passed over.
 * pass.data is NULL when there is no pass phrase; it is used for encrypted keys only.
 * HF_ERR_key_encrypted: a pass phrase is needed and was not given. HF_ERR_pass_phrase_wrong.
 * HF_ERR_file_malformed: no key in it, or not readable. HF_ERR_unsupported_key: another type or curve. */
HF_MUST enum hf_error hf_private_key_read_pem(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                              struct hf_span pem, struct hf_span pass, struct hf_private_key **ret_key);

/* A new key. rsa_bits counts for RSA types only (2048 to 16384), else HF_ERR_setting_invalid. */
HF_MUST enum hf_error hf_private_key_generate(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                              enum hf_key_type type, unsigned rsa_bits,
                                              struct hf_private_key **ret_key);

/* Wipes it. NULL is fine. */
void hf_private_key_free(struct hf_private_key *key);

enum hf_key_type hf_private_key_type(const struct hf_private_key *key);

/* As hf_public_key_bits. */
size_t hf_private_key_bits(const struct hf_private_key *key);

/* Appends the key as unencrypted PKCS#8 PEM. On failure nothing was appended. */
HF_MUST enum hf_error hf_private_key_write_pem(const struct hf_private_key *key, struct hf_buffer *into);

/* Appends the DER of its SubjectPublicKeyInfo (RFC 5280 4.1.2.7): to match it with a certificate, and to issue one. */
HF_MUST enum hf_error hf_private_key_spki(const struct hf_private_key *key, struct hf_buffer *into);

/* The longest signature this key makes. */
size_t hf_private_key_signature_max(const struct hf_private_key *key);

/* Signs the message (not its hash). Writes at most `room` bytes to `into`; room must be at least
 * hf_private_key_signature_max. HF_ERR_wrong_call when the kind is unsound, not for this key, or the room too small;
 * HF_ERR_signer_failed when libcrypto would not sign (RSA too short for hash and salt). */
struct hf_signature_room {
    uint8_t *into;
    size_t room;
};
HF_MUST enum hf_error hf_private_key_sign(const struct hf_private_key *key, struct hf_signature_kind kind,
                                          struct hf_span message, struct hf_signature_room room, size_t *ret_len);

/* RSA's bare operation on a ciphertext, with nothing said of what comes out: to be judged in constant time
 * (rsa_premaster.h). Writes exactly hf_private_key_signature_max bytes, the modulus' length, to `into`. Any failure is
 * HF_ERR_crypto_failed, and says nothing but that the ciphertext is no number below the modulus, which is public.
 * HF_ERR_wrong_call for other types of keys. */
HF_MUST enum hf_error hf_private_key_decrypt_raw(const struct hf_private_key *key, struct hf_span ciphertext,
                                                 uint8_t *into);

#endif
