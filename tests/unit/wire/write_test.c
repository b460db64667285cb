/* What is written is what was meant: samples come back byte for byte, random values of every shape come back field for
 * field, bytes written by hand match, and what is out of bounds spoils the writer. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/must.h"
#include "support/wire_samples.h"
#include "wire/read.h"
#include "wire/write.h"

#include <string.h>

enum { ROUNDS = 100, VARIATION = 40 };

static void samples_come_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < wire_sample_count; i++) {
        uint8_t room[1024], again[1024];
        struct hf_span bytes = wire_sample_bytes(wire_samples[i].hex, room, sizeof room);
        union hf_wire_any any;
        assert_int_equal(hf_wire_read_any(wire_samples[i].shape, bytes, &any), HF_OK);
        struct hf_writer writer = hf_writer_of(again, sizeof again);
        hf_wire_write_any(&writer, wire_samples[i].shape, &any);
        if (!hf_writer_end(&writer) || !hf_span_equal(hf_writer_span(&writer), bytes))
            fail_msg("%s of %s", wire_samples[i].name, hf_wire_shape_describe(wire_samples[i].shape)->name);
    }
}

/* A small generator of its own, so that a failure comes again. */
static uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

struct maker {
    uint32_t seed;
    struct hf_writer pool; /* the bytes of all spans made */
};

static void *at(void *of, size_t offset)
{
    return (uint8_t *)of + offset;
}

static size_t random_len(struct maker *maker, const struct hf_wire_field *field)
{
    size_t spread = field->max - field->min < VARIATION ? field->max - field->min : VARIATION;
    size_t len = field->min + next_random(&maker->seed) % (spread + 1);
    return field->element > 1 ? len - len % field->element : len;
}

static struct hf_span random_bytes(struct maker *maker, size_t len)
{
    uint8_t *room = hf_writer_room(&maker->pool, len);
    assert_non_null(room);
    for (size_t i = 0; i < len; i++)
        room[i] = (uint8_t)next_random(&maker->seed);
    return hf_span_of(room, len);
}

static void make(struct maker *maker, enum hf_wire_shape shape, void *ret);

static struct hf_span random_items(struct maker *maker, const struct hf_wire_field *field)
{
    uint8_t room[4096];
    struct hf_writer items = hf_writer_of(room, sizeof room);
    size_t count = next_random(&maker->seed) % 3;
    while (items.len < field->min || count-- > 0) {
        union hf_wire_any item;
        make(maker, field->item, &item);
        hf_wire_write_any(&items, field->item, &item);
        count = count > 3 ? 0 : count;
    }
    assert_true(hf_writer_end(&items));
    struct hf_span kept = random_bytes(maker, items.len);
    assert_true(hf_span_copy(hf_writer_span(&items), maker->pool.data + maker->pool.len - items.len, items.len));
    return kept;
}

static void make_field(struct maker *maker, const struct hf_wire_field *field, void *ret)
{
    struct hf_span *span = at(ret, field->offset);
    uint32_t random = next_random(&maker->seed);
    switch (field->kind) {
    case HF_FIELD_UINT:
        if (field->width == 1)
            *(hf_wire_uint1 *)at(ret, field->offset) = (hf_wire_uint1)random;
        else if (field->width == 2)
            *(hf_wire_uint2 *)at(ret, field->offset) = (hf_wire_uint2)random;
        else
            *(hf_wire_uint4 *)at(ret, field->offset) = field->width == 3 ? random & 0xffffff : random;
        break;
    case HF_FIELD_OPTIONAL:
        *(bool *)at(ret, field->beside) = random % 2 == 0;
        *span = random % 2 == 0 ? random_items(maker, field) : hf_span_of(NULL, 0);
        break;
    case HF_FIELD_ITEMS:
        *span = random_items(maker, field);
        break;
    case HF_FIELD_PART:
        make(maker, field->item, span);
        break;
    case HF_FIELD_NOTHING:
        *(uint8_t *)at(ret, field->offset) = 0;
        break;
    case HF_FIELD_BYTES:
    case HF_FIELD_VECTOR:
    case HF_FIELD_LIST:
    case HF_FIELD_REST:
        *span = random_bytes(maker, random_len(maker, field));
        break;
    }
}

static void make(struct maker *maker, enum hf_wire_shape shape, void *ret)
{
    const struct hf_wire_description *description = hf_wire_shape_describe(shape);
    for (size_t i = 0; i < description->field_count; i++)
        make_field(maker, &description->fields[i], ret);
}

static uint32_t uint_of(const struct hf_wire_field *field, void *of)
{
    if (field->width == 1)
        return *(hf_wire_uint1 *)at(of, field->offset);
    return field->width == 2 ? *(hf_wire_uint2 *)at(of, field->offset) : *(hf_wire_uint4 *)at(of, field->offset);
}

