/* Sessions as an application uses them: given out, kept, looked up now or later or in vain, resumed. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "support/resume_lab.h"

static const struct resume_visit usual = {0};

static size_t log_lines;
static char last_line[256];

static void log_line(void *context, const char *line)
{
    (void)context;
    log_lines++;
    (void)snprintf(last_line, sizeof last_line, "%s", line);
}

static void with_log(struct hf_builder *builder)
{
    hf_builder_sessions_outside(builder);
    hf_builder_key_log(builder, log_line, NULL);
}

static const struct lab_side logging_server = {.min = HF_TLS12, .max = HF_TLS12, .more = with_log};

static void a_session_is_resumed_and_its_peers_kept(void **state)
{
    (void)state;
    struct resume_store store;
    struct lab_pair pair;
    uint8_t ours[32];
    uint8_t theirs[32];
    const struct resume_visit logged = {.server = &logging_server};
    resume_lab_first(&logged, &store);
    for (int again = 0; again < 3; again++) {
        log_lines = 0;
        resume_lab_visit(&pair, &logged, &store);
        resume_lab_assert_open(&pair, /* resumed= */ true);
        assert_string_equal(hf_peer_subject(hf_peer(pair.client)), "CN=server.lab");
        assert_string_equal(hf_peer_spiffe_id(hf_peer(pair.server)), "spiffe://lab/billing");
        assert_int_equal(hf_peer_chain_count(hf_peer(pair.server)), 3);
        assert_int_equal(log_lines, 1);
        assert_int_equal(strncmp(last_line, "CLIENT_RANDOM ", 14), 0);
        assert_int_equal(hf_export(pair.client, "EXPORTER-x", NULL, 0, ours, sizeof ours), HF_OK);
        assert_int_equal(hf_export(pair.server, "EXPORTER-x", NULL, 0, theirs, sizeof theirs), HF_OK);
        assert_memory_equal(ours, theirs, sizeof ours);
        lab_pair_close(&pair);
    }
}

static void what_is_told_of_a_resumed_connection(void **state)
{
    (void)state;
    struct resume_store store;
    struct lab_pair pair;
    struct hf_session_info info;
    resume_lab_first(&usual, &store);
    resume_lab_visit(&pair, &usual, &store);
    hf_session_info(pair.client, &info);
    assert_true(info.resumed);
    assert_true(info.accepted);
    assert_true(info.extended_master_secret);
    assert_string_equal(info.group, "");
    assert_string_equal(info.own_scheme, "");
    assert_string_equal(info.peer_scheme, "");
    assert_string_equal(info.server_name, "server.lab");
    assert_false(info.asked_for_certificate);
    assert_false(info.presented_certificate);
    lab_pair_close(&pair);
}

/* Which events came, in order, as letters. */
static void read_events(struct hf_connection *connection, char *into)
{
    struct hf_event event;
    while (hf_next_event(connection, &event))
        *into++ = event.kind == HF_EVENT_OPENED          ? 'O'
                  : event.kind == HF_EVENT_ACCEPTED      ? 'A'
                  : event.kind == HF_EVENT_SESSION       ? 'S'
                  : event.kind == HF_EVENT_NEEDS_SESSION ? 'N'
                                                         : '?';
    *into = '\0';
}

static void events_come_in_order(void **state)
{
    (void)state;
    struct resume_store store = {0};
    struct lab_pair pair;
    char events[32];
    const struct lab_side silent_client = {.max = HF_TLS12, .who = LAB_CLIENT};
    const struct resume_visit visit = {.client = &silent_client};
    resume_lab_visit(&pair, &visit, &store); /* a client of 1.2 alone makes up no session ID: nothing is asked */
    read_events(pair.server, events);
    assert_string_equal(events, "OAS");
    resume_lab_keep(&pair, &store);
    lab_pair_close(&pair);

    resume_lab_visit(&pair, &visit, &store);
    read_events(pair.server, events);
    assert_string_equal(events, "NOA");
    read_events(pair.client, events);
    assert_string_equal(events, "OA");
    lab_pair_close(&pair);
}

