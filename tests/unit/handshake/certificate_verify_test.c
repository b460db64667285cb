/* Every kind of key, at either end, in both versions; and every signature scheme that a key can make. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "support/lab_check.h"

static const enum make_certificate_key keys[] = {MAKE_KEY_P256,    MAKE_KEY_P384,       MAKE_KEY_P521,
                                                 MAKE_KEY_ED25519, MAKE_KEY_ED448,      MAKE_KEY_RSA2048,
                                                 MAKE_KEY_RSA3072, MAKE_KEY_RSA_PSS2048};

static void every_key_signs_at_either_end(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        for (int v = 0; v < 2; v++) {
            lab_assert_talks(lab_versions[v], &(struct lab_side){.key = keys[i]}, NULL);
            lab_assert_talks(lab_versions[v], NULL, &(struct lab_side){.key = keys[i]});
        }
}

static void every_scheme_is_taken(void **state)
{
    (void)state;
    static const struct {
        const char *scheme;
        enum make_certificate_key key;
        bool only12;
    } cases[] = {
        {"ecdsa_secp256r1_sha256", MAKE_KEY_P256, false},    {"ecdsa_secp384r1_sha384", MAKE_KEY_P384, false},
        {"ecdsa_secp521r1_sha512", MAKE_KEY_P521, false},    {"ed25519", MAKE_KEY_ED25519, false},
        {"rsa_pss_rsae_sha256", MAKE_KEY_RSA2048, false},    {"rsa_pss_rsae_sha384", MAKE_KEY_RSA2048, false},
        {"rsa_pss_rsae_sha512", MAKE_KEY_RSA2048, false},    {"rsa_pss_pss_sha256", MAKE_KEY_RSA_PSS2048, false},
        {"rsa_pss_pss_sha384", MAKE_KEY_RSA_PSS2048, false}, {"rsa_pss_pss_sha512", MAKE_KEY_RSA_PSS2048, false},
        {"rsa_pkcs1_sha256", MAKE_KEY_RSA2048, true},        {"rsa_pkcs1_sha384", MAKE_KEY_RSA2048, true},
        {"rsa_pkcs1_sha512", MAKE_KEY_RSA2048, true},
    };
    char schemes[80];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int v = 0; v < (cases[i].only12 ? 1 : 2); v++) {
            /* ecdsa_secp256r1_sha256 stands last for the signatures in the lab's certificates, and the client's. */
            (void)snprintf(schemes, sizeof schemes, "%s:ecdsa_secp256r1_sha256", cases[i].scheme);
            struct lab_pair pair;
            struct hf_session_info info;
            struct lab_side server = {.key = cases[i].key, .min = lab_versions[v], .max = lab_versions[v]};
            lab_pair_open(&pair, &(struct lab_side){.schemes = schemes}, &server);
            (void)lab_pair_run(&pair);
            lab_assert_open(&pair);
            hf_session_info(pair.client, &info);
            /* In 1.2 an ECDSA scheme names no curve (RFC 9846 4.3.3), so any key can make this one. */
            if (strcmp(info.peer_scheme, "ecdsa_secp256r1_sha256") != 0 || v == 1)
                assert_string_equal(info.peer_scheme, cases[i].scheme);
            lab_pair_close(&pair);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_signs_at_either_end),
        cmocka_unit_test(every_scheme_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
