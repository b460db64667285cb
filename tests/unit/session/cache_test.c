/* The cache keeps, forgets in the right order, and stays in its bounds; also among threads. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "session/cache.h"

enum { NOW = 1795435200, LATER = NOW + 1000 };

static const struct hf_cache_times hour = {NOW, NOW + 3600};

static struct hf_session_cache *make(size_t entries, size_t bytes)
{
    const struct hf_cache_limits limits = {.entries = entries, .bytes = bytes, .lifetime_s = 7200};
    struct hf_session_cache *cache = NULL;
    assert_int_equal(hf_cache_new(&hf_allocation_standard, &limits, &cache), HF_OK);
    return cache;
}

static struct hf_cache_key key_of(const char *name)
{
    return (struct hf_cache_key){HF_CACHE_SESSION, hf_span_of_text(name)};
}

static void put(struct hf_session_cache *cache, const char *name, const char *text)
{
    const struct hf_cache_key key = key_of(name);
    hf_cache_put(cache, &key, hf_span_of_text(text), &hour);
}

static bool has(struct hf_session_cache *cache, const struct hf_cache_key *key, int64_t now_s, const char *text)
{
    struct hf_buffer into;
    bool found = false;
    hf_buffer_init(&into, &hf_allocation_standard, 4096);
    assert_int_equal(hf_cache_get(cache, key, now_s, &into, &found), HF_OK);
    if (found)
        assert_true(hf_span_equal(hf_buffer_span(&into), hf_span_of_text(text)));
    else
        assert_int_equal(hf_buffer_len(&into), 0);
    hf_buffer_release(&into);
    return found;
}

static bool still_has(struct hf_session_cache *cache, const char *name, const char *text)
{
    const struct hf_cache_key key = key_of(name);
    return has(cache, &key, LATER, text);
}

static void what_is_put_is_found(void **state)
{
    (void)state;
    struct hf_session_cache *cache = make(8, 4096);
    const struct hf_cache_key chain = {HF_CACHE_CHAIN, hf_span_of_text("a")};
    put(cache, "a", "one");
    put(cache, "b", "two");
    assert_true(still_has(cache, "a", "one"));
    assert_true(still_has(cache, "b", "two"));
    assert_false(still_has(cache, "ab", ""));
    assert_false(has(cache, &chain, LATER, "")); /* the kind belongs to the name */
    put(cache, "a", "another");
    assert_true(still_has(cache, "a", "another"));
    assert_int_equal(hf_cache_count(cache), 2);
    assert_int_equal(hf_cache_bytes(cache), strlen("another") + strlen("two"));
    const struct hf_cache_key a = key_of("a");
    hf_cache_remove(cache, &a);
    hf_cache_remove(cache, &a);
    assert_false(still_has(cache, "a", ""));
    assert_int_equal(hf_cache_count(cache), 1);
    hf_cache_drop(hf_cache_hold(cache));
    assert_true(still_has(cache, "b", "two"));
    hf_cache_drop(cache);
    hf_cache_drop(NULL);
}

static void what_was_not_used_for_longest_goes_first(void **state)
{
    (void)state;
    struct hf_session_cache *cache = make(3, 4096);
    put(cache, "a", "1");
    put(cache, "b", "2");
    put(cache, "c", "3");
    assert_true(still_has(cache, "a", "1"));
    put(cache, "d", "4");
    assert_false(still_has(cache, "b", ""));
    assert_true(still_has(cache, "a", "1"));
    assert_true(still_has(cache, "c", "3"));
    assert_true(still_has(cache, "d", "4"));
    assert_int_equal(hf_cache_count(cache), 3);
    hf_cache_drop(cache);
}

static void bytes_are_bounded_too(void **state)
{
    (void)state;
    struct hf_session_cache *cache = make(8, 10);
    put(cache, "a", "1234");
    put(cache, "b", "1234");
    put(cache, "c", "12345678901"); /* never fits: nothing goes for it */
    assert_int_equal(hf_cache_count(cache), 2);
    put(cache, "d", "123");
    assert_int_equal(hf_cache_bytes(cache), 7);
    assert_false(still_has(cache, "a", ""));
    put(cache, "e", "1234567890");
    assert_int_equal(hf_cache_count(cache), 1);
    assert_true(still_has(cache, "e", "1234567890"));
    hf_cache_drop(cache);
}

