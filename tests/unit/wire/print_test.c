/* Messages as people see them: every field by name, peers' bytes escaped, and bounded whatever comes. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "support/wire_samples.h"
#include "wire/print.h"

#include <string.h>

static const char *name_of(enum hf_wire_naming naming, uint16_t value)
{
    if (naming == HF_NAMING_SUITE && value == 0x1301)
        return "TLS_AES_128_GCM_SHA256";
    if (naming == HF_NAMING_GROUP && value == 0x1d)
        return "x25519";
    return NULL;
}

static const struct hf_wire_names test_names = {name_of};

static void server_hello_is_printed_whole(void **state)
{
    (void)state;
    uint8_t room[256];
    char page[2048];
    struct hf_text text = hf_text_of(page, sizeof page);
    hf_wire_print(HF_MESSAGE_server_hello, HF_WIRE_STYLE_13,
                  wire_sample_named(HF_WIRE_server_hello, "rfc8448", room, sizeof room), &test_names, &text);
    assert_string_equal(page, "legacy_version 0x0303\n"
                              "random a6af06a4121860dc5e6e60249cd34c95930c8ac5cb1434dac155772ed3e26928\n"
                              "session_id (empty)\n"
                              "cipher_suite 0x1301 TLS_AES_128_GCM_SHA256\n"
                              "compression_method 0x00\n"
                              "extensions\n"
                              "  key_share (51)\n"
                              "    group 0x001d x25519\n"
                              "    key_exchange c9828876112095fe66762bdbf7c672e156d6cc253b833df1dd69b1b04e751f0f\n"
                              "  supported_versions (43)\n"
                              "    selected_version 0x0304\n");
}

static void print_hex(enum hf_wire_shape shape, const char *hex, struct hf_text *text)
{
    uint8_t room[1024];
    hf_wire_print_shape(shape, wire_sample_bytes(hex, room, sizeof room), NULL, text);
}

static void text_of_peers_is_escaped(void **state)
{
    (void)state;
    char page[256];
    struct hf_text text = hf_text_of(page, sizeof page);
    print_hex(HF_WIRE_application_protocols, "0008 02 6832 04 1b5b6d61", &text);
    assert_string_equal(page, "protocols\n"
                              "  protocol_name\n    protocol \"h2\"\n"
                              "  protocol_name\n    protocol \"\\x1b[ma\"\n");
}

static void grease_is_named(void **state)
{
    (void)state;
    char page[256];
    struct hf_text text = hf_text_of(page, sizeof page);
    print_hex(HF_WIRE_supported_groups, "0004 2a2a 001d", &text);
    assert_string_equal(page, "groups 0x2a2a GREASE, 0x001d\n");
}

static void parts_and_long_bytes_are_shown(void **state)
{
    (void)state;
    char page[512];
    struct hf_text text = hf_text_of(page, sizeof page);
    print_hex(HF_WIRE_server_key_exchange,
              "03 001d 01 aa 0403 0021 "
              "000000000000000000000000000000000000000000000000000000000000000000",
              &text);
    assert_string_equal(page, "params\n  curve_type 0x03\n  named_curve 0x001d\n  public aa\nscheme 0x0403\n"
                              "signature 0000000000000000000000000000000000000000000000000000000000000000"
                              "... (33 bytes)\n");
}

static void what_cannot_be_read_is_said(void **state)
{
    (void)state;
    uint8_t room[16];
    char page[256];
    struct hf_text text = hf_text_of(page, sizeof page);
    hf_wire_print(HF_MESSAGE_certificate_verify, HF_WIRE_STYLE_12, wire_sample_bytes("0403 00", room, sizeof room),
                  NULL, &text);
    assert_string_equal(page, "malformed certificate_verify: 040300\n");
    text = hf_text_of(page, sizeof page);
    hf_wire_print(HF_MESSAGE_encrypted_extensions, HF_WIRE_STYLE_13,
                  wire_sample_bytes("0008 000a 0000 000d 0000", room, sizeof room), NULL, &text);
    assert_string_equal(page, "extensions\n"
                              "  supported_groups (10)\n    malformed supported_groups: (empty)\n"
                              "  signature_algorithms (13)\n");
}

static void a_message_without_body_prints_nothing(void **state)
{
    (void)state;
    char page[64];
    struct hf_text text = hf_text_of(page, sizeof page);
    hf_wire_print(HF_MESSAGE_server_hello_done, HF_WIRE_STYLE_12, hf_span_of(NULL, 0), NULL, &text);
    assert_string_equal(page, "");
}

static void every_sample_prints_within_any_room(void **state)
{
    (void)state;
    for (size_t i = 0; i < wire_sample_count; i++) {
        uint8_t room[1024];
        struct hf_span bytes = wire_sample_bytes(wire_samples[i].hex, room, sizeof room);
        for (size_t size = 1; size < 200; size++) {
            char page[200];
            struct hf_text text = hf_text_of(page, size);
            hf_wire_print_shape(wire_samples[i].shape, bytes, &test_names, &text);
            assert_true(strlen(page) < size);
            assert_null(strstr(page, "malformed"));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(server_hello_is_printed_whole),
        cmocka_unit_test(text_of_peers_is_escaped),
        cmocka_unit_test(grease_is_named),
        cmocka_unit_test(parts_and_long_bytes_are_shown),
        cmocka_unit_test(what_cannot_be_read_is_said),
        cmocka_unit_test(a_message_without_body_prints_nothing),
        cmocka_unit_test(every_sample_prints_within_any_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
