/* The framing alone: messages out of levels, secrets in order, output by level. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "quic/quic.h"
#include "record/plain.h"
#include "support/test_allocator.h"

static const uint8_t message[] = {11, 0, 0, 3, 'a', 'b', 'c'};

static struct hf_framing *make(void)
{
    struct hf_framing *framing = NULL;
    assert_int_equal(hf_quic_new(&hf_allocation_standard, hf_span_of_text("ours"), &framing), HF_OK);
    return framing;
}

/* What a protocol's row would hand over. */
static struct hf_record_protection *secret(enum hf_level level, bool seals, uint8_t first)
{
    struct hf_traffic_keys keys = {0};
    const struct hf_protection_wish wish = {.suite = 0x1301, .seals = seals, .keys = &keys};
    struct hf_record_protection *protection = NULL;
    keys.secret.bytes[0] = first;
    keys.secret.len = 32;
    assert_int_equal(hf_quic_secret_new(NULL, &hf_allocation_standard, &wish, &protection), HF_OK);
    protection->level = (uint8_t)level;
    return protection;
}

static enum hf_error feed(struct hf_framing *framing, enum hf_level level, const void *bytes, size_t len)
{
    size_t taken = 0;
    framing->level = (uint8_t)level;
    enum hf_error error = hf_framing_feed(framing, hf_span_of(bytes, len), &taken);
    assert_true(error != HF_OK || taken == len);
    return error;
}

static void messages_come_whole_however_they_are_cut(void **state)
{
    (void)state;
    struct hf_unit unit;
    for (size_t cut = 0; cut <= sizeof message; cut++) {
        struct hf_framing *framing = make();
        assert_int_equal(feed(framing, HF_LEVEL_NONE, message, cut), HF_OK);
        assert_int_equal(hf_framing_next(framing, &unit), HF_OK);
        if (cut < sizeof message) {
            assert_int_equal(unit.kind, HF_UNIT_NONE);
            assert_int_equal(hf_framing_between_messages(framing), cut == 0);
            assert_int_equal(feed(framing, HF_LEVEL_NONE, message + cut, sizeof message - cut), HF_OK);
            assert_int_equal(hf_framing_next(framing, &unit), HF_OK);
        }
        assert_int_equal(unit.kind, HF_UNIT_HANDSHAKE);
        assert_int_equal(unit.type, 11);
        assert_false(unit.is_protected);
        assert_int_equal(unit.whole.len, sizeof message);
        assert_int_equal(unit.body.len, 3);
        assert_memory_equal(unit.body.data, "abc", 3);
        assert_true(hf_framing_between_messages(framing));
        assert_int_equal(hf_framing_next(framing, &unit), HF_OK);
        assert_int_equal(unit.kind, HF_UNIT_NONE);
        hf_framing_free(framing);
    }
}

static void reading_follows_the_keys(void **state)
{
    (void)state;
    struct hf_unit unit;
    struct hf_framing *framing = make();
    assert_int_equal(hf_framing_turn_read(framing, secret(HF_LEVEL_EARLY, false, 1)), HF_OK);
    assert_int_equal(feed(framing, HF_LEVEL_NONE, message, sizeof message), HF_OK); /* early keys change nothing */
    assert_int_equal(hf_framing_next(framing, &unit), HF_OK);
    assert_int_equal(hf_framing_turn_read(framing, secret(HF_LEVEL_HANDSHAKE, false, 2)), HF_OK);
    assert_int_equal(feed(framing, HF_LEVEL_HANDSHAKE, message, sizeof message), HF_OK);
    assert_int_equal(hf_framing_next(framing, &unit), HF_OK);
    assert_true(unit.is_protected);
    assert_int_equal(feed(framing, HF_LEVEL_NONE, NULL, 0), HF_OK); /* nothing new */
    assert_int_equal(feed(framing, HF_LEVEL_NONE, message, 1), HF_ERR_wrong_encryption_level);
    assert_int_equal(hf_framing_next(framing, &unit), HF_ERR_wrong_encryption_level);
    hf_framing_free(framing);
}

