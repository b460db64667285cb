/* Every shape is read from valid bytes, and refused when cut anywhere, when lengthened, and when a length in it lies.
 * Bounds are checked against a table written by hand from the RFCs. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/must.h"
#include "support/wire_samples.h"
#include "wire/read.h"

#include <stdlib.h>
#include <string.h>

/* A copy of exactly the length, so that AddressSanitizer sees the first byte read behind it. */
static uint8_t *exact_copy(struct hf_span span, size_t len)
{
    uint8_t *copy = malloc(len > 0 ? len : 1);
    assert_non_null(copy);
    memset(copy, 0, len);
    assert_true(hf_span_copy(hf_span_part(span, 0, len), copy, len) || len == 0);
    return copy;
}

static enum hf_error read_len(enum hf_wire_shape shape, struct hf_span bytes, size_t len)
{
    uint8_t *copy = exact_copy(bytes, len);
    union hf_wire_any any;
    enum hf_error error = hf_wire_read_any(shape, hf_span_of(copy, len), &any);
    free(copy);
    return error;
}

/* How long the bytes are that may be left off a sample's end: a REST of any length, or the whole optional block. */
static bool may_be_cut(const struct wire_sample *sample, struct hf_span bytes, size_t len)
{
    const struct hf_wire_description *shape = hf_wire_shape_describe(sample->shape);
    const struct hf_wire_field *last = &shape->fields[shape->field_count - 1];
    size_t before = 0; /* numbers, where a REST is not all */
    for (size_t i = 0; i + 1 < shape->field_count; i++)
        before += shape->fields[i].width;
    if (last->kind == HF_FIELD_REST)
        return len >= before + last->min;
    if (last->kind != HF_FIELD_OPTIONAL)
        return false;
    union hf_wire_any any;
    assert_int_equal(hf_wire_read_any(sample->shape, bytes, &any), HF_OK);
    const struct hf_span *block = (const void *)((const uint8_t *)&any + last->offset);
    const bool *has = (const void *)((const uint8_t *)&any + last->beside);
    return *has && len == bytes.len - block->len - last->width;
}

static void every_shape_has_a_sample(void **state)
{
    (void)state;
    for (int shape = 0; shape < HF_WIRE_SHAPES; shape++) {
        bool found = false;
        for (size_t i = 0; i < wire_sample_count; i++)
            found = found || (int)wire_samples[i].shape == shape;
        if (!found)
            fail_msg("no sample of %s", hf_wire_shape_describe((enum hf_wire_shape)shape)->name);
    }
}

static void samples_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < wire_sample_count; i++) {
        uint8_t room[1024];
        struct hf_span bytes = wire_sample_bytes(wire_samples[i].hex, room, sizeof room);
        if (read_len(wire_samples[i].shape, bytes, bytes.len) != HF_OK)
            fail_msg("sample %s of %s", wire_samples[i].name, hf_wire_shape_describe(wire_samples[i].shape)->name);
    }
}

static void every_truncation_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < wire_sample_count; i++) {
        uint8_t room[1024];
        struct hf_span bytes = wire_sample_bytes(wire_samples[i].hex, room, sizeof room);
        for (size_t len = 0; len < bytes.len; len++) {
            enum hf_error want = may_be_cut(&wire_samples[i], bytes, len) ? HF_OK : HF_ERR_decode_error;
            if (read_len(wire_samples[i].shape, bytes, len) != want)
                fail_msg("%s of %s cut to %zu", wire_samples[i].name,
                         hf_wire_shape_describe(wire_samples[i].shape)->name, len);
        }
    }
}

static void a_trailing_byte_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < wire_sample_count; i++) {
        const struct hf_wire_description *shape = hf_wire_shape_describe(wire_samples[i].shape);
        uint8_t room[1024] = {0};
        struct hf_span bytes = wire_sample_bytes(wire_samples[i].hex, room, sizeof room - 1);
        bool takes_all = shape->fields[shape->field_count - 1].kind == HF_FIELD_REST;
        enum hf_error want = takes_all ? HF_OK : HF_ERR_decode_error;
        if (read_len(wire_samples[i].shape, hf_span_of(room, bytes.len + 1), bytes.len + 1) != want)
            fail_msg("%s of %s with a byte behind", wire_samples[i].name, shape->name);
    }
}

