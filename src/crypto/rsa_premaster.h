/* The premaster secret that a client encrypts under the server's RSA key (RFC 5246 7.4.7.1): made, and taken out. What
 * comes in wrong is replaced by random bytes, on one path and in one time, so that a server is no oracle for anybody
 * (Bleichenbacher 1998, Klima and others 2003, ROBOT 2017). HF_HISTORIC_RSA_KEY_EXCHANGE. */
#ifndef HF_CRYPTO_RSA_PREMASTER_H
#define HF_CRYPTO_RSA_PREMASTER_H

#include "base/secret.h"
#include "crypto/private_key.h"
#include "crypto/public_key.h"
#include "seam/random.h"

enum { HF_RSA_PREMASTER_LEN = 48 };

/* A client: two bytes of the version that its ClientHello named, then random ones. */
HF_MUST enum hf_error hf_rsa_premaster_make(const struct hf_random *random, uint16_t version,
                                            struct hf_premaster *ret_premaster);

/* A server: HF_RSA_PREMASTER_LEN bytes in every case: the client's when padding, length and version are right, else
 * random ones, which fail the handshake at Finished like any wrong key. Fails only where that says nothing of the
 * ciphertext: no_memory, wrong_call, crypto_failed of the random source. */
HF_MUST enum hf_error hf_rsa_premaster_open(const struct hf_private_key *key, const struct hf_random *random,
                                            uint16_t version, struct hf_span ciphertext,
                                            struct hf_premaster *ret_premaster);

/* The part of it that must not show what it sees, apart for the test that watches it: `premaster` holds random bytes,
 * and those of the decrypted block take their place if all about the block is right. */
void hf_rsa_premaster_take(struct hf_span block, uint16_t version, struct hf_premaster *premaster);

#endif
