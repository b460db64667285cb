/* The state machine over the tables. It adds messages to the transcript: each one after its step or builder ran, so
 * that these see the transcript up to, and without, their own message. */
#include "handshake/machine.h"

#include "crypto/private_key.h"
#include "handshake/authenticator.h"
#include "handshake/ech.h"
#include "handshake/narrate.h"
#include "handshake/post_handshake_auth.h"
#include "handshake/refuse.h"
#include "handshake/steps.h"
#include "session/ticket.h"

/* Places of the HF_FLIGHT rows: HF_FLIGHT_AT_<name> is the row's index. __LINE__ makes the other enumerators unique. */
#define HF_PASTE2(a, b)                    a##b
#define HF_PASTE(a, b)                     HF_PASTE2(a, b)
#define HF_FLIGHT(flight)                  HF_FLIGHT_AT_##flight,
#define HF_SEND(condition, message, build) HF_PASTE(HF_FLIGHT_LINE_, __LINE__),
#define HF_CCS(condition)                  HF_PASTE(HF_FLIGHT_LINE_, __LINE__),
#define HF_TURN(condition, keys)           HF_PASTE(HF_FLIGHT_LINE_, __LINE__),
enum flight_row {
#include "handshake/flights.def"
    FLIGHT_ROWS
};
#undef HF_FLIGHT
#undef HF_SEND
#undef HF_CCS
#undef HF_TURN

