/* Handshakes between our own two ends, in memory, over everything that can be negotiated; and how they end. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "support/lab.h"

static void explain(const char *who, const struct hf_connection *connection)
{
    if (hf_failure(connection) == NULL)
        return;
    char text[2048];
    (void)hf_failure_explain(hf_failure(connection), LAB_NOW_S, text, sizeof text);
    print_message("%s: %s\n", who, text);
}

static void assert_data_goes(struct hf_connection *from, struct hf_connection *to, struct lab_pair *pair)
{
    static const char text[] = "who goes there?";
    char got[sizeof text] = {0};
    size_t len = 0;
    assert_int_equal(hf_write(from, text, sizeof text, &len), HF_OK);
    assert_int_equal(len, sizeof text);
    (void)lab_pair_run(pair);
    assert_int_equal(hf_read(to, got, sizeof got, &len), HF_OK);
    assert_int_equal(len, sizeof text);
    assert_string_equal(got, text);
}

static void assert_open(struct lab_pair *pair)
{
    struct hf_session_info client, server;
    explain("client", pair->client);
    explain("server", pair->server);
    hf_session_info(pair->client, &client);
    hf_session_info(pair->server, &server);
    assert_true(client.opened);
    assert_true(server.opened);
    assert_int_equal(client.version, server.version);
    assert_string_equal(client.suite, server.suite);
    assert_string_equal(client.group, server.group);
    assert_non_null(hf_peer(pair->client));
    assert_string_equal(hf_peer_subject(hf_peer(pair->client)), "CN=server.lab");
    assert_data_goes(pair->client, pair->server, pair);
    assert_data_goes(pair->server, pair->client, pair);
}

static void mutual_handshakes_open_in_both_versions(void **state)
{
    (void)state;
    static const enum hf_version versions[] = {HF_TLS12, HF_TLS13};
    for (size_t i = 0; i < 2; i++) {
        struct lab_pair pair;
        lab_pair_open(&pair, NULL, &(struct lab_side){.min = versions[i], .max = versions[i]});
        (void)lab_pair_run(&pair);
        assert_open(&pair);
        assert_string_equal(hf_peer_spiffe_id(hf_peer(pair.server)), "spiffe://lab/billing");
        assert_true(lab_event(pair.client, HF_EVENT_ACCEPTED));
        lab_pair_close(&pair);
    }
}

static void single_bytes_give_the_same(void **state)
{
    (void)state;
    struct lab_pair pair;
    lab_pair_open(&pair, NULL, NULL);
    (void)lab_pair_run_cut(&pair, 1);
    assert_open(&pair);
    lab_pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mutual_handshakes_open_in_both_versions),
        cmocka_unit_test(single_bytes_give_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
