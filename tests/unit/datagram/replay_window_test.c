#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "datagram/replay_window.h"

/* Each line: a number, whether it is new then; new ones are marked. */
static const struct {
    uint64_t sequence;
    bool is_new;
} lines[] = {
    {0, true},
    {0, false},
    {1, true},
    {1, false},
    {3, true},
    {2, true},
    {2, false},
    {3, false},
    {66, true},
    {3, false},
    {4, true},
    {4, false},
    {5, true},
    {5, false},
    {258, true},
    {2, false},
    {3, false},
    {6, true},
    {66, false},
    {67, true},
    {67, false},
    {259, true},
    {6, false},
    {7, true},
    {1000, true},
    {744, false},
    {745, true},
    {745, false},
    {808, true},
    {809, true},
    {872, true},
    {872, false},
    {999, true},
    {259, false},
    {1063, true},
    {999, false},
    {1000, false},
    {872, false},
    {807, false},
    {810, true},
    {UINT64_MAX - 1, true},
    {UINT64_MAX - 1, false},
    {1000, false},
};

static void numbers_are_taken_once(void **state)
{
    (void)state;
    struct hf_replay_window window = {0};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        assert_int_equal(hf_replay_window_is_new(&window, lines[i].sequence), lines[i].is_new);
        hf_replay_window_mark(&window, lines[i].sequence);
    }
}

/* Against a list of all that came. */
static void the_window_agrees_with_a_full_list(void **state)
{
    (void)state;
    static bool came[4096];
    struct hf_replay_window window = {0};
    uint64_t highest = 0;
    uint32_t random = 1;
    for (size_t i = 0; i < 20000; i++) {
        random = random * 1664525 + 1013904223;
        uint64_t sequence = (i / 6 + (random >> 16) % 300) % 4096;
        bool is_recent = sequence + HF_REPLAY_WINDOW_LEN > highest;
        bool is_new = hf_replay_window_is_new(&window, sequence);
        assert_int_equal(is_new, is_recent && !came[sequence]);
        if (is_new) {
            came[sequence] = true;
            highest = sequence > highest ? sequence : highest;
            hf_replay_window_mark(&window, sequence);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_taken_once),
        cmocka_unit_test(the_window_agrees_with_a_full_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
