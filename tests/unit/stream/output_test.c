/* What goes out: messages share records, limits cut them, data waits for keys and room. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "unit/stream/ends.h"

static void handshake_messages_share_records(void **state)
{
    (void)state;
    struct hf_framing *framing = new_stream();
    send_message(framing, 1, 10);
    send_message(framing, 2, 10);
    assert_int_equal(hf_framing_output(framing).len, 0);
    assert_int_equal(hf_framing_flush(framing), HF_OK);
    struct hf_span out = hf_framing_output(framing);
    assert_int_equal(out.len, 5 + 28);
    assert_true(hf_span_equal(hf_span_part(out, 0, 5), hf_span_of("\x16\3\1\0\x1c", 5)));
    hf_framing_consumed(framing, out.len);

    hf_framing_set_rules(framing, HF_RULES_13);
    send_message(framing, 11, 16384); /* 16388 bytes: 16384 and 4 */
    send_message(framing, 20, 0);
    assert_int_equal(hf_framing_flush(framing), HF_OK);
    out = hf_framing_output(framing);
    assert_int_equal(out.len, 5 + 16384 + 5 + 8);
    assert_true(hf_span_equal(hf_span_part(out, 0, 5), hf_span_of("\x16\3\3\x40\0", 5)));
    assert_true(hf_span_equal(hf_span_part(out, 5 + 16384, 5), hf_span_of("\x16\3\3\0\x08", 5)));
    hf_framing_free(framing);
}

static void data_waits_for_keys_and_for_room(void **state)
{
    (void)state;
    static uint8_t much[200000];
    struct hf_framing *framing = new_stream();
    size_t taken = 77;
    assert_int_equal(hf_framing_send_data(framing, hf_span_of(much, 10), &taken), HF_ERR_wrong_call);
    hf_framing_set_rules(framing, HF_RULES_13);
    assert_int_equal(hf_framing_turn_write(framing, keys13(&hf_allocation_standard, HF_AEAD_SEAL)), HF_OK);
    assert_int_equal(hf_framing_send_data(framing, hf_span_of(much, 0), &taken), HF_OK);
    assert_int_equal(taken, 0);
    assert_int_equal(hf_framing_output(framing).len, 0);
    assert_int_equal(hf_framing_send_data(framing, hf_span_of(much, sizeof much), &taken), HF_OK);
    assert_int_equal(taken % 16384, 0);
    assert_true(taken >= 65536);
    assert_int_equal(hf_framing_output(framing).len, taken + taken / 16384 * 22);
    assert_int_equal(hf_framing_send_data(framing, hf_span_of(much, sizeof much), &taken), HF_OK);
    assert_int_equal(taken, 0);
    hf_framing_consumed(framing, hf_framing_output(framing).len);
    struct hf_framing_limits limits = {.send = 100};
    hf_framing_set_limits(framing, &limits);
    assert_int_equal(hf_framing_send_data(framing, hf_span_of(much, 250), &taken), HF_OK);
    assert_int_equal(taken, 250);
    assert_int_equal(hf_framing_output(framing).len, 250 + 3 * 22);
    hf_framing_free(framing);
}

static void ccs_and_alert(void **state)
{
    (void)state;
    struct hf_framing *framing = new_stream();
    hf_framing_set_rules(framing, HF_RULES_13);
    assert_int_equal(hf_framing_turn_write(framing, keys13(&hf_allocation_standard, HF_AEAD_SEAL)), HF_OK);
    assert_int_equal(hf_framing_send_ccs(framing), HF_OK);
    assert_true(hf_span_equal(hf_framing_output(framing), hf_span_of("\x14\3\3\0\1\1", 6)));
    hf_framing_consumed(framing, 6);
    assert_int_equal(hf_framing_send_alert(framing, 2, 40), HF_OK);
    assert_int_equal(hf_framing_output(framing).len, 5 + 2 + 17);
    hf_framing_free(framing);
    framing = new_stream();
    assert_int_equal(hf_framing_send_alert(framing, 2, 70), HF_OK);
    assert_true(hf_span_equal(hf_framing_output(framing), hf_span_of("\x15\3\3\0\2\2\x46", 7)));
    hf_framing_free(framing);
    framing = new_stream();
    hf_framing_set_rules(framing, HF_RULES_12);
    assert_int_equal(hf_framing_turn_write(framing, keys12(HF_AEAD_SEAL)), HF_OK);
    assert_int_equal(hf_framing_send_ccs(framing), HF_OK); /* a second handshake's would be under keys */
    assert_int_equal(hf_framing_output(framing).len, 5 + 8 + 1 + 16);
    hf_framing_free(framing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(handshake_messages_share_records),
        cmocka_unit_test(data_waits_for_keys_and_for_room),
        cmocka_unit_test(ccs_and_alert),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
