/* X.690 8 and 10. Every step goes through hf_reader, so no arithmetic on a peer's lengths happens here.
 * Lengths of more than three bytes do not occur: certificates end at HF_CERTIFICATE_LEN_MAX, and CRLs, which may be
 * longer, at 16 MiB. */
#include "certificate/der.h"

struct hf_der hf_der_of(struct hf_span bytes)
{
    return (struct hf_der){.reader = hf_reader_of(bytes), .depth = 0};
}

bool hf_der_more(const struct hf_der *der)
{
    return hf_reader_more(&der->reader);
}

bool hf_der_next_is(const struct hf_der *der, uint8_t tag)
{
    struct hf_reader look = der->reader;
    return hf_reader_more(&look) && hf_reader_u8(&look) == tag;
}

void hf_der_spoil(struct hf_der *der)
{
    hf_reader_spoil(&der->reader);
}

bool hf_der_end(const struct hf_der *der)
{
    return hf_reader_end(&der->reader);
}

/* The shortest form is the only one (X.690 10.1): 81 7f and 82 00 ff are refused. */
static size_t read_length(struct hf_reader *reader)
{
    size_t first = hf_reader_u8(reader);
    if (first < 0x80)
        return first;
    size_t width = first & 0x7f;
    if (width < 1 || width > 3) {
        hf_reader_spoil(reader);
        return 0;
    }
    size_t len = (size_t)hf_reader_uint(reader, width);
    if (len < (width == 1 ? 0x80U : width == 2 ? 0x100U : 0x10000U))
        hf_reader_spoil(reader);
    return len;
}

bool hf_der_element(struct hf_der *der, uint8_t *ret_tag, struct hf_span *ret_content, struct hf_span *ret_whole)
{
    struct hf_reader start = der->reader;
    uint8_t tag = hf_reader_u8(&der->reader);
    if ((tag & 0x1f) == 0x1f) /* tags of several bytes do not occur in certificates */
        hf_reader_spoil(&der->reader);
    size_t len = read_length(&der->reader);
    struct hf_span content = hf_reader_bytes(&der->reader, len);
    if (der->reader.bad)
        return false;
    *ret_whole = hf_reader_bytes(&start, start.left - der->reader.left);
    *ret_content = content;
    *ret_tag = tag;
    return true;
}

static struct hf_span take(struct hf_der *der, uint8_t wanted, bool whole)
{
    uint8_t tag = 0;
    struct hf_span content = {0};
    struct hf_span all = {0};
    if (!hf_der_element(der, &tag, &content, &all))
        return hf_span_of(NULL, 0);
    if (tag != wanted) {
        hf_der_spoil(der);
        return hf_span_of(NULL, 0);
    }
    return whole ? all : content;
}

struct hf_span hf_der_take(struct hf_der *der, uint8_t tag)
{
    return take(der, tag, /* whole */ false);
}

struct hf_span hf_der_take_whole(struct hf_der *der, uint8_t tag)
{
    return take(der, tag, /* whole */ true);
}

struct hf_der hf_der_enter(struct hf_der *der, uint8_t tag)
{
    struct hf_der inside = hf_der_of(hf_der_take(der, tag));
    inside.depth = der->depth + 1;
    if (inside.depth > HF_DER_DEPTH_MAX)
        hf_der_spoil(der);
    if (der->reader.bad)
        hf_der_spoil(&inside);
    return inside;
}

bool hf_der_boolean(struct hf_der *der)
{
    struct hf_span content = hf_der_take(der, HF_DER_BOOLEAN);
    if (content.len != 1 || (content.data[0] != 0x00 && content.data[0] != 0xff)) {
        hf_der_spoil(der);
        return false;
    }
    return content.data[0] == 0xff;
}

/* X.690 8.3.2: the first nine bits are never all alike. */
static struct hf_span take_integer(struct hf_der *der, uint8_t tag)
{
    struct hf_span content = hf_der_take(der, tag);
    bool padded = content.len > 1 && ((content.data[0] == 0x00 && content.data[1] < 0x80) ||
                                      (content.data[0] == 0xff && content.data[1] >= 0x80));
    if (content.len > 0 && !padded)
        return content;
    hf_der_spoil(der);
    return hf_span_of(NULL, 0);
}

struct hf_span hf_der_integer(struct hf_der *der)
{
    return take_integer(der, HF_DER_INTEGER);
}

