/* HKDF against RFC 5869's appendix A. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "crypto/hkdf.h"
#include "support/test_hex.h"

static struct hf_toolbox *toolbox;

struct vector {
    const char *material;
    const char *salt;
    const char *info;
    const char *secret;
    const char *output;
};

/* RFC 5869 A.1, A.2, A.3: SHA-256. */
static const struct vector vectors[] = {
    {"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9",
     "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
     "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"},
    {"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f"
     "303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f",
     "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f"
     "909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
     "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedf"
     "e0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
     "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
     "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
     "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"},
    {"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "", "",
     "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
     "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"},
};

static void test_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < HF_COUNT(vectors); i++) {
        struct hf_test_hex material = hf_test_hex_of(vectors[i].material);
        struct hf_test_hex salt = hf_test_hex_of(vectors[i].salt);
        struct hf_test_hex info = hf_test_hex_of(vectors[i].info);
        struct hf_test_hex output = hf_test_hex_of(vectors[i].output);
        HF_WIPED struct hf_secret secret = {.len = 0};
        uint8_t into[128] = {0};
        assert_int_equal(
            hf_hkdf_extract(toolbox, HF_HASH_SHA256, hf_test_hex_span(&salt), hf_test_hex_span(&material), &secret),
            HF_OK);
        assert_true(hf_test_hex_equal(hf_secret_span(&secret), vectors[i].secret));
        assert_int_equal(hf_hkdf_expand(toolbox, HF_HASH_SHA256, &secret, hf_test_hex_span(&info), into, output.len),
                         HF_OK);
        assert_true(hf_test_hex_equal(hf_span_of(into, output.len), vectors[i].output));
        assert_int_equal(into[output.len], 0);
    }
}

/* RFC 5869 2.3: at most 255 blocks. */
static void test_length(void **state)
{
    static uint8_t into[255 * 32 + 1];
    struct hf_secret secret = {.bytes = {1}, .len = 32};
    struct hf_span info = hf_span_of_text("info");
    (void)state;
    assert_int_equal(hf_hkdf_expand(toolbox, HF_HASH_SHA256, &secret, info, into, 255 * 32), HF_OK);
    assert_int_equal(hf_hkdf_expand(toolbox, HF_HASH_SHA256, &secret, info, into, 255 * 32 + 1), HF_ERR_internal);
    assert_int_equal(hf_hkdf_expand(toolbox, HF_HASH_NONE, &secret, info, into, 1), HF_ERR_internal);
    assert_int_equal(hf_hkdf_expand(toolbox, HF_HASH_SHA256, &secret, info, NULL, 0), HF_OK);
}

static int setup(void **state)
{
    (void)state;
    return hf_toolbox_new(&hf_allocation_standard, &toolbox) == HF_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    hf_toolbox_free(toolbox);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_length),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
