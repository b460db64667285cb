/* Zstandard against streams that the program zstd 1.5.4 has made, damage, bombs. */
#include "compression/zstd.h"

#include "codec.h"

static const struct codec codec = {
    .algorithm = {.compress = hf_zstd_compress,
                  .decompress = hf_zstd_decompress,
                  .context = (void *)(uintptr_t)&hf_allocation_standard},
    .stream =
        "28b52ffd64a600550200d4026f6e652063657274696669636174652030206973206c696b6520616e6f746865723b2031323334353637"
        "3839310ca04078ffdf01b033ac0363498a251d47c771381ca79dcc205606ffb9113f",
    .bomb = /* 2^20 zeros */
    "28b52ffd04604c000008000100fcffe44e0802001000020010000200100002001000020010000200100003001000f13e16e1",
};

int main(void)
{
    const struct CMUnitTest tests[] = {
        CODEC_TEST(streams_become_what_was_said),
        CODEC_TEST(damage_never_writes_more),
        CODEC_TEST(bombs_are_refused),
        CODEC_TEST(what_is_compressed_comes_back),
    };
    return hf_zstd_available() ? cmocka_run_group_tests(tests, NULL, NULL) : 77; /* skipped: CTest's SKIP_RETURN_CODE */
}
