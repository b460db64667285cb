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

static void streams_become_what_was_said(void **state)
{
    (void)state;
    codec_check_stream(&codec);
}

static void damage_never_writes_more(void **state)
{
    (void)state;
    codec_check_damage(&codec);
}

static void bombs_are_refused(void **state)
{
    (void)state;
    codec_check_bomb(&codec);
}

static void what_is_compressed_comes_back(void **state)
{
    (void)state;
    codec_check_round(&codec);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(streams_become_what_was_said),
        cmocka_unit_test(damage_never_writes_more),
        cmocka_unit_test(bombs_are_refused),
        cmocka_unit_test(what_is_compressed_comes_back),

    };
    return hf_zstd_available() ? cmocka_run_group_tests(tests, NULL, NULL) : 0;
}
