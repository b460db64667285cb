/* Fragments of any order, overlap and length, of messages whose bytes follow from number and place: what comes up is in
 * order and right to the last byte, what is held is bounded, and memory may fail. RFC 9147 5.5. The input is a list of
 * steps of 6 bytes: what to do, message_seq, total length, offset and length of the fragment, type. */
#include "datagram/reassemble.h"
#include "support/demand.h"
#include "support/test_allocator.h"

enum { STEP_LEN = 6, BODY_MAX = 255, LIMIT = 250, TURN = 0xff, FORGET = 0xfe, TAKE = 0xfd, STARVE = 0xfc };

static uint8_t byte_of(uint16_t message_seq, size_t at)
{
    return (uint8_t)(message_seq * 31 + at * 7 + 1);
}

/* Takes all that is whole; *next is the number that must come. */
static void take(struct hf_reassemble *reassemble, uint16_t *next)
{
    for (;;) {
        struct hf_span whole = hf_reassemble_next(reassemble);
        if (whole.len == 0)
            return;
        demand(whole.len >= HF_FRAGMENT_HEADER_LEN);
        demand(((unsigned)whole.data[4] << 8 | whole.data[5]) == *next);
        for (size_t i = HF_FRAGMENT_HEADER_LEN; i < whole.len; i++)
            demand(whole.data[i] == byte_of(*next, i - HF_FRAGMENT_HEADER_LEN));
        (*next)++;
        demand(hf_reassemble_is_old(reassemble, (uint16_t)(*next - 1)));
    }
}

static void add(struct hf_reassemble *reassemble, const uint8_t step[STEP_LEN])
{
    uint8_t bytes[BODY_MAX] = {0};
    enum hf_reassembled reassembled;
    const struct hf_fragment fragment = {
        .type = step[5],
        .message_len = step[2],
        .message_seq = step[1],
        .offset = step[3],
        .bytes = hf_span_of(bytes, step[4]),
    };
    if (step[3] + step[4] > step[2])
        return; /* hf_fragment_read lets none of these pass */
    for (size_t i = 0; i < step[4]; i++)
        bytes[i] = byte_of(step[1], step[3] + i);
    if (hf_reassemble_add(reassemble, &fragment, &reassembled) != HF_OK)
        return; /* no fragment of its kind fits */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hf_reassemble reassemble;
    uint16_t next = 0;
    struct hf_test_allocator memory;
    hf_test_allocator_init(&memory, 0);
    hf_reassemble_init(&reassemble, &memory.allocator, LIMIT, next);
    for (size_t at = 0; size - at >= STEP_LEN; at += STEP_LEN) {
        const uint8_t *step = data + at;
        if (step[0] == TURN)
            hf_reassemble_turn(&reassemble);
        else if (step[0] == FORGET)
            hf_reassemble_forget(&reassemble, step[1]);
        else if (step[0] == TAKE)
            take(&reassemble, &next);
        else if (step[0] == STARVE)
            memory.fail_at = memory.count + step[1];
        else
            add(&reassemble, step);
        (void)hf_reassemble_has_gap(&reassemble);
        /* Of each byte of a body there is a bit, too; one message more than the bound may be begun, the next one. */
        demand(reassemble.held <= 4 * (HF_FRAGMENT_HEADER_LEN + BODY_MAX + BODY_MAX / 8 + 1));
    }
    take(&reassemble, &next);
    hf_reassemble_release(&reassemble);
    demand(reassemble.held == 0 && memory.live == 0);
    return 0;
}
