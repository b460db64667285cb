/* What damage can explain costs one of the times that are allowed; what most probably is meant costs a third of the
 * default, so that a true refusal is told soon, and one forged alert is borne. */
#include "engine/anew.h"

#include "engine/birth.h"
#include "handshake/machine.h"

enum { STALL_MS = 12000, SILENCE_MS = 3 * STALL_MS };

enum { COST_DAMAGE = 1, COST_REFUSAL = 4, COST_TOO_MUCH = 1 << 20 };

static bool may_begin(const struct hf_connection *connection, unsigned cost)
{
    const struct hf_handshake *handshake = &connection->handshake;
    bool is_decided = connection->was_open || (handshake->proofs.held & HF_PROOF_FINISHED) != 0;
    return connection->framing->is_unordered && hf_handshake_role(handshake) == HF_CLIENT && !is_decided &&
           !handshake->sent_close && connection->anew_spent + cost <= connection->config->anew_max;
}

/* A failure of its own (no memory) is left to whoever finds the handshake in ruins: the first one is told. */
static bool begin(struct hf_connection *connection, unsigned cost)
{
    struct hf_handshake *handshake = &connection->handshake;
    const struct hf_beginning beginning = {.peer_name = handshake->peer_name, .now_ms = handshake->now_ms};
    const struct hf_allocator *allocator = handshake->allocator;
    char *name = handshake->peer_name;
    if (hf_framing_begin_anew(connection->framing) != HF_OK)
        return false;
    if (handshake->early == HF_EARLY_OFFERED || handshake->early == HF_EARLY_TAKEN)
        hf_connection_raise(connection, HF_EVENT_EARLY_REFUSED); /* the next one has no session */
    connection->anew_spent += cost;
    connection->progress_ms = 0;
    connection->warnings = 0;
    if (handshake->server_name == name)
        handshake->server_name = NULL;
    handshake->peer_name = NULL; /* the next one copies it */
    hf_handshake_wipe(handshake);
    enum hf_error error = hf_birth_handshake(connection, &beginning);
    hf_allocation_free(allocator, name);
    return error == HF_OK;
}

static bool try(struct hf_connection *connection, unsigned cost)
{
    return may_begin(connection, cost) && begin(connection, cost);
}

/* What a changed or forged message can make of a handshake. */
static unsigned cost_of_error(enum hf_error error)
{
    switch (error) {
    case HF_ERR_decode_error:
    case HF_ERR_unexpected_message:
    case HF_ERR_illegal_parameter:
    case HF_ERR_handshake_message_too_long:
    case HF_ERR_duplicate_extension:
    case HF_ERR_unsolicited_extension:
    case HF_ERR_misplaced_extension:
    case HF_ERR_missing_extension:
    case HF_ERR_bad_finished:
    case HF_ERR_bad_key_share:
    case HF_ERR_second_hello_retry:
    case HF_ERR_renegotiation_info_wrong:
    case HF_ERR_compression_not_null:
    case HF_ERR_bad_signature:
    case HF_ERR_bad_certificate_encoding:
    case HF_ERR_bad_certificate_signature:
        return COST_DAMAGE;
    case HF_ERR_certificate_expired: /* a whole, signed certificate says so, or we do */
    case HF_ERR_certificate_not_yet_valid:
    case HF_ERR_issuer_expired:
    case HF_ERR_name_mismatch:
    case HF_ERR_address_mismatch:
    case HF_ERR_not_admitted:
    case HF_ERR_certificate_revoked:
    case HF_ERR_revocation_unknown:
    case HF_ERR_verdict_refused:
    case HF_ERR_hello_refused:
    case HF_ERR_staple_missing:
    case HF_ERR_policy_missing:
        return COST_TOO_MUCH;
    default: /* errors.def: up to there it is what the peer sent */
        return error < HF_ERR_peer_refused ? COST_REFUSAL : COST_TOO_MUCH;
    }
}

static unsigned cost_of_alert(uint8_t alert)
{
    switch (alert) {
    case HF_ALERT_unexpected_message:
    case HF_ALERT_bad_record_mac:
    case HF_ALERT_record_overflow:
    case HF_ALERT_illegal_parameter:
    case HF_ALERT_decode_error:
    case HF_ALERT_decrypt_error:
        return COST_DAMAGE;
    default:
        return COST_REFUSAL;
    }
}

/* Under keys nothing is changed on the way; but a Finished tells of what was changed before. */
bool hf_anew_after_error(struct hf_connection *connection, enum hf_error error)
{
    bool is_plain = connection->handshake.read_keys[0] == 'n';
    if (!is_plain && error != HF_ERR_bad_finished)
        return false;
    return try(connection, cost_of_error(error));
}

bool hf_anew_after_alert(struct hf_connection *connection, uint8_t alert)
{
    return try(connection, cost_of_alert(alert));
}

/* ---- standing still ---- */

void hf_anew_note_progress(struct hf_connection *connection)
{
    connection->progress_ms = connection->handshake.now_ms;
}

void hf_anew_note_datagram(struct hf_connection *connection)
{
    connection->heard_ms = connection->handshake.now_ms;
}

/* A peer that is heard without getting on has something else than we sent, or we than it sent. One that says nothing
 * may be open, and its last flight lost, as often as ours (RFC 6347 4.2.4): then only the same flight gets it again,
 * and another hello comes too late for one that serves a single connection. */
static uint64_t patience_ms(const struct hf_connection *connection)
{
    return connection->heard_ms < connection->progress_ms + STALL_MS / 2 ? SILENCE_MS : STALL_MS;
}

/* Before anything has come the flight goes again by its own timer: another hello would do no better. */
uint64_t hf_anew_deadline(const struct hf_connection *connection)
{
    if (connection->progress_ms == 0 || !may_begin(connection, COST_DAMAGE) || hf_machine_rests(&connection->handshake))
        return UINT64_MAX;
    return connection->progress_ms + patience_ms(connection);
}

void hf_anew_tick(struct hf_connection *connection)
{
    if (hf_anew_deadline(connection) <= connection->handshake.now_ms && !try(connection, COST_DAMAGE))
        connection->progress_ms = 0;
}
