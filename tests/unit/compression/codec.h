/* What every algorithm for certificates must do, held against streams that another program has made: tests whose state
 * is a struct codec. */
#ifndef HF_TESTS_UNIT_COMPRESSION_CODEC_H
#define HF_TESTS_UNIT_COMPRESSION_CODEC_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <handfast/compression.h>

#include "base/allocation.h"
#include "support/test_allocator.h"
#include "support/test_hex.h"

enum { CODEC_ROOM = 70000 };

#define CODEC_TEST(test) cmocka_unit_test_prestate(test, (void *)(uintptr_t)&codec)

/* context: an allocator of the standard kind. */
struct codec {
    struct hf_certificate_compression algorithm;
    const char *stream; /* of codec_text, hexadecimal */
    const char *bomb;   /* likewise, of more than 65536 zeros */
};

/* "one certificate 0 is like another; ", and so on up to 11: 422 bytes. */
static inline struct hf_span codec_text(void)
{
    static char text[512];
    size_t len = 0;
    for (int i = 0; i < 12; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "one certificate %d is like another; ", i);
    return hf_span_of(text, len);
}

static inline bool codec_unpack(const struct codec *codec, struct hf_span from, size_t len, uint8_t *into)
{
    return codec->algorithm.decompress(codec->algorithm.context, from.data, from.len, into, len);
}

/* The very length that was said, and nothing behind the stream. */
static inline void streams_become_what_was_said(void **state)
{
    const struct codec *codec = *state;
    uint8_t into[512];
    struct hf_test_hex hex = hf_test_hex_of(codec->stream);
    const struct hf_span stream = hf_test_hex_span(&hex);
    const struct hf_span text = codec_text();
    assert_true(codec_unpack(codec, stream, text.len, into));
    assert_memory_equal(into, text.data, text.len);
    assert_false(codec_unpack(codec, stream, text.len - 1, into));
    assert_false(codec_unpack(codec, stream, text.len + 1, into));
    assert_false(codec_unpack(codec, stream, 0, into));
    for (size_t len = 0; len < stream.len; len++)
        assert_false(codec_unpack(codec, hf_span_part(stream, 0, len), text.len, into));
    uint8_t longer[512];
    assert_true(hf_span_copy(stream, longer, sizeof longer));
    longer[stream.len] = 0;
    assert_false(codec_unpack(codec, hf_span_of(longer, stream.len + 1), text.len, into));
}

/* Changed bytes give an error or other bytes, and never more of them. */
static inline void damage_never_writes_more(void **state)
{
    const struct codec *codec = *state;
    uint8_t into[512];
    struct hf_test_hex hex = hf_test_hex_of(codec->stream);
    const struct hf_span stream = hf_test_hex_span(&hex);
    const size_t len = codec_text().len;
    uint8_t damaged[512];
    for (size_t at = 0; at < stream.len; at++)
        for (unsigned bit = 0; bit < 8; bit++) {
            assert_true(hf_span_copy(stream, damaged, sizeof damaged));
            damaged[at] ^= (uint8_t)(1u << bit);
            into[len] = 0x5a;
            (void)codec_unpack(codec, hf_span_of(damaged, stream.len), len, into);
            assert_int_equal(into[len], 0x5a);
        }
}

/* A few bytes that would become many. */
static inline void bombs_are_refused(void **state)
{
    const struct codec *codec = *state;
    static uint8_t into[CODEC_ROOM];
    struct hf_test_hex hex = hf_test_hex_of(codec->bomb);
    into[65536] = 0x5a;
    assert_false(codec_unpack(codec, hf_test_hex_span(&hex), 65536, into));
    assert_int_equal(into[65536], 0x5a);
}

static inline void what_is_compressed_comes_back(void **state)
{
    const struct codec *codec = *state;
    static uint8_t bytes[65536], packed[CODEC_ROOM], into[65536];
    const size_t lens[] = {1, 300, 1000, 4096, sizeof bytes};
    const struct hf_certificate_compression *algorithm = &codec->algorithm;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * i >> 7);
    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
        size_t len = 0;
        assert_true(algorithm->compress(algorithm->context, bytes, lens[i], packed, sizeof packed, &len));
        assert_true(len > 0 && len < lens[i] + 64);
        assert_true(codec_unpack(codec, hf_span_of(packed, len), lens[i], into));
        assert_memory_equal(into, bytes, lens[i]);
        assert_false(algorithm->compress(algorithm->context, bytes, lens[i], packed, len - 1, &len));
    }
}

/* Each allocation in turn fails: nothing crashes, and nothing is left. */
static inline void missing_memory_is_told(void **state)
{
    const struct codec *codec = *state;
    struct hf_test_hex hex = hf_test_hex_of(codec->stream);
    const struct hf_span text = codec_text();
    uint8_t into[512];
    for (int way = 0; way < 2; way++)
        for (size_t n = 1;; n++) {
            struct hf_test_allocator test;
            size_t len = 0;
            hf_test_allocator_init(&test, n);
            const bool done =
                way == 0 ? codec->algorithm.compress(&test.allocator, text.data, text.len, into, sizeof into, &len)
                         : codec->algorithm.decompress(&test.allocator, hf_test_hex_span(&hex).data,
                                                       hf_test_hex_span(&hex).len, into, text.len);
            assert_int_equal(test.live, 0);
            assert_true(done != hf_test_allocator_failed(&test));
            if (done)
                break;
        }
}

#endif
