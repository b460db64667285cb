/* The state machine: it reads the tables (states.def, transitions.def, flights.def) and does nothing of its own.
 * A message that has no row in a state is unexpected_message; that is decided here and nowhere else. */
#ifndef HF_HANDSHAKE_MACHINE_H
#define HF_HANDSHAKE_MACHINE_H

#include "base/text.h"
#include "handshake/handshake.h"

/* In which framings a row of the table holds. */
enum hf_over { HF_OVER_STREAM = 1, HF_OVER_DATAGRAM = 2, HF_OVER_BOTH = 3, HF_OVER_QUIC = 4, HF_OVER_ALL = 7 };

typedef enum hf_error hf_step(struct hf_handshake *handshake, const struct hf_taken *taken,
                              enum hf_outcome *ret_outcome);
typedef enum hf_error hf_build(struct hf_handshake *handshake, struct hf_writer *body);
typedef enum hf_error hf_turn(struct hf_handshake *handshake);
typedef bool hf_condition(const struct hf_handshake *handshake);

struct hf_state_row {
    const char *name;
    enum hf_state_kind kind;
    enum hf_proofs_wanted proofs;
    unsigned flight; /* index of its HF_FLIGHT row in the flights */
};

struct hf_transition_row {
    enum hf_over over;
    enum hf_state from;
    enum hf_input input;
    hf_step *step;
    enum hf_outcome outcome;
    enum hf_state to;
    const char *step_name;
};

enum hf_flight_kind { HF_FLIGHT_BEGIN, HF_FLIGHT_SEND, HF_FLIGHT_CCS, HF_FLIGHT_TURN };

struct hf_flight_row {
    enum hf_flight_kind kind;
    const char *name; /* of the flight, the message, or the keys */
    const char *condition_name;
    hf_condition *condition;
    enum hf_message message;
    hf_build *build;
    hf_turn *turn;
};

/* The rows, for the machine, the diagrams and the tests. */
const struct hf_state_row *hf_machine_state(enum hf_state state);
const struct hf_transition_row *hf_machine_transitions(size_t *ret_count);
const struct hf_flight_row *hf_machine_flights(size_t *ret_count);
const char *hf_machine_outcome_name(enum hf_outcome outcome);

/* Enters the first state of the role; a client's ClientHello is then in the framing. */
HF_MUST enum hf_error hf_machine_start(struct hf_handshake *handshake);

/* Takes one message (or CCS, or verdict). On failure handshake->failure says what was wrong. */
HF_MUST enum hf_error hf_machine_take(struct hf_handshake *handshake, const struct hf_taken *taken);

/* Goes on with a flight that rested for a signature. */
HF_MUST enum hf_error hf_machine_resume(struct hf_handshake *handshake);

/* Whether it waits for an answer of the application: no message may be given to it until then. */
bool hf_machine_rests(const struct hf_handshake *handshake);

/* Whether this input has a row in the state it is in: whether an answer of the application is waited for. None is once
 * we closed. */
bool hf_machine_awaits(const struct hf_handshake *handshake, enum hf_input input);

/* Adds what may come in this state: "CertificateRequest or Certificate". */
void hf_machine_expected(const struct hf_handshake *handshake, struct hf_text *text);

/* Whether data may flow, both ways. */
bool hf_machine_is_open(const struct hf_handshake *handshake);

/* Whether ours may go: also amid messages of the peer that belong together. */
bool hf_machine_sends_data(const struct hf_handshake *handshake);

/* Whether the peer may still send some: also when a renegotiation began that it cannot know of yet. */
bool hf_machine_takes_data(const struct hf_handshake *handshake);

/* Whether data of the peer is early data. */
bool hf_machine_takes_early_data(const struct hf_handshake *handshake);

/* Open, in 1.3: sends a KeyUpdate; ask_peer asks for one in return. */
HF_MUST enum hf_error hf_machine_key_update(struct hf_handshake *handshake, bool ask_peer);

#endif