static void all_ends(void **state)
{
    (void)state;
    struct hf_session_cache *cache = make(8, 4096);
    const struct hf_cache_key a = key_of("a");
    put(cache, "a", "1");
    assert_true(has(cache, &a, hour.end_s - 1, "1"));
    assert_false(has(cache, &a, hour.end_s, ""));
    assert_int_equal(hf_cache_count(cache), 0);
    hf_cache_put(cache, &a, hf_span_of_text("1"), &(struct hf_cache_times){NOW, NOW + 86400});
    assert_true(has(cache, &a, NOW + 7199, "1"));
    assert_false(has(cache, &a, NOW + 7200, "")); /* the cache's own lifetime */
    hf_cache_drop(cache);
}

static void names_and_limits_are_checked(void **state)
{
    (void)state;
    static const struct hf_cache_limits wrong[] = {
        {.entries = 0, .bytes = 1, .lifetime_s = 1},
        {.entries = HF_CACHE_ENTRIES_MAX + 1, .bytes = 1, .lifetime_s = 1},
        {.entries = 1, .bytes = 0, .lifetime_s = 1},
        {.entries = 1, .bytes = 1, .lifetime_s = 0},
    };
    struct hf_session_cache *cache = NULL;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(hf_cache_new(&hf_allocation_standard, &wrong[i], &cache), HF_ERR_wrong_call);
    assert_null(cache);
    cache = make(8, 4096);
    put(cache, "", "1");
    put(cache, "a name that has 33 bytes, not 32!", "1");
    assert_int_equal(hf_cache_count(cache), 0);
    hf_cache_drop(cache);
}

static void many_rows_stay_in_order(void **state)
{
    (void)state;
    struct hf_session_cache *cache = make(100, 100000);
    char name[32];
    for (int i = 0; i < 1000; i++) {
        (void)snprintf(name, sizeof name, "%d", i * 7919 % 1000);
        put(cache, name, name);
    }
    assert_int_equal(hf_cache_count(cache), 100);
    for (int i = 0; i < 1000; i++) {
        (void)snprintf(name, sizeof name, "%d", i * 7919 % 1000);
        assert_int_equal(still_has(cache, name, name), i >= 900);
    }
    hf_cache_drop(cache);
}

static void *use_often(void *context)
{
    struct hf_session_cache *cache = context;
    char name[32];
    for (int i = 0; i < 3000; i++) {
        (void)snprintf(name, sizeof name, "%d", i % 50);
        const struct hf_cache_key key = key_of(name);
        struct hf_buffer into;
        bool found = false;
        hf_buffer_init(&into, &hf_allocation_standard, 64);
        hf_cache_put(cache, &key, key.name, &hour);
        if (hf_cache_get(cache, &key, LATER, &into, &found) != HF_OK ||
            (found && !hf_span_equal(hf_buffer_span(&into), key.name)))
            return cache;
        hf_buffer_release(&into);
        if (i % 7 == 0)
            hf_cache_remove(cache, &key);
    }
    return NULL;
}

static void threads_share_it(void **state)
{
    (void)state;
    struct hf_session_cache *cache = make(20, 4096);
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, use_often, cache), 0);
    for (size_t i = 0; i < 4; i++) {
        void *wrong = cache;
        assert_int_equal(pthread_join(threads[i], &wrong), 0);
        assert_null(wrong);
    }
    assert_true(hf_cache_count(cache) <= 20);
    hf_cache_drop(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_put_is_found),
        cmocka_unit_test(what_was_not_used_for_longest_goes_first),
        cmocka_unit_test(bytes_are_bounded_too),
        cmocka_unit_test(all_ends),
        cmocka_unit_test(names_and_limits_are_checked),
        cmocka_unit_test(many_rows_stay_in_order),
        cmocka_unit_test(threads_share_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
