/* The pool by itself: each pair leaves once, it is bounded, fair, empty without memory, and empty in a forked child. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config/key_share_pool.h"
#include "support/test_allocator.h"

enum { EACH = 3 };

static struct hf_toolbox *toolbox;
static const struct hf_key_share_kinds kinds = {{HF_KEY_EXCHANGE_X25519, HF_KEY_EXCHANGE_P256}, 2};

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

static struct hf_key_share_pool *make(const struct hf_allocator *allocator)
{
    struct hf_key_share_pool *pool = NULL;
    assert_int_equal(hf_key_share_pool_new(toolbox, allocator, &kinds, EACH, &pool), HF_OK);
    return pool;
}

static void test_each_serves_once(void **state)
{
    uint8_t shares[EACH][32];
    (void)state;
    struct hf_key_share_pool *pool = make(&hf_allocation_standard);
    assert_int_equal(hf_key_share_pool_fill(pool, 100), 2 * EACH);
    assert_int_equal(hf_key_share_pool_fill(pool, 100), 0);
    for (size_t i = 0; i < EACH; i++) {
        struct hf_key_exchange *pair = hf_key_share_pool_take(pool, HF_KEY_EXCHANGE_X25519);
        assert_non_null(pair);
        assert_int_equal(hf_key_exchange_id_of(pair), HF_KEY_EXCHANGE_X25519);
        assert_int_equal(hf_key_exchange_share(pair).len, sizeof shares[i]);
        memcpy(shares[i], hf_key_exchange_share(pair).data, sizeof shares[i]);
        for (size_t before = 0; before < i; before++)
            assert_memory_not_equal(shares[i], shares[before], sizeof shares[i]);
        hf_key_exchange_free(pair);
    }
    assert_null(hf_key_share_pool_take(pool, HF_KEY_EXCHANGE_X25519));
    assert_null(hf_key_share_pool_take(pool, HF_KEY_EXCHANGE_P384)); /* not of its kinds */
    assert_int_equal(hf_key_share_pool_fill(pool, 100), EACH);       /* those of P-256 are there still */
    hf_key_share_pool_free(pool);
}

/* What is scarce is made first. */
static void test_fair(void **state)
{
    (void)state;
    struct hf_key_share_pool *pool = make(&hf_allocation_standard);
    assert_int_equal(hf_key_share_pool_fill(pool, 2), 2);
    struct hf_key_exchange *curve = hf_key_share_pool_take(pool, HF_KEY_EXCHANGE_P256);
    struct hf_key_exchange *raw = hf_key_share_pool_take(pool, HF_KEY_EXCHANGE_X25519);
    assert_non_null(curve);
    assert_non_null(raw);
    hf_key_exchange_free(curve);
    hf_key_exchange_free(raw);
    assert_int_equal(hf_key_share_pool_fill(pool, 0), 0);
    assert_int_equal(hf_key_share_pool_fill(NULL, 5), 0);
    assert_null(hf_key_share_pool_take(NULL, HF_KEY_EXCHANGE_X25519));
    hf_key_share_pool_free(pool);
    hf_key_share_pool_free(NULL);
}

static void test_refused(void **state)
{
    struct hf_key_share_pool *pool = NULL;
    const struct hf_key_share_kinds many = {.count = HF_KEY_SHARE_POOL_KINDS_MAX + 1};
    (void)state;
    assert_int_equal(hf_key_share_pool_new(toolbox, &hf_allocation_standard, &many, 1, &pool), HF_ERR_wrong_call);
    assert_int_equal(hf_key_share_pool_new(toolbox, &hf_allocation_standard, &kinds, HF_KEY_SHARE_POOL_MAX + 1, &pool),
                     HF_ERR_wrong_call);
    assert_null(pool);
}

/* Without memory there are fewer, or none, and nothing leaks. */
static void test_failed_allocations(void **state)
{
    (void)state;
    for (size_t fail_at = 1; fail_at <= 1 + 2 * EACH; fail_at++) {
        struct hf_test_allocator test;
        struct hf_key_share_pool *pool = NULL;
        hf_test_allocator_init(&test, fail_at);
        enum hf_error error = hf_key_share_pool_new(toolbox, &test.allocator, &kinds, EACH, &pool);
        assert_int_equal(error, fail_at == 1 ? HF_ERR_no_memory : HF_OK);
        if (error == HF_OK) {
            assert_int_equal(hf_key_share_pool_fill(pool, 100), fail_at - 2);
            assert_true(hf_test_allocator_failed(&test));
            assert_int_equal(hf_key_share_pool_fill(pool, 100), 2 * EACH - (fail_at - 2));
        }
        hf_key_share_pool_free(pool);
        assert_int_equal(test.live, 0);
    }
}

/* The parent may use what it prepared; its child may not. */
static void test_fork(void **state)
{
    (void)state;
    struct hf_key_share_pool *pool = make(&hf_allocation_standard);
    assert_int_equal(hf_key_share_pool_fill(pool, 100), 2 * EACH);
    const int child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        bool is_empty = hf_key_share_pool_take(pool, HF_KEY_EXCHANGE_X25519) == NULL;
        _exit(is_empty && hf_key_share_pool_fill(pool, 100) == 2 * EACH ? 0 : 1);
    }
    int left = -1;
    assert_int_equal(waitpid(child, &left, 0), child);
    assert_int_equal(left, 0);
    struct hf_key_exchange *pair = hf_key_share_pool_take(pool, HF_KEY_EXCHANGE_X25519);
    assert_non_null(pair);
    hf_key_exchange_free(pair);
    hf_key_share_pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_serves_once),   cmocka_unit_test(test_fair), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_failed_allocations), cmocka_unit_test(test_fork),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
