/* An allocator that counts, and fails when told to: the tests' proof that a failed allocation is an error and never a
 * crash or a leak. One thread only. Typical sweep:
 *
 *     for (size_t n = 1;; n++) {
 *         struct hf_test_allocator test;
 *         hf_test_allocator_init(&test, n);            // the n-th allocation fails
 *         bool done = work(&test.allocator);
 *         assert_int_equal(test.live, 0);              // nothing leaked
 *         if (!hf_test_allocator_failed(&test)) break; // n is past the last allocation
 *     }
 */
#ifndef HF_TESTS_TEST_ALLOCATOR_H
#define HF_TESTS_TEST_ALLOCATOR_H

#include "base/allocation.h"

struct hf_test_allocator {
    struct hf_allocator allocator; /* hand &test.allocator to the code under test */
    size_t fail_at;                /* the number of the allocation that fails, from 1; 0: none */
    bool fail_after_too;           /* all later ones fail as well */
    size_t count;                  /* allocations asked for so far */
    size_t live;                   /* blocks not given back yet: leaks, at the end */
    size_t live_bytes;
    size_t peak_bytes;
};

/* Counts from zero; the `fail_at`-th allocation fails, 0 for none. `test` must not move while it is in use. */
void hf_test_allocator_init(struct hf_test_allocator *test, size_t fail_at);

/* Whether an allocation was made to fail. */
bool hf_test_allocator_failed(const struct hf_test_allocator *test);

#endif
