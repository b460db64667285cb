/* Key-exchange groups: which of the client's to use, whether to ask for another share, and checks of a server's choice.
 * RFC 9846 4.2.1, 4.2.4, 4.3.7, 4.3.8; RFC 8422 5.1.1, 5.4. */
#ifndef HF_NEGOTIATE_GROUP_H
#define HF_NEGOTIATE_GROUP_H

#include "error/error.h"
#include "extension/hello.h"

/* A server's choice. */
struct hf_negotiate_group_choice {
    const struct hf_group *group;
    struct hf_span share; /* the client's for it; empty: ask for one by HelloRetryRequest (never in TLS 1.2) */
};

/* TLS 1.3: our most preferred group of those for which the client sent a share; only when there is no such group, our
 * most preferred one of those it merely supports, by HelloRetryRequest: a round trip costs more than a preference.
 * HF_ERR_missing_extension, HF_ERR_no_common_group, HF_ERR_bad_key_share (a share of the wrong length). */
HF_MUST enum hf_error hf_negotiate_group_choose13(const struct hf_config *config,
                                                  const struct hf_client_hello_facts *hello,
                                                  struct hf_negotiate_group_choice *ret_choice,
                                                  struct hf_failure *ret_failure);

/* After our HelloRetryRequest for `group`: the second hello must hold exactly one share, for it.
 * HF_ERR_illegal_parameter, HF_ERR_missing_extension, HF_ERR_bad_key_share. */
HF_MUST enum hf_error hf_negotiate_group_choose_retried(const struct hf_group *group,
                                                        const struct hf_client_hello_facts *hello,
                                                        struct hf_span *ret_share, struct hf_failure *ret_failure);

/* TLS 1.2: our most preferred group that the client has; any of ours, secp256r1 first, when it names none (RFC 8422 4).
 * HF_ERR_no_common_group. */
HF_MUST enum hf_error hf_negotiate_group_choose12(const struct hf_config *config,
                                                  const struct hf_client_hello_facts *hello,
                                                  const struct hf_group **ret_group, struct hf_failure *ret_failure);

/* TLS 1.2: our most preferred curve, and our most preferred finite field, that a suite with ECDHE or DHE may use; NULL
 * where there is none. A client that names no finite field at all takes any (RFC 7919 4). */
struct hf_negotiate_groups12 {
    const struct hf_group *curve;
    const struct hf_group *field;
};
void hf_negotiate_group_find12(const struct hf_config *config, const struct hf_client_hello_facts *hello,
                               struct hf_negotiate_groups12 *ret_groups);

/* A client: the group of ours that has this prime and generator (RFC 7919 3, 4: nothing else is taken).
 * HF_ERR_illegal_parameter. */
HF_MUST enum hf_error hf_negotiate_group_check_field(const struct hf_config *config, struct hf_span prime,
                                                     struct hf_span generator, const struct hf_group **ret_group,
                                                     struct hf_failure *ret_failure);

/* A client: the group of ServerHello's key_share (that we sent a share for it the reader saw to) and the length of the
 * server's share. HF_ERR_illegal_parameter, HF_ERR_bad_key_share. */
HF_MUST enum hf_error hf_negotiate_group_check13(const struct hf_config *config, const struct hf_hello_share *share,
                                                 const struct hf_group **ret_group, struct hf_failure *ret_failure);

/* A client: the group in a TLS 1.2 ServerKeyExchange must be one that we offered: HF_ERR_illegal_parameter. */
HF_MUST enum hf_error hf_negotiate_group_check12(const struct hf_config *config, uint16_t id,
                                                 const struct hf_group **ret_group, struct hf_failure *ret_failure);

/* A client: the group that a HelloRetryRequest asks for (the reader saw that we offered it and sent no share for it).
 */
HF_MUST enum hf_error hf_negotiate_group_check_retry(const struct hf_config *config, uint16_t id,
                                                     const struct hf_group **ret_group, struct hf_failure *ret_failure);

/* A client of TLS 1.2: the curve of a server's key must be one that was offered, as that of its share (RFC 8422 5.3).
 * HF_ERR_illegal_parameter. Keys on no curve fit. */
HF_MUST enum hf_error hf_negotiate_group_check_leaf12(const struct hf_config *config, enum hf_key_type key,
                                                      struct hf_failure *ret_failure);

#endif