/* Whatever a byte is changed to, what comes out lies inside of what went in (AddressSanitizer), and reads again alike.
 */
static void every_corrupted_byte_is_survived(void **state)
{
    (void)state;
    static const uint8_t masks[] = {0x01, 0x80, 0xff};
    for (size_t i = 0; i < wire_sample_count; i++) {
        uint8_t room[1024];
        struct hf_span bytes = wire_sample_bytes(wire_samples[i].hex, room, sizeof room);
        for (size_t at = 0; at < bytes.len * HF_COUNT(masks); at++) {
            room[at / HF_COUNT(masks)] ^= masks[at % HF_COUNT(masks)];
            enum hf_error first = read_len(wire_samples[i].shape, bytes, bytes.len);
            assert_int_equal(read_len(wire_samples[i].shape, bytes, bytes.len), first);
            assert_true(first == HF_OK || first == HF_ERR_decode_error);
            room[at / HF_COUNT(masks)] ^= masks[at % HF_COUNT(masks)];
        }
    }
}

/* Lengths that lie, empty where something must be, half elements, malformed items. */
static const struct wire_sample bad[] = {
    {HF_WIRE_client_hello, "session_id of 33 bytes",
     "0303 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 21 "
     "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20 0002 1301 01 00"},
    {HF_WIRE_client_hello, "no cipher suites",
     "0303 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 00 0000 01 00"},
    {HF_WIRE_client_hello, "three bytes of cipher suites",
     "0303 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 00 0003 130113 01 00"},
    {HF_WIRE_client_hello, "no compression methods",
     "0303 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 00 0002 1301 00"},
    {HF_WIRE_client_hello, "an extension longer than the block",
     "0303 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 00 0002 1301 01 00 0005 0017 0002 00"},
    {HF_WIRE_client_hello, "half a header of an extension",
     "0303 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 00 0002 1301 01 00 0003 001700"},
    {HF_WIRE_client_hello, "half a length of the block",
     "0303 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 00 0002 1301 01 00 00"},
    {HF_WIRE_certificate13, "an empty certificate", "00 000005 000000 0000"},
    {HF_WIRE_certificate13, "an entry without extensions", "00 000007 000004 30020500"},
    {HF_WIRE_certificate13, "a malformed extension in an entry", "00 00000b 000004 30020500 0002 0005"},
    {HF_WIRE_certificate13, "a list length of one too few", "00 000008 000004 30020500 0000"},
    {HF_WIRE_certificate12, "an empty certificate", "000003 000000"},
    {HF_WIRE_certificate12, "the shape of 1.3", "00 000009 000004 30020500 0000"},
    {HF_WIRE_certificate_request12, "no types", "00 0002 0403 0000"},
    {HF_WIRE_certificate_request12, "no schemes", "01 40 0000 0000"},
    {HF_WIRE_certificate_request12, "half a scheme", "01 40 0003 040308 0000"},
    {HF_WIRE_certificate_request12, "an empty name", "01 40 0002 0403 0002 0000"},
    {HF_WIRE_server_key_exchange, "an empty point", "03 001d 00 0403 0000"},
    {HF_WIRE_client_key_exchange, "an empty point", "00"},
    {HF_WIRE_new_session_ticket13, "an empty ticket", "00000e10 01020304 00 0000 0000"},
    {HF_WIRE_finished, "empty", ""},
    {HF_WIRE_nothing, "something", "00"},
    {HF_WIRE_server_name_list, "no names", "0000"},
    {HF_WIRE_server_name_list, "an empty name", "0003 00 0000"},
    {HF_WIRE_application_protocols, "no names", "0000"},
    {HF_WIRE_application_protocols, "an empty name", "0003 00 01 61"},
    {HF_WIRE_supported_groups, "no groups", "0000"},
    {HF_WIRE_supported_groups, "half a group", "0003 001d00"},
    {HF_WIRE_signature_schemes, "no schemes", "0000"},
    {HF_WIRE_ec_point_formats, "no formats", "00"},
    {HF_WIRE_supported_versions_offer, "no versions", "00"},
    {HF_WIRE_supported_versions_offer, "half a version", "03 030403"},
    {HF_WIRE_supported_versions_choice, "three bytes", "030403"},
    {HF_WIRE_cookie, "empty", "0000"},
    {HF_WIRE_psk_key_exchange_modes, "no modes", "00"},
    {HF_WIRE_certificate_authorities, "no names", "0000"},
    {HF_WIRE_certificate_authorities, "an empty name", "0004 0000 0000"},
    {HF_WIRE_key_share_offer, "an empty share", "0004 001d 0000"},
    {HF_WIRE_key_share_entry, "an empty share", "001d 0000"},
    {HF_WIRE_pre_shared_key_offer, "no binders", "000a 0004 74696b74 01020304 0000"},
    {HF_WIRE_psk_binder, "31 bytes", "1f 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e"},
    {HF_WIRE_compress_certificate, "half an algorithm", "03 000100"},
};

