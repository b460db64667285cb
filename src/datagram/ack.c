/* RFC 9147 7. */
#include "datagram/ack.h"

static bool is_below(const struct hf_record_number_pair *a, const struct hf_record_number_pair *b)
{
    return a->epoch < b->epoch || (a->epoch == b->epoch && a->sequence < b->sequence);
}

static bool is_same(const struct hf_record_number_pair *a, const struct hf_record_number_pair *b)
{
    return a->epoch == b->epoch && a->sequence == b->sequence;
}

static void drop_first(struct hf_ack *ack)
{
    for (size_t i = 1; i < ack->count; i++)
        ack->records[i - 1] = ack->records[i];
    ack->count--;
}

void hf_ack_note(struct hf_ack *ack, uint64_t epoch, uint64_t sequence)
{
    const struct hf_record_number_pair record = {epoch, sequence};
    size_t kept = 0;
    for (size_t i = 0; i < ack->count; i++)
        if (!is_same(&ack->records[i], &record))
            ack->records[kept++] = ack->records[i];
    ack->count = kept;
    if (ack->count == HF_ACK_RECORDS_MAX)
        drop_first(ack);
    ack->records[ack->count++] = record;
    ack->has_news = true;
}

void hf_ack_clear(struct hf_ack *ack)
{
    *ack = (struct hf_ack){0};
}

static void sort(struct hf_record_number_pair *records, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const struct hf_record_number_pair record = records[i];
        size_t at = i;
        for (; at > 0 && is_below(&record, &records[at - 1]); at--)
            records[at] = records[at - 1];
        records[at] = record;
    }
}

void hf_ack_write(struct hf_ack *ack, size_t len_max, struct hf_writer *content)
{
    struct hf_record_number_pair records[HF_ACK_RECORDS_MAX];
    size_t fitting = len_max < HF_ACK_HEAD_LEN ? 0 : (len_max - HF_ACK_HEAD_LEN) / HF_ACK_RECORD_LEN;
    size_t count = fitting < ack->count ? fitting : ack->count;
    for (size_t i = 0; i < count; i++)
        records[i] = ack->records[ack->count - count + i];
    sort(records, count);
    size_t mark = hf_writer_open(content, 2);
    for (size_t i = 0; i < count; i++) {
        hf_writer_u64(content, records[i].epoch);
        hf_writer_u64(content, records[i].sequence);
    }
    hf_writer_close(content, mark, 2);
    ack->has_news = false;
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
