/* The heap against a plain list, over many random changes. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "listener/deadlines.h"

enum { ENTRIES = 300, CHANGES = 20000 };

static uint32_t seed = 1;

static uint32_t roll(uint32_t below)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % below;
}

static uint64_t least(const struct hf_deadline_entry *entries)
{
    uint64_t due_ms = UINT64_MAX;
    for (size_t i = 0; i < ENTRIES; i++)
        due_ms = entries[i].due_ms < due_ms ? entries[i].due_ms : due_ms;
    return due_ms;
}

static void the_first_is_always_first(void **state)
{
    (void)state;
    static struct hf_deadline_entry entries[ENTRIES];
    struct hf_deadlines deadlines;
    hf_deadlines_init(&deadlines, &hf_allocation_standard);
    assert_int_equal(hf_deadlines_reserve(&deadlines, ENTRIES), HF_OK);
    assert_null(hf_deadlines_first(&deadlines));
    for (size_t i = 0; i < ENTRIES; i++)
        entries[i].due_ms = UINT64_MAX;
    for (size_t i = 0; i < CHANGES; i++) {
        struct hf_deadline_entry *entry = &entries[roll(ENTRIES)];
        hf_deadlines_set(&deadlines, entry, roll(4) == 0 ? UINT64_MAX : roll(1000));
        const struct hf_deadline_entry *first = hf_deadlines_first(&deadlines);
        assert_true((first == NULL ? UINT64_MAX : first->due_ms) == least(entries));
    }
    for (size_t i = 0; i < ENTRIES; i++)
        hf_deadlines_set(&deadlines, &entries[i], UINT64_MAX);
    assert_null(hf_deadlines_first(&deadlines));
    hf_deadlines_release(&deadlines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_first_is_always_first)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
