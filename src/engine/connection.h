/* The connection: a handshake, a framing, what waits to be read, and the events for the application. Sans I/O.
 * feed.c moves bytes in, alert.c handles the alert protocol, failure.c ends a connection, diagnose.c says what a peer
 * that refused us most probably found. */
#ifndef HF_ENGINE_CONNECTION_H
#define HF_ENGINE_CONNECTION_H

#include <handfast/connection.h>

#include "base/buffer.h"
#include "handshake/handshake.h"

enum hf_engine_sizes {
    HF_ENGINE_EVENTS_MAX = 32,
    HF_ENGINE_HELD_MAX = 1 << 20, /* bytes fed that wait for the application to read or to answer */
    HF_ENGINE_WARNINGS_MAX = 4    /* warning alerts in a row that are let pass */
};

struct hf_connection {
    struct hf_config *config;
    struct hf_framing *framing;
    struct hf_handshake handshake;
    enum hf_error failed; /* by what, once it has; handshake.failure explains it */

    uint8_t events[HF_ENGINE_EVENTS_MAX]; /* enum hf_event_kind, a ring */
    uint8_t event_from;
    uint8_t event_count;

    struct hf_buffer held; /* bytes of the peer that the framing did not take yet */
    struct hf_span data;   /* received data that waits for hf_read; lent by the framing */
    bool data_is_early;    /* ... for hf_read_early */

    bool received_close;
    bool transport_ended;
    unsigned warnings;   /* in a row */
    uint64_t moves_told; /* of the peer's address */

    bool was_open;
    unsigned anew_spent;  /* of what the config allows for beginning anew */
    uint64_t progress_ms; /* when the last message was taken; 0: none since the beginning */
    uint64_t heard_ms;    /* when the last datagram came, whatever was in it */
};

/* ---- connection.c ---- */

/* Appends an event; OPENED also brings ACCEPTED where nothing more will say so. */
void hf_connection_raise(struct hf_connection *connection, enum hf_event_kind kind);

/* The client has seen that the server accepted it. Once. */
void hf_connection_accept(struct hf_connection *connection);

bool hf_connection_failed(const struct hf_connection *connection);

/* We closed in the middle of the handshake: it does not go on, whatever comes. */
bool hf_connection_abandoned(const struct hf_connection *connection);

#endif