static void malformed_bytes_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < HF_COUNT(bad); i++) {
        uint8_t room[1024];
        struct hf_span bytes = wire_sample_bytes(bad[i].hex, room, sizeof room);
        if (read_len(bad[i].shape, bytes, bytes.len) != HF_ERR_decode_error)
            fail_msg("%s: %s", hf_wire_shape_describe(bad[i].shape)->name, bad[i].name);
    }
}

/* The bounds again, from RFC 9846 4, 5246 7.4, 8422 5, 6066, 7301, 5746, by a second hand. */
static const struct bounds {
    enum hf_wire_shape shape;
    const char *field;
    uint8_t width;
    uint32_t min;
    uint32_t max;
} bounds[] = {
    {HF_WIRE_client_hello, "random", 0, 32, 32},
    {HF_WIRE_client_hello, "session_id", 1, 0, 32},
    {HF_WIRE_client_hello, "cipher_suites", 2, 2, 65534},
    {HF_WIRE_client_hello, "compression_methods", 1, 1, 255},
    {HF_WIRE_client_hello, "extensions", 2, 0, 65535},
    {HF_WIRE_server_hello, "random", 0, 32, 32},
    {HF_WIRE_server_hello, "session_id", 1, 0, 32},
    {HF_WIRE_server_hello, "cipher_suite", 2, 0, 0},
    {HF_WIRE_server_hello, "compression_method", 1, 0, 0},
    {HF_WIRE_certificate_request13, "context", 1, 0, 255},
    {HF_WIRE_certificate_request12, "certificate_types", 1, 1, 255},
    {HF_WIRE_certificate_request12, "schemes", 2, 2, 65534},
    {HF_WIRE_certificate_request12, "authorities", 2, 0, 65535},
    {HF_WIRE_certificate13, "context", 1, 0, 255},
    {HF_WIRE_certificate13, "entries", 3, 0, 16777215},
    {HF_WIRE_certificate12, "entries", 3, 0, 16777215},
    {HF_WIRE_certificate_entry13, "cert_data", 3, 1, 16777215},
    {HF_WIRE_certificate_entry12, "cert_data", 3, 1, 16777215},
    {HF_WIRE_certificate_verify, "signature", 2, 0, 65535},
    {HF_WIRE_server_key_exchange, "signature", 2, 0, 65535},
    {HF_WIRE_ecdhe_params, "public", 1, 1, 255},
    {HF_WIRE_client_key_exchange, "public", 1, 1, 255},
    {HF_WIRE_new_session_ticket13, "ticket_lifetime", 4, 0, 0},
    {HF_WIRE_new_session_ticket13, "ticket_nonce", 1, 0, 255},
    {HF_WIRE_new_session_ticket13, "ticket", 2, 1, 65535},
    {HF_WIRE_new_session_ticket12, "ticket", 2, 0, 65535},
    {HF_WIRE_key_update, "request_update", 1, 0, 0},
    {HF_WIRE_hello_verify_request, "cookie", 1, 0, 255},
    {HF_WIRE_key_share_entry, "key_exchange", 2, 1, 65535},
    {HF_WIRE_psk_identity, "identity", 2, 1, 65535},
    {HF_WIRE_psk_binder, "binder", 1, 32, 255},
    {HF_WIRE_pre_shared_key_offer, "identities", 2, 7, 65535},
    {HF_WIRE_pre_shared_key_offer, "binders", 2, 33, 65535},
    {HF_WIRE_supported_groups, "groups", 2, 2, 65535},
    {HF_WIRE_signature_schemes, "schemes", 2, 2, 65534},
    {HF_WIRE_supported_versions_offer, "versions", 1, 2, 254},
    {HF_WIRE_ec_point_formats, "formats", 1, 1, 255},
    {HF_WIRE_application_protocols, "protocols", 2, 2, 65535},
    {HF_WIRE_protocol_name, "protocol", 1, 1, 255},
    {HF_WIRE_renegotiation_info, "renegotiated_connection", 1, 0, 255},
    {HF_WIRE_cookie, "cookie", 2, 1, 65535},
    {HF_WIRE_psk_key_exchange_modes, "modes", 1, 1, 255},
    {HF_WIRE_certificate_authorities, "authorities", 2, 3, 65535},
    {HF_WIRE_distinguished_name, "name", 2, 1, 65535},
    {HF_WIRE_compressed_certificate, "uncompressed_length", 3, 0, 0},
    {HF_WIRE_extension, "type", 2, 0, 0},
    {HF_WIRE_extension, "data", 2, 0, 65535},
};

