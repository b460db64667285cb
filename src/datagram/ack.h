/* ACK: which records with handshake messages came. DTLS 1.3 only, RFC 9147 7. */
#ifndef HF_DATAGRAM_ACK_H
#define HF_DATAGRAM_ACK_H

#include "base/reader.h"
#include "base/writer.h"

enum {
    HF_ACK_RECORDS_MAX = 32, /* remembered */
    HF_ACK_RECORD_LEN = 16,
    HF_ACK_HEAD_LEN = 2,
    HF_ACK_BODY_MAX = HF_ACK_HEAD_LEN + HF_ACK_RECORDS_MAX * HF_ACK_RECORD_LEN
};

struct hf_record_number_pair {
    uint64_t epoch;
    uint64_t sequence;
};

/* The records that came last, in the order in which they came. They stay when they were acknowledged: an ACK may be
 * lost, and the next one says them again (RFC 9147 7.1). Zeros: none. */
struct hf_ack {
    struct hf_record_number_pair records[HF_ACK_RECORDS_MAX];
    size_t count;
    bool has_news; /* something came since the last ACK was written */
};

/* Notes a record; when there is no room the first that came goes. */
void hf_ack_note(struct hf_ack *ack, uint64_t epoch, uint64_t sequence);
void hf_ack_clear(struct hf_ack *ack);

/* The content of an ACK record, of len_max bytes at most: the newest records that fit, in ascending order. */
void hf_ack_write(struct hf_ack *ack, size_t len_max, struct hf_writer *content);

/* Opens the content of one that came: the record numbers, for hf_ack_read_next. False when it is not well-formed. */
HF_MUST bool hf_ack_read(struct hf_span content, struct hf_reader *ret_records);
HF_MUST bool hf_ack_read_next(struct hf_reader *records, struct hf_record_number_pair *ret_record);

#endif
