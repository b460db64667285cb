/* Somebody else who holds a P-256 key of the lab, and signs with it by libcrypto. */
#ifndef HF_TESTS_KEY_HOLDER_H
#define HF_TESTS_KEY_HOLDER_H

#include "support/lab.h"

/* Signs what is wanted, which must be for ecdsa_secp256r1_sha256. Returns the signature's length. */
size_t key_holder_sign(enum lab_who who, const struct hf_signature_wanted *wanted, uint8_t *signature, size_t room);

/* Gives the builder this identity of the lab, its key held by one who signs whatever is asked. */
void key_holder_add(struct hf_builder *builder, enum lab_who who);

#endif
