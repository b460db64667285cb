/* Identities for tests, made of certificates made for tests; one toolbox for all of them. */
#ifndef HF_TESTS_SUPPORT_TEST_IDENTITIES_H
#define HF_TESTS_SUPPORT_TEST_IDENTITIES_H

#include "identity/identity.h"
#include "support/make_certificate.h"

/* A self-signed leaf for both ends with a key of this kind, for the DNS name given (NULL: none). To be freed with
 * test_identity_free. Aborts on failure. */
struct hf_identity *test_identity(enum make_certificate_key key, const char *dns_name);
void test_identity_free(struct hf_identity *identity);

#endif
