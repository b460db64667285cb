/* A hand in a connection: its framing is wrapped, so that a test can stop its flight before a given message and then
 * send what it likes under the keys of that very moment; and can see the alerts that a connection sends.
 *
 *     struct puppet *puppet = puppet_take(pair.server);
 *     puppet_stop_before(puppet, HF_MESSAGE_certificate);
 *     lab_pair_run(&pair);                       // the client now waits for the server's Certificate
 *     puppet_send_message(puppet, 20, body);     // ... and gets a Finished
 *
 * The wrapper lives as long as the connection. */
#ifndef HF_TESTS_PUPPET_H
#define HF_TESTS_PUPPET_H

#include "engine/connection.h"

struct puppet {
    struct hf_framing framing; /* first: the methods get this */
    struct hf_framing *inner;
    enum hf_message stop; /* before this message; HF_MESSAGES: never */
    bool stops_at_ccs;
    bool stopped;
    unsigned alerts;            /* that the connection sent */
    uint8_t alert_level, alert; /* the last of them */
};

/* Wraps the connection's framing. */
struct puppet *puppet_take(struct hf_connection *connection);

/* From this message on (or from the next ChangeCipherSpec on) nothing of the connection's own goes out any more, and
 * its writing keys stay as they are. */
void puppet_stop_before(struct puppet *puppet, enum hf_message message);
void puppet_stop_before_ccs(struct puppet *puppet);

/* Sends past the connection's own mind. */
void puppet_send_message(struct puppet *puppet, uint8_t type, struct hf_span body);
void puppet_send_ccs(struct puppet *puppet);
void puppet_send_alert(struct puppet *puppet, uint8_t level, uint8_t alert);
bool puppet_send_data(struct puppet *puppet, struct hf_span data); /* false: there are no keys yet to send it by */

#endif
