/* The guard against replays in memory: each name once until its time, bounded, from many threads. RFC 9846 8.2. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "crypto/random.h"
#include "session/early_window.h"
#include "support/test_allocator.h"

enum { NAME_LEN = 32, NOW = 1000000, END = NOW + 20000 };

static struct hf_early_window *window;
static const struct hf_early_guard *guard;

static int set_up(void **state)
{
    (void)state;
    if (hf_early_window_new(&hf_allocation_standard, &hf_random_system, &window) != HF_OK)
        return -1;
    guard = hf_early_window_guard(window);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    hf_early_window_free(window);
    return 0;
}

/* Names of one row differ behind their first bytes. */
static void name_of(uint16_t number, uint8_t name[NAME_LEN])
{
    memset(name, 0, NAME_LEN);
    memcpy(name + NAME_LEN - sizeof number, &number, sizeof number);
}

static bool ask(uint16_t number, uint64_t now_ms, uint64_t until_ms)
{
    uint8_t name[NAME_LEN];
    name_of(number, name);
    return guard->first(guard->context, name, now_ms, until_ms);
}

static void a_name_is_first_once_until_its_time(void **state)
{
    (void)state;
    assert_true(ask(1, NOW, END));
    assert_false(ask(1, NOW, END));
    assert_true(ask(2, NOW, END));
    assert_false(ask(1, END, END + 1)); /* its last millisecond */
    assert_true(ask(1, END + 1, END + 2));
    assert_false(ask(1, END + 1, END + 2));
}

/* Where there is no room nothing is forgotten, and nothing new is let in. */
static void a_full_row_lets_nobody_in(void **state)
{
    (void)state;
    for (uint16_t i = 0; i < HF_EARLY_WINDOW_IN_ROW; i++)
        assert_true(ask(i, NOW, END + i));
    assert_false(ask(100, NOW, END));
    for (uint16_t i = 0; i < HF_EARLY_WINDOW_IN_ROW; i++)
        assert_false(ask(i, NOW, END));
    assert_true(ask(100, END + 1, END + 100)); /* the first is over */
}

static void each_window_has_its_own_id(void **state)
{
    (void)state;
    struct hf_early_window *other;
    assert_int_equal(hf_early_window_new(&hf_allocation_standard, &hf_random_system, &other), HF_OK);
    assert_true(guard->id != 0 && hf_early_window_guard(other)->id != guard->id);
    hf_early_window_free(other);
    for (size_t n = 1; n < 3; n++) {
        struct hf_test_allocator test;
        hf_test_allocator_init(&test, n);
        if (hf_early_window_new(&test.allocator, &hf_random_system, &other) == HF_OK)
            hf_early_window_free(other);
        assert_int_equal(test.live, 0);
    }
}

/* ---- threads ---- */

enum { THREADS = 8, NAMES = 500 };

static atomic_int firsts[NAMES];

static void *ask_all(void *context)
{
    (void)context;
    for (uint16_t i = 0; i < NAMES; i++) {
        uint8_t name[NAME_LEN];
        name_of(i, name);
        name[2] = (uint8_t)(i >> 8); /* rows of their own */
        name[3] = (uint8_t)i;
        if (guard->first(guard->context, name, NOW, END))
            atomic_fetch_add(&firsts[i], 1);
    }
    return NULL;
}

static void of_many_threads_one_is_first(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_all, NULL), 0);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (size_t i = 0; i < NAMES; i++)
        assert_int_equal(atomic_load(&firsts[i]), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_name_is_first_once_until_its_time),
        TEST(a_full_row_lets_nobody_in),
        TEST(each_window_has_its_own_id),
        TEST(of_many_threads_one_is_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