static struct hf_span take_unsigned(struct hf_der *der, uint8_t tag)
{
    struct hf_span content = take_integer(der, tag);
    if (content.len > 0 && content.data[0] >= 0x80) {
        hf_der_spoil(der);
        return hf_span_of(NULL, 0);
    }
    if (content.len > 1 && content.data[0] == 0)
        return hf_span_part(content, 1, content.len);
    return content;
}

struct hf_span hf_der_unsigned(struct hf_der *der)
{
    return take_unsigned(der, HF_DER_INTEGER);
}

uint32_t hf_der_small(struct hf_der *der)
{
    return hf_der_small_tagged(der, HF_DER_INTEGER);
}

uint32_t hf_der_small_tagged(struct hf_der *der, uint8_t tag)
{
    struct hf_span magnitude = take_unsigned(der, tag);
    struct hf_reader reader = hf_reader_of(magnitude);
    if (magnitude.len > 4)
        return INT32_MAX;
    uint64_t value = magnitude.len == 0 ? 0 : hf_reader_uint(&reader, magnitude.len);
    return value > INT32_MAX ? INT32_MAX : (uint32_t)value;
}

struct hf_span hf_der_bit_bytes(struct hf_der *der)
{
    struct hf_span content = hf_der_take(der, HF_DER_BIT_STRING);
    if (content.len < 1 || content.data[0] != 0) {
        hf_der_spoil(der);
        return hf_span_of(NULL, 0);
    }
    return hf_span_part(content, 1, content.len);
}

/* X.690 11.2.2: the last bit that is there is a one; no bits at all is one byte 00. */
uint16_t hf_der_named_bits_tagged(struct hf_der *der, uint8_t tag)
{
    struct hf_reader content = hf_reader_of(hf_der_take(der, tag));
    unsigned unused = hf_reader_u8(&content);
    size_t len = content.left;
    uint16_t bits = 0;
    unsigned last = 0;
    for (size_t i = 0; i < len && i < 2; i++) {
        last = hf_reader_u8(&content);
        for (unsigned bit = 0; bit < 8; bit++)
            if (last & (0x80U >> bit))
                bits = (uint16_t)(bits | 1U << (i * 8 + bit));
    }
    bool lowest_is_one = len > 0 && unused < 8 && (last & (1U << unused)) != 0 && (last & ((1U << unused) - 1)) == 0;
    bool sound = len == 0 ? unused == 0 : lowest_is_one;
    if (!hf_reader_end(&content) || !sound) {
        hf_der_spoil(der);
        return 0;
    }
    return bits;
}

uint16_t hf_der_named_bits(struct hf_der *der)
{
    return hf_der_named_bits_tagged(der, HF_DER_BIT_STRING);
}

/* Days from 1970-01-01 to a date of the proleptic Gregorian calendar; years count from March here. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
    int64_t from_march = month > 2 ? month - 3 : month + 9;
    int64_t y = month > 2 ? year : year - 1;
    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * from_march + 2) / 5 + day - 1 - 719468;
}

static int64_t days_in(int64_t year, int64_t month)
{
    if (month == 2)
        return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/* Two decimal digits; anything else spoils. */
static int64_t two_digits(struct hf_reader *reader)
{
    unsigned tens = hf_reader_u8(reader);
    unsigned ones = hf_reader_u8(reader);
    if (tens < '0' || tens > '9' || ones < '0' || ones > '9')
        hf_reader_spoil(reader);
    return (int64_t)(tens - '0') * 10 + (int64_t)(ones - '0');
}

/* Both forms are read for any year: RFC 5280 4.1.2.5 binds the encoder to UTCTime until 2049, but the application to
 * take either. */
int64_t hf_der_time(struct hf_der *der)
{
    bool utc = hf_der_next_is(der, HF_DER_UTC_TIME);
    struct hf_reader text = hf_reader_of(hf_der_take(der, utc ? HF_DER_UTC_TIME : HF_DER_GENERALIZED_TIME));
    int64_t year = two_digits(&text);
    year = utc ? year + (year < 50 ? 2000 : 1900) : year * 100 + two_digits(&text);
    int64_t month = two_digits(&text);
    int64_t day = two_digits(&text);
    int64_t hour = two_digits(&text);
    int64_t minute = two_digits(&text);
    int64_t second = two_digits(&text);
    bool zulu = hf_reader_u8(&text) == 'Z';
    bool sound = zulu && hf_reader_end(&text) && month >= 1 && month <= 12 && day >= 1 && day <= days_in(year, month) &&
                 hour < 24 && minute < 60 && second < 60;
    if (!sound) {
        hf_der_spoil(der);
        return 0;
    }
    return ((days_of(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
}
