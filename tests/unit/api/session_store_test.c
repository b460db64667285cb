/* A server's cache of sessions, and the settings of where sessions are kept. That a resumption is judged is tested with
 * sessions of an application's store; here stands what only the cache can get wrong. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "engine/connection.h"
#include "support/keepers.h"
#include "support/resume_lab.h"

static const struct lab_side plain_client = {.who = LAB_CLIENT};
static const struct lab_side caching = {.min = HF_TLS12, .max = HF_TLS12, .more = keepers_with_cache};

/* A visit, after which the client's session is kept, if there is one. */
static void visit(const struct resume_visit *what, struct resume_store *store, bool resumed)
{
    struct lab_pair pair;
    const uint8_t *id;
    resume_lab_open(&pair, what, store);
    resume_lab_assert_open(&pair, resumed);
    if (what->server->client_auth != HF_CLIENT_AUTH_NONE)
        assert_string_equal(hf_peer_spiffe_id(hf_peer(pair.server)), "spiffe://lab/billing");
    assert_false(lab_event(pair.server, HF_EVENT_NEEDS_SESSION));
    if (hf_session_id(pair.client, &id) > 0)
        assert_int_equal(hf_session_bytes(pair.client, store->client.at, sizeof store->client.at, &store->client.len),
                         HF_OK);
    lab_pair_close(&pair);
}

static const struct resume_visit by_cache = {.client = &plain_client, .server = &caching};

static void a_server_resumes_from_its_cache(void **state)
{
    (void)state;
    struct resume_store store = {0};
    visit(&by_cache, &store, false);
    for (int i = 0; i < 3; i++)
        visit(&by_cache, &store, true);
    struct resume_visit late = by_cache;
    late.now_ms = LAB_NOW_MS + (uint64_t)3600 * 1000;
    visit(&late, &store, false);
}

static void a_server_with_a_cache_bothers_nobody(void **state)
{
    (void)state;
    struct resume_store store = {0};
    struct lab_pair pair;
    resume_lab_open(&pair, &by_cache, &store);
    assert_false(lab_event(pair.server, HF_EVENT_SESSION));
    assert_true(lab_event(pair.client, HF_EVENT_SESSION));
    lab_pair_close(&pair);
}

static void a_cached_session_of_another_policy_is_none(void **state)
{
    (void)state;
    struct resume_store store = {0};
    struct lab_side none = caching;
    none.client_auth = HF_CLIENT_AUTH_NONE;
    visit(&(struct resume_visit){.client = &plain_client, .server = &none}, &store, false);
    visit(&(struct resume_visit){.client = &plain_client, .server = &none}, &store, true);
    visit(&by_cache, &store, false);
}

/* RFC 5246 7.2.2. */
static void a_session_of_a_failed_connection_is_forgotten(void **state)
{
    (void)state;
    static const uint8_t garbage[] = {23, 3, 3, 0, 4, 1, 2, 3, 4};
    struct resume_store store = {0};
    struct lab_pair pair;
    visit(&by_cache, &store, false);
    resume_lab_open(&pair, &by_cache, &store);
    resume_lab_assert_open(&pair, true);
    assert_int_not_equal(hf_feed(pair.server, garbage, sizeof garbage, LAB_NOW_MS), HF_OK);
    lab_pair_close(&pair);
    visit(&by_cache, &store, false);
}

static void a_cut_connection_keeps_its_session(void **state)
{
    (void)state;
    struct resume_store store = {0};
    struct lab_pair pair;
    visit(&by_cache, &store, false);
    resume_lab_open(&pair, &by_cache, &store);
    assert_int_not_equal(hf_feed_end(pair.server, LAB_NOW_MS), HF_OK);
    lab_pair_close(&pair);
    visit(&by_cache, &store, true);
}

/* ---- settings ---- */

static void both_keep(struct hf_builder *builder)
{
    hf_builder_session_cache(builder, keepers_cache);
    hf_builder_sessions_outside(builder);
}

static void without_cache(struct hf_builder *builder)
{
    hf_builder_session_cache(builder, NULL);
}

static void without_keys(struct hf_builder *builder)
{
    hf_builder_ticket_keys(builder, NULL);
}

static void settings_are_checked(void **state)
{
    (void)state;
    const struct {
        enum hf_role role;
        void (*more)(struct hf_builder *builder);
        const char *where;
    } wrong[] = {
        {HF_SERVER, both_keep, "hf_builder_session_cache"},
        {HF_SERVER, keepers_with_tickets_alone, "hf_builder_ticket_keys"},
        {HF_SERVER, hf_builder_session_tickets, "hf_builder_session_tickets"},
        {HF_SERVER, without_cache, "hf_builder_session_cache"},
        {HF_SERVER, without_keys, "hf_builder_ticket_keys"},
        {HF_CLIENT, keepers_with_cache, "hf_builder_session_cache"},
        {HF_CLIENT, keepers_with_tickets_alone, "hf_builder_ticket_keys"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct hf_failure failure = {0};
        const struct lab_side side = {.who = wrong[i].role == HF_CLIENT ? LAB_CLIENT : LAB_SERVER,
                                      .more = wrong[i].more};
        assert_null(lab_config(wrong[i].role, &side, &failure));
        assert_int_equal(failure.error, HF_ERR_setting_invalid);
        assert_string_equal(failure.where, wrong[i].where);
    }
    assert_null(hf_session_cache_new(0, 1));
    assert_null(hf_session_cache_new(1, 0));
    assert_null(hf_session_cache_new(((size_t)1 << 20) + 1, 1));
    assert_null(hf_session_cache_new(SIZE_MAX, 1));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, keepers_set_up, keepers_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_server_resumes_from_its_cache),
        TEST(a_server_with_a_cache_bothers_nobody),
        TEST(a_cached_session_of_another_policy_is_none),
        TEST(a_session_of_a_failed_connection_is_forgotten),
        TEST(a_cut_connection_keeps_its_session),
        TEST(settings_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
