/* Each allocation of a resumed handshake fails in turn, at either end. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "support/resume_lab.h"
#include "support/test_allocator.h"

/* Each allocation of one end in a resumed handshake fails in turn. Where there is none for the session, a full
 * handshake does; nothing leaks, and whoever fails says why. Returns whether one failed. */
static bool starve(struct hf_test_allocator *test, enum hf_role role, size_t n, const struct resume_store *store)
{
    struct lab_side client = {.who = LAB_CLIENT};
    struct lab_side server = resume_lab_server;
    struct hf_failure failure = {0};
    struct lab_pair pair;
    const uint8_t *id;
    size_t len;
    *(role == HF_CLIENT ? &client.allocator : &server.allocator) = &test->allocator;
    struct hf_config *of_client = lab_config(HF_CLIENT, &client, &failure);
    struct hf_config *of_server = lab_config(HF_SERVER, &server, &failure);
    test->count = 0;
    test->fail_at = n;
    pair.client =
        hf_connection_resume(of_client, "server.lab", store->client.at, store->client.len, LAB_NOW_MS, &failure);
    pair.server = hf_connection_new(of_server, NULL, LAB_NOW_MS, &failure);
    if (pair.client != NULL && pair.server != NULL) {
        resume_lab_run(&pair, LAB_NOW_MS);
        if (hf_session_wanted(pair.server, &id, &len))
            (void)hf_answer_session(pair.server, store->server.at, store->server.len);
        resume_lab_run(&pair, LAB_NOW_MS);
        struct hf_connection *starved = role == HF_CLIENT ? pair.client : pair.server;
        if (hf_failure(starved) == NULL)
            assert_non_null(hf_peer(starved));
        else
            assert_string_equal(hf_error_name(hf_failure(starved)->error), "no_memory");
    } else {
        assert_string_equal(hf_error_name(failure.error), "no_memory");
    }
    bool failed = hf_test_allocator_failed(test);
    lab_pair_close(&pair);
    hf_config_drop(of_client);
    hf_config_drop(of_server);
    assert_int_equal(test->live, 0);
    return failed;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    struct resume_store store;
    resume_lab_first(&(struct resume_visit){0}, &store);
    for (int role = HF_CLIENT; role <= HF_SERVER; role++) {
        bool failed = true;
        size_t n = 1;
        for (; failed; n++) {
            struct hf_test_allocator test;
            hf_test_allocator_init(&test, 0);
            failed = starve(&test, (enum hf_role)role, n, &store);
        }
        assert_true(n > 10);
    }
}

/* ---- with what the library keeps itself ---- */

static struct hf_session_cache *cache;
static struct hf_ticket_keys *keys;

static void with_tickets(struct hf_builder *builder)
{
    hf_builder_session_cache(builder, cache);
    hf_builder_ticket_keys(builder, keys);
}

/* In 1.3 behind a retry, so that all binders are made twice. */
static const struct lab_side takers[] = {
    {.who = LAB_CLIENT, .max = HF_TLS12, .more = hf_builder_session_tickets},
    {.who = LAB_CLIENT, .more = hf_builder_session_tickets, .groups = "x25519:secp384r1"},
};
static const struct lab_side givers[] = {
    {.min = HF_TLS12, .max = HF_TLS12, .more = with_tickets},
    {.min = HF_TLS13, .more = with_tickets, .groups = "secp384r1"},
};
static const struct lab_side *taking, *giving;

/* A full handshake that gives a ticket, or one that resumes by it and gives a new one. */
static bool starve_with_tickets(struct hf_test_allocator *test, enum hf_role role, size_t n,
                                const struct resume_store *store)
{
    struct lab_side client = *taking;
    struct lab_side server = *giving;
    struct hf_failure failure = {0};
    struct lab_pair pair;
    *(role == HF_CLIENT ? &client.allocator : &server.allocator) = &test->allocator;
    struct hf_config *of_client = lab_config(HF_CLIENT, &client, &failure);
    struct hf_config *of_server = lab_config(HF_SERVER, &server, &failure);
    test->count = 0;
    test->fail_at = n;
    pair.client =
        hf_connection_resume(of_client, "server.lab", store->client.at, store->client.len, LAB_NOW_MS, &failure);
    pair.server = hf_connection_new(of_server, NULL, LAB_NOW_MS, &failure);
    if (pair.client != NULL && pair.server != NULL) {
        resume_lab_run(&pair, LAB_NOW_MS);
        struct hf_connection *starved = role == HF_CLIENT ? pair.client : pair.server;
        if (hf_failure(starved) == NULL)
            assert_non_null(hf_peer(starved));
        else
            assert_string_equal(hf_error_name(hf_failure(starved)->error), "no_memory");
    } else {
        assert_string_equal(hf_error_name(failure.error), "no_memory");
    }
    bool failed = hf_test_allocator_failed(test);
    lab_pair_close(&pair);
    hf_config_drop(of_client);
    hf_config_drop(of_server);
    assert_int_equal(test->live, 0);
    return failed;
}

static void keep_ticket(struct resume_store *store)
{
    struct lab_pair pair;
    *store = (struct resume_store){0};
    resume_lab_open(&pair, &(struct resume_visit){.client = taking, .server = giving}, store);
    resume_lab_assert_open(&pair, /* resumed= */ false);
    assert_int_equal(hf_session_bytes(pair.client, store->client.at, sizeof store->client.at, &store->client.len),
                     HF_OK);
    lab_pair_close(&pair);
    assert_int_equal(hf_ticket_keys_rotate(keys), HF_OK);
}

static void every_allocation_of_tickets_may_fail(void **state)
{
    (void)state;
    const struct resume_store none = {0};
    struct resume_store store;
    cache = hf_session_cache_new(64, 86400);
    keys = hf_ticket_keys_new();
    for (int i = 0; i < 8; i++) {
        taking = &takers[i / 4];
        giving = &givers[i / 4];
        keep_ticket(&store);
        bool failed = true;
        size_t n = 1;
        for (; failed; n++) {
            struct hf_test_allocator test;
            hf_test_allocator_init(&test, 0);
            failed = starve_with_tickets(&test, i % 2 == 0 ? HF_CLIENT : HF_SERVER, n, i % 4 < 2 ? &none : &store);
        }
        assert_true(n > 10);
    }
    hf_session_cache_drop(cache);
    hf_ticket_keys_drop(keys);
}

static void every_allocation_of_a_cache_may_fail(void **state)
{
    (void)state;
    for (size_t n = 1; n < 5; n++) {
        struct hf_test_allocator test;
        hf_test_allocator_init(&test, n);
        struct hf_session_cache *starved = hf_session_cache_new_with(8, 60, &test.allocator);
        struct hf_ticket_keys *also = hf_ticket_keys_new_with(&test.allocator);
        assert_int_equal(starved == NULL, n <= 2);
        assert_int_equal(also == NULL, n == 3);
        hf_session_cache_drop(starved);
        hf_ticket_keys_drop(also);
        assert_int_equal(test.live, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(every_allocation_of_tickets_may_fail),
        cmocka_unit_test(every_allocation_of_a_cache_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
