/* Raw public keys for tests: those of the lab's identities, as what the other end knows of them. */
#ifndef HF_TESTS_RAW_LAB_H
#define HF_TESTS_RAW_LAB_H

#include "support/lab.h"

/* The SubjectPublicKeyInfo of an identity's P-256 key, as PEM: NUL-terminated, lives until the program ends. */
const char *raw_lab_public(enum lab_who who);

/* Adds that key as a raw identity, before or behind the certificate. */
void raw_lab_identity(struct hf_builder *builder, enum lab_who who);

/* Knows it. */
void raw_lab_trust(struct hf_builder *builder, enum lab_who who);

#endif
