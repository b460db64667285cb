/* Kinds and numbers: a second list of the registry's numbers, and the two kinds that share one. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/must.h"
#include "support/wire_samples.h"
#include "wire/message.h"

/* RFC 9846 B.3, RFC 5246 7.4, RFC 6347 4.3.2, RFC 6066 8, RFC 8879 3, by a second hand. */
static void numbers_are_those_of_the_registry(void **state)
{
    (void)state;
    static const struct {
        uint8_t wire;
        enum hf_message kind;
    } numbers[] = {
        {0, HF_MESSAGE_hello_request},
        {1, HF_MESSAGE_client_hello},
        {2, HF_MESSAGE_server_hello},
        {3, HF_MESSAGE_hello_verify_request},
        {4, HF_MESSAGE_new_session_ticket},
        {5, HF_MESSAGE_end_of_early_data},
        {8, HF_MESSAGE_encrypted_extensions},
        {9, HF_MESSAGE_request_connection_id}, /* RFC 9147 9 */
        {10, HF_MESSAGE_new_connection_id},
        {11, HF_MESSAGE_certificate},
        {12, HF_MESSAGE_server_key_exchange},
        {13, HF_MESSAGE_certificate_request},
        {14, HF_MESSAGE_server_hello_done},
        {15, HF_MESSAGE_certificate_verify},
        {16, HF_MESSAGE_client_key_exchange},
        {20, HF_MESSAGE_finished},
        {22, HF_MESSAGE_certificate_status},
        {24, HF_MESSAGE_key_update},
        {25, HF_MESSAGE_compressed_certificate},
    };
    unsigned next = 0;
    for (unsigned wire = 0; wire < 254; wire++) {
        enum hf_message want = HF_MESSAGE_unknown;
        if (next < HF_COUNT(numbers) && numbers[next].wire == wire)
            want = numbers[next++].kind;
        assert_int_equal(hf_message_classify((uint8_t)wire, hf_span_of(NULL, 0)), want);
    }
    assert_int_equal(next, HF_COUNT(numbers));
    assert_int_equal(hf_message_classify(254, hf_span_of(NULL, 0)), HF_MESSAGE_message_hash);
    assert_int_equal(hf_message_classify(255, hf_span_of(NULL, 0)), HF_MESSAGE_unknown);
}

static void a_kind_has_its_number_and_name(void **state)
{
    (void)state;
    assert_int_equal(hf_message_wire_type(HF_MESSAGE_hello_retry_request), 2);
    assert_int_equal(hf_message_wire_type(HF_MESSAGE_finished), 20);
    assert_string_equal(hf_message_name(HF_MESSAGE_certificate_verify), "CertificateVerify");
    assert_string_equal(hf_message_name(HF_MESSAGES), "unknown message");
    for (int kind = 0; kind < HF_MESSAGES; kind++)
        assert_non_null(hf_message_name((enum hf_message)kind));
}

static void the_random_makes_a_retry_request(void **state)
{
    (void)state;
    uint8_t room[256];
    struct hf_span retry = wire_sample_named(HF_WIRE_server_hello, "retry", room, sizeof room);
    assert_int_equal(hf_message_classify(2, retry), HF_MESSAGE_hello_retry_request);
    assert_int_equal(hf_message_classify(1, retry), HF_MESSAGE_client_hello);
    assert_int_equal(hf_message_classify(2, hf_span_part(retry, 0, 34)), HF_MESSAGE_hello_retry_request);
    assert_int_equal(hf_message_classify(2, hf_span_part(retry, 0, 33)), HF_MESSAGE_server_hello);
    room[33] ^= 1;
    assert_int_equal(hf_message_classify(2, retry), HF_MESSAGE_server_hello);
    struct hf_span plain = wire_sample_named(HF_WIRE_server_hello, "rfc8448", room, sizeof room);
    assert_int_equal(hf_message_classify(2, plain), HF_MESSAGE_server_hello);
}

static void shapes_differ_by_style(void **state)
{
    (void)state;
    assert_int_equal(hf_message_shape(HF_MESSAGE_certificate, HF_WIRE_STYLE_12), HF_WIRE_certificate12);
    assert_int_equal(hf_message_shape(HF_MESSAGE_certificate, HF_WIRE_STYLE_13), HF_WIRE_certificate13);
    assert_int_equal(hf_message_shape(HF_MESSAGE_hello_retry_request, HF_WIRE_STYLE_13), HF_WIRE_server_hello);
    assert_int_equal(hf_message_shape(HF_MESSAGE_key_update, HF_WIRE_STYLE_12), HF_WIRE_opaque);
    assert_int_equal(hf_message_shape(HF_MESSAGE_server_key_exchange, HF_WIRE_STYLE_13), HF_WIRE_opaque);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_those_of_the_registry),
        cmocka_unit_test(a_kind_has_its_number_and_name),
        cmocka_unit_test(the_random_makes_a_retry_request),
        cmocka_unit_test(shapes_differ_by_style),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