static void keys_do_not_turn_inside_a_message(void **state)
{
    (void)state;
    struct hf_framing *framing = make();
    assert_int_equal(feed(framing, HF_LEVEL_NONE, message, 5), HF_OK);
    assert_int_equal(hf_framing_turn_read(framing, secret(HF_LEVEL_HANDSHAKE, false, 1)),
                     HF_ERR_keys_change_inside_message);
    assert_null(hf_quic_framing_next_secret(framing));
    hf_framing_free(framing);
}

static void output_goes_by_level_the_lowest_first(void **state)
{
    (void)state;
    struct hf_framing *framing = make();
    enum hf_level level;
    assert_int_equal(hf_framing_send_message(framing, hf_span_of(message, 4)), HF_OK);
    assert_int_equal(hf_framing_turn_write(framing, secret(HF_LEVEL_EARLY, true, 1)), HF_OK);
    assert_int_equal(hf_framing_turn_write(framing, secret(HF_LEVEL_HANDSHAKE, true, 2)), HF_OK);
    assert_int_equal(hf_framing_send_message(framing, hf_span_of(message, 5)), HF_OK);
    assert_int_equal(hf_framing_send_message(framing, hf_span_of(message, 6)), HF_OK);
    assert_int_equal(hf_framing_output(framing).len, 0);
    assert_int_equal(hf_quic_framing_output(framing, &level).len, 4);
    assert_int_equal(level, HF_LEVEL_NONE);
    hf_quic_framing_consumed(framing, level, 3);
    assert_int_equal(hf_quic_framing_output(framing, &level).len, 1);
    hf_quic_framing_consumed(framing, level, 1);
    assert_int_equal(hf_quic_framing_output(framing, &level).len, 11);
    assert_int_equal(level, HF_LEVEL_HANDSHAKE);
    hf_quic_framing_discard(framing, HF_LEVEL_HANDSHAKE);
    assert_int_equal(hf_framing_send_message(framing, hf_span_of(message, 6)), HF_OK); /* goes nowhere */
    assert_int_equal(hf_quic_framing_output(framing, &level).len, 0);
    hf_framing_free(framing);
}

/* Behind a HelloRetryRequest. */
static void writing_may_go_back_to_the_clear(void **state)
{
    (void)state;
    struct hf_framing *framing = make();
    struct hf_record_protection *plain;
    enum hf_level level;
    assert_int_equal(hf_plain_new(&hf_allocation_standard, &plain), HF_OK);
    assert_int_equal(hf_framing_turn_write(framing, plain), HF_OK);
    assert_int_equal(hf_framing_send_message(framing, hf_span_of(message, 4)), HF_OK);
    assert_int_equal(hf_quic_framing_output(framing, &level).len, 4);
    assert_int_equal(level, HF_LEVEL_NONE);
    assert_null(hf_quic_framing_next_secret(framing));
    hf_framing_free(framing);
}

static void secrets_wait_in_order_and_are_bounded(void **state)
{
    (void)state;
    struct hf_framing *framing = make();
    for (uint8_t i = 0; i < HF_QUIC_SECRETS_MAX; i++)
        assert_int_equal(hf_framing_turn_write(framing, secret(HF_LEVEL_APPLICATION, true, i)), HF_OK);
    assert_int_equal(hf_framing_turn_write(framing, secret(HF_LEVEL_APPLICATION, true, 9)), HF_ERR_internal);
    for (uint8_t i = 0; i < HF_QUIC_SECRETS_MAX; i++) {
        const struct hf_quic_secret_holder *next = hf_quic_framing_next_secret(framing);
        assert_non_null(next);
        assert_int_equal(next->secret.bytes[0], i);
        assert_int_equal(next->suite, 0x1301);
        assert_true(next->is_ours);
    }
    assert_null(hf_quic_framing_next_secret(framing));
    hf_framing_free(framing);
}