static void the_answer_may_come_later(void **state)
{
    (void)state;
    struct resume_store store;
    struct lab_pair pair;
    const uint8_t *id = NULL;
    size_t len = 0;
    uint8_t byte = 0;
    resume_lab_first(&usual, &store);
    resume_lab_open(&pair, &usual, &store);
    assert_true(lab_event(pair.server, HF_EVENT_NEEDS_SESSION));
    assert_true(hf_session_wanted(pair.server, &id, &len));
    assert_int_equal(len, store.id_len);
    assert_memory_equal(id, store.id, len);
    /* Other answers and calls do not fit, and change nothing. */
    assert_null(hf_peer_candidate(pair.server));
    assert_null(hf_peer(pair.server));
    assert_int_equal(hf_answer_verdict(pair.server, true), HF_ERR_wrong_call);
    assert_int_equal(hf_answer_signature(pair.server, "x", 1), HF_ERR_wrong_call);
    assert_int_equal(hf_write(pair.server, &byte, 1, &len), HF_ERR_wrong_call);
    resume_lab_run(&pair, LAB_NOW_MS + 1000);
    assert_true(hf_session_wanted(pair.server, &id, &len));
    assert_int_equal(hf_tick(pair.server, LAB_NOW_MS + 2000), HF_OK);

    assert_int_equal(hf_answer_session(pair.server, store.server.at, store.server.len), HF_OK);
    assert_false(hf_session_wanted(pair.server, &id, &len));
    assert_int_equal(hf_answer_session(pair.server, store.server.at, store.server.len), HF_ERR_wrong_call);
    resume_lab_run(&pair, LAB_NOW_MS + 2000);
    resume_lab_assert_open(&pair, /* resumed= */ true);
    lab_pair_close(&pair);
}

static void the_store_may_fail(void **state)
{
    (void)state;
    struct resume_store store;
    struct resume_store next = {0};
    struct lab_pair pair;
    resume_lab_first(&usual, &store);
    resume_lab_open(&pair, &usual, &store);
    assert_int_equal(hf_answer_session(pair.server, NULL, 0), HF_OK);
    resume_lab_run(&pair, LAB_NOW_MS);
    resume_lab_assert_open(&pair, /* resumed= */ false);
    resume_lab_keep(&pair, &next);
    assert_memory_not_equal(next.id, store.id, store.id_len);
    lab_pair_close(&pair);
    resume_lab_visit(&pair, &usual, &next);
    resume_lab_assert_open(&pair, /* resumed= */ true);
    lab_pair_close(&pair);
}

static void a_peer_that_goes_meanwhile_ends_it(void **state)
{
    (void)state;
    struct resume_store store;
    struct lab_pair pair;
    resume_lab_first(&usual, &store);
    resume_lab_open(&pair, &usual, &store);
    assert_int_equal(hf_feed_end(pair.server, LAB_NOW_MS), HF_ERR_cut_in_handshake);
    assert_int_equal(hf_answer_session(pair.server, store.server.at, store.server.len), HF_ERR_cut_in_handshake);
    assert_null(hf_peer(pair.server));
    lab_pair_close(&pair);
}

static void bytes_that_are_none_lead_to_a_full_handshake(void **state)
{
    (void)state;
    struct resume_store store;
    resume_lab_first(&usual, &store);
    for (size_t i = 0; i < store.server.len; i += 61) {
        struct resume_store damaged = store;
        struct lab_pair pair;
        damaged.server.at[i] ^= 0x40;
        resume_lab_visit(&pair, &usual, &damaged);
        resume_lab_assert_open(&pair, /* resumed= */ false);
        lab_pair_close(&pair);
        damaged = store;
        damaged.client.at[i % store.client.len] ^= 0x40;
        damaged.server.len = i;
        resume_lab_visit(&pair, &usual, &damaged);
        resume_lab_assert_open(&pair, /* resumed= */ false);
        lab_pair_close(&pair);
    }
}

static void the_other_ends_bytes_are_none(void **state)
{
    (void)state;
    struct resume_store store;
    struct lab_pair pair;
    resume_lab_first(&usual, &store);
    struct resume_store swapped = store;
    swapped.server = store.client;
    resume_lab_visit(&pair, &usual, &swapped);
    resume_lab_assert_open(&pair, /* resumed= */ false);
    lab_pair_close(&pair);
    swapped = store;
    swapped.client = store.server;
    resume_lab_visit(&pair, &usual, &swapped);
    resume_lab_assert_open(&pair, /* resumed= */ false);
    lab_pair_close(&pair);
}

