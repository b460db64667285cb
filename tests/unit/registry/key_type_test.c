/* Every kind of key that certificates know has its type, but those that are not done here. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "registry/key_type.h"

static void kinds_have_their_types(void **state)
{
    (void)state;
    static const struct {
        enum hf_spki_kind kind;
        enum hf_key_type type;
    } cases[] = {
        {HF_SPKI_RSA, HF_KEY_RSA},
        {HF_SPKI_RSA_PSS, HF_KEY_RSA_PSS},
        {HF_SPKI_P256, HF_KEY_P256},
        {HF_SPKI_P384, HF_KEY_P384},
        {HF_SPKI_P521, HF_KEY_P521},
        {HF_SPKI_ED25519, HF_KEY_ED25519},
        {HF_SPKI_ED448, HF_KEY_ED448},
        {HF_SPKI_ML_DSA_44, HF_KEY_ML_DSA_44},
        {HF_SPKI_ML_DSA_65, HF_KEY_ML_DSA_65},
        {HF_SPKI_ML_DSA_87, HF_KEY_ML_DSA_87},
        {HF_SPKI_UNKNOWN, HF_KEY_NONE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(hf_key_type_of(cases[i].kind), cases[i].type);
}

static void hashes_are_those_that_are_done(void **state)
{
    (void)state;
    static const struct {
        enum hf_certificate_hash certificate;
        enum hf_hash_id hash;
    } cases[] = {
        {HF_CERTIFICATE_HASH_NONE, HF_HASH_NONE},     {HF_CERTIFICATE_HASH_MD5, HF_HASH_NONE},
        {HF_CERTIFICATE_HASH_SHA1, HF_HASH_SHA1},     {HF_CERTIFICATE_HASH_SHA224, HF_HASH_NONE},
        {HF_CERTIFICATE_HASH_SHA256, HF_HASH_SHA256}, {HF_CERTIFICATE_HASH_SHA384, HF_HASH_SHA384},
        {HF_CERTIFICATE_HASH_SHA512, HF_HASH_SHA512},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(hf_key_type_hash(cases[i].certificate), cases[i].hash);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(kinds_have_their_types),
                                       cmocka_unit_test(hashes_are_those_that_are_done)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