static bool same(enum hf_wire_shape shape, void *a, void *b)
{
    const struct hf_wire_description *description = hf_wire_shape_describe(shape);
    for (size_t i = 0; i < description->field_count; i++) {
        const struct hf_wire_field *field = &description->fields[i];
        bool equal = true;
        if (field->kind == HF_FIELD_UINT)
            equal = uint_of(field, a) == uint_of(field, b);
        else if (field->kind == HF_FIELD_PART)
            equal = same(field->item, at(a, field->offset), at(b, field->offset));
        else if (field->kind != HF_FIELD_NOTHING)
            equal = hf_span_equal(*(struct hf_span *)at(a, field->offset), *(struct hf_span *)at(b, field->offset));
        if (equal && field->kind == HF_FIELD_OPTIONAL)
            equal = *(bool *)at(a, field->beside) == *(bool *)at(b, field->beside);
        if (!equal)
            return false;
    }
    return true;
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    static uint8_t pool[1 << 16], wire[1 << 16];
    struct maker maker = {.seed = 20260801};
    for (int i = 0; i < HF_WIRE_SHAPES * ROUNDS; i++) {
        enum hf_wire_shape shape = (enum hf_wire_shape)(i % HF_WIRE_SHAPES);
        maker.pool = hf_writer_of(pool, sizeof pool);
        union hf_wire_any meant, got;
        make(&maker, shape, &meant);
        struct hf_writer writer = hf_writer_of(wire, sizeof wire);
        hf_wire_write_any(&writer, shape, &meant);
        assert_true(hf_writer_end(&writer));
        if (hf_wire_read_any(shape, hf_writer_span(&writer), &got) != HF_OK || !same(shape, &meant, &got))
            fail_msg("%s, round %d", hf_wire_shape_describe(shape)->name, i);
    }
}

/* Each field with bounds, at and beyond them, in a value that is fine otherwise. */
static void check_bound(struct maker *maker, enum hf_wire_shape shape, const struct hf_wire_field *field, size_t len)
{
    static uint8_t wire[1 << 17], zeros[1 << 17];
    bool fits = len >= field->min && len <= field->max && (field->element <= 1 || len % field->element == 0);
    union hf_wire_any value;
    make(maker, shape, &value);
    if (field->kind == HF_FIELD_OPTIONAL)
        *(bool *)at(&value, field->beside) = true;
    *(struct hf_span *)at(&value, field->offset) = hf_span_of(zeros, len);
    struct hf_writer writer = hf_writer_of(wire, sizeof wire);
    hf_wire_write_any(&writer, shape, &value);
    if (hf_writer_end(&writer) != fits)
        fail_msg("%s.%s of %zu bytes", hf_wire_shape_describe(shape)->name, field->name, len);
}

static void bounds_spoil_the_writer(void **state)
{
    (void)state;
    static uint8_t pool[1 << 16];
    struct maker maker = {.seed = 8446};
    for (int i = 0; i < HF_WIRE_SHAPES; i++) {
        const struct hf_wire_description *shape = hf_wire_shape_describe((enum hf_wire_shape)i);
        for (size_t n = 0; n < shape->field_count; n++) {
            const struct hf_wire_field *field = &shape->fields[n];
            if (field->kind == HF_FIELD_UINT || field->kind == HF_FIELD_PART || field->kind == HF_FIELD_NOTHING)
                continue;
            maker.pool = hf_writer_of(pool, sizeof pool);
            check_bound(&maker, (enum hf_wire_shape)i, field, field->min);
            if (field->min > 0)
                check_bound(&maker, (enum hf_wire_shape)i, field, field->min - 1);
            if (field->max > 0xffff)
                continue;
            if (field->element <= 1 || field->max % field->element == 0)
                check_bound(&maker, (enum hf_wire_shape)i, field, field->max);
            check_bound(&maker, (enum hf_wire_shape)i, field, (size_t)field->max + 1);
        }
    }
}

static void too_little_room_spoils_the_writer(void **state)
{
    (void)state;
    for (size_t i = 0; i < wire_sample_count; i++) {
        uint8_t room[1024], again[1024];
        struct hf_span bytes = wire_sample_bytes(wire_samples[i].hex, room, sizeof room);
        union hf_wire_any any;
        assert_int_equal(hf_wire_read_any(wire_samples[i].shape, bytes, &any), HF_OK);
        for (size_t len = 0; len < bytes.len; len++) {
            struct hf_writer writer = hf_writer_of(again, len);
            hf_wire_write_any(&writer, wire_samples[i].shape, &any);
            assert_false(hf_writer_end(&writer));
        }
    }
}

static void expect_hex(const struct hf_writer *writer, const char *hex)
{
    uint8_t room[1024];
    assert_true(hf_writer_end(writer));
    assert_true(hf_span_equal(hf_writer_span(writer), wire_sample_bytes(hex, room, sizeof room)));
}

