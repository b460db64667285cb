/* Cipher suites, one row each in suites.def (RFC 9846 B.4, RFC 5289, 7905, 7251), and in suites_on_request.def those
 * that a policy has only when it was asked for them. In TLS 1.3 a suite names AEAD and hash; in 1.2 also how keys are
 * exchanged and what key the server signs with. */
#ifndef HF_REGISTRY_SUITE_H
#define HF_REGISTRY_SUITE_H

#include "crypto/aead.h"
#include "crypto/block_cipher.h"
#include "crypto/hash.h"
#include "registry/version_bit.h"

enum hf_suite_key_exchange {
    HF_SUITE_KEY_EXCHANGE_NONE = 0, /* TLS 1.3: negotiated apart */
    HF_SUITE_KEY_EXCHANGE_ECDHE,
    HF_SUITE_KEY_EXCHANGE_DHE,
    HF_SUITE_KEY_EXCHANGE_RSA,
    HF_SUITE_KEY_EXCHANGE_PSK,
    HF_SUITE_KEY_EXCHANGE_DHE_PSK,
    HF_SUITE_KEY_EXCHANGE_ECDHE_PSK,
    HF_SUITE_KEY_EXCHANGE_RSA_PSK
};

/* What a key exchange is made of. The server's certificate is used by signing its share, or by decrypting what the
 * client encrypted under it; with neither it presents none. */
struct hf_suite_traits {
    bool signs;
    bool decrypts;
    bool has_curve; /* Diffie-Hellman on a curve */
    bool has_field; /* in a finite field */
    bool has_psk;
};

enum hf_suite_auth {
    HF_SUITE_AUTH_NONE = 0, /* TLS 1.3: negotiated apart */
    HF_SUITE_AUTH_RSA,
    HF_SUITE_AUTH_ECDSA, /* also Ed25519 and Ed448 (RFC 8422 2.1) */
    HF_SUITE_AUTH_PSK    /* no certificate at all (RFC 4279 2) */
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
    enum hf_block_cipher_id block; /* CBC; NONE with AEAD, and where nothing is encrypted */
    enum hf_hash_id mac;           /* of the record's own MAC; NONE with AEAD */
    unsigned switches;             /* enum hf_historic: all of them must be on */
};

/* The traits of its key exchange. Static; in TLS 1.3 those of a server that signs. */
const struct hf_suite_traits *hf_suite_traits_of(const struct hf_suite *suite);

/* Whether the server presents a certificate. */
bool hf_suite_certifies(const struct hf_suite *suite);

/* Whether it only authenticates, and encrypts nothing. */
bool hf_suite_is_readable(const struct hf_suite *suite);

/* Whether the default policy may have it: it needs no switch and no shared key. */
bool hf_suite_is_current(const struct hf_suite *suite);

/* Bytes of a direction's keys for encryption, and for the record's own MAC; 0 where it has none. */
size_t hf_suite_key_len(const struct hf_suite *suite);
size_t hf_suite_mac_len(const struct hf_suite *suite);

/* Rows are constants of the library. NULL when there is none. */
const struct hf_suite *hf_suite_find(uint16_t id);

/* By name or alias, without regard to case. */
const struct hf_suite *hf_suite_find_name(struct hf_span name);

/* Rows in order of preference, 0 to hf_suite_count() - 1; NULL beyond. */
const struct hf_suite *hf_suite_at(size_t index);
size_t hf_suite_count(void);

#endif
