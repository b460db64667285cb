/* Record sizes: what is answered and what follows for both directions. RFC 8449 4, 5; RFC 6066 4. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/must.h"
#include "negotiate/limits.h"
#include "support/hello_bodies.h"

static const struct {
    enum hf_version_bit generation;
    uint16_t own;                /* the server's setting */
    uint16_t limit, fragment;    /* the client's */
    uint16_t answer, answer_mfl; /* what goes back */
    size_t send, receive;
} servers[] = {
    {HF_VERSION_BIT_13, 0, 0, 0, 0, 0, 16384, 16384},
    {HF_VERSION_BIT_13, 4096, 0, 0, 0, 0, 16384, 16384}, /* the client did not ask: no limit holds */
    {HF_VERSION_BIT_13, 0, 64, 0, 16385, 0, 63, 16384},  /* the inner content type counts in 1.3 */
    {HF_VERSION_BIT_12, 0, 64, 0, 16384, 0, 64, 16384},  /* and there is none in 1.2 */
    {HF_VERSION_BIT_13, 4096, 1000, 0, 4096, 0, 999, 4095},
    {HF_VERSION_BIT_12, 16385, 65535, 0, 16384, 0, 16384, 16384},
    {HF_VERSION_BIT_13, 16385, 65535, 0, 16385, 0, 16384, 16384},
    {HF_VERSION_BIT_13, 0, 0, 1024, 0, 1024, 1024, 1024},
    {HF_VERSION_BIT_12, 4096, 0, 512, 0, 512, 512, 512},
};

static void test_server(void **state)
{
    (void)state;
    for (size_t i = 0; i < HF_COUNT(servers); i++) {
        struct hf_config config;
        hello_config(&config);
        config.record_size_limit = servers[i].own;
        const struct hf_client_hello_facts hello = {.record_size_limit = servers[i].limit,
                                                    .max_fragment_length = servers[i].fragment};
        struct hf_negotiated negotiated = {.generation = servers[i].generation};
        hf_negotiate_limits_server(&config, &hello, &negotiated);
        assert_int_equal(negotiated.record_size_limit, servers[i].answer);
        assert_int_equal(negotiated.max_fragment_length, servers[i].answer_mfl);
        assert_int_equal(negotiated.send_limit, servers[i].send);
        assert_int_equal(negotiated.receive_limit, servers[i].receive);
    }
}

static void test_client(void **state)
{
    (void)state;
    struct hf_config config;
    hello_config(&config);
    config.record_size_limit = 2000;
    struct hf_server_hello_facts facts = {.version = 0};
    struct hf_negotiated negotiated = {.generation = HF_VERSION_BIT_13};
    hf_negotiate_limits_client(&config, &facts, &negotiated);
    assert_int_equal(negotiated.send_limit, 16384);
    assert_int_equal(negotiated.receive_limit, 16384);
    facts.record_size_limit = 500;
    hf_negotiate_limits_client(&config, &facts, &negotiated);
    assert_int_equal(negotiated.send_limit, 499);
    assert_int_equal(negotiated.receive_limit, 1999);
    negotiated.generation = HF_VERSION_BIT_12;
    hf_negotiate_limits_client(&config, &facts, &negotiated);
    assert_int_equal(negotiated.send_limit, 500);
    assert_int_equal(negotiated.receive_limit, 2000);
    facts = (struct hf_server_hello_facts){.max_fragment_length = 1024};
    hf_negotiate_limits_client(&config, &facts, &negotiated);
    assert_int_equal(negotiated.send_limit, 1024);
    assert_int_equal(negotiated.receive_limit, 1024);
}

/* What we send may be shorter than what the peer takes, never longer; what we take is another matter. */
static void test_own_limit(void **state)
{
    (void)state;
    struct hf_config config;
    hello_config(&config);
    config.record_size_limit = 2000;
    for (uint16_t own = 64; own < 16384; own = (uint16_t)(2 * own)) {
        struct hf_client_hello_facts hello = {.record_size_limit = 0};
        struct hf_server_hello_facts facts = {.version = 0};
        struct hf_negotiated negotiated = {.generation = HF_VERSION_BIT_13};
        config.record_max = own;
        hf_negotiate_limits_server(&config, &hello, &negotiated);
        assert_int_equal(negotiated.send_limit, own);
        assert_int_equal(negotiated.receive_limit, 16384);
        hf_negotiate_limits_client(&config, &facts, &negotiated);
        assert_int_equal(negotiated.send_limit, own);
        hello.record_size_limit = facts.record_size_limit = 501;
        hf_negotiate_limits_server(&config, &hello, &negotiated);
        assert_int_equal(negotiated.send_limit, own < 500 ? own : 500);
        assert_int_equal(negotiated.receive_limit, 1999);
        hf_negotiate_limits_client(&config, &facts, &negotiated);
        assert_int_equal(negotiated.send_limit, own < 500 ? own : 500);
        assert_int_equal(negotiated.receive_limit, 1999);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_server), cmocka_unit_test(test_client),
                                       cmocka_unit_test(test_own_limit)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
