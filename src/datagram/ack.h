/* ACK: which records with handshake messages came. DTLS 1.3 only, RFC 9147 7. */
#ifndef HF_DATAGRAM_ACK_H
#define HF_DATAGRAM_ACK_H

#include "base/reader.h"
#include "base/writer.h"

enum {
    HF_ACK_RECORDS_MAX = 32, /* remembered: what is older was acknowledged, or will come again */
    HF_ACK_RECORD_LEN = 16,
    HF_ACK_BODY_MAX = 2 + HF_ACK_RECORDS_MAX * HF_ACK_RECORD_LEN
};

struct hf_record_number_pair {
    uint64_t epoch;
    uint64_t sequence;
};

/* Records that came and were not acknowledged yet; in ascending order. Zeros: none. */
struct hf_ack {
    struct hf_record_number_pair records[HF_ACK_RECORDS_MAX];
    size_t count;
};

/* Notes a record; when there is no room the lowest goes. */
void hf_ack_note(struct hf_ack *ack, uint64_t epoch, uint64_t sequence);

void hf_ack_clear(struct hf_ack *ack);

/* The content of an ACK record. */
void hf_ack_write(const struct hf_ack *ack, struct hf_writer *content);

/* Opens the content of one that came: the record numbers, for hf_ack_read_next. False when it is not well-formed. */
HF_MUST bool hf_ack_read(struct hf_span content, struct hf_reader *ret_records);
HF_MUST bool hf_ack_read_next(struct hf_reader *records, struct hf_record_number_pair *ret_record);

#endif