static void bytes_are_those_written_by_hand(void **state)
{
    (void)state;
    static const uint8_t signature[] = {0x30, 0x00};
    uint8_t room[256];
    struct hf_writer writer = hf_writer_of(room, sizeof room);
    hf_wire_write_certificate_verify(
        &writer, &(struct hf_wire_certificate_verify){.scheme = 0x0804, .signature = hf_span_of(signature, 2)});
    expect_hex(&writer, "0804 0002 3000");

    writer = hf_writer_of(room, sizeof room);
    hf_wire_write_server_key_exchange(
        &writer, &(struct hf_wire_server_key_exchange){
                     .params = {.curve_type = 3, .named_curve = 0x17, .public = hf_span_of(signature, 2)},
                     .scheme = 0x0403,
                     .signature = hf_span_of(signature, 2)});
    expect_hex(&writer, "03 0017 02 3000 0403 0002 3000");

    writer = hf_writer_of(room, sizeof room);
    hf_wire_write_compressed_certificate(
        &writer, &(struct hf_wire_compressed_certificate){
                     .algorithm = 2, .uncompressed_length = 0x010203, .compressed = hf_span_of(signature, 2)});
    expect_hex(&writer, "0002 010203 000002 3000");
}

/* An integer that does not fit into its three bytes is not cut. */
static void wide_numbers_are_refused(void **state)
{
    (void)state;
    uint8_t room[64];
    struct hf_writer writer = hf_writer_of(room, sizeof room);
    hf_wire_write_compressed_certificate(
        &writer, &(struct hf_wire_compressed_certificate){
                     .algorithm = 2, .uncompressed_length = 0x01000000, .compressed = hf_span_of(room, 1)});
    assert_false(hf_writer_end(&writer));
}

/* The ClientHello of RFC 8448, section 3, put together extension by extension. */
static void put_extension(struct hf_writer *block, uint16_t type, const char *hex)
{
    uint8_t room[128];
    hf_wire_write_extension(
        block, &(struct hf_wire_extension){.type = type, .data = wire_sample_bytes(hex, room, sizeof room)});
}

static void client_hello_of_rfc8448_is_made(void **state)
{
    (void)state;
    uint8_t block_room[512], room[512], expected[512], random[32], public[32];
    static const uint8_t suites[] = {0x13, 0x01, 0x13, 0x03, 0x13, 0x02}, null_compression[] = {0};
    struct hf_writer block = hf_writer_of(block_room, sizeof block_room);
    put_extension(&block, 0, "0009 00 0006 736572766572");
    put_extension(&block, 0xff01, "00");
    put_extension(&block, 10, "0012 001d 0017 0018 0019 0100 0101 0102 0103 0104");
    put_extension(&block, 35, "");
    hf_writer_u16(&block, 51);
    size_t data = hf_writer_open(&block, 2);
    size_t shares = hf_writer_open(&block, 2);
    struct hf_span key =
        wire_sample_bytes("99381de560e4bd43d23d8e435a7dbafeb3c06e51c13cae4d5413691e529aaf2c", public, sizeof public);
    hf_wire_write_key_share_entry(&block, &(struct hf_wire_key_share_entry){.group = 0x1d, .key_exchange = key});
    hf_writer_close(&block, shares, 2);
    hf_writer_close(&block, data, 2);
    put_extension(&block, 43, "02 0304");
    put_extension(&block, 13, "001e 0403 0503 0603 0203 0804 0805 0806 0401 0501 0601 0201 0402 0502 0602 0202");
    put_extension(&block, 45, "01 01");
    put_extension(&block, 28, "4001");
    struct hf_wire_client_hello hello = {
        .legacy_version = 0x0303,
        .random = wire_sample_bytes("cb34ecb1e78163ba1c38c6dacb196a6dffa21a8d9912ec18a2ef6283024dece7", random, 32),
        .cipher_suites = hf_span_of(suites, sizeof suites),
        .compression_methods = hf_span_of(null_compression, 1),
        .has_extensions = true,
        .extensions = hf_writer_span(&block),
    };
    struct hf_writer writer = hf_writer_of(room, sizeof room);
    hf_wire_write_client_hello(&writer, &hello);
    assert_true(hf_writer_end(&writer));
    struct hf_span want = wire_sample_named(HF_WIRE_client_hello, "rfc8448", expected, sizeof expected);
    assert_int_equal(want.len, 0xc0);
    assert_true(hf_span_equal(hf_writer_span(&writer), want));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_come_back),
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(bounds_spoil_the_writer),
        cmocka_unit_test(too_little_room_spoils_the_writer),
        cmocka_unit_test(bytes_are_those_written_by_hand),
        cmocka_unit_test(wide_numbers_are_refused),
        cmocka_unit_test(client_hello_of_rfc8448_is_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
