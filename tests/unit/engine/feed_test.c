/* Bytes in, of any size; data that waits; a full output; and what is no TLS at all. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "support/lab_check.h"
#include "support/puppet.h"

static void open_pair(struct lab_pair *pair, enum hf_version version)
{
    lab_pair_open(pair, NULL, &(struct lab_side){.min = version, .max = version});
    (void)lab_pair_run(pair);
    lab_assert_open(pair);
}

static void any_cut_of_the_bytes_gives_the_same(void **state)
{
    (void)state;
    static const size_t rooms[] = {1, 2, 3, 7, 64, 1000};
    for (int v = 0; v < 2; v++)
        for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++) {
            struct lab_pair pair;
            lab_pair_open(&pair, NULL, &(struct lab_side){.min = lab_versions[v], .max = lab_versions[v]});
            (void)lab_pair_run_cut(&pair, rooms[i]);
            lab_assert_open(&pair);
            lab_assert_data(&pair, pair.client, pair.server);
            lab_pair_close(&pair);
        }
}

/* The writer takes what its output has room for; the reader holds what was not read; nothing is lost. */
static void a_full_output_takes_no_more(void **state)
{
    (void)state;
    for (int v = 0; v < 2; v++) {
        struct lab_pair pair;
        enum { TOTAL = 300000 };
        uint8_t *sent = malloc(TOTAL), *got = malloc(TOTAL);
        size_t written = 0, read = 0, len = 0;
        bool was_full = false;
        assert_non_null(sent);
        assert_non_null(got);
        for (size_t i = 0; i < TOTAL; i++)
            sent[i] = (uint8_t)(i * 31 >> 3);
        open_pair(&pair, lab_versions[v]);
        while (read < TOTAL) {
            do {
                assert_int_equal(hf_write(pair.client, sent + written, TOTAL - written, &len), HF_OK);
                written += len;
            } while (len > 0);
            was_full = was_full || written < TOTAL;
            (void)lab_pair_run(&pair);
            assert_int_equal(hf_read(pair.server, got + read, 10000, &len), HF_OK);
            assert_true(len > 0);
            read += len;
            while (hf_read(pair.server, got + read, TOTAL - read, &len) == HF_OK && len > 0)
                read += len;
        }
        assert_true(was_full);
        assert_memory_equal(sent, got, TOTAL);
        lab_pair_close(&pair);
        free(sent);
        free(got);
    }
}

static void drains_in_place_or_by_copy(void **state)
{
    (void)state;
    struct lab_pair pair;
    const uint8_t *output;
    uint8_t copy[4096];
    size_t len;
    lab_pair_open(&pair, NULL, NULL);
    size_t waiting = hf_output(pair.client, &output);
    assert_true(waiting > 100 && waiting < sizeof copy);
    (void)memcpy(copy, output, 10);
    hf_drained(pair.client, 10);
    hf_drain(pair.client, copy + 10, sizeof copy - 10, &len);
    assert_int_equal(len, waiting - 10);
    hf_drain(pair.client, copy, sizeof copy, &len);
    assert_int_equal(len, 0);
    assert_int_equal(hf_feed(pair.server, copy, 0, LAB_NOW_MS), HF_OK);
    assert_int_equal(hf_deadline(pair.client), UINT64_MAX);
    lab_pair_close(&pair);
}

static void strangers_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        const char *says;
    } cases[] = {
        {"GET / HTTP/1.1\r\n\r\n", "HTTP"},     {"HTTP/1.1 400 Bad Request\r\n", "HTTP"},
        {"SSH-2.0-OpenSSH_9.2\r\n", "SSH"},     {"220 mail.lab ESMTP\r\n", "SMTP"},
        {"\x80\x2e\x01\x03\x01 more", "SSLv2"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int of_client = 0; of_client < 2; of_client++) {
            struct lab_pair pair;
            lab_pair_open(&pair, NULL, NULL);
            struct hf_connection *target = of_client ? pair.client : pair.server;
            assert_int_equal(hf_feed(target, cases[i].bytes, strlen(cases[i].bytes), LAB_NOW_MS), HF_ERR_not_tls);
            lab_assert_failed(target, &(struct lab_failure){HF_ERR_not_tls, HF_BY_NETWORK, HF_ALERT_none});
            assert_non_null(strstr(hf_failure(target)->got, cases[i].says));
            lab_pair_close(&pair);
        }
}

/* KeyUpdates without data between them are let pass, a few; and with data again. RFC 9846 4.7.3. */
static void a_flood_of_key_updates_ends_it(void **state)
{
    (void)state;
    struct lab_pair pair;
    open_pair(&pair, HF_TLS13);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 20; i++)
            assert_int_equal(hf_key_update(pair.client, /* ask_peer= */ false), HF_OK);
        lab_assert_data(&pair, pair.client, pair.server);
    }
    for (int i = 0; i < 100; i++)
        (void)hf_key_update(pair.client, /* ask_peer= */ false);
    (void)lab_pair_run(&pair);
    lab_assert_failed(pair.server,
                      &(struct lab_failure){HF_ERR_too_many_key_updates, HF_BY_US, HF_ALERT_unexpected_message});
    lab_assert_failed(pair.client, &(struct lab_failure){HF_ERR_peer_refused, HF_BY_PEER, HF_ALERT_unexpected_message});
    lab_pair_close(&pair);
}

static void updates_asked_for_are_answered(void **state)
{
    (void)state;
    struct lab_pair pair;
    open_pair(&pair, HF_TLS13);
    for (int i = 0; i < 6; i++) {
        assert_int_equal(hf_key_update(i % 2 == 0 ? pair.client : pair.server, /* ask_peer= */ i < 4), HF_OK);
        (void)lab_pair_run(&pair);
        lab_assert_data(&pair, pair.client, pair.server);
        lab_assert_data(&pair, pair.server, pair.client);
    }
    assert_int_equal(hf_key_update(pair.client, /* ask_peer= */ true), HF_OK);
    assert_int_equal(hf_key_update(pair.server, /* ask_peer= */ true), HF_OK); /* crossing each other */
    lab_assert_data(&pair, pair.client, pair.server);
    lab_assert_data(&pair, pair.server, pair.client);
    lab_pair_close(&pair);
}

static void calls_before_their_time_are_wrong(void **state)
{
    (void)state;
    struct lab_pair pair;
    size_t len = 1;
    char byte;
    lab_pair_open(&pair, NULL, NULL);
    assert_int_equal(hf_write(pair.client, "x", 1, &len), HF_ERR_wrong_call);
    assert_int_equal(len, 0);
    assert_int_equal(hf_read(pair.client, &byte, 1, &len), HF_OK);
    assert_int_equal(len, 0);
    assert_int_equal(hf_key_update(pair.client, /* ask_peer= */ false), HF_ERR_wrong_call);
    assert_null(hf_peer(pair.client));
    assert_null(hf_failure(pair.client));
    (void)lab_pair_run(&pair);
    lab_assert_open(&pair);
    lab_pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_cut_of_the_bytes_gives_the_same), cmocka_unit_test(a_full_output_takes_no_more),
        cmocka_unit_test(drains_in_place_or_by_copy),          cmocka_unit_test(strangers_are_named),
        cmocka_unit_test(a_flood_of_key_updates_ends_it),      cmocka_unit_test(updates_asked_for_are_answered),
        cmocka_unit_test(calls_before_their_time_are_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
