/* ALPN: the server's order; silence when one side names none; refusal when none is shared. RFC 7301 3.2. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "negotiate/alpn.h"
#include "support/hello_bodies.h"

static struct hf_failure failure;

static enum hf_error choose(const struct hf_config *config, const char *list, size_t len, struct hf_span *ret)
{
    const struct hf_client_hello_facts hello = {.protocols = hf_span_of(list, len)};
    return hf_negotiate_alpn_choose(config, &hello, ret, &failure);
}

static void test_choose(void **state)
{
    (void)state;
    struct hf_config config;
    struct hf_span protocol;
    hello_config(&config);
    assert_int_equal(choose(&config, "\x8http/1.1\x2h2", 12, &protocol), HF_OK);
    assert_true(hf_span_equal(protocol, hf_span_of_text("h2")));
    assert_int_equal(choose(&config, "\x1x\x8http/1.1", 11, &protocol), HF_OK);
    assert_true(hf_span_equal(protocol, hf_span_of_text("http/1.1")));
    assert_int_equal(choose(&config, NULL, 0, &protocol), HF_OK);
    assert_int_equal(protocol.len, 0);
    assert_int_equal(choose(&config, "\x2h3\x3\x1b[m", 7, &protocol), HF_ERR_no_application_protocol);
    assert_string_equal(failure.wanted, "one of ours: h2, http/1.1");
    assert_string_equal(failure.got, "the client offers h3, \\x1b[m"); /* a terminal is not fooled */
    config.alpn_len = 0;
    assert_int_equal(choose(&config, "\x2h3", 3, &protocol), HF_OK);
    assert_int_equal(protocol.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_choose)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
