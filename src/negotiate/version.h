/* Versions: what to offer, what to choose, what to believe of a choice. The one place that compares versions.
 * RFC 9846 4.2.2, 4.2.3, 4.3.1, E; RFC 5246 E.1; RFC 7507. */
#ifndef HF_NEGOTIATE_VERSION_H
#define HF_NEGOTIATE_VERSION_H

#include "error/error.h"
#include "extension/hello.h"
#include "identity/choose.h"

/* The generation of a version on the wire; 0 for one that this library does not do. */
unsigned hf_negotiate_version_generation(uint16_t version);

/* In what the generations differ as far as choosing goes: one row each, so that nobody else asks for the version. */
struct hf_negotiate_rules {
    bool shares_in_hellos;        /* keys are exchanged in the hellos, and suites do not name the kind of key */
    bool schemes_may_be_missing;  /* a hello without signature_algorithms means SHA-1 (RFC 5246 7.4.1.4.1) */
    bool request_names_types;     /* CertificateRequest has certificate_types */
    enum hf_choose_rule identity; /* which schemes of an identity count */
    uint16_t record_size_limit;   /* the largest value of that extension (RFC 8449 4) */
    uint16_t inner_type_len;      /* bytes of that value which are not plaintext */
};

/* Static; never NULL for a generation. */
const struct hf_negotiate_rules *hf_negotiate_version_rules(enum hf_version_bit generation);

/* The generations that the config allows: bits. */
unsigned hf_negotiate_version_generations(const struct hf_config *config);

/* Whether the config allows this very version, over its transport. */
HF_MUST bool hf_negotiate_version_allows(const struct hf_config *config, uint16_t version);

/* "TLS 1.3", ...; "unknown version" for others. Static. */
const char *hf_negotiate_version_name(uint16_t version);

/* Whether a hello offers anything below 1.3: by a version that it lists, or because it lists none (RFC 9849 7.1). */
bool hf_negotiate_version_offers_old(const struct hf_client_hello_facts *hello);

/* A client: sets the offer's generations, legacy_version and versions from its config. */
void hf_negotiate_version_offer(struct hf_client_offer *offer);

/* A client that renegotiates: of those only the version of the connection. */
void hf_negotiate_version_offer_only(struct hf_client_offer *offer, uint16_t version);

/* A server: the highest version that both allow. HF_ERR_no_common_version, HF_ERR_inappropriate_fallback. */
HF_MUST enum hf_error hf_negotiate_version_choose(const struct hf_config *config,
                                                  const struct hf_client_hello_facts *hello, uint16_t *ret_version,
                                                  struct hf_failure *ret_failure);

/* A server, of a hello whose front only is here: the generation that it would choose, 0 when that cannot be told.
 * `versions` is the list of supported_versions, empty when it was not seen; has_shares: a key_share was seen, which
 * only clients of 1.3 send. */
unsigned hf_negotiate_version_glimpse(const struct hf_config *config, struct hf_span versions, bool has_shares);

/* A server that renegotiates: whether the hello offers the version of the connection. HF_ERR_no_common_version. */
HF_MUST enum hf_error hf_negotiate_version_keep(const struct hf_config *config,
                                                const struct hf_client_hello_facts *hello, uint16_t version,
                                                struct hf_failure *ret_failure);

/* A client: whether we offered what the server chose (hf_extension_peek_version). HF_ERR_no_common_version;
 * HF_ERR_illegal_parameter for one that no server may choose. */
HF_MUST enum hf_error hf_negotiate_version_check(const struct hf_config *config, uint16_t version,
                                                 struct hf_failure *ret_failure);

/* A server that could have done better than `version` says so in the last 8 bytes of its random (RFC 9846 4.2.3). */
void hf_negotiate_version_mark(const struct hf_config *config, uint16_t version, uint8_t random[32]);

/* A client that offered better looks for that mark: HF_ERR_downgrade_detected. */
HF_MUST enum hf_error hf_negotiate_version_check_mark(const struct hf_config *config, uint16_t version,
                                                      struct hf_span random, struct hf_failure *ret_failure);

#endif
