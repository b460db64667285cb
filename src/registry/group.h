/* Named groups, one row each in groups.def (RFC 9846 4.3.7, RFC 8422 5.1.1, draft-ietf-tls-ecdhe-mlkem,
 * draft-ietf-tls-mlkem). */
#ifndef HF_REGISTRY_GROUP_H
#define HF_REGISTRY_GROUP_H

#include "crypto/key_exchange.h"
#include "crypto/signature_kind.h"
#include "registry/version_bit.h"

struct hf_group {
    uint16_t id;
    const char *name;    /* the registry's name: secp256r1 */
    const char *aliases; /* other names, comma-separated: "prime256v1,P-256"; "" when none */
    unsigned versions;   /* of enum hf_version_bit: those with ML-KEM are for 1.3 only */
    enum hf_key_exchange_id key_exchange;
    size_t client_share_len; /* bytes of the key share of who offers, and of who answers */
    size_t server_share_len;
    enum hf_key_type key; /* the type of ECDSA keys on this curve (RFC 8422 5.1.1); HF_KEY_NONE for others */
};

/* Rows are constants of the library. NULL when there is none. */
const struct hf_group *hf_group_find(uint16_t id);

/* By name or alias, without regard to case. */
const struct hf_group *hf_group_find_name(struct hf_span name);

/* The group of an ECDSA key's curve; NULL for other keys. */
const struct hf_group *hf_group_find_key(enum hf_key_type key);

/* Rows in order of preference, 0 to hf_group_count() - 1; NULL beyond. Whether libcrypto has one:
 * hf_key_exchange_available. */
const struct hf_group *hf_group_at(size_t index);
size_t hf_group_count(void);

#endif