static void bounds_are_those_of_the_rfcs(void **state)
{
    (void)state;
    for (size_t i = 0; i < HF_COUNT(bounds); i++) {
        const struct hf_wire_description *shape = hf_wire_shape_describe(bounds[i].shape);
        const struct hf_wire_field *found = NULL;
        for (size_t at = 0; at < shape->field_count; at++)
            if (strcmp(shape->fields[at].name, bounds[i].field) == 0)
                found = &shape->fields[at];
        if (found == NULL)
            fail_msg("%s has no %s", shape->name, bounds[i].field);
        else if (found->width != bounds[i].width || found->min != bounds[i].min || found->max != bounds[i].max)
            fail_msg("%s.%s: %u <%u..%u>", shape->name, found->name, found->width, found->min, found->max);
    }
}

static void client_hello_of_rfc8448_is_understood(void **state)
{
    (void)state;
    uint8_t room[1024];
    struct hf_span bytes = wire_sample_named(HF_WIRE_client_hello, "rfc8448", room, sizeof room);
    struct hf_wire_client_hello hello;
    assert_int_equal(hf_wire_read_client_hello(bytes, &hello), HF_OK);
    assert_int_equal(hello.legacy_version, 0x0303);
    assert_int_equal(hello.random.len, 32);
    assert_int_equal(hello.random.data[31], 0xe7);
    assert_int_equal(hello.session_id.len, 0);
    assert_int_equal(hello.cipher_suites.len, 6);
    assert_true(hf_wire_list_has(hello.cipher_suites, 2, 0x1302));
    assert_false(hf_wire_list_has(hello.cipher_suites, 2, 0x0113));
    assert_true(hello.has_extensions);
    static const uint16_t types[] = {0, 0xff01, 10, 35, 51, 43, 13, 45, 28};
    struct hf_reader list = hf_reader_of(hello.extensions);
    struct hf_wire_extension extension;
    size_t count = 0;
    while (hf_wire_next_extension(&list, &extension)) {
        assert_in_range(count, 0, HF_COUNT(types) - 1);
        assert_int_equal(extension.type, types[count++]);
    }
    assert_int_equal(count, HF_COUNT(types));
    assert_true(hf_reader_end(&list));
}

static void absent_and_empty_extensions_differ(void **state)
{
    (void)state;
    uint8_t room[1024];
    struct hf_wire_client_hello hello;
    assert_int_equal(
        hf_wire_read_client_hello(wire_sample_named(HF_WIRE_client_hello, "bare12", room, sizeof room), &hello), HF_OK);
    assert_false(hello.has_extensions);
    assert_int_equal(
        hf_wire_read_client_hello(wire_sample_named(HF_WIRE_client_hello, "empty_block", room, sizeof room), &hello),
        HF_OK);
    assert_true(hello.has_extensions);
    assert_int_equal(hello.extensions.len, 0);
}

static void signed_params_are_exposed(void **state)
{
    (void)state;
    uint8_t room[1024];
    struct hf_span bytes = wire_sample_named(HF_WIRE_server_key_exchange, "x25519", room, sizeof room);
    struct hf_wire_server_key_exchange message;
    assert_int_equal(hf_wire_read_server_key_exchange(bytes, &message), HF_OK);
    assert_ptr_equal(message.params_bytes.data, bytes.data);
    assert_int_equal(message.params_bytes.len, 1 + 2 + 1 + 32);
    assert_int_equal(message.params.curve_type, 3);
    assert_int_equal(message.params.named_curve, 0x1d);
    assert_int_equal(message.params.public.len, 32);
    assert_int_equal(message.scheme, 0x0403);
    assert_int_equal(message.signature.len, 8);
}

