/* Names of extensions, and blocks: duplicates are found wherever they stand, and fast. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/writer.h"
#include "support/wire_samples.h"
#include "wire/extension.h"

enum { MANY = 16384 };

static void names(void **state)
{
    (void)state;
    assert_string_equal(hf_extension_name(0), "server_name");
    assert_string_equal(hf_extension_name(51), "key_share");
    assert_string_equal(hf_extension_name(0xff01), "renegotiation_info");
    assert_string_equal(hf_extension_name(0x0a0a), "GREASE");
    assert_string_equal(hf_extension_name(0x1234), "unknown extension");
}

static void sixteen_values_are_grease(void **state)
{
    (void)state;
    unsigned count = 0;
    for (unsigned value = 0; value <= 0xffff; value++)
        count += hf_extension_is_grease((uint16_t)value);
    assert_int_equal(count, 16);
    assert_true(hf_extension_is_grease(0x0a0a));
    assert_true(hf_extension_is_grease(0xfafa));
    assert_false(hf_extension_is_grease(0x0a1a));
}

static void payload_shapes_differ_by_message(void **state)
{
    (void)state;
    assert_int_equal(hf_extension_payload_shape(51, HF_MESSAGE_client_hello), HF_WIRE_key_share_offer);
    assert_int_equal(hf_extension_payload_shape(51, HF_MESSAGE_server_hello), HF_WIRE_key_share_entry);
    assert_int_equal(hf_extension_payload_shape(51, HF_MESSAGE_hello_retry_request), HF_WIRE_key_share_group);
    assert_int_equal(hf_extension_payload_shape(51, HF_MESSAGE_certificate), HF_WIRE_opaque);
    assert_int_equal(hf_extension_payload_shape(0x1234, HF_MESSAGE_client_hello), HF_WIRE_opaque);
}

static enum hf_error check(const char *hex)
{
    uint8_t room[256];
    return hf_wire_extensions_check(wire_sample_bytes(hex, room, sizeof room));
}

static void duplicates_are_found(void **state)
{
    (void)state;
    assert_int_equal(check(""), HF_OK);
    assert_int_equal(check("0017 0000"), HF_OK);
    assert_int_equal(check("0017 0000 0000 0001 aa 0a0a 0000"), HF_OK);
    assert_int_equal(check("0017 0000 0017 0000"), HF_ERR_duplicate_extension);
    assert_int_equal(check("0a0a 0000 0000 0001 aa 0a0a 0001 00"), HF_ERR_duplicate_extension);
    assert_int_equal(check("ffff 0000 ffff 0000"), HF_ERR_duplicate_extension);
    assert_int_equal(check("0010 0000 0018 0000"), HF_OK); /* the same bit of two bytes */
}

static void malformed_blocks_are_found(void **state)
{
    (void)state;
    assert_int_equal(check("00"), HF_ERR_decode_error);
    assert_int_equal(check("0017 0001"), HF_ERR_decode_error);
    assert_int_equal(check("0017 0000 0017 0000 0017 0005 00"), HF_ERR_decode_error);
}

static void many_extensions_are_no_burden(void **state)
{
    (void)state;
    static uint8_t room[4 * (MANY + 1)];
    struct hf_writer writer = hf_writer_of(room, sizeof room);
    for (uint32_t type = 0; type < MANY; type++)
        hf_writer_u32(&writer, type << 16);
    assert_int_equal(hf_wire_extensions_check(hf_writer_span(&writer)), HF_OK);
    hf_writer_u32(&writer, 0);
    assert_int_equal(hf_wire_extensions_check(hf_writer_span(&writer)), HF_ERR_duplicate_extension);
}

static void an_extension_is_found(void **state)
{
    (void)state;
    uint8_t room[1024];
    struct hf_wire_client_hello hello;
    struct hf_span bytes = wire_sample_named(HF_WIRE_client_hello, "rfc8448", room, sizeof room);
    assert_int_equal(hf_wire_read_client_hello(bytes, &hello), HF_OK);
    struct hf_span data = hf_span_of(NULL, 77);
    assert_true(hf_wire_extension_find(hello.extensions, HF_EXTENSION_record_size_limit, &data));
    struct hf_wire_record_size_limit limit;
    assert_int_equal(hf_wire_read_record_size_limit(data, &limit), HF_OK);
    assert_int_equal(limit.limit, 16385);
    assert_true(hf_wire_extension_find(hello.extensions, HF_EXTENSION_session_ticket, &data));
    assert_int_equal(data.len, 0);
    data.len = 77;
    assert_false(hf_wire_extension_find(hello.extensions, HF_EXTENSION_cookie, &data));
    assert_int_equal(data.len, 77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test(sixteen_values_are_grease),
        cmocka_unit_test(payload_shapes_differ_by_message),
        cmocka_unit_test(duplicates_are_found),
        cmocka_unit_test(malformed_blocks_are_found),
        cmocka_unit_test(many_extensions_are_no_burden),
        cmocka_unit_test(an_extension_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
