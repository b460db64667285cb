/* The datagram framing as its files share it: datagram.c has its methods and its sending side, incoming.c its reading
 * side, progress.c what follows from what came, routing.c where it goes. */
#ifndef HF_DATAGRAM_PARTS_H
#define HF_DATAGRAM_PARTS_H

#include "datagram/ack.h"
#include "datagram/datagram.h"
#include "datagram/inbox.h"
#include "datagram/reassemble.h"
#include "datagram/retransmit_timer.h"
#include "datagram/routes.h"
#include "datagram/sender.h"

/* An alert that came in the clear. */
struct hf_alert_hint {
    uint64_t due_ms; /* when it is believed; UINT64_MAX: there is none */
    uint8_t level;
    uint8_t alert;
};

struct hf_datagram {
    struct hf_framing framing; /* first: methods get this and mean the whole */
    const struct hf_allocator *allocator;
    struct hf_framing_watcher watcher; /* whose function is NULL: nobody */
    enum hf_framing_rules rules;
    size_t receive_limit; /* 0: the protocol's */
    enum hf_error failure;
    uint64_t dropped;
    unsigned begun; /* how often anew */

    struct hf_sender sender;
    struct hf_record_protection *pending_write; /* waits until the KeyUpdate is acknowledged: RFC 9147 8 */

    struct hf_routes *routes; /* NULL: no connection IDs */
    uint32_t record_path;     /* by which the record came that is being taken */

    struct hf_inbox inbox;
    struct hf_epoch_reads reads;
    struct hf_reassemble reassemble;
    struct hf_alert_hint hint;

    struct hf_retransmit_timer timer;
    struct hf_ack ack;
    uint64_t ack_due_ms; /* UINT64_MAX: none is due */
    bool is_ack_urgent;
    bool is_ack_implied; /* our flight that is being made acknowledges what is noted: as soon as it goes */
    bool is_answered;    /* a message of the peer came up since our flight began: the next one begins anew */
    unsigned last_tries; /* 1.2: how often the last flight of the handshake still goes again by the timer */
    bool saw_old;        /* the peer sent something again */
    bool is_handshake_over;
    bool has_ccs;        /* 1.2: it came, and was not taken */
    bool is_ccs_offered; /* ... and went up since something changed */
};

/* ---- incoming.c ---- */

/* Goes through what came until there is a unit, or nothing more. */
HF_MUST enum hf_error hf_incoming_next(struct hf_datagram *datagram, struct hf_unit *unit);

/* ---- routing.c: RFC 9146, RFC 9147 9, RFC 9853. All do nothing where there are no routes. ---- */

/* An authentic record came. */
void hf_routing_heard(struct hf_datagram *datagram, const struct hf_epoch_read *read,
                      const struct hf_inbox_record *record, uint64_t sequence);

/* One of the type return_routability_check. */
HF_MUST enum hf_error hf_routing_take(struct hf_datagram *datagram, struct hf_span content);

uint64_t hf_routing_deadline(const struct hf_datagram *datagram);
HF_MUST enum hf_error hf_routing_tick(struct hf_datagram *datagram);

/* The IDs or the paths changed: what goes from here on follows. */
void hf_routing_changed(struct hf_datagram *datagram);

/* ---- progress.c ---- */

/* A handshake message goes up: what that says of our flight. */
void hf_progress_answered(struct hf_datagram *datagram);

/* A part of the peer's next flight came, under keys or in the clear. */
void hf_progress_begun(struct hf_datagram *datagram, bool is_protected);

/* The version is known, or the handshake over. */
void hf_progress_rules(struct hf_datagram *datagram);
void hf_progress_end_handshake(struct hf_datagram *datagram);

/* Sends what was not sent yet of the flight, and times it. */
HF_MUST enum hf_error hf_progress_send_new(struct hf_datagram *datagram);

/* The content of an ACK record came under `epoch`. */
HF_MUST enum hf_error hf_progress_acked(struct hf_datagram *datagram, uint16_t epoch, struct hf_span content);

/* All that came was looked at: sends again, or acknowledges, where that is due. */
HF_MUST enum hf_error hf_progress_settle(struct hf_datagram *datagram);

/* What came so far is not to be acknowledged. */
void hf_progress_forget_acks(struct hf_datagram *datagram);

/* Puts an ACK of all that is noted into the open datagram. */
HF_MUST enum hf_error hf_progress_send_ack(struct hf_datagram *datagram);

/* Its flight or ACK is due. */
uint64_t hf_progress_deadline(const struct hf_datagram *datagram);
HF_MUST enum hf_error hf_progress_tick(struct hf_datagram *datagram);

#endif
