/* Keying material from the early secrets (RFC 9846 7.5): the same at both ends, that of the schedule, and there only
 * while early data may be. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <handfast/early.h>
#include <handfast/session.h>

#include <string.h>

#include "crypto/random.h"
#include "engine/connection.h"
#include "session/early_window.h"
#include "support/keepers.h"
#include "support/quic_lab.h"
#include "support/resume_lab.h"

enum { LEN = 48, LABEL_MAX = 249, HASHES_MAX = 255 };

static const char label[] = "EXPORTER-test";

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
    hf_builder_early_data(builder, 1000);
    hf_builder_early_guard(builder, hf_early_window_guard(window));
}

static void sends(struct hf_builder *builder)
{
    hf_builder_session_tickets(builder);
    hf_builder_early_data(builder, 1000);
}

static void takes_datagrams(struct hf_builder *builder)
{
    hf_builder_datagrams(builder);
    takes(builder);
}

static void sends_datagrams(struct hf_builder *builder)
{
    hf_builder_datagrams(builder);
    sends(builder);
}

static const struct lab_side client = {.more = sends}, server = {.more = takes};

static struct hf_connection *make(enum hf_role role, const struct lab_side *side, const struct resume_bytes *session)
{
    struct hf_failure failure = {0};
    struct hf_config *config = lab_config(role, side, &failure);
    assert_non_null(config);
    struct hf_connection *connection =
        role == HF_CLIENT ? hf_connection_resume(config, "server.lab", session->at, session->len, LAB_NOW_MS, &failure)
                          : hf_connection_new(config, NULL, LAB_NOW_MS, &failure);
    hf_config_drop(config);
    assert_non_null(connection);
    return connection;
}

static void keep(struct hf_connection *connection, struct resume_bytes *session)
{
    assert_true(lab_event_first(connection, HF_EVENT_SESSION));
    assert_int_equal(hf_session_bytes(connection, session->at, sizeof session->at, &session->len), HF_OK);
}

static void visit_first(const struct lab_side *of_client, const struct lab_side *of_server,
                        struct resume_bytes *session)
{
    struct lab_pair pair = {make(HF_CLIENT, of_client, &(struct resume_bytes){.len = 0}),
                            make(HF_SERVER, of_server, NULL)};
    (void)lab_pair_run(&pair);
    lab_assert_open(&pair);
    keep(pair.client, session);
    lab_pair_close(&pair);
}

static void assert_none(struct hf_connection *connection)
{
    uint8_t got[LEN];
    assert_int_equal(hf_early_export(connection, label, NULL, 0, got, LEN), HF_ERR_wrong_call);
}

static void assert_some(struct hf_connection *connection)
{
    uint8_t got[LEN];
    assert_int_equal(hf_early_export(connection, label, NULL, 0, got, LEN), HF_OK);
}

/* A client's, while the schedule stands at the early secret: what is exported is what RFC 9846 7.5 makes of it. */
static void assert_of_schedule(struct hf_connection *connection)
{
    const struct hf_export_request request = {.label = hf_span_of_text(label)};
    uint8_t got[LEN], expected[LEN];
    assert_int_equal(hf_early_export(connection, label, NULL, 0, got, LEN), HF_OK);
    assert_int_equal(
        hf_schedule13_export(&connection->handshake.schedule13, HF_SECRET13_EARLY_EXPORTER, &request, expected, LEN),
        HF_OK);
    assert_memory_equal(got, expected, LEN);
}

static void assert_same(struct hf_connection *one, struct hf_connection *other)
{
    static const char *const contexts[] = {NULL, "", "context"};
    uint8_t of_one[HF_COUNT(contexts)][LEN], of_other[LEN];
    for (size_t i = 0; i < HF_COUNT(contexts); i++) {
        const size_t len = contexts[i] == NULL ? 0 : strlen(contexts[i]);
        assert_int_equal(hf_early_export(one, label, contexts[i], len, of_one[i], LEN), HF_OK);
        assert_int_equal(hf_early_export(other, label, contexts[i], len, of_other, LEN), HF_OK);
        assert_memory_equal(of_one[i], of_other, LEN);
    }
    assert_memory_equal(of_one[0], of_one[1], LEN);
    assert_memory_not_equal(of_one[0], of_one[2], LEN);
    assert_int_equal(hf_early_export(other, "EXPORTER-other", NULL, 0, of_other, LEN), HF_OK);
    assert_memory_not_equal(of_one[0], of_other, LEN);
}

static void read_early(struct hf_connection *connection)
{
    char got[16];
    size_t len;
    assert_true(lab_event_first(connection, HF_EVENT_EARLY_DATA));
    assert_int_equal(hf_read_early(connection, got, sizeof got, &len), HF_OK);
    assert_int_equal(len, 1);
}