static void another_session_than_asked_for_is_none(void **state)
{
    (void)state;
    struct resume_store one;
    struct resume_store other;
    struct lab_pair pair;
    resume_lab_first(&usual, &one);
    resume_lab_first(&usual, &other);
    resume_lab_open(&pair, &usual, &one);
    assert_int_equal(hf_answer_session(pair.server, other.server.at, other.server.len), HF_OK);
    resume_lab_run(&pair, LAB_NOW_MS);
    resume_lab_assert_open(&pair, /* resumed= */ false);
    lab_pair_close(&pair);
}

static void assert_no_session(const struct hf_connection *connection)
{
    const uint8_t *id = (const uint8_t *)"";
    uint8_t room[4096] = {7};
    size_t len = 5;
    assert_int_equal(hf_session_id(connection, &id), 0);
    assert_null(id);
    assert_int_equal(hf_session_size(connection), 0);
    assert_int_equal(hf_session_bytes(connection, room, sizeof room, &len), HF_ERR_wrong_call);
    assert_int_equal(len, 5);
    assert_int_equal(room[0], 7);
}

static void where_there_is_no_session(void **state)
{
    (void)state;
    const struct lab_side off = {.min = HF_TLS12, .max = HF_TLS12};
    const struct lab_side newer = {.min = HF_TLS13};
    const struct resume_visit visits[] = {{.server = &off}, {.server = &newer}, usual};
    struct resume_store store;
    resume_lab_first(&usual, &store);
    for (size_t i = 0; i < 3; i++) { /* the last is a resumed one */
        struct lab_pair pair;
        resume_lab_open(&pair, &visits[i], &store);
        assert_no_session(pair.client);
        assert_no_session(pair.server);
        resume_lab_run(&pair, LAB_NOW_MS);
        const uint8_t *id;
        size_t len;
        if (hf_session_wanted(pair.server, &id, &len))
            assert_int_equal(hf_answer_session(pair.server, store.server.at, store.server.len), HF_OK);
        resume_lab_run(&pair, LAB_NOW_MS);
        resume_lab_assert_open(&pair, /* resumed= */ i == 2);
        assert_no_session(pair.client);
        assert_no_session(pair.server);
        lab_pair_close(&pair);
    }
}

static void arguments_are_checked(void **state)
{
    (void)state;
    struct resume_store store = {0};
    struct lab_pair pair;
    struct hf_failure failure;
    uint8_t room[8192];
    size_t len = 5;
    resume_lab_visit(&pair, &usual, &store);
    resume_lab_keep(&pair, &store);
    assert_int_equal(hf_session_bytes(pair.server, room, store.server.len - 1, &len), HF_ERR_wrong_call);
    assert_int_equal(hf_session_bytes(pair.server, NULL, 0, &len), HF_ERR_wrong_call);
    assert_int_equal(len, 5);
    assert_int_equal(hf_session_bytes(pair.server, room, store.server.len, &len), HF_OK);
    hf_close(pair.server);
    lab_pair_close(&pair);

    struct hf_config *config = lab_config(HF_SERVER, &resume_lab_server, &failure);
    assert_null(hf_connection_resume(config, NULL, store.server.at, store.server.len, LAB_NOW_MS, &failure));
    assert_int_equal(failure.error, HF_ERR_setting_invalid);
    assert_int_equal(failure.by, HF_BY_SETTINGS);
    struct hf_connection *plain = hf_connection_resume(config, NULL, NULL, 0, LAB_NOW_MS, &failure);
    assert_non_null(plain);
    hf_connection_free(plain);
    hf_config_drop(config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_is_resumed_and_its_peers_kept),
        cmocka_unit_test(what_is_told_of_a_resumed_connection),
        cmocka_unit_test(events_come_in_order),
        cmocka_unit_test(the_answer_may_come_later),
        cmocka_unit_test(the_store_may_fail),
        cmocka_unit_test(a_peer_that_goes_meanwhile_ends_it),
        cmocka_unit_test(bytes_that_are_none_lead_to_a_full_handshake),
        cmocka_unit_test(the_other_ends_bytes_are_none),
        cmocka_unit_test(another_session_than_asked_for_is_none),
        cmocka_unit_test(where_there_is_no_session),
        cmocka_unit_test(arguments_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
