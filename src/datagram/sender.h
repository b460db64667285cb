/* What goes out over datagrams: the epochs that seal it, the flight that may have to go again, the datagrams that wait.
 * RFC 9147 4.4, 5.5, 5.8; RFC 6347 4.2.3, 4.2.4. */
#ifndef HF_DATAGRAM_SENDER_H
#define HF_DATAGRAM_SENDER_H

#include "datagram/flight.h"
#include "datagram/mtu.h"
#include "datagram/outbox.h"

struct hf_sender {
    const struct hf_allocator *allocator;
    struct hf_epoch_writes writes;
    struct hf_outbox outbox;
    struct hf_flight flight;
    struct hf_mtu mtu;
    size_t content_max;        /* of protected records, as the peer wishes; 0: the protocol's */
    uint32_t next_message_seq; /* above UINT16_MAX: all are spent */
    bool is_turning; /* the message that announces new keys is in the flight: what comes behind it waits for them */
};

/* `writing` is of epoch 0, and owned in every case. */
void hf_sender_init(struct hf_sender *sender, const struct hf_allocator *allocator,
                    struct hf_record_protection *writing, uint16_t first_message_seq);

/* Adds a message with its header to the flight, to go under the current keys, or under the next (is_turning). */
HF_MUST enum hf_error hf_sender_add_message(struct hf_sender *sender, struct hf_span whole);
HF_MUST enum hf_error hf_sender_add_ccs(struct hf_sender *sender);

/* Seals what was not sent yet of the flight, or all that the peer is not known to have. */
HF_MUST enum hf_error hf_sender_send_new(struct hf_sender *sender);
HF_MUST enum hf_error hf_sender_send_again(struct hf_sender *sender);

/* Whether a part of the flight was not sent yet, and can be now. */
bool hf_sender_has_new(const struct hf_sender *sender);

/* One record of its own under the current keys, into the open datagram; hf_outbox_close ends that. */
HF_MUST enum hf_error hf_sender_send_record(struct hf_sender *sender, uint8_t type, struct hf_span content);

/* One record in a datagram of its own, which takes no more memory than it is long. */
HF_MUST enum hf_error hf_sender_send_alone(struct hf_sender *sender, uint8_t type, struct hf_span content);

/* The flight is done with: it goes, and with it the keys that only it needed. */
void hf_sender_end_flight(struct hf_sender *sender);

/* How much data fits into one datagram under the current keys; 0 when they are gone. */
size_t hf_sender_data_max(const struct hf_sender *sender);

void hf_sender_release(struct hf_sender *sender);

#endif
