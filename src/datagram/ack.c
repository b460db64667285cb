/* RFC 9147 7: the numbers in ascending order. */
#include "datagram/ack.h"

static bool is_below(const struct hf_record_number_pair *a, const struct hf_record_number_pair *b)
{
    return a->epoch < b->epoch || (a->epoch == b->epoch && a->sequence < b->sequence);
}

static void drop_lowest(struct hf_ack *ack)
{
    for (size_t i = 1; i < ack->count; i++)
        ack->records[i - 1] = ack->records[i];
    ack->count--;
}

void hf_ack_note(struct hf_ack *ack, uint64_t epoch, uint64_t sequence)
{
    const struct hf_record_number_pair record = {epoch, sequence};
    if (ack->count == HF_ACK_RECORDS_MAX)
        drop_lowest(ack);
    size_t at = ack->count;
    while (at > 0 && is_below(&record, &ack->records[at - 1]))
        at--;
    if (at > 0 && !is_below(&ack->records[at - 1], &record))
        return; /* noted already */
    for (size_t i = ack->count; i > at; i--)
        ack->records[i] = ack->records[i - 1];
    ack->records[at] = record;
    ack->count++;
}

void hf_ack_clear(struct hf_ack *ack)
{
    ack->count = 0;
}

void hf_ack_write(const struct hf_ack *ack, struct hf_writer *content)
{
    size_t mark = hf_writer_open(content, 2);
    for (size_t i = 0; i < ack->count; i++) {
        hf_writer_u64(content, ack->records[i].epoch);
        hf_writer_u64(content, ack->records[i].sequence);
    }
    hf_writer_close(content, mark, 2);
}

bool hf_ack_read(struct hf_span content, struct hf_reader *ret_records)
{
    struct hf_reader reader = hf_reader_of(content);
    struct hf_span records = hf_reader_vector(&reader, 2, 0, 0xffff);
    if (!hf_reader_end(&reader) || records.len % HF_ACK_RECORD_LEN != 0)
        return false;
    *ret_records = hf_reader_of(records);
    return true;
}

bool hf_ack_read_next(struct hf_reader *records, struct hf_record_number_pair *ret_record)
{
    if (!hf_reader_more(records))
        return false;
    ret_record->epoch = hf_reader_u64(records);
    ret_record->sequence = hf_reader_u64(records);
    return !records->bad;
}