/* The client has it before anything of the server came; the server as soon as it has early data; neither when open. */
static void both_ends_export_the_same(void **state)
{
    (void)state;
    const struct lab_side sides[][2] = {{client, server}, {{.more = sends_datagrams}, {.more = takes_datagrams}}};
    for (size_t i = 0; i < HF_COUNT(sides); i++) {
        struct resume_bytes session = {0};
        uint8_t early[LEN], late[LEN];
        size_t len;
        visit_first(&sides[i][0], &sides[i][1], &session);
        struct lab_pair pair = {make(HF_CLIENT, &sides[i][0], &session), make(HF_SERVER, &sides[i][1], NULL)};
        assert_none(pair.server);
        assert_of_schedule(pair.client);
        assert_int_equal(hf_early_export(pair.client, label, NULL, 0, early, LEN), HF_OK);
        assert_int_equal(hf_export(pair.client, label, NULL, 0, late, LEN), HF_ERR_wrong_call);
        assert_int_equal(hf_write_early(pair.client, "x", 1, &len), HF_OK);
        (void)lab_move(pair.client, pair.server, SIZE_MAX);
        assert_same(pair.client, pair.server);
        (void)lab_pair_run(&pair);
        assert_same(pair.server, pair.server);
        read_early(pair.server);
        (void)lab_pair_run(&pair);
        resume_lab_assert_open(&pair, /* resumed= */ true);
        assert_none(pair.client);
        assert_none(pair.server);
        assert_int_equal(hf_export(pair.client, label, NULL, 0, late, LEN), HF_OK);
        assert_memory_not_equal(early, late, LEN);
        lab_pair_close(&pair);
    }
}

static void keep_quic(struct quic_lab *lab, struct resume_bytes *session)
{
    quic_lab_open(lab, &client, &server);
    quic_lab_run(lab);
    quic_lab_assert_open(lab);
    keep(lab->client.connection, session);
    quic_lab_close(lab);
}

static void it_is_there_under_quic(void **state)
{
    (void)state;
    struct quic_lab lab;
    struct resume_bytes session = {0};
    keep_quic(&lab, &session);
    lab = (struct quic_lab){0};
    lab.client.connection = quic_lab_connection(HF_CLIENT, &client, "client's", hf_span_of(session.at, session.len));
    lab.server.connection = quic_lab_connection(HF_SERVER, &server, "server's", hf_span_of(NULL, 0));
    assert_of_schedule(lab.client.connection);
    (void)quic_lab_move(&lab, &lab.client, &lab.server);
    assert_non_null(quic_lab_secret_of(&lab.server, HF_QUIC_EARLY, /* writes= */ false));
    assert_same(lab.client.connection, lab.server.connection);
    quic_lab_run(&lab);
    quic_lab_assert_open(&lab);
    assert_none(lab.client.connection);
    assert_none(lab.server.connection);
    quic_lab_close(&lab);
}

/* By whatever it was refused: a ticket that came already, a HelloRetryRequest, a full handshake under another hash. */
static void refused_early_data_takes_it_away(void **state)
{
    (void)state;
    const struct lab_side servers[] = {
        server,
        {.more = takes, .groups = "secp384r1"},
        {.more = keepers_with_tickets, .suites = "TLS_AES_256_GCM_SHA384"},
    };
    for (size_t i = 0; i < HF_COUNT(servers); i++) {
        struct resume_bytes session = {0};
        const struct lab_side of_client = {.more = sends, .suites = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384"};
        const struct lab_side first = {.more = takes, .suites = "TLS_AES_128_GCM_SHA256"};
        visit_first(&of_client, &first, &session);
        if (i == 0) { /* the same ticket, used up */
            struct lab_pair used = {make(HF_CLIENT, &of_client, &session), make(HF_SERVER, &servers[i], NULL)};
            (void)lab_move(used.client, used.server, SIZE_MAX);
            assert_some(used.server);
            lab_pair_close(&used);
        }
        struct lab_pair pair = {make(HF_CLIENT, &of_client, &session), make(HF_SERVER, &servers[i], NULL)};
        assert_some(pair.client);
        (void)lab_move(pair.client, pair.server, SIZE_MAX);
        assert_none(pair.server);
        (void)lab_move(pair.server, pair.client, SIZE_MAX);
        assert_true(lab_event_first(pair.client, HF_EVENT_EARLY_REFUSED));
        assert_none(pair.client);
        (void)lab_pair_run(&pair);
        resume_lab_assert_open(&pair, /* resumed= */ i < 2);
        assert_none(pair.server);
        lab_pair_close(&pair);
    }
}

static void nobody_has_it_without_early_data(void **state)
{
    (void)state;
    struct lab_pair pair;
    lab_pair_open(&pair, &client, &server);
    assert_none(pair.client);
    (void)lab_move(pair.client, pair.server, SIZE_MAX);
    assert_none(pair.server);
    (void)lab_move(pair.server, pair.client, SIZE_MAX);
    assert_none(pair.client);
    lab_pair_close(&pair);
}

static void what_cannot_be_is_refused(void **state)
{
    (void)state;
    struct resume_bytes session = {0};
    char long_label[LABEL_MAX + 2];
    uint8_t much[HASHES_MAX * 64];
    visit_first(&client, &server, &session);
    struct hf_connection *connection = make(HF_CLIENT, &client, &session);
    const size_t most = HASHES_MAX * hf_hash_len(connection->handshake.schedule13.hash);
    memset(long_label, 'a', sizeof long_label);
    long_label[LABEL_MAX + 1] = '\0';
    assert_int_equal(hf_early_export(connection, long_label, NULL, 0, much, LEN), HF_ERR_wrong_call);
    long_label[LABEL_MAX] = '\0';
    assert_int_equal(hf_early_export(connection, long_label, NULL, 0, much, most), HF_OK);
    assert_int_equal(hf_early_export(connection, label, NULL, 0, much, most + 1), HF_ERR_wrong_call);
    hf_connection_free(connection);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ends_export_the_same),        cmocka_unit_test(it_is_there_under_quic),
        cmocka_unit_test(refused_early_data_takes_it_away), cmocka_unit_test(nobody_has_it_without_early_data),
        cmocka_unit_test(what_cannot_be_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
