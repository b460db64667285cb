/* Key log lines as RFC 9850 2 shapes them. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "schedule/key_log.h"

static void lines(void **state)
{
    (void)state;
    static const uint8_t random[32] = {0x01, 0xab};
    struct hf_secret secret = {.bytes = {0xff, 0x00, 0x10}, .len = 3};
    char line[HF_KEY_LOG_LINE_ROOM];
    hf_key_log_line(HF_KEY_LOG_CLIENT_RANDOM, hf_span_of(random, 32), &secret, line);
    assert_string_equal(line, "CLIENT_RANDOM 01ab000000000000000000000000000000000000000000000000000000000000 ff0010");
    hf_key_log_line(HF_KEY_LOG_SERVER_TRAFFIC_SECRET_0, hf_span_of(random, 2), &secret, line);
    assert_string_equal(line, "SERVER_TRAFFIC_SECRET_0 01ab ff0010");
    hf_key_log_line(HF_KEY_LOG_EXPORTER_SECRET, hf_span_of(random, 2), NULL, line);
    assert_string_equal(line, "");
}

static void longest_line_fits(void **state)
{
    (void)state;
    static const uint8_t random[32];
    struct hf_secret secret = {.len = HF_SECRET_MAX};
    char line[HF_KEY_LOG_LINE_ROOM];
    hf_key_log_line(HF_KEY_LOG_CLIENT_HANDSHAKE_TRAFFIC_SECRET, hf_span_of(random, 32), &secret, line);
    size_t wanted = sizeof "CLIENT_HANDSHAKE_TRAFFIC_SECRET " - 1 + 64 + 1 + 128;
    assert_int_equal(hf_span_of_text(line).len, wanted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lines), cmocka_unit_test(longest_line_fits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
