/* An opened value keeps three bytes for its length, the most that 65535 bytes of content need; closing writes the
 * shortest form and moves the content down over what was too much. X.690 8.1.3, 10.1. */
#include "authority/der_write.h"

#include "base/text.h"

enum { LENGTH_ROOM = 3 };

size_t hf_der_write_open(struct hf_writer *writer, uint8_t tag)
{
    hf_writer_u8(writer, tag);
    size_t mark = writer->len;
    (void)hf_writer_room(writer, LENGTH_ROOM);
    return mark;
}

static void write_length(struct hf_writer *writer, size_t len)
{
    if (len >= 0x100) {
        hf_writer_u8(writer, 0x82);
        hf_writer_uint(writer, 2, len);
    } else if (len >= 0x80) {
        hf_writer_u8(writer, 0x81);
        hf_writer_u8(writer, (uint8_t)len);
    } else {
        hf_writer_u8(writer, (uint8_t)len);
    }
}

void hf_der_write_close(struct hf_writer *writer, size_t mark)
{
    if (writer->bad)
        return;
    size_t from = mark + LENGTH_ROOM;
    size_t len = writer->len - from;
    writer->len = mark;
    write_length(writer, len);
    size_t to = writer->len;
    uint8_t *content = hf_writer_room(writer, len);
    for (size_t i = 0; content != NULL && to != from && i < len; i++)
        content[i] = writer->data[from + i];
}

void hf_der_write_value(struct hf_writer *writer, uint8_t tag, struct hf_span content)
{
    hf_writer_u8(writer, tag);
    write_length(writer, content.len);
    hf_writer_bytes(writer, content);
}

void hf_der_write_unsigned(struct hf_writer *writer, struct hf_span magnitude)
{
    size_t zeros = 0;
    while (zeros + 1 < magnitude.len && magnitude.data[zeros] == 0)
        zeros++;
    magnitude = hf_span_part(magnitude, zeros, magnitude.len - zeros);
    bool sign = magnitude.len == 0 || (magnitude.data[0] & 0x80) != 0;
    hf_writer_u8(writer, HF_DER_INTEGER);
    write_length(writer, magnitude.len + (sign ? 1 : 0));
    if (sign)
        hf_writer_u8(writer, 0);
    hf_writer_bytes(writer, magnitude);
}

void hf_der_write_small(struct hf_writer *writer, uint32_t value)
{
    uint8_t bytes[4];
    struct hf_writer magnitude = hf_writer_of(bytes, sizeof(bytes));
    hf_writer_u32(&magnitude, value);
    hf_der_write_unsigned(writer, hf_writer_span(&magnitude));
}

void hf_der_write_true(struct hf_writer *writer)
{
    hf_der_write_value(writer, HF_DER_BOOLEAN, hf_span_of("\xff", 1));
}

void hf_der_write_bit_bytes(struct hf_writer *writer, struct hf_span bytes)
{
    hf_writer_u8(writer, HF_DER_BIT_STRING);
    write_length(writer, bytes.len + 1);
    hf_writer_u8(writer, 0);
    hf_writer_bytes(writer, bytes);
}

void hf_der_write_named_bits(struct hf_writer *writer, uint16_t bits)
{
    uint8_t bytes[3] = {0, 0, 0};
    unsigned top = 0; /* one more than the highest named bit */
    for (unsigned i = 0; i < 16; i++) {
        if ((bits >> i & 1) == 0)
            continue;
        bytes[1 + i / 8] |= (uint8_t)(0x80 >> i % 8);
        top = i + 1;
    }
    bytes[0] = (uint8_t)((8 - top % 8) % 8);
    hf_der_write_value(writer, HF_DER_BIT_STRING, hf_span_of(bytes, 1 + (top + 7) / 8));
}

/* The calendar lives in base/text: "2026-11-20 10:00 UTC"; leap seconds are none of POSIX time, so seconds are the
 * remainder. */
void hf_der_write_time(struct hf_writer *writer, int64_t time_s)
{
    char said[32];
    struct hf_text text = hf_text_of(said, sizeof(said));
    hf_text_add_time(&text, time_s);
    int64_t seconds = (time_s % 60 + 60) % 60;
    char encoded[24];
    struct hf_text out = hf_text_of(encoded, sizeof(encoded));
    bool four_digits = text.len == 20 && said[0] >= '0' && said[0] <= '9';
    bool short_form = said[0] == '1' || (said[0] == '2' && said[1] == '0' && said[2] < '5');
    if (!four_digits || (said[0] == '1' && (said[1] != '9' || said[2] < '5')))
        writer->bad = true;
    hf_text_add(&out, "%.*s%.2s%.2s%.2s%.2s%02dZ", short_form ? 2 : 4, short_form ? said + 2 : said, said + 5, said + 8,
                said + 11, said + 14, (int)seconds);
    hf_der_write_value(writer, short_form ? HF_DER_UTC_TIME : HF_DER_GENERALIZED_TIME, hf_span_of_text(encoded));
}
