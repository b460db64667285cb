/* TLS 1.2's PRF against the vectors posted to the TLS working group's list. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/must.h"
#include "crypto/prf.h"
#include "support/test_hex.h"

static struct hf_toolbox *toolbox;

struct vector {
    enum hf_hash_id id;
    const char *secret;
    const char *seed;
    const char *output;
};

/* IETF TLS list, message 03416 of its archive ("TLS 1.2 PRF test vectors"), label "test label". */
static const struct vector vectors[] = {
    {HF_HASH_SHA256, "9bbe436ba940f017b17652849a71db35", "a0ba9f936cda311827a6f796ffd5198c",
     "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9af"
     "0fa022f7077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff701"
     "87347b66"},
    {HF_HASH_SHA384, "b80b733d6ceefcdc71566ea48e5567df", "cd665cf6a8447dd6ff8b27555edb7465",
     "7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cde9ca0faa60be9fe34f82b1233c9146a0"
     "e534cb400fed2700884f9dc236f80edd8bfa961144c9e8d792eca722a7b32fc3d416d473ebc2c5fd4abfdad05d918425"
     "9b5bf8cd4d90fa0d31e2dec479e4f1a26066f2eea9a69236a3e52655c9e9aee691c8f3a26854308d5eaa3be85e099070"
     "3d73e56f"},
    {HF_HASH_SHA512, "b0323523c1853599584d88568bbb05eb", "d4640e12e4bcdbfb437f03e6ae418ee5",
     "1261f588c798c5c201ff036e7a9cb5edcd7fe3f94c669a122a4638d7d508b283042df6789875c7147e906d868bc75c45"
     "e20eb40c1cf4a1713b27371f68432592f7dc8ea8ef223e12ea8507841311bf68653d0cfc4056d811f025c45ddfa6e6fe"
     "c702f054b409d6f28dd0a3233e498da41a3e75c5630eedbe22fe254e33a1b0e9f6b9826675bec7d01a845658dc9c3975"
     "45401d40b9f46c7a400ee1b8f81ca0a60d1a397a1028bff5d2ef5066126842fb8da4197632bdb54ff6633f86bbc836e6"
     "40d4d898"},
};

static void test_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < HF_COUNT(vectors); i++) {
        struct hf_test_hex secret = hf_test_hex_of(vectors[i].secret);
        struct hf_test_hex seed = hf_test_hex_of(vectors[i].seed);
        struct hf_test_hex output = hf_test_hex_of(vectors[i].output);
        struct hf_span whole = hf_test_hex_span(&seed);
        struct hf_prf_input input = {hf_test_hex_span(&secret), "test label", {whole}, 1};
        uint8_t into[256] = {0};
        assert_int_equal(hf_prf_expand(toolbox, vectors[i].id, &input, into, output.len), HF_OK);
        assert_true(hf_test_hex_equal(hf_span_of(into, output.len), vectors[i].output));
        assert_int_equal(into[output.len], 0);
        input.seeds[0] = hf_span_part(whole, 0, 3);
        input.seeds[1] = hf_span_part(whole, 3, whole.len);
        input.seeds_count = 2;
        assert_int_equal(hf_prf_expand(toolbox, vectors[i].id, &input, into, 12), HF_OK);
        assert_true(hf_span_equal(hf_span_of(into, 12), hf_span_part(hf_test_hex_span(&output), 0, 12)));
    }
}

static void test_refused(void **state)
{
    struct hf_prf_input input = {hf_span_of_text("secret"), "label", {{NULL, 0}}, HF_PRF_SEEDS_MAX + 1};
    uint8_t into[12];
    (void)state;
    assert_int_equal(hf_prf_expand(toolbox, HF_HASH_SHA256, &input, into, sizeof into), HF_ERR_internal);
    input.seeds_count = 0;
    assert_int_equal(hf_prf_expand(toolbox, HF_HASH_NONE, &input, into, sizeof into), HF_ERR_internal);
    assert_int_equal(hf_prf_expand(toolbox, HF_HASH_SHA256, &input, into, sizeof into), HF_OK);
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
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
