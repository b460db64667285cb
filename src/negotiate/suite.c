/* Cipher suites: ours in our order, because the server knows its machine and its policy best; between those that it
 * calls equal the client's order decides, which knows its own machine. A TLS 1.2 suite must be for the kind of key that
 * signs (RFC 8422 2.1: EdDSA keys use the ECDSA suites). RFC 9846 4.2.3, RFC 5246 7.4.1.3. */
#include "negotiate/suite.h"

#include "extension/fail.h"
#include "negotiate/names.h"

static bool fits(const struct hf_suite *suite, const struct hf_negotiate_suite_wish *wish)
{
    const struct hf_suite_traits *traits = hf_suite_traits_of(suite);
    if ((suite->versions & wish->generation) == 0 || (traits->has_curve && wish->lacks_curve) ||
        (wish->hash != HF_HASH_NONE && suite->hash != wish->hash) || (traits->has_field && !wish->has_field) ||
        (traits->decrypts && !wish->decrypts))
        return false;
    return wish->auth == HF_SUITE_AUTH_NONE || suite->auth == HF_SUITE_AUTH_NONE || suite->auth == wish->auth;
}

static size_t end_of_equals(const struct hf_config *config, size_t first)
{
    size_t end = first + 1;
    while (end < config->suite_count && config->suite_joined[end])
        end++;
    return end;
}

static const struct hf_suite *find_alone(const struct hf_suite *suite, const struct hf_client_hello_facts *hello,
                                         const struct hf_negotiate_suite_wish *wish)
{
    return fits(suite, wish) && hf_wire_list_has(hello->suites, 2, suite->id) ? suite : NULL;
}

/* Of those from `first` on that are equal to us, the one that stands first in the hello. */
static const struct hf_suite *find_equal(const struct hf_config *config, size_t first,
                                         const struct hf_client_hello_facts *hello,
                                         const struct hf_negotiate_suite_wish *wish)
{
    const size_t end = end_of_equals(config, first);
    struct hf_reader offered = hf_reader_of(hello->suites);
    while (hf_reader_more(&offered)) {
        const uint16_t id = hf_reader_u16(&offered);
        for (size_t i = first; i < end; i++)
            if (config->suites[i]->id == id && fits(config->suites[i], wish))
                return config->suites[i];
    }
    return NULL;
}

const struct hf_suite *hf_negotiate_suite_find(const struct hf_config *config,
                                               const struct hf_client_hello_facts *hello,
                                               const struct hf_negotiate_suite_wish *wish)
{
    for (size_t i = 0, end; i < config->suite_count; i = end) {
        end = end_of_equals(config, i);
        const struct hf_suite *suite =
            end == i + 1 ? find_alone(config->suites[i], hello, wish) : find_equal(config, i, hello, wish);
        if (suite != NULL)
            return suite;
    }
    return NULL;
}

enum hf_error hf_negotiate_suite_choose(const struct hf_config *config, const struct hf_client_hello_facts *hello,
                                        const struct hf_negotiate_suite_wish *wish, const struct hf_suite **ret_suite,
                                        struct hf_failure *ret_failure)
{
    const struct hf_suite *suite = hf_negotiate_suite_find(config, hello, wish);
    if (suite != NULL) {
        *ret_suite = suite;
        return HF_OK;
    }
    (void)hf_extension_fail(ret_failure, HF_ERR_no_common_suite, "cipher_suites in ClientHello");
    struct hf_text wanted = hf_extension_fail_wanted(ret_failure);
    hf_text_add(&wanted, "one of ours: ");
    hf_negotiate_names_own_suites(&wanted, config, wish->generation);
    struct hf_text got = hf_extension_fail_got(ret_failure);
    hf_text_add(&got, "the client offers ");
    hf_negotiate_names_suites(&got, hello->suites);
    const struct hf_negotiate_suite_wish any = {.generation = wish->generation};
    if (hf_negotiate_suite_find(config, hello, &any) != NULL) { /* then it is the key that does not fit */
        struct hf_text hint = hf_text_of(ret_failure->hint, sizeof ret_failure->hint);
        hf_text_add(&hint,
                    "the client's TLS 1.2 suites are for another kind of key than our certificate has: "
                    "add an %s certificate",
                    wish->auth == HF_SUITE_AUTH_RSA ? "ECDSA" : "RSA");
    }
    return HF_ERR_no_common_suite;
}

enum hf_error hf_negotiate_suite_check(const struct hf_config *config, enum hf_version_bit generation, uint16_t id,
                                       const struct hf_suite **ret_suite, struct hf_failure *ret_failure)
{
    for (size_t i = 0; i < config->suite_count; i++)
        if (config->suites[i]->id == id && (config->suites[i]->versions & generation) != 0) {
            *ret_suite = config->suites[i];
            return HF_OK;
        }
    (void)hf_extension_fail(ret_failure, HF_ERR_illegal_parameter, "cipher_suite in ServerHello");
    struct hf_text wanted = hf_extension_fail_wanted(ret_failure);
    hf_text_add(&wanted, "one that was offered for this version: ");
    hf_negotiate_names_own_suites(&wanted, config, generation);
    struct hf_text got = hf_extension_fail_got(ret_failure);
    const struct hf_suite *suite = hf_suite_find(id);
    hf_text_add(&got, "%s (0x%04x)", suite != NULL ? suite->name : "an unknown suite", (unsigned)id);
    return HF_ERR_illegal_parameter;
}

enum hf_suite_auth hf_negotiate_suite_auth(enum hf_key_type key)
{
    switch (key) {
    case HF_KEY_RSA:
    case HF_KEY_RSA_PSS:
        return HF_SUITE_AUTH_RSA;
    case HF_KEY_P256:
    case HF_KEY_P384:
    case HF_KEY_P521:
    case HF_KEY_ED25519:
    case HF_KEY_ED448:
        return HF_SUITE_AUTH_ECDSA;
    case HF_KEY_ML_DSA_44: /* for TLS 1.3 only (draft-ietf-tls-mldsa 3) */
    case HF_KEY_ML_DSA_65:
    case HF_KEY_ML_DSA_87:
    case HF_KEY_NONE:
        break;
    }
    return HF_SUITE_AUTH_NONE;
}

enum hf_error hf_negotiate_suite_check_key(const struct hf_suite *suite, enum hf_key_type key,
                                           struct hf_failure *ret_failure)
{
    /* A key for PSS is for signing only (RFC 4055 1.2): nothing may be encrypted under it. */
    const bool fits =
        suite->auth == hf_negotiate_suite_auth(key) && (key != HF_KEY_RSA_PSS || !hf_suite_traits_of(suite)->decrypts);
    if (suite->auth == HF_SUITE_AUTH_NONE || fits)
        return HF_OK;
    (void)hf_extension_fail(ret_failure, HF_ERR_illegal_parameter, "Certificate");
    struct hf_text wanted = hf_extension_fail_wanted(ret_failure);
    hf_text_add(&wanted, "a key that fits %s", suite->name);
    struct hf_text got = hf_extension_fail_got(ret_failure);
    hf_text_add(&got, "%s", hf_key_type_name(key));
    return HF_ERR_illegal_parameter;
}
