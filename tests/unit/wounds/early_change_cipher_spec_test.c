/* A ChangeCipherSpec before there is a master secret: keys were made from an empty one, and whoever sat in between
 * could read on. OpenSSL, CVE-2014-0224. In TLS 1.2 it is taken in one place of the handshake only, at either end;
 * in 1.3 it is nothing (RFC 9846 5), and no keys turn by it. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "support/lab_check.h"
#include "support/puppet.h"

struct row {
    bool by_server;
    enum hf_message before;
};

static const struct row rows12[] = {
    {true, HF_MESSAGE_certificate},         {true, HF_MESSAGE_server_key_exchange},
    {true, HF_MESSAGE_certificate_request}, {true, HF_MESSAGE_server_hello_done},
    {false, HF_MESSAGE_certificate},        {false, HF_MESSAGE_client_key_exchange},
    {false, HF_MESSAGE_certificate_verify},
};

static void in_tls12_it_has_one_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows12 / sizeof rows12[0]; i++) {
        struct lab_pair pair;
        lab_pair_open(&pair, NULL, &(struct lab_side){.max = HF_TLS12});
        struct puppet *puppet = puppet_take(rows12[i].by_server ? pair.server : pair.client);
        struct hf_connection *victim = rows12[i].by_server ? pair.client : pair.server;
        puppet_stop_before(puppet, rows12[i].before);
        (void)lab_pair_run(&pair);
        assert_true(puppet->stopped);
        puppet_send_ccs(puppet);
        (void)lab_pair_run(&pair);
        lab_assert_failed(victim,
                          &(struct lab_failure){HF_ERR_unexpected_message, HF_BY_US, HF_ALERT_unexpected_message});
        lab_pair_close(&pair);
    }
}

/* What comes behind it must still be under the keys that the handshake made. */
static void in_tls13_nothing_turns_by_it(void **state)
{
    (void)state;
    struct lab_pair pair;
    lab_pair_open(&pair, NULL, NULL);
    struct puppet *puppet = puppet_take(pair.client);
    puppet_stop_before(puppet, HF_MESSAGE_certificate);
    (void)lab_pair_run(&pair);
    assert_true(puppet->stopped);
    puppet_send_ccs(puppet);
    (void)lab_pair_run(&pair);
    assert_null(hf_failure(pair.server));
    static const uint8_t in_the_clear[] = {22, 3, 3, 0, 4, 20, 0, 0, 0}; /* a Finished */
    assert_int_equal(hf_feed(pair.server, in_the_clear, sizeof in_the_clear, LAB_NOW_MS), HF_ERR_unexpected_message);
    lab_pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_tls12_it_has_one_place),
        cmocka_unit_test(in_tls13_nothing_turns_by_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
