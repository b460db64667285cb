/* Packets by the known answers of RFC 9001 and RFC 9369, appendix A of each, and what may not be done with their keys.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <handfast/quic_packet.h>

#include <stdlib.h>
#include <string.h>

#include "base/span.h"
#include "support/quic_lab.h"
#include "support/vector_page.h"

enum { ROOM = 2048, CHACHA = 0x1303, CHACHA_NUMBER = 654360564, VALUES_MAX = 256 };

static struct hf_config *config;
static struct hf_vector_page page;
static uint32_t version;

/* Values that were read, to be given back at the end. */
static struct hf_span read_values[VALUES_MAX];
static size_t read_count;

static struct hf_span get(const char *section, const char *name)
{
    struct hf_span value = hf_vector_page_get(&page, section, name);
    assert_non_null(value.data);
    assert_in_range(read_count, 0, VALUES_MAX - 1);
    read_values[read_count++] = value;
    return value;
}

static int set_up(void **state)
{
    (void)state;
    version = HF_QUIC_VERSION_1;
    page = hf_vector_page_open("rfc9001.txt");
    config = quic_lab_config(HF_CLIENT, NULL);
    return config == NULL;
}

static int set_up_2(void **state)
{
    (void)state;
    version = HF_QUIC_VERSION_2;
    page = hf_vector_page_open("rfc9369.txt");
    config = quic_lab_config(HF_CLIENT, NULL);
    return config == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    while (read_count > 0)
        free((void *)(uintptr_t)read_values[--read_count].data);
    hf_config_drop(config);
    hf_vector_page_free(&page);
    return 0;
}

static void assert_same(struct hf_span got, struct hf_span wanted)
{
    assert_int_equal(got.len, wanted.len);
    assert_memory_equal(got.data, wanted.data, got.len);
}

/* A packet as it is made: sealed, then its header hidden. */
struct making {
    struct hf_quic_packet_keys *keys;
    const char *section;
    uint64_t number;
    size_t number_len;
    size_t payload_len; /* the frames, and PADDING behind them */
    uint8_t first_mask; /* the bits of the first byte that are hidden */
};

static void make(const struct making *making, uint8_t *wire, size_t *ret_len)
{
    struct hf_span header = get(making->section, "header");
    struct hf_span frames = get(making->section, "frames");
    uint8_t payload[ROOM] = {0};
    uint8_t mask[HF_QUIC_PACKET_MASK_LEN];
    size_t number_at = header.len - making->number_len;
    assert_true(hf_span_copy(header, wire, ROOM));
    assert_true(hf_span_copy(frames, payload, sizeof payload));
    const struct hf_quic_packet packet = {
        .number = making->number,
        .header = header.data,
        .header_len = header.len,
        .payload = payload,
        .payload_len = making->payload_len,
    };
    assert_int_equal(hf_quic_packet_seal(making->keys, &packet, wire + header.len), HF_OK);
    struct hf_span sample = hf_span_of(wire + number_at + 4, HF_QUIC_PACKET_SAMPLE_LEN);
    assert_same(sample, get(making->section, "sample"));
    assert_int_equal(hf_quic_packet_mask(making->keys, sample.data, mask), HF_OK);
    assert_same(hf_span_of(mask, sizeof mask), get(making->section, "mask"));
    wire[0] = (uint8_t)(wire[0] ^ (mask[0] & making->first_mask));
    for (size_t i = 0; i < making->number_len; i++)
        wire[number_at + i] = (uint8_t)(wire[number_at + i] ^ mask[1 + i]);
    *ret_len = header.len + making->payload_len + HF_QUIC_PACKET_TAG_LEN;
}

/* What was sealed opens, and not when a bit of it or of its header is another. */
static void assert_opens(struct hf_quic_packet_keys *keys, const struct making *making, const uint8_t *wire, size_t len)
{
    struct hf_span header = get(making->section, "header");
    struct hf_span frames = get(making->section, "frames");
    uint8_t sealed[ROOM], plain[ROOM], bad_header[ROOM];
    struct hf_quic_packet packet = {
        .number = making->number,
        .header = header.data,
        .header_len = header.len,
        .payload = sealed,
        .payload_len = len - header.len,
    };
    assert_true(hf_span_copy(hf_span_of(wire + header.len, packet.payload_len), sealed, sizeof sealed));
    assert_int_equal(hf_quic_packet_open(keys, &packet, plain), HF_OK);
    assert_memory_equal(plain, frames.data, frames.len);
    sealed[0] ^= 1;
    assert_int_equal(hf_quic_packet_open(keys, &packet, plain), HF_ERR_bad_record);
    sealed[0] ^= 1;
    assert_true(hf_span_copy(header, bad_header, sizeof bad_header));
    bad_header[0] ^= 1;
    packet.header = bad_header;
    assert_int_equal(hf_quic_packet_open(keys, &packet, plain), HF_ERR_bad_record);
    packet.header = header.data;
    packet.number++;
    assert_int_equal(hf_quic_packet_open(keys, &packet, plain), HF_ERR_bad_record);
    packet.payload_len = HF_QUIC_PACKET_TAG_LEN - 1;
    assert_int_equal(hf_quic_packet_open(keys, &packet, plain), HF_ERR_bad_record);
}

