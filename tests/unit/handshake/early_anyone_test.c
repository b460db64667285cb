/* Early data of clients that the server does not know: only where it said so, under the guard as ever, and answered
 * before the client's Finished. RFC 9846 2.3, 4.3.10, 8. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <handfast/early.h>

#include <string.h>

#include "crypto/random.h"
#include "engine/connection.h"
#include "session/early_window.h"
#include "support/keepers.h"
#include "support/resume_lab.h"

static struct hf_early_window *window;

static int set_up(void **state)
{
    (void)state;
    return hf_early_window_new(&hf_allocation_standard, &hf_random_system, &window) == HF_OK ? keepers_new(64, 1000000)
                                                                                             : -1;
}

static int tear_down(void **state)
{
    hf_early_window_free(window);
    return keepers_tear_down(state);
}

static void takes(struct hf_builder *builder)
{
    keepers_with_tickets(builder);
    hf_builder_early_data(builder, 100);
    hf_builder_early_guard(builder, hf_early_window_guard(window));
}

static void takes_from_anyone(struct hf_builder *builder)
{
    takes(builder);
    hf_builder_early_data_from_anyone(builder);
}

static void sends(struct hf_builder *builder)
{
    hf_builder_session_tickets(builder);
    hf_builder_early_data(builder, 100);
}

static const struct lab_side client = {.anonymous = true, .more = sends};
static const struct lab_side from_anyone = {.client_auth = HF_CLIENT_AUTH_NONE, .more = takes_from_anyone};
static const struct lab_side asking = {.client_auth = HF_CLIENT_AUTH_REQUEST, .more = takes};
static const struct lab_side asking_anyone = {.client_auth = HF_CLIENT_AUTH_REQUEST, .more = takes_from_anyone};

static void keep(struct hf_connection *connection, struct resume_store *store)
{
    assert_true(lab_event_first(connection, HF_EVENT_SESSION));
    assert_int_equal(hf_session_bytes(connection, store->client.at, sizeof store->client.at, &store->client.len),
                     HF_OK);
}

static void visit_first(const struct lab_side *server, struct resume_store *store)
{
    struct lab_pair pair;
    const struct resume_visit visit = {.client = &client, .server = server};
    *store = (struct resume_store){0};
    resume_lab_open(&pair, &visit, store);
    resume_lab_assert_open(&pair, /* resumed= */ false);
    keep(pair.client, store);
    lab_pair_close(&pair);
}

/* What came early is read, and answered before OPENED; that arrives at a client that is open. */
static void it_is_taken_and_answered(void **state)
{
    (void)state;
    const struct lab_side *servers[] = {&from_anyone, &asking_anyone};
    for (size_t i = 0; i < HF_COUNT(servers); i++) {
        struct resume_store store;
        struct lab_pair pair;
        uint8_t got[16];
        size_t len = 0;
        const struct resume_visit visit = {.client = &client, .server = servers[i]};
        visit_first(servers[i], &store);
        resume_lab_begin(&pair, &visit, &store);
        assert_int_equal(hf_write_early(pair.client, "early", 5, &len), HF_OK);
        assert_int_equal(hf_write(pair.server, "x", 1, &len), HF_ERR_wrong_call);
        (void)lab_move(pair.client, pair.server, SIZE_MAX);
        assert_true(lab_event_first(pair.server, HF_EVENT_EARLY_DATA));
        assert_null(hf_early_peer(pair.server)); /* nobody */
        assert_int_equal(hf_read_early(pair.server, got, sizeof got, &len), HF_OK);
        assert_int_equal(len, 5);
        assert_int_equal(hf_early_room(pair.server), 0);
        assert_int_equal(hf_write(pair.server, "answer", 6, &len), HF_OK);
        assert_int_equal(len, 6);
        (void)lab_move(pair.server, pair.client, SIZE_MAX);
        assert_true(lab_event_first(pair.client, HF_EVENT_DATA));
        assert_int_equal(hf_read(pair.client, got, sizeof got, &len), HF_OK);
        assert_int_equal(len, 6);
        assert_memory_equal(got, "answer", 6);
        assert_false(lab_event(pair.server, HF_EVENT_OPENED));
        resume_lab_run(&pair, LAB_NOW_MS);
        resume_lab_assert_open(&pair, /* resumed= */ true);
        lab_pair_close(&pair);
    }
}

/* By the same ticket once. */
static void the_guard_holds(void **state)
{
    (void)state;
    struct resume_store store;
    const struct resume_visit visit = {.client = &client, .server = &from_anyone};
    visit_first(&from_anyone, &store);
    for (int round = 0; round < 2; round++) {
        struct lab_pair pair;
        size_t len;
        resume_lab_begin(&pair, &visit, &store);
        assert_int_equal(hf_write_early(pair.client, "x", 1, &len), HF_OK);
        (void)lab_move(pair.client, pair.server, SIZE_MAX);
        assert_int_equal(lab_event_first(pair.server, HF_EVENT_EARLY_DATA), round == 0);
        assert_int_equal(hf_write(pair.server, "x", 1, &len), round == 0 ? HF_OK : HF_ERR_wrong_call);
        lab_pair_close(&pair);
    }
}

/* Off: tickets of a server allow none to whom it does not know, and such a config makes no sense where it asks nobody.
 */
static void not_unless_asked_for(void **state)
{
    (void)state;
    struct resume_store store;
    struct lab_pair pair;
    struct hf_failure failure;
    const struct resume_visit visit = {.client = &client, .server = &asking};
    visit_first(&asking, &store);
    resume_lab_begin(&pair, &visit, &store);
    assert_int_equal(hf_early_room(pair.client), 0);
    lab_pair_close(&pair);
    /* Nor by a ticket that was given while it was on. */
    const struct resume_visit later = {.client = &client, .server = &asking};
    visit_first(&asking_anyone, &store);
    resume_lab_begin(&pair, &later, &store);
    size_t len;
    assert_int_equal(hf_write_early(pair.client, "x", 1, &len), HF_OK);
    resume_lab_run(&pair, LAB_NOW_MS);
    assert_false(lab_event(pair.server, HF_EVENT_EARLY_DATA));
    assert_true(lab_event_first(pair.client, HF_EVENT_EARLY_REFUSED));
    lab_pair_close(&pair);
    assert_null(lab_config(HF_SERVER, &(struct lab_side){.client_auth = HF_CLIENT_AUTH_NONE, .more = takes}, &failure));
    assert_int_equal(failure.error, HF_ERR_setting_invalid);
    assert_null(lab_config(HF_CLIENT, &(struct lab_side){.more = hf_builder_early_data_from_anyone}, &failure));
    assert_int_equal(failure.error, HF_ERR_setting_invalid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_taken_and_answered),
        cmocka_unit_test(the_guard_holds),
        cmocka_unit_test(not_unless_asked_for),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