static void failure_leaves_the_output_untouched(void **state)
{
    (void)state;
    uint8_t short_body[] = {0x04, 0x03, 0x00, 0x05, 0x01};
    struct hf_wire_certificate_verify message = {.scheme = 0x1234};
    assert_int_equal(hf_wire_read_certificate_verify(hf_span_of(short_body, sizeof short_body), &message),
                     HF_ERR_decode_error);
    assert_int_equal(message.scheme, 0x1234);
    struct hf_wire_extension extension = {.type = 0x4321};
    struct hf_reader list = hf_reader_of(hf_span_of(short_body, 3));
    assert_false(hf_wire_next_extension(&list, &extension));
    assert_int_equal(extension.type, 0x4321);
    assert_false(hf_reader_end(&list));
}

/* The inline reader of extensions knows no description, which must say the same: a type and a vector. */
static void extensions_are_read_as_they_are_described(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {0x12, 0x34, 0x00, 0x02, 0xab, 0xcd};
    const struct hf_wire_description *shape = hf_wire_shape_describe(HF_WIRE_extension);
    assert_int_equal(shape->field_count, 2);
    assert_int_equal(shape->fields[0].kind, HF_FIELD_UINT);
    assert_int_equal(shape->fields[1].kind, HF_FIELD_VECTOR);
    for (size_t len = 0; len <= sizeof bytes; len++) {
        struct hf_wire_extension stepped = {.type = 1}, next = {.type = 1};
        struct hf_reader one = hf_reader_of(hf_span_of(bytes, len)), other = one;
        bool there = hf_wire_step_extension(&one, &stepped);
        assert_int_equal(hf_wire_next_extension(&other, &next), there);
        assert_int_equal(there, len == sizeof bytes);
        assert_int_equal(stepped.type, there ? 0x1234 : 1);
        assert_int_equal(stepped.type, next.type);
        assert_ptr_equal(stepped.data.data, next.data.data);
        assert_int_equal(stepped.data.len, next.data.len);
        assert_int_equal(one.left, other.left);
        assert_int_equal(one.bad, other.bad);
    }
}

/* An item of no bytes would make a reader of its list walk for ever. */
static void items_are_never_empty(void **state)
{
    (void)state;
    for (int i = 0; i < HF_WIRE_SHAPES; i++) {
        const struct hf_wire_description *shape = hf_wire_shape_describe((enum hf_wire_shape)i);
        for (size_t at = 0; at < shape->field_count; at++) {
            const struct hf_wire_field *field = &shape->fields[at];
            if (field->kind != HF_FIELD_ITEMS && field->kind != HF_FIELD_OPTIONAL)
                continue;
            enum hf_wire_field_kind first = hf_wire_shape_describe(field->item)->fields[0].kind;
            assert_true(first == HF_FIELD_UINT || first == HF_FIELD_VECTOR);
        }
    }
}

static void half_an_element_is_not_found(void **state)
{
    (void)state;
    static const uint8_t list[] = {0x00, 0x1d, 0x00};
    assert_true(hf_wire_list_has(hf_span_of(list, sizeof list), 2, 0x1d));
    assert_false(hf_wire_list_has(hf_span_of(list, sizeof list), 2, 0));
    assert_false(hf_wire_list_has(hf_span_of(NULL, 0), 2, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_shape_has_a_sample),
        cmocka_unit_test(samples_are_read),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(a_trailing_byte_is_refused),
        cmocka_unit_test(every_corrupted_byte_is_survived),
        cmocka_unit_test(malformed_bytes_are_refused),
        cmocka_unit_test(bounds_are_those_of_the_rfcs),
        cmocka_unit_test(client_hello_of_rfc8448_is_understood),
        cmocka_unit_test(absent_and_empty_extensions_differ),
        cmocka_unit_test(signed_params_are_exposed),
        cmocka_unit_test(failure_leaves_the_output_untouched),
        cmocka_unit_test(extensions_are_read_as_they_are_described),
        cmocka_unit_test(items_are_never_empty),
        cmocka_unit_test(half_an_element_is_not_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
