/* zlib against streams that Python 3.11's zlib module has made, damage, bombs, and missing memory. */
#include "compression/zlib.h"

#include "codec.h"

static const struct codec codec = {
    .algorithm = {.compress = hf_zlib_compress,
                  .decompress = hf_zlib_decompress,
                  .context = (void *)(uintptr_t)&hf_allocation_standard},
    .stream =
        "789ccbcf4b55484e2d2ac94ccb4c4e2c49553050c82c56c8c9cc4e5548cccb2fc9482db256c8475362485889116125c6849598105662"
        "4a5889196125e68495581056624944d01113bc58c21700ba299529",
    .bomb = /* 100000 zeros */
    "78daedc13101000000c2a0f54f6d0d0fa000000000000000000000000000000000000000000000000000000000000000000000000000"
    "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "000000000080570386af0001",
};

int main(void)
{
    const struct CMUnitTest tests[] = {
        CODEC_TEST(streams_become_what_was_said),  CODEC_TEST(damage_never_writes_more), CODEC_TEST(bombs_are_refused),
        CODEC_TEST(what_is_compressed_comes_back), CODEC_TEST(missing_memory_is_told),
    };
    return hf_zlib_available() ? cmocka_run_group_tests(tests, NULL, NULL) : 77; /* skipped: CTest's SKIP_RETURN_CODE */
}