static struct hf_quic_packet_keys *initial_keys(enum hf_role sender, bool writes)
{
    struct hf_span id = get("client initial", "id");
    const struct hf_quic_initial initial = {
        .version = version, .sender = sender, .writes = writes, .id = id.data, .id_len = id.len};
    struct hf_quic_packet_keys *keys = NULL;
    assert_int_equal(hf_quic_packet_keys_initial(config, &initial, &keys), HF_OK);
    return keys;
}

static void check_initial(enum hf_role sender, struct making making)
{
    uint8_t wire[ROOM];
    size_t len;
    struct hf_quic_packet_keys *opening = initial_keys(sender, /* writes= */ false);
    making.keys = initial_keys(sender, /* writes= */ true);
    make(&making, wire, &len);
    assert_same(hf_span_of(wire, len), get(making.section, "packet"));
    assert_opens(opening, &making, wire, len);
    hf_quic_packet_keys_free(opening);
    hf_quic_packet_keys_free(making.keys);
}

static void initial_packets_are_those_of_the_rfc(void **state)
{
    (void)state;
    check_initial(
        HF_CLIENT,
        (struct making){
            .section = "client initial", .number = 2, .number_len = 4, .payload_len = 1162, .first_mask = 0x0f});
    check_initial(HF_SERVER, (struct making){.section = "server initial",
                                             .number = 1,
                                             .number_len = 2,
                                             .payload_len = get("server initial", "frames").len,
                                             .first_mask = 0x0f});
}

static struct hf_quic_secret secret_of(const char *name, bool writes)
{
    struct hf_span secret = get("chacha20-poly1305 short header", name);
    return (struct hf_quic_secret){
        .level = HF_QUIC_APPLICATION, .writes = writes, .suite = CHACHA, .secret = secret.data, .len = secret.len};
}

static struct hf_quic_packet_keys *keys_of(const char *name, bool writes)
{
    const struct hf_quic_secret secret = secret_of(name, writes);
    struct hf_quic_packet_keys *keys = NULL;
    assert_int_equal(hf_quic_packet_keys_new(config, version, &secret, &keys), HF_OK);
    return keys;
}

static void a_short_header_is_that_of_the_rfc(void **state)
{
    (void)state;
    struct making making = {.keys = keys_of("secret", /* writes= */ true),
                            .section = "chacha20-poly1305 short header",
                            .number = CHACHA_NUMBER,
                            .number_len = 3,
                            .payload_len = 1,
                            .first_mask = 0x1f};
    struct hf_quic_packet_keys *opening = keys_of("secret", /* writes= */ false);
    uint8_t wire[ROOM];
    size_t len;
    make(&making, wire, &len);
    assert_same(hf_span_of(wire, len), get(making.section, "packet"));
    assert_opens(opening, &making, wire, len);
    hf_quic_packet_keys_free(opening);
    hf_quic_packet_keys_free(making.keys);
}

/* The secret of the next phase is the RFC's, but header protection stays that of the first. */
static void the_next_phase_is_that_of_the_rfc(void **state)
{
    (void)state;
    struct hf_quic_packet_keys *first = keys_of("secret", /* writes= */ true);
    struct hf_quic_packet_keys *wanted = keys_of("next", /* writes= */ true);
    struct hf_quic_packet_keys *next = NULL;
    const uint8_t text[] = "phase";
    const struct hf_quic_packet packet = {.number = 7, .payload = text, .payload_len = sizeof text};
    uint8_t a[64], b[64];
    assert_int_equal(hf_quic_packet_keys_next(first, &next), HF_OK);
    assert_int_equal(hf_quic_packet_seal(wanted, &packet, a), HF_OK);
    assert_int_equal(hf_quic_packet_seal(next, &packet, b), HF_OK);
    assert_memory_equal(a, b, sizeof text + HF_QUIC_PACKET_TAG_LEN);
    struct hf_span sample = get("chacha20-poly1305 short header", "sample");
    assert_int_equal(hf_quic_packet_mask(next, sample.data, a), HF_OK);
    assert_same(hf_span_of(a, HF_QUIC_PACKET_MASK_LEN), get("chacha20-poly1305 short header", "mask"));
    hf_quic_packet_keys_free(next);
    hf_quic_packet_keys_free(wanted);
    hf_quic_packet_keys_free(first);
}

