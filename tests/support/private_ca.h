/* A private CA and its certificates for tests, by the library's own public functions (handfast/authority.h).
 * A failure to make one fails the test. */
#ifndef HF_TESTS_PRIVATE_CA_H
#define HF_TESTS_PRIVATE_CA_H

#include <handfast/authority.h>

#define HF_PRIVATE_CA_NOW 1800000000 /* 2027-01-15: the day on which these tests happen */

/* A CA valid from a year before HF_PRIVATE_CA_NOW to nine years after. */
struct hf_authority *hf_private_ca_new(const char *name, enum hf_authority_key key);

/* A certificate with a new P-256 key, valid from `from_day` to `to_day`, days relative to
 * HF_PRIVATE_CA_NOW. Wipe it. */
struct hf_authority_issued hf_private_ca_issue(const struct hf_authority *authority, enum hf_authority_role role,
                                               const char *name, int from_day, int to_day);

/* The same for any wish; its validity is set by the days. */
struct hf_authority_issued hf_private_ca_issue_wish(const struct hf_authority *authority,
                                                    const struct hf_authority_wish *wish, int from_day, int to_day);

#endif
