/* What an open, idle association holds: keys, and little else. What a handshake needs is lent, and given back. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "datagram/parts.h"
#include "support/crowd.h"
#include "support/test_allocator.h"

enum { CLIENTS = 20, IDLE_MAX = 10240, FRAMING_MAX = 2560 };

static void an_idle_association_is_small(void **state)
{
    (void)state;
    static const enum hf_version versions[] = {HF_TLS12, HF_TLS13};
    for (size_t v = 0; v < 2; v++) {
        struct hf_test_allocator test;
        struct crowd crowd;
        crowd_open(&crowd, versions[v], NULL);
        hf_listener_free(crowd.listener);
        hf_config_drop(crowd.server_config);
        hf_test_allocator_init(&test, 0);
        crowd.server_config = crowd_config(HF_SERVER, versions[v], NULL, &test.allocator);
        crowd.listener = hf_listener_new(crowd.server_config, NULL, NULL);
        (void)crowd_join(&crowd, 0);
        crowd_pass(&crowd, 2000);
        size_t before = test.live_bytes; /* with what all associations share: the verified chain */
        for (size_t i = 1; i <= CLIENTS; i++)
            (void)crowd_join(&crowd, i);
        crowd_pass(&crowd, 2000);
        for (size_t i = 0; i <= CLIENTS; i++) {
            size_t len;
            assert_true(crowd_is_open(crowd.clients[i].connection));
            assert_int_equal(hf_write(crowd.clients[i].connection, "x", 1, &len), HF_OK); /* our Finished came */
        }
        crowd_run(&crowd);
        struct hf_association *one;
        while ((one = hf_listener_next(crowd.listener)) != NULL) {
            struct hf_connection *server = hf_association_connection(one);
            char data[4];
            size_t len;
            struct hf_event event;
            while (hf_next_event(server, &event))
                ;
            (void)hf_read(server, data, sizeof data, &len);
            hf_association_settle(one);
        }
        crowd_pass(&crowd, 2000);
        size_t each = (test.live_bytes - before) / CLIENTS;
        print_message("%s: %zu bytes an idle association, of which the framing's struct %zu\n",
                      versions[v] == HF_TLS13 ? "DTLS 1.3" : "DTLS 1.2", each, sizeof(struct hf_datagram));
        assert_true(each <= IDLE_MAX);
        assert_true(sizeof(struct hf_datagram) <= FRAMING_MAX);
        crowd_close(&crowd);
        assert_int_equal(test.live, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(an_idle_association_is_small)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
