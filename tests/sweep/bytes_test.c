/* A mutual handshake in each version, cut at its bytes and with each of its bytes changed. A fresh pair every time, so
 * lengths may differ by the length of a DER signature: places are of a run, not of a message. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "support/lab_check.h"
#include "support/wire_tap.h"

/* Configs are made once: the sweep is about handshakes. */
static struct hf_config *client_config, *server_config[2];

static int make_configs(void **state)
{
    (void)state;
    struct hf_failure failure;
    client_config = lab_config(HF_CLIENT, &(struct lab_side){0}, &failure);
    for (int v = 0; v < 2; v++)
        server_config[v] =
            lab_config(HF_SERVER, &(struct lab_side){.min = lab_versions[v], .max = lab_versions[v]}, &failure);
    return 0;
}

static int drop_configs(void **state)
{
    (void)state;
    hf_config_drop(client_config);
    hf_config_drop(server_config[0]);
    hf_config_drop(server_config[1]);
    return 0;
}

static void open_pair(struct lab_pair *pair, int version)
{
    pair->client = hf_connection_new(client_config, "server.lab", LAB_NOW_MS, NULL);
    pair->server = hf_connection_new(server_config[version], NULL, LAB_NOW_MS, NULL);
    assert_non_null(pair->client);
    assert_non_null(pair->server);
}

static void measure(int version, size_t sent[2])
{
    struct lab_pair pair;
    struct wire_tap tap = wire_tap_clean();
    open_pair(&pair, version);
    wire_tap_run(&tap, &pair);
    lab_assert_open(&pair);
    sent[0] = tap.passed[0];
    sent[1] = tap.passed[1];
    lab_pair_close(&pair);
}

static bool opened(const struct hf_connection *connection)
{
    struct hf_session_info info;
    hf_session_info(connection, &info);
    return info.opened;
}

static void assert_cut(struct hf_connection *connection)
{
    bool was_open = opened(connection);
    enum hf_error wanted = was_open ? HF_ERR_truncated : HF_ERR_cut_in_handshake;
    assert_int_equal(hf_feed_end(connection, LAB_NOW_MS), wanted);
    lab_assert_failed(connection, &(struct lab_failure){wanted, HF_BY_NETWORK, HF_ALERT_none});
}

static void every_cut_is_a_failure_of_the_network(void **state)
{
    (void)state;
    for (int v = 0; v < 2; v++) {
        size_t sent[2];
        measure(v, sent);
        for (int direction = 0; direction < 2; direction++)
            for (size_t at = 0; at < sent[direction] - 8; at += at < 64 ? 1 : 5) {
                struct lab_pair pair;
                struct wire_tap tap = wire_tap_clean();
                tap.cut_at[direction] = at;
                open_pair(&pair, v);
                wire_tap_run(&tap, &pair);
                assert_cut(direction == WIRE_TAP_TO_SERVER ? pair.server : pair.client);
                assert_cut(direction == WIRE_TAP_TO_SERVER ? pair.client : pair.server);
                lab_pair_close(&pair);
            }
    }
}

/* Open at both ends means: the same view of everything. */
static void assert_same_view(struct lab_pair *pair)
{
    uint8_t ours[32], theirs[32];
    lab_assert_open(pair);
    assert_int_equal(hf_export(pair->client, "EXPORTER-view", NULL, 0, ours, sizeof ours), HF_OK);
    assert_int_equal(hf_export(pair->server, "EXPORTER-view", NULL, 0, theirs, sizeof theirs), HF_OK);
    assert_memory_equal(ours, theirs, sizeof ours);
}

static void assert_explained(const struct hf_connection *connection)
{
    const struct hf_failure *failure = hf_failure(connection);
    char text[1024];
    if (failure == NULL)
        return;
    assert_true(failure->error != HF_ERR_internal && failure->error != HF_ERR_proof_missing);
    assert_true(failure->by != HF_BY_NOBODY && failure->by != HF_BY_SETTINGS);
    assert_true(hf_failure_explain(failure, LAB_NOW_S, text, sizeof text) > 20);
    assert_null(hf_peer(connection));
}

/* Changed bytes that harm nobody: the version in the header of a record in the clear is not looked at, beyond its
 * first byte (RFC 9846 5.1). All else fails, at once or by the Finished, or leaves an end waiting. */
static void judge(struct lab_pair *pair, size_t *harmless)
{
    if (opened(pair->client) && opened(pair->server) && hf_failure(pair->client) == NULL) {
        assert_same_view(pair);
        (*harmless)++;
        return;
    }
    assert_explained(pair->client);
    assert_explained(pair->server);
    (void)hf_feed_end(pair->client, LAB_NOW_MS);
    (void)hf_feed_end(pair->server, LAB_NOW_MS);
    assert_explained(pair->client);
    assert_explained(pair->server);
    assert_non_null(hf_failure(pair->client));
    assert_non_null(hf_failure(pair->server));
}

static void no_changed_byte_goes_unseen(void **state)
{
    (void)state;
    for (int v = 0; v < 2; v++) {
        size_t sent[2];
        size_t harmless = 0;
        size_t runs = 0;
        measure(v, sent);
        for (int direction = 0; direction < 2; direction++)
            for (size_t at = 0; at < sent[direction]; at += at < 400 ? 1 : 3) {
                struct lab_pair pair;
                struct wire_tap tap = wire_tap_clean();
                tap.flip_at[direction] = at;
                tap.mask = (uint8_t)(1u << (at * 5 % 8));
                open_pair(&pair, v);
                wire_tap_run(&tap, &pair);
                judge(&pair, &harmless);
                lab_pair_close(&pair);
                runs++;
            }
        print_message("1.%d: %zu bytes changed, %zu of them without harm\n", v + 2, runs, harmless);
        assert_true(harmless <= 10);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cut_is_a_failure_of_the_network),
        cmocka_unit_test(no_changed_byte_goes_unseen),
    };
    return cmocka_run_group_tests(tests, make_configs, drop_configs);
}
