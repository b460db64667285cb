/* One pool, filled and emptied by many threads: no pair comes to two of them. To be run under ThreadSanitizer. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "config/key_share_pool.h"

enum { THREADS = 8, PER_THREAD = 400, SHARE_LEN = 32, EACH = 20 };

static struct hf_toolbox *toolbox;
static struct hf_key_share_pool *pool;

struct work {
    size_t taken, made;
    uint8_t shares[PER_THREAD][SHARE_LEN];
};

/* Asserts nothing: cmocka belongs to the main thread. */
static void *run(void *context)
{
    struct work *work = context;
    for (size_t i = 0; i < PER_THREAD; i++) {
        if (i % 3 == 0)
            work->made += hf_key_share_pool_fill(pool, 4);
        struct hf_key_exchange *pair = hf_key_share_pool_take(pool, HF_KEY_EXCHANGE_X25519);
        if (pair != NULL)
            memcpy(work->shares[work->taken++], hf_key_exchange_share(pair).data, SHARE_LEN);
        hf_key_exchange_free(pair);
    }
    return NULL;
}

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, SHARE_LEN);
}

static void no_pair_comes_to_two(void **state)
{
    static struct work work[THREADS];
    static uint8_t all[THREADS * PER_THREAD][SHARE_LEN];
    const struct hf_key_share_kinds kinds = {{HF_KEY_EXCHANGE_X25519}, 1};
    pthread_t threads[THREADS];
    size_t taken = 0, made = 0;
    (void)state;
    assert_int_equal(hf_toolbox_new(&hf_allocation_standard, &toolbox), HF_OK);
    assert_int_equal(hf_key_share_pool_new(toolbox, &hf_allocation_standard, &kinds, EACH, &pool), HF_OK);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, run, &work[i]), 0);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (size_t i = 0; i < THREADS; i++) {
        memcpy(all[taken], work[i].shares, work[i].taken * SHARE_LEN);
        taken += work[i].taken;
        made += work[i].made;
    }
    assert_true(taken > PER_THREAD);
    qsort(all, taken, SHARE_LEN, compare);
    for (size_t i = 1; i < taken; i++)
        assert_memory_not_equal(all[i - 1], all[i], SHARE_LEN);
    size_t left = EACH - hf_key_share_pool_fill(pool, 1000);
    assert_int_equal(made, taken + left);
    hf_key_share_pool_free(pool);
    hf_toolbox_free(toolbox);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_pair_comes_to_two)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
