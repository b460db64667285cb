/* Any bytes of up to LEN fed to a stream that is between records, or inside a header: no byte behind the record in
 * progress is taken, and at least one is; a record that is begun is as long as its header says and no longer than one
 * may be, of a type and a version that exist; and one that is lent is whole, and lies where it was fed (RFC 9846 5.1,
 * RFC 5246 6.2.1). The buffer is a small one of the harness' own: base/buffer.c has its unit test.
 * sources: base/reader.c base/span.c
 * unwind: 13 */
#include "prove.h"

#include "stream/input.c"

enum { LEN = 12 };

static uint8_t memory[HF_RECORD_HEADER_LEN + LEN];

void hf_buffer_init(struct hf_buffer *buffer, const struct hf_allocator *allocator, size_t max)
{
    *buffer = (struct hf_buffer){.allocator = allocator, .memory = memory, .max = (uint32_t)max};
}

bool hf_buffer_append(struct hf_buffer *buffer, struct hf_span bytes)
{
    PROVE_ASSERT(bytes.len <= sizeof memory - buffer->to);
    for (size_t i = 0; i < bytes.len; i++)
        memory[buffer->to++] = bytes.data[i];
    return nondet_bool();
}

static bool is_begun_rightly(const struct hf_input *input, const uint8_t *start)
{
    const size_t body_len = (size_t)start[3] << 8 | start[4];
    return start[0] >= HF_CONTENT_CHANGE_CIPHER_SPEC && start[0] <= HF_CONTENT_APPLICATION_DATA && start[1] == 3 &&
           body_len <= HF_RECORD_BODY_MAX12 && input->record_len == HF_RECORD_HEADER_LEN + body_len;
}

int main(void)
{
    static struct hf_record_protection reading;
    static struct hf_input input;
    static uint8_t wire[LEN], held[HF_RECORD_HEADER_LEN];
    uint8_t start[HF_RECORD_HEADER_LEN];
    const size_t len = nondet_size(), first = nondet_size();
    size_t taken = 0;
    PROVE_ASSUME(len >= 1 && len <= LEN && first < HF_RECORD_HEADER_LEN);
    for (size_t i = 0; i < LEN; i++)
        wire[i] = nondet_u8();
    for (size_t i = 0; i < HF_RECORD_HEADER_LEN; i++)
        held[i] = nondet_u8();
    reading.is_plain = nondet_bool();
    hf_input_init(&input, NULL, &reading);
    input.has_begun = nondet_bool();
    if (first > 0 && !hf_buffer_append(&input.record, hf_span_of(held, first)))
        return 0;
    for (size_t i = 0; i < HF_RECORD_HEADER_LEN; i++)
        start[i] = i < first ? held[i] : i - first < len ? wire[i - first] : 0;
    if (hf_input_feed(&input, hf_span_of(wire, len), &taken) != HF_OK)
        return 0;
    PROVE_ASSERT(taken >= 1 && taken <= len && !input.is_open);
    PROVE_ASSERT((input.record_len != 0) == (first + len >= HF_RECORD_HEADER_LEN));
    if (input.record_len == 0) {
        PROVE_ASSERT(taken == len && input.lent.len == 0);
        return 0;
    }
    PROVE_ASSERT(is_begun_rightly(&input, start));
    PROVE_ASSERT(first + taken <= input.record_len && (taken == len || first + taken == input.record_len));
    PROVE_ASSERT(input.lent.len == 0 || (!reading.is_plain && first == 0 && input.lent.data == wire &&
                                         input.lent.len == input.record_len && taken == input.record_len));
    PROVE_ASSERT(input.lent.len > 0 || hf_buffer_len(&input.record) == first + taken);
    return 0;
}
