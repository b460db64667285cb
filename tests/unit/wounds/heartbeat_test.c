/* A heartbeat that says it is longer than it is was answered with what lay behind it in memory: OpenSSL, CVE-2014-0160
 * (Heartbleed). Here records of that type (24, RFC 6520) are refused wherever they come, and nothing answers them. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "unit/stream/ends.h"

#include "support/lab_check.h"

static const uint8_t heartbeat[] = {1, 0xff, 0xff, 'x'}; /* a request, of 65535 bytes, of which one is there */

static enum hf_error feed_sealed(struct hf_framing *framing, struct hf_record_protection *sealer)
{
    uint8_t record[128];
    struct hf_writer writer = hf_writer_of(record, sizeof record);
    struct hf_record_content before = {.type = 23, .bytes = hf_span_of("data", 4)};
    struct hf_record_content content = {.type = 24, .bytes = hf_span_of(heartbeat, sizeof heartbeat)};
    assert_int_equal(hf_record_seal(sealer, &before, &writer), HF_OK);
    assert_int_equal(hf_record_seal(sealer, &content, &writer), HF_OK);
    hf_record_free(sealer);
    hf_framing_end_handshake(framing);
    enum hf_error error = take(framing, record, writer.len);
    assert_int_equal(hf_framing_output(framing).len, 0);
    hf_framing_free(framing);
    return error;
}

static void under_keys_it_ends_the_connection(void **state)
{
    (void)state;
    struct hf_record_protection *of13 = keys13(&hf_allocation_standard, HF_AEAD_SEAL);
    assert_int_equal(feed_sealed(reader13(), of13), HF_ERR_unexpected_message);
    assert_int_equal(feed_sealed(reader12(), keys12(HF_AEAD_SEAL)), HF_ERR_unexpected_message);
}

/* The attack's first use was in the clear, while the handshake ran. As the very first record it is not TLS at all. */
static void in_the_clear_it_ends_the_handshake(void **state)
{
    (void)state;
    static const uint8_t record[] = {24, 3, 3, 0, 4, 1, 0xff, 0xff, 'x'};
    for (int v = 0; v < 2; v++)
        for (int begun = 0; begun < 2; begun++) {
            struct lab_pair pair;
            uint8_t out[16384];
            size_t len = 0;
            lab_pair_open(&pair, NULL, &(struct lab_side){.max = lab_versions[v]});
            if (begun)
                (void)lab_move(pair.client, pair.server, SIZE_MAX);
            hf_drain(pair.server, out, sizeof out, &len);
            assert_int_equal(hf_feed(pair.server, record, sizeof record, LAB_NOW_MS),
                             begun ? HF_ERR_unexpected_message : HF_ERR_not_tls);
            hf_drain(pair.server, out, sizeof out, &len);
            assert_true(len <= 5 + 2 + 17); /* an alert, and no more */
            lab_pair_close(&pair);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(under_keys_it_ends_the_connection),
        cmocka_unit_test(in_the_clear_it_ends_the_handshake),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
