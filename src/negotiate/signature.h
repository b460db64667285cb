/* Signature schemes: the peer's list made into what identity/ needs, and the check of a scheme that a peer signed with.
 * RFC 9846 4.3.3, 4.5.2: no PKCS#1 and no SHA-1 in 1.3, curves bound to hashes; RFC 5246 7.4.1.4.1, 7.4.3, 7.4.8. */
#ifndef HF_NEGOTIATE_SIGNATURE_H
#define HF_NEGOTIATE_SIGNATURE_H

#include "error/error.h"
#include "extension/hello.h"

enum { HF_NEGOTIATE_SCHEMES_MAX = 32 };

/* Schemes of a peer's list that the registry knows, in the peer's order, each once. */
struct hf_negotiate_schemes {
    uint16_t items[HF_NEGOTIATE_SCHEMES_MAX];
    size_t count;
};

/* `config`: only those that our policy has too, as for signing with them; NULL: all, as for judging chains by them. */
void hf_negotiate_signature_list(const struct hf_config *config, struct hf_span list,
                                 struct hf_negotiate_schemes *ret_schemes);

/* What a client accepts that sent no signature_algorithms: in TLS 1.2 SHA-1 with the suite's key (RFC 5246 7.4.1.4.1),
 * of which the list holds what our policy has: nothing, unless HF_HISTORIC_SHA1_SIGNATURES is on. */
void hf_negotiate_signature_list_default12(const struct hf_config *config, struct hf_negotiate_schemes *ret_schemes);

/* Whether the peer may sign a handshake of this generation with the scheme `id` under its key: we offered it, the
 * version allows it, and it fits the key. *ret_kind is for hf_public_key_verify. HF_ERR_wrong_signature_scheme. */
HF_MUST enum hf_error hf_negotiate_signature_check(const struct hf_config *config, enum hf_version_bit generation,
                                                   uint16_t id, enum hf_key_type key,
                                                   struct hf_signature_kind *ret_kind, struct hf_failure *ret_failure);

#endif