#define HF_FLIGHT(flight) {HF_FLIGHT_BEGIN, #flight, "", NULL, HF_MESSAGE_unknown, NULL, NULL},
#define HF_SEND(condition, message, build)                                                                             \
    {HF_FLIGHT_SEND, #message, #condition, hf_condition_##condition, HF_MESSAGE_##message, hf_##build, NULL},
#define HF_CCS(condition)                                                                                              \
    {HF_FLIGHT_CCS, "change_cipher_spec", #condition, hf_condition_##condition, HF_MESSAGE_unknown, NULL, NULL},
#define HF_TURN(condition, keys)                                                                                       \
    {HF_FLIGHT_TURN, #keys, #condition, hf_condition_##condition, HF_MESSAGE_unknown, NULL, hf_turn_##keys},
static const struct hf_flight_row flights[] = {
#include "handshake/flights.def"
};
#undef HF_FLIGHT
#undef HF_SEND
#undef HF_CCS
#undef HF_TURN

static const struct hf_state_row states[] = {
#define HF_STATE(name, kind, proofs, flight) {#name, HF_STATE_##kind, HF_PROOFS_##proofs, HF_FLIGHT_AT_##flight},
#include "handshake/states.def"
#undef HF_STATE
};

static const struct hf_transition_row transitions[] = {
#define HF_ROW(over, from, input, step, outcome, to)                                                                   \
    {HF_OVER_##over, HF_STATE_##from, HF_INPUT_##input, hf_step_##step, HF_OUTCOME_##outcome, HF_STATE_##to, #step},
#include "handshake/transitions.def"
#undef HF_ROW
};

const struct hf_state_row *hf_machine_state(enum hf_state state)
{
    return &states[state];
}

const struct hf_transition_row *hf_machine_transitions(size_t *ret_count)
{
    *ret_count = HF_COUNT(transitions);
    return transitions;
}

const struct hf_flight_row *hf_machine_flights(size_t *ret_count)
{
    *ret_count = HF_COUNT(flights);
    return flights;
}

const char *hf_machine_outcome_name(enum hf_outcome outcome)
{
    static const char *const names[HF_OUTCOMES] = {
        "DONE",    "TLS13",      "TLS12",       "RETRY",    "NO_CERT",     "ASKED",  "JUDGE",           "LOOKUP",
        "RESUMED", "UNSIGNED",   "SHARED",      "EXCHANGE", "TICKET",      "STATUS", "STATUS_UNSIGNED", "STATUS_SHARED",
        "KEPT",    "KEPT_JUDGE", "KEPT_LOOKUP", "EARLY",    "EARLY_JUDGE", "SHOWN"};
    return names[outcome];
}

/* What comes after the handshake is in no transcript (KeyUpdate, tickets of 1.3), and HelloRequest never is (RFC 5246
 * 7.4.1.1). */
static enum hf_error add_to_transcript(struct hf_handshake *handshake, enum hf_input message, struct hf_span whole)
{
    if (handshake->work == NULL || whole.len == 0 || message == HF_INPUT_hello_request)
        return HF_OK;
    if (message == HF_INPUT_client_hello || message == HF_INPUT_hello_answer)
        return hf_ech_add_hello(handshake, whole);
    return hf_transcript_add(&handshake->work->transcript, whole);
}

/* ---- sending ---- */

/* Room for our signature. One that comes from elsewhere may be as long as any. */
static size_t signature_room(const struct hf_handshake *handshake)
{
    enum { AROUND = 64 };
    const struct hf_identity *identity = handshake->identity;
    return AROUND +
           (identity == NULL || identity->key == NULL ? HF_SIGNATURE_MAX : hf_private_key_signature_max(identity->key));
}

/* Room for what TLS 1.2 exchanges: a point, or whatever else (of ffdhe8192 a prime and a share of 1024 bytes each). */
static size_t exchange_room(const struct hf_handshake *handshake)
{
    enum { POINT = 320, OTHER = 2560 };
    return handshake->suite != NULL && handshake->suite->key_exchange == HF_SUITE_KEY_EXCHANGE_ECDHE ? POINT : OTHER;
}

/* Room for the body of a message of ours: certificates, CA names and configurations of ECH are the only long things we
 * send. A ClientHello may be much longer than it mostly is: see send_message. */
static size_t room_for(const struct hf_handshake *handshake, enum hf_message message)
{
    const struct hf_identity *identity = handshake->identity;
    const size_t papers = identity == NULL ? 0 : hf_identity_room(identity);
    switch (message) {
    case HF_MESSAGE_client_hello:
        return 2048;
    case HF_MESSAGE_server_hello:
        return 1024 + papers + (handshake->group == NULL ? 0 : handshake->group->server_share_len);
    case HF_MESSAGE_encrypted_extensions:
        return 1024 + handshake->config->ech.retry_len + hf_framing_own_parameters(handshake->framing).len;
    case HF_MESSAGE_certificate_request:
        return 1024 + handshake->config->authorities_len;
    case HF_MESSAGE_certificate:
    case HF_MESSAGE_certificate_status:
        return 1024 + papers;
    case HF_MESSAGE_server_key_exchange:
        return exchange_room(handshake) + signature_room(handshake);
    case HF_MESSAGE_client_key_exchange:
        return exchange_room(handshake);
    case HF_MESSAGE_certificate_verify:
        return signature_room(handshake);
    case HF_MESSAGE_new_session_ticket:
        return 128 + HF_TICKET_MAX;
    case HF_MESSAGE_server_hello_done:
    case HF_MESSAGE_end_of_early_data:
    case HF_MESSAGE_finished:
    case HF_MESSAGE_key_update:
        return 128;
    default:
        return 4096 + papers;
    }
}

/* The body behind where the header will stand, then the header: it has the body's length. */
static enum hf_error write_message(struct hf_handshake *handshake, const struct hf_flight_row *row,
                                   struct hf_writer *message)
{
    size_t header_len = hf_framing_header_len(handshake->framing);
    uint8_t *at = hf_writer_room(message, header_len);
    if (at == NULL)
        return HF_ERR_internal;
    struct hf_writer header = hf_writer_of(at, header_len);
    HF_TRY(row->build(handshake, message));
    hf_framing_write_header(handshake->framing, &header, hf_message_wire_type(row->message), message->len - header_len);
    return hf_writer_end(message) && hf_writer_end(&header) ? HF_OK : HF_ERR_internal;
}

/* While the handshake runs it is our turn only when the peer's flight is over: bytes behind it were written by somebody
 * who did not wait for what we say now. Once it is over neither end waits for the other. */
static enum hf_error check_our_turn(struct hf_handshake *handshake)
{
    if (handshake->work == NULL || hf_post_handshake_auth_runs(handshake) ||
        hf_framing_between_messages(handshake->framing))
        return HF_OK;
    return hf_refuse(handshake, HF_ERR_unexpected_message, states[handshake->state].name, NULL,
                     "handshake bytes behind the end of the peer's flight");
}

static void give_room(struct hf_handshake *handshake)
{
    struct hf_work *work = handshake->work;
    if (work == NULL)
        return;
    hf_allocation_free(handshake->allocator, work->message); /* send_message has wiped it */
    work->message = NULL;
    work->message_room = 0;
}

/* While a flight is sent its messages share the room, and after it, when the peer's have their turn, it goes. */
static uint8_t *take_room(struct hf_handshake *handshake, size_t len)
{
    struct hf_work *work = handshake->work;
    if (work == NULL)
        return hf_allocation_bytes(handshake->allocator, len);
    if (work->message == NULL || work->message_room < len) {
        give_room(handshake);
        work->message = hf_allocation_bytes(handshake->allocator, len);
        work->message_room = work->message == NULL ? 0 : len;
    }
    return work->message;
}

static enum hf_error send_message(struct hf_handshake *handshake, const struct hf_flight_row *row)
{
    HF_TRY(check_our_turn(handshake));
    size_t room = HF_FRAMING_HEADER_LEN_MAX + room_for(handshake, row->message);
    handshake->at = hf_message_name(row->message);
    struct hf_writer writer = hf_writer_of(take_room(handshake, room), room);
    if (writer.data == NULL)
        return HF_ERR_no_memory;
    enum hf_error error = write_message(handshake, row, &writer);
    if (error != HF_OK && !hf_writer_end(&writer) && row->message == HF_MESSAGE_client_hello) {
        room = HF_FRAMING_HEADER_LEN_MAX + HF_HELLO_BODY_MAX; /* longer than most: written again */
        writer = hf_writer_of(take_room(handshake, room), room);
        error = writer.data == NULL ? HF_ERR_no_memory : write_message(handshake, row, &writer);
    }
    struct hf_span whole = hf_writer_span(&writer);
    if (error == HF_OK && !hf_machine_rests(handshake)) {
        error = add_to_transcript(handshake, hf_input_of_message(row->message), whole);
        if (error == HF_OK)
            error = hf_framing_send_message(handshake->framing, whole);
        hf_narrate_message(handshake, /* sent= */ true, row->message, whole);
    }
    if (handshake->work == NULL)
        hf_allocation_wipe(handshake->allocator, writer.data, writer.len);
    else
        hf_wipe(writer.data, writer.len);
    return error;
}

static enum hf_error do_flight_row(struct hf_handshake *handshake, const struct hf_flight_row *row)
{
    if (!row->condition(handshake))
        return HF_OK;
    switch (row->kind) {
    case HF_FLIGHT_SEND:
        return send_message(handshake, row);
    case HF_FLIGHT_CCS:
        HF_TRY(hf_framing_send_ccs(handshake->framing));
        if (handshake->work != NULL)
            handshake->work->compatibility_sent = true;
        hf_narrate_ccs(handshake, /* sent= */ true);
        return HF_OK;
    case HF_FLIGHT_TURN:
        return row->turn(handshake);
    case HF_FLIGHT_BEGIN:
        break;
    }
    return HF_ERR_internal;
}

/* A ticket that another follows shares its record, where records carry a stream. */
static bool shares_its_record(const struct hf_handshake *handshake)
{
    return handshake->state == HF_STATE_S13_SEND_TICKET && handshake->tickets_left > 0 &&
           handshake->over == HF_OVER_STREAM;
}

/* Sends on from the cursor; stops at the flight's end, or before a row that rests. *ret_done tells which. */
static enum hf_error run_flight(struct hf_handshake *handshake, bool *ret_done)
{
    *ret_done = false;
    while (handshake->flight_at < FLIGHT_ROWS && flights[handshake->flight_at].kind != HF_FLIGHT_BEGIN) {
        HF_TRY(do_flight_row(handshake, &flights[handshake->flight_at]));
        if (hf_machine_rests(handshake))
            return HF_OK;
        handshake->flight_at++;
    }
    *ret_done = true;
    give_room(handshake);
    return shares_its_record(handshake) ? HF_OK : hf_framing_flush(handshake->framing);
}

/* ---- moving ---- */

static const struct hf_transition_row *find_row(const struct hf_handshake *handshake, enum hf_input input)
{
    for (size_t i = 0; i < HF_COUNT(transitions); i++) {
        const struct hf_transition_row *row = &transitions[i];
        if (row->from == handshake->state && row->input == input && ((unsigned)row->over & handshake->over) != 0)
            return row;
    }
    return NULL;
}

static const struct hf_transition_row *find_outcome(const struct hf_handshake *handshake,
                                                    const struct hf_transition_row *first, enum hf_outcome outcome)
{
    const struct hf_transition_row *end = transitions + HF_COUNT(transitions);
    for (const struct hf_transition_row *row = first; row < end; row++)
        if (row->from == first->from && row->input == first->input && row->outcome == outcome &&
            ((unsigned)row->over & handshake->over) != 0)
            return row;
    return NULL;
}

/* For the first time, or again: then what was asked later is answered. */
static enum hf_event_kind opening_event(struct hf_handshake *handshake)
{
    if (hf_post_handshake_auth_runs(handshake))
        return hf_post_handshake_auth_end(handshake);
    hf_framing_end_handshake(handshake->framing);
    return handshake->opened ? HF_EVENT_CERTIFICATE_ANSWERED : HF_EVENT_OPENED;
}

/* A peer that was known is known still, and who holds it keeps it: whoever was asked again has shown to be the same. */
static enum hf_error open_connection(struct hf_handshake *handshake)
{
    HF_TRY(hf_authenticator_keep(handshake));
    const enum hf_event_kind event = opening_event(handshake);
    if (handshake->peer == NULL && handshake->work->verified != NULL)
        handshake->peer = hf_peer_hold(handshake->work->verified->peer);
    handshake->opened = true;
    hf_handshake_end_work(handshake);
    hf_refuse_forget(handshake);
    handshake->driver.event(handshake->driver.context, event);
    return HF_OK;
}

/* The one door into a state: nobody enters without the proofs it asks for. */
static enum hf_error enter(struct hf_handshake *handshake, enum hf_state state)
{
    const struct hf_state_row *row = &states[state];
    if (!hf_proofs_suffice(&handshake->proofs, row->proofs))
        return hf_refuse(handshake, HF_ERR_proof_missing, row->name, NULL, NULL);
    handshake->state = state;
    handshake->flight_at = row->flight + 1;
    if (row->kind == HF_STATE_OPEN && handshake->work != NULL)
        return open_connection(handshake);
    return HF_OK;
}

/* Behind the step, so that what it decided can be told; also when it refused. */
static void narrate_taken(struct hf_handshake *handshake, const struct hf_taken *taken)
{
    if (taken->input == HF_INPUT_hello_answer)
        return; /* the hello was told when it came */
    if (taken->whole.len > 0)
        hf_narrate_message(handshake, /* sent= */ false, (enum hf_message)taken->input, taken->whole);
    else if (taken->input == HF_INPUT_change_cipher_spec)
        hf_narrate_ccs(handshake, /* sent= */ false);
}

void hf_machine_expected(const struct hf_handshake *handshake, struct hf_text *text)
{
    const struct hf_transition_row *before = NULL;
    for (size_t i = 0; i < HF_COUNT(transitions); i++) {
        const struct hf_transition_row *row = &transitions[i];
        if (row->from != handshake->state || ((unsigned)row->over & handshake->over) == 0)
            continue;
        if (before != NULL && before->input == row->input)
            continue;
        hf_text_add(text, "%s%s", before == NULL ? "" : " or ", hf_input_name(row->input));
        before = row;
    }
}

static enum hf_error refuse_unexpected(struct hf_handshake *handshake, const struct hf_taken *taken)
{
    char room[160];
    struct hf_text expected = hf_text_of(room, sizeof room);
    hf_machine_expected(handshake, &expected);
    narrate_taken(handshake, taken);
    return hf_refuse(handshake, HF_ERR_unexpected_message, hf_input_name(taken->input), room,
                     hf_input_name(taken->input));
}

/* One row: step, transcript, next state. */
static enum hf_error take_one(struct hf_handshake *handshake, const struct hf_taken *taken)
{
    const struct hf_transition_row *row = find_row(handshake, taken->input);
    if (row == NULL)
        return refuse_unexpected(handshake, taken);
    handshake->at = hf_input_name(taken->input);
    enum hf_outcome outcome = HF_OUTCOME_DONE;
    enum hf_error error = row->step(handshake, taken, &outcome);
    narrate_taken(handshake, taken);
    HF_TRY(error);
    if (outcome != HF_OUTCOME_SHOWN) /* it comes again, with the answer */
        HF_TRY(add_to_transcript(handshake, taken->input, taken->whole));
    const struct hf_transition_row *next = find_outcome(handshake, row, outcome);
    if (next == NULL)
        return hf_refuse(handshake, HF_ERR_internal, row->step_name, NULL, hf_machine_outcome_name(outcome));
    return enter(handshake, next->to);
}

/* Sends flights until a state is reached that waits, rests or is open. */
static enum hf_error settle(struct hf_handshake *handshake)
{
    static const struct hf_taken sent = {.input = HF_INPUT_flight_sent};
    while (states[handshake->state].kind == HF_STATE_SENDS) {
        bool done;
        HF_TRY(run_flight(handshake, &done));
        if (!done)
            return HF_OK;
        HF_TRY(take_one(handshake, &sent));
    }
    return HF_OK;
}

enum hf_error hf_machine_start(struct hf_handshake *handshake)
{
    enum hf_state first = hf_handshake_role(handshake) == HF_CLIENT ? HF_STATE_C_START : HF_STATE_S_WAIT_HELLO;
    HF_TRY(enter(handshake, first));
    return settle(handshake);
}

enum hf_error hf_machine_take(struct hf_handshake *handshake, const struct hf_taken *taken)
{
    HF_TRY(take_one(handshake, taken));
    return settle(handshake);
}

enum hf_error hf_machine_resume(struct hf_handshake *handshake)
{
    return settle(handshake);
}

bool hf_machine_rests(const struct hf_handshake *handshake)
{
    if (states[handshake->state].kind == HF_STATE_RESTS)
        return true;
    return handshake->work != NULL && handshake->work->signing.state == HF_SIGNING_WANTED;
}

bool hf_machine_awaits(const struct hf_handshake *handshake, enum hf_input input)
{
    return !handshake->sent_close && find_row(handshake, input) != NULL;
}

bool hf_machine_is_open(const struct hf_handshake *handshake)
{
    return states[handshake->state].kind == HF_STATE_OPEN;
}

bool hf_machine_sends_data(const struct hf_handshake *handshake)
{
    return hf_machine_is_open(handshake) || states[handshake->state].kind == HF_STATE_AMID;
}

/* Over datagrams nobody can tell data that came between messages from data that came before or behind them. */
bool hf_machine_takes_data(const struct hf_handshake *handshake)
{
    const enum hf_state_kind kind = states[handshake->state].kind;
    return kind == HF_STATE_OPEN || kind == HF_STATE_DRAINS ||
           (kind == HF_STATE_AMID && handshake->over == HF_OVER_DATAGRAM);
}

bool hf_machine_takes_early_data(const struct hf_handshake *handshake)
{
    return states[handshake->state].kind == HF_STATE_EARLY;
}

enum hf_error hf_machine_key_update(struct hf_handshake *handshake, bool ask_peer)
{
    const struct hf_transition_row *row = find_row(handshake, HF_INPUT_key_update);
    const struct hf_transition_row *asked = row == NULL ? NULL : find_outcome(handshake, row, HF_OUTCOME_ASKED);
    if (asked == NULL || !hf_handshake_may_update(handshake))
        return HF_ERR_wrong_call;
    handshake->ask_peer_update = ask_peer && !handshake->update_asked; /* RFC 9846 4.7.3: not again before the answer */
    HF_TRY(enter(handshake, asked->to));
    return settle(handshake);
}
