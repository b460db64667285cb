/* Random bytes of the system: libcrypto's generator, seeded by the kernel (RFC 9846 C.1, RFC 4086). */
#ifndef HF_CRYPTO_RANDOM_H
#define HF_CRYPTO_RANDOM_H

#include "seam/random.h"

/* The only source for real connections. Any thread; no context. Fails with HF_ERR_crypto_failed. */
extern const struct hf_random hf_random_system;

#endif