static void a_retry_is_that_of_the_rfc(void **state)
{
    (void)state;
    struct hf_span id = get("retry", "id");
    struct hf_span packet = get("retry", "packet");
    const uint8_t other[ROOM] = {0};
    const struct hf_quic_retry retry = {
        .version = version,
        .id = id.data,
        .id_len = id.len,
        .packet = packet.data,
        .packet_len = packet.len - HF_QUIC_PACKET_TAG_LEN,
    };
    struct hf_quic_retry wrong = retry;
    uint8_t tag[HF_QUIC_PACKET_TAG_LEN];
    assert_int_equal(hf_quic_retry_tag(config, &retry, tag), HF_OK);
    assert_memory_equal(tag, packet.data + retry.packet_len, sizeof tag);
    wrong.id = other;
    wrong.id_len = HF_QUIC_CONNECTION_ID_LEN_MAX + 1;
    assert_int_equal(hf_quic_retry_tag(config, &wrong, tag), HF_ERR_wrong_call);
    wrong = retry;
    wrong.packet = other;
    wrong.packet_len = sizeof other;
    assert_int_equal(hf_quic_retry_tag(config, &wrong, tag), HF_ERR_wrong_call);
    wrong = retry;
    wrong.version = 0x709a50c4; /* a draft's */
    assert_int_equal(hf_quic_retry_tag(config, &wrong, tag), HF_ERR_wrong_call);
}

static void what_does_not_fit_is_refused(void **state)
{
    (void)state;
    uint8_t room[64] = {0};
    uint8_t long_id[HF_QUIC_CONNECTION_ID_LEN_MAX + 1] = {0};
    const struct hf_quic_packet packet = {.number = UINT64_C(1) << 62, .payload = room, .payload_len = 20};
    const struct hf_quic_packet fine = {.payload = room, .payload_len = 20};
    const struct hf_quic_initial initial = {.version = version, .id = long_id, .id_len = sizeof long_id};
    const struct hf_quic_initial of_no_version = {.id = long_id, .id_len = 8};
    struct hf_quic_secret secret = secret_of("secret", /* writes= */ true);
    struct hf_quic_packet_keys *keys = keys_of("secret", /* writes= */ true);
    struct hf_quic_packet_keys *none = NULL;
    assert_int_equal(hf_quic_packet_seal(keys, &packet, room), HF_ERR_wrong_call);
    assert_int_equal(hf_quic_packet_open(keys, &fine, room), HF_ERR_wrong_call); /* the other direction */
    assert_int_equal(hf_quic_packet_keys_initial(config, &initial, &none), HF_ERR_wrong_call);
    assert_int_equal(hf_quic_packet_keys_initial(config, &of_no_version, &none), HF_ERR_wrong_call);
    assert_int_equal(hf_quic_packet_keys_new(config, /* version= */ 2, &secret, &none), HF_ERR_wrong_call);
    secret.len--;
    assert_int_equal(hf_quic_packet_keys_new(config, version, &secret, &none), HF_ERR_wrong_call);
    secret.len++;
    secret.suite = 0x1305; /* CCM_8 */
    assert_int_equal(hf_quic_packet_keys_new(config, version, &secret, &none), HF_ERR_wrong_call);
    secret.suite = 0xc02b; /* of TLS 1.2 */
    assert_int_equal(hf_quic_packet_keys_new(config, version, &secret, &none), HF_ERR_wrong_call);
    assert_null(none);
    assert_true(hf_quic_packet_keys_seal_limit(keys) >= UINT64_C(1) << 62);
    assert_int_equal(hf_quic_packet_keys_failure_limit(keys), UINT64_C(1) << 36);
    hf_quic_packet_keys_free(keys);
    keys = initial_keys(HF_CLIENT, /* writes= */ true);
    assert_int_equal(hf_quic_packet_keys_seal_limit(keys), 1 << 23);
    assert_true(hf_quic_packet_keys_failure_limit(keys) == UINT64_C(1) << 52);
    hf_quic_packet_keys_free(keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(initial_packets_are_those_of_the_rfc), cmocka_unit_test(a_short_header_is_that_of_the_rfc),
        cmocka_unit_test(the_next_phase_is_that_of_the_rfc),    cmocka_unit_test(a_retry_is_that_of_the_rfc),
        cmocka_unit_test(what_does_not_fit_is_refused),
    };
    int failed = cmocka_run_group_tests_name("version 1", tests, set_up, tear_down);
    return failed + cmocka_run_group_tests_name("version 2", tests, set_up_2, tear_down);
}
