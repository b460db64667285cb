/* The flight that is out: its messages are kept until the peer has shown that it has them, and which record carried
 * which part of which message is remembered for ACKs. RFC 9147 5.8, 7.2; RFC 6347 4.2.4. */
#ifndef HF_DATAGRAM_FLIGHT_H
#define HF_DATAGRAM_FLIGHT_H

#include "base/allocation.h"
#include "datagram/fragment.h"
#include "datagram/ranges.h"
#include "error/error.h"

enum {
    HF_FLIGHT_RECORDS_MAX = 192, /* records remembered; older ones cannot be acknowledged any more */
    HF_FLIGHT_BYTES_MAX = 1 << 20
};

/* A handshake message, or a change_cipher_spec of 1.2. */
struct hf_flight_message {
    struct hf_flight_message *next;
    bool is_handshake;
    bool is_sent;
    uint8_t type;
    uint16_t epoch; /* that it is sent in, also again */
    uint16_t message_seq;
    size_t len;             /* of the body */
    struct hf_ranges acked; /* bytes that the peer is known to have */
    bool is_acked;          /* all of it, also if it is empty */
    uint8_t body[];
};

struct hf_flight_record {
    uint16_t epoch;
    uint64_t sequence;
    uint16_t message_seq;
    size_t from;
    size_t to;
};

struct hf_flight {
    const struct hf_allocator *allocator;
    struct hf_flight_message *first;
    struct hf_flight_message *last;
    size_t held;
    struct hf_flight_record *records; /* a ring of HF_FLIGHT_RECORDS_MAX; NULL: none was noted since it was cleared */
    size_t record_count;              /* ever noted */
};

void hf_flight_init(struct hf_flight *flight, const struct hf_allocator *allocator);

/* Adds a message at the end. `like` says all but the body, which is copied. */
HF_MUST enum hf_error hf_flight_add(struct hf_flight *flight, const struct hf_flight_message *like,
                                    struct hf_span body);

bool hf_flight_is_empty(const struct hf_flight *flight);

/* Whether it is a ClientHello, and nothing else. */
bool hf_flight_is_hello(const struct hf_flight *flight);

/* A record carried this part of a message. Without memory it is not noted: then what it carried goes again, once more
 * than needed. */
void hf_flight_note(struct hf_flight *flight, const struct hf_flight_record *record);

/* The peer has this record; true when that is news. */
bool hf_flight_ack(struct hf_flight *flight, uint64_t epoch, uint64_t sequence);

/* Whether the peer has all that was sent of it. */
bool hf_flight_is_acked(const struct hf_flight *flight);

/* The peer has all of it, or it is given up: wiped and freed. */
void hf_flight_clear(struct hf_flight *flight);

#endif
