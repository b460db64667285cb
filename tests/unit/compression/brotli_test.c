/* Brotli against streams that Node.js 18's zlib module has made, damage, bombs, and missing memory. */
#include "compression/brotli.h"

#include "codec.h"

static const struct codec codec = {
    .algorithm = {.compress = hf_brotli_compress,
                  .decompress = hf_brotli_decompress,
                  .context = (void *)(uintptr_t)&hf_allocation_standard},
    .stream =
        "1ba501581c076eaccc5b5ed2b904497b7383b17949a376dc88260740a7f8226f1ab7b560038e3289789e79c1ef2f52a1192678111285"
        "c6607170f1f0d76c4f00",
    .bomb = /* 2^20 zeros */
    "5bffff8f7f02201e0b0472ef1f00",
};

/* A stream that announces a window of 16 MiB and a block as large: the allowance stops it before anything comes out. */
static void memory_follows_the_length(void **state)
{
    (void)state;
    struct hf_test_hex hex = hf_test_hex_of(codec.bomb);
    struct hf_test_allocator test;
    uint8_t into[100];
    hf_test_allocator_init(&test, 0);
    assert_false(hf_brotli_decompress(&test.allocator, hf_test_hex_span(&hex).data, hf_test_hex_span(&hex).len, into,
                                      sizeof into));
    assert_int_equal(test.live, 0);
    assert_true(test.peak_bytes < 300000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CODEC_TEST(streams_become_what_was_said),
        CODEC_TEST(damage_never_writes_more),
        CODEC_TEST(bombs_are_refused),
        CODEC_TEST(what_is_compressed_comes_back),
        cmocka_unit_test(memory_follows_the_length),
        CODEC_TEST(missing_memory_is_told),
    };
    return hf_brotli_available() ? cmocka_run_group_tests(tests, NULL, NULL)
                                 : 77; /* skipped: CTest's SKIP_RETURN_CODE */
}
