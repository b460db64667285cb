/* ACKs: whatever comes is read whole or refused, and what is noted of it is written so that it reads as it was. RFC
 * 9147 7. The first byte says how much room the ACK that we write has. */
#include "datagram/ack.h"
#include "support/demand.h"

/* All that we write is well-formed, fits, and names records once, in ascending order. */
static void check_written(struct hf_ack *ack, size_t room)
{
    uint8_t bytes[HF_ACK_BODY_MAX];
    struct hf_writer writer = hf_writer_of(bytes, sizeof bytes);
    struct hf_reader records;
    struct hf_record_number_pair before = {0}, one;
    size_t count = 0;
    hf_ack_write(ack, room, &writer);
    struct hf_span content = hf_writer_span(&writer);
    demand(hf_writer_end(&writer) && content.len <= room && !ack->has_news);
    demand(hf_ack_read(content, &records));
    for (; hf_ack_read_next(&records, &one); before = one)
        demand(count++ == 0 || before.epoch < one.epoch ||
               (before.epoch == one.epoch && before.sequence < one.sequence));
    demand(count <= ack->count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hf_ack ack = {0};
    struct hf_reader records;
    struct hf_record_number_pair one;
    if (size < 1 || !hf_ack_read(hf_span_of(data + 1, size - 1), &records))
        return 0;
    size_t count = 0;
    for (; hf_ack_read_next(&records, &one); count++)
        hf_ack_note(&ack, one.epoch, one.sequence);
    demand(count == (size - 1 - HF_ACK_HEAD_LEN) / HF_ACK_RECORD_LEN);
    demand(ack.count <= HF_ACK_RECORDS_MAX);
    check_written(&ack, HF_ACK_HEAD_LEN + 2u * data[0]);
    hf_ack_clear(&ack);
    demand(ack.count == 0);
    return 0;
}
