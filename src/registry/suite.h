/* Cipher suites, one row each in suites.def (RFC 9846 B.4, RFC 5289, 7905, 7251). In TLS 1.3 a suite names AEAD and
 * hash; in 1.2 also how keys are exchanged and what key the server signs with. */
#ifndef HF_REGISTRY_SUITE_H
#define HF_REGISTRY_SUITE_H

#include "crypto/aead.h"
#include "crypto/hash.h"
#include "registry/version_bit.h"

enum hf_suite_key_exchange {
    HF_SUITE_KEY_EXCHANGE_NONE = 0, /* TLS 1.3: negotiated apart */
    HF_SUITE_KEY_EXCHANGE_ECDHE
};

enum hf_suite_auth {
    HF_SUITE_AUTH_NONE = 0, /* TLS 1.3: negotiated apart */
    HF_SUITE_AUTH_RSA,
    HF_SUITE_AUTH_ECDSA /* also Ed25519 and Ed448 (RFC 8422 2.1) */
};

struct hf_suite {
    uint16_t id;
    const char *name;     /* the registry's name: TLS_AES_128_GCM_SHA256 */
    const char *alias;    /* the name that OpenSSL's configurations use: ECDHE-RSA-AES128-GCM-SHA256 */
    unsigned versions;    /* of enum hf_version_bit */
    enum hf_aead_id aead; /* usage limits are its row's, see hf_aead_kind_of */
    enum hf_hash_id hash; /* of HKDF (1.3) or the PRF (1.2), and of the transcript */
    enum hf_suite_key_exchange key_exchange;
    enum hf_suite_auth auth;
};

/* Rows are constants of the library. NULL when there is none. */
const struct hf_suite *hf_suite_find(uint16_t id);

/* By name or alias, without regard to case. */
const struct hf_suite *hf_suite_find_name(struct hf_span name);

/* Rows in order of preference, 0 to hf_suite_count() - 1; NULL beyond. */
const struct hf_suite *hf_suite_at(size_t index);
size_t hf_suite_count(void);

#endif
