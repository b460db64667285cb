/* HMAC against RFC 4231's test cases. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "crypto/hmac.h"
#include "support/test_hex.h"

static struct hf_toolbox *toolbox;

struct vector {
    enum hf_hash_id id;
    const char *key;
    const char *message;
    const char *mac;
};

#define JEFE     "4a656665"
#define QUESTION "7768617420646f2079612077616e7420666f72206e6f7468696e673f"
#define LONG_KEY                                                                                                       \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define LONG_MESSAGE                                                                                                   \
    "5468697320697320612074657374207573696e672061206c6172676572207468616e20626c6f636b2d73697a65206b657920616e642061"   \
    "206c6172676572207468616e20626c6f636b2d73697a6520646174612e20546865206b6579206e6565647320746f206265206861736865"   \
    "64206265666f7265206265696e6720757365642062792074686520484d414320616c676f726974686d2e"

/* RFC 4231 4.3 (a short key) and 4.8 (a key longer than SHA-256's block and SHA-512's). */
static const struct vector vectors[] = {
    {HF_HASH_SHA256, JEFE, QUESTION, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
    {HF_HASH_SHA384, JEFE, QUESTION,
     "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649"},
    {HF_HASH_SHA512, JEFE, QUESTION,
     "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fd"
     "caeab1a34d4a6b4b636e070a38bce737"},
    {HF_HASH_SHA256, LONG_KEY, LONG_MESSAGE, "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
    {HF_HASH_SHA384, LONG_KEY, LONG_MESSAGE,
     "6617178e941f020d351e2f254e8fd32c602420feb0b8fb9adccebb82461e99c5a678cc31e799176d3860e6110c46523e"},
    {HF_HASH_SHA512, LONG_KEY, LONG_MESSAGE,
     "e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944b6022cac3c4982b10d5eeb55c3e4de15"
     "134676fb6de0446065c97440fa8c6a58"},
};

static void test_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < HF_COUNT(vectors); i++) {
        struct hf_test_hex key = hf_test_hex_of(vectors[i].key);
        struct hf_test_hex message = hf_test_hex_of(vectors[i].message);
        struct hf_span whole = hf_test_hex_span(&message);
        const struct hf_span parts[] = {hf_span_part(whole, 0, 5), {NULL, 0}, hf_span_part(whole, 5, whole.len)};
        struct hf_digest digest;
        assert_int_equal(hf_hmac_once(toolbox, vectors[i].id, hf_test_hex_span(&key), &whole, 1, &digest), HF_OK);
        assert_true(hf_test_hex_equal(hf_digest_span(&digest), vectors[i].mac));
        assert_int_equal(hf_hmac_once(toolbox, vectors[i].id, hf_test_hex_span(&key), parts, 3, &digest), HF_OK);
        assert_true(hf_test_hex_equal(hf_digest_span(&digest), vectors[i].mac));
    }
}

static void test_unknown(void **state)
{
    struct hf_digest digest = {.len = 7};
    struct hf_span none = {NULL, 0};
    (void)state;
    assert_int_equal(hf_hmac_once(toolbox, HF_HASH_NONE, none, &none, 1, &digest), HF_ERR_unsupported_here);
    assert_int_equal(digest.len, 7);
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
        cmocka_unit_test(test_unknown),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
