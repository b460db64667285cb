/* Any content of an ACK of up to LEN bytes is read: it is well-formed exactly when RFC 9147 7 says so, and the numbers
 * are those that stand there. And any list of up to COUNT records with any further one noted: it is there once, the
 * last of them, and no other went; then written into any length: nothing goes beyond it, the newest is among what fits,
 * and the content is read again. COUNT is below the table's own bound, which the unit test meets.
 * sources: datagram/ack.c base/reader.c base/writer.c base/span.c
 * unwind: 9
 * unwindset: sort.0:3 sort.1:3 hf_ack_note.0:4 hf_ack_write.0:4 hf_ack_write.1:4 drop_first.0:4 */
#include "prove.h"

#include "datagram/ack.h"

enum { LEN = 35, COUNT = 1 };

static void reads_what_stands_there(void)
{
    size_t len = nondet_size();
    PROVE_ASSUME(len <= LEN);
    uint8_t *bytes = prove_bytes(len);
    struct hf_reader records = {0};
    bool good = len >= 2 && (size_t)(bytes[0] << 8 | bytes[1]) == len - 2 && (len - 2) % HF_ACK_RECORD_LEN == 0;
    PROVE_ASSERT(hf_ack_read(hf_span_of(bytes, len), &records) == good);
    if (!good)
        return;
    struct hf_record_number_pair record = {0};
    size_t count = 0;
    for (; count < 2 && hf_ack_read_next(&records, &record);) {
        const uint8_t *at = bytes + HF_ACK_HEAD_LEN + HF_ACK_RECORD_LEN * count++;
        PROVE_ASSERT(record.epoch >> 56 == at[0] && (record.epoch & 0xff) == at[7]);
        PROVE_ASSERT(record.sequence >> 56 == at[8] && (record.sequence & 0xff) == at[15]);
    }
    PROVE_ASSERT(count == (len - 2) / HF_ACK_RECORD_LEN);
}

static void writes_what_was_noted(void)
{
    static struct hf_ack ack;
    uint8_t room[HF_ACK_HEAD_LEN + (COUNT + 1) * HF_ACK_RECORD_LEN];
    ack.count = nondet_size();
    PROVE_ASSUME(ack.count <= COUNT);
    for (size_t i = 0; i < COUNT; i++)
        ack.records[i] = (struct hf_record_number_pair){nondet_u64(), nondet_u64()};
    const struct hf_record_number_pair newest = {nondet_u64(), nondet_u64()};
    hf_ack_note(&ack, newest.epoch, newest.sequence);
    PROVE_ASSERT(ack.count >= 1 && ack.count <= COUNT + 1 && ack.has_news);

    size_t len_max = nondet_size();
    PROVE_ASSUME(len_max >= HF_ACK_HEAD_LEN && len_max <= sizeof room);
    struct hf_writer writer = hf_writer_of(room, len_max);
    struct hf_reader records = {0};
    struct hf_record_number_pair record = {0}, before = {0};
    hf_ack_write(&ack, len_max, &writer);
    PROVE_ASSERT(!writer.bad && writer.len <= len_max && !ack.has_news);
    PROVE_ASSERT(hf_ack_read(hf_span_of(room, writer.len), &records));
    size_t count = (writer.len - HF_ACK_HEAD_LEN) / HF_ACK_RECORD_LEN;
    bool has_newest = false;
    for (size_t i = 0; i < COUNT + 1 && hf_ack_read_next(&records, &record); i++) {
        PROVE_ASSERT(i == 0 || record.epoch > before.epoch ||
                     (record.epoch == before.epoch && record.sequence >= before.sequence));
        has_newest = has_newest || (record.epoch == newest.epoch && record.sequence == newest.sequence);
        before = record;
    }
    PROVE_ASSERT(has_newest == (count > 0));
}

int main(void)
{
    if (nondet_bool())
        reads_what_stands_there();
    else
        writes_what_was_noted();
    return 0;
}
