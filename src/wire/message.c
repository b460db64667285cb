/* Kinds of handshake messages: rows of wire/message_kinds.def, asked by kind or by wire number. RFC 9846 4, B.3. */
#include "wire/message.h"

#include "base/must.h"
#include "base/reader.h"

static const struct kind {
    const char *name;
    uint8_t wire;
    enum hf_wire_shape shape12;
    enum hf_wire_shape shape13;
} kinds[] = {
#define HF_MESSAGE(kind, wire, name, shape12, shape13)                                                                 \
    [HF_MESSAGE_##kind] = {name, wire, HF_WIRE_##shape12, HF_WIRE_##shape13},
#include "wire/message_kinds.def"
#undef HF_MESSAGE
};

/* SHA-256 of "HelloRetryRequest": RFC 9846 4.2.3. */
static const uint8_t retry_random[HF_MESSAGE_RANDOM_LEN] = {
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};

static const struct kind *row(enum hf_message kind)
{
    return &kinds[(size_t)kind < HF_COUNT(kinds) ? kind : HF_MESSAGE_unknown];
}

struct hf_span hf_message_retry_random(void)
{
    return hf_span_of(retry_random, sizeof(retry_random));
}

/* legacy_version stands before the random. */
static bool asks_to_retry(struct hf_span body)
{
    struct hf_reader reader = hf_reader_of(body);
    (void)hf_reader_u16(&reader);
    return hf_span_equal(hf_reader_bytes(&reader, HF_MESSAGE_RANDOM_LEN), hf_message_retry_random());
}

enum hf_message hf_message_classify(uint8_t wire_type, struct hf_span body)
{
    for (size_t i = 0; i < HF_COUNT(kinds); i++) {
        if (kinds[i].wire != wire_type)
            continue;
        return i == HF_MESSAGE_server_hello && asks_to_retry(body) ? HF_MESSAGE_hello_retry_request
                                                                   : (enum hf_message)i;
    }
    return HF_MESSAGE_unknown;
}

uint8_t hf_message_wire_type(enum hf_message kind)
{
    return row(kind)->wire;
}

const char *hf_message_name(enum hf_message kind)
{
    return row(kind)->name;
}

enum hf_wire_shape hf_message_shape(enum hf_message kind, enum hf_wire_style style)
{
    return style == HF_WIRE_STYLE_13 ? row(kind)->shape13 : row(kind)->shape12;
}