static void it_protects_nothing_itself(void **state)
{
    (void)state;
    struct hf_record_protection *protection = secret(HF_LEVEL_HANDSHAKE, true, 1);
    struct hf_writer into = {0};
    struct hf_record_content content = {0};
    const struct hf_record_wire wire = {0};
    size_t taken;
    assert_int_equal(hf_record_seal(protection, &content, &into), HF_ERR_internal);
    assert_int_equal(hf_record_open(protection, &wire, NULL, &content), HF_ERR_internal);
    hf_record_free(protection);
    struct hf_framing *framing = make();
    assert_int_equal(hf_framing_send_data(framing, hf_span_of_text("x"), &taken), HF_ERR_wrong_call);
    assert_int_equal(hf_framing_send_alert(framing, 2, 40), HF_OK);
    assert_int_equal(hf_framing_flush(framing), HF_OK);
    assert_int_equal(hf_framing_usage(framing, true), HF_USAGE_FINE);
    hf_framing_free(framing);
}

static void parameters_are_kept(void **state)
{
    (void)state;
    struct hf_framing *framing = make();
    assert_true(hf_span_equal(hf_framing_own_parameters(framing), hf_span_of_text("ours")));
    assert_int_equal(hf_quic_framing_peer_parameters(framing).len, 0);
    assert_int_equal(hf_framing_keep_parameters(framing, hf_span_of_text("theirs")), HF_OK);
    assert_int_equal(hf_framing_keep_parameters(framing, hf_span_of_text("again")), HF_OK);
    assert_true(hf_span_equal(hf_quic_framing_peer_parameters(framing), hf_span_of_text("again")));
    hf_framing_free(framing);
}

/* But what goes out goes on, and the keys to close under are there: RFC 9000 10.2.3. */
static void what_failed_takes_nothing_more(void **state)
{
    (void)state;
    struct hf_framing *framing = make();
    struct hf_unit unit;
    enum hf_level level;
    assert_int_equal(hf_framing_turn_read(framing, secret(HF_LEVEL_EARLY, false, 1)), HF_OK);
    assert_int_equal(hf_framing_turn_write(framing, secret(HF_LEVEL_HANDSHAKE, true, 2)), HF_OK);
    assert_int_equal(hf_framing_send_message(framing, hf_span_of(message, sizeof message)), HF_OK);
    assert_int_equal(hf_framing_turn_read(framing, secret(HF_LEVEL_APPLICATION, false, 3)), HF_OK);
    assert_int_equal(hf_framing_turn_write(framing, secret(HF_LEVEL_APPLICATION, true, 4)), HF_OK);
    hf_framing_forget_keys(framing);
    for (enum hf_level wanted = HF_LEVEL_HANDSHAKE; wanted <= HF_LEVEL_APPLICATION; wanted++) {
        const struct hf_quic_secret_holder *next = hf_quic_framing_next_secret(framing);
        assert_non_null(next);
        assert_true(next->is_ours);
        assert_int_equal(next->protection.level, wanted);
    }
    assert_null(hf_quic_framing_next_secret(framing));
    assert_int_equal(hf_quic_framing_output(framing, &level).len, sizeof message);
    assert_int_equal(level, HF_LEVEL_HANDSHAKE);
    assert_int_equal(hf_framing_next(framing, &unit), HF_ERR_wrong_call);
    assert_int_equal(feed(framing, HF_LEVEL_NONE, message, 1), HF_ERR_wrong_call);
    hf_framing_free(framing);
}

static void no_memory_is_told(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 2; n++) {
        struct hf_test_allocator test;
        struct hf_framing *framing = NULL;
        hf_test_allocator_init(&test, n);
        assert_int_equal(hf_quic_new(&test.allocator, hf_span_of_text("ours"), &framing), HF_ERR_no_memory);
        assert_null(framing);
        assert_int_equal(test.live, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_come_whole_however_they_are_cut),
        cmocka_unit_test(reading_follows_the_keys),
        cmocka_unit_test(keys_do_not_turn_inside_a_message),
        cmocka_unit_test(output_goes_by_level_the_lowest_first),
        cmocka_unit_test(writing_may_go_back_to_the_clear),
        cmocka_unit_test(secrets_wait_in_order_and_are_bounded),
        cmocka_unit_test(it_protects_nothing_itself),
        cmocka_unit_test(parameters_are_kept),
        cmocka_unit_test(what_failed_takes_nothing_more),
        cmocka_unit_test(no_memory_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
