/* A getter that says "verified" before anything was: mbedTLS 4.1.0's ChangeLog (hardening). Whatever is asked, at each
 * step of a handshake, nothing is told of a peer, and nothing exported, before the connection is open. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "handshake/machine.h"
#include "support/lab.h"

static void assert_nothing_is_told(struct hf_connection *connection)
{
    struct hf_session_info info;
    uint8_t key[16];
    hf_session_info(connection, &info);
    assert_false(info.opened || info.accepted);
    assert_null(hf_peer(connection));
    assert_int_not_equal(hf_export(connection, "EXPORTER-test", NULL, 0, key, sizeof key), HF_OK);
}

static bool is_open(const struct hf_connection *connection)
{
    struct hf_session_info info;
    hf_session_info(connection, &info);
    return info.opened;
}

/* Byte by byte, so that no moment is left out. */
static void nothing_is_told_before_the_end(void **state)
{
    (void)state;
    static const enum hf_version versions[] = {HF_TLS12, HF_TLS13};
    for (size_t i = 0; i < 2; i++) {
        struct lab_pair pair;
        lab_pair_open(&pair, NULL, &(struct lab_side){.max = versions[i]});
        size_t moved = 1;
        while (moved > 0) {
            moved = lab_move(pair.client, pair.server, 1) + lab_move(pair.server, pair.client, 1);
            if (!is_open(pair.client))
                assert_nothing_is_told(pair.client);
            if (!is_open(pair.server))
                assert_nothing_is_told(pair.server);
        }
        assert_non_null(hf_peer(pair.client));
        assert_non_null(hf_peer(pair.server));
        lab_pair_close(&pair);
    }
}

static void nothing_is_told_of_who_was_refused(void **state)
{
    (void)state;
    static const enum lab_who who[] = {LAB_CLIENT_EXPIRED, LAB_CLIENT_STRANGER, LAB_CLIENT_SERVER_ONLY};
    for (size_t i = 0; i < 3; i++) {
        struct lab_pair pair;
        lab_pair_open(&pair, &(struct lab_side){.who = who[i]}, NULL);
        (void)lab_pair_run(&pair);
        assert_nothing_is_told(pair.server);
        lab_pair_close(&pair);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_told_before_the_end),
        cmocka_unit_test(nothing_is_told_of_who_was_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
