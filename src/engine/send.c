#include "engine/send.h"

#include "engine/failure.h"
#include "handshake/early_data.h"
#include "handshake/false_start.h"
#include "handshake/machine.h"

/* New keys before the old ones are used up, ours or the peer's (RFC 9846 5.5). 1.2 has none: its limit ends it. */
static enum hf_error renew_keys(struct hf_connection *connection)
{
    bool ours = hf_framing_usage(connection->framing, /* of_writing= */ true) == HF_USAGE_REKEY_SOON;
    bool theirs = hf_framing_usage(connection->framing, /* of_writing= */ false) == HF_USAGE_REKEY_SOON &&
                  !connection->handshake.update_asked;
    if (!ours && !theirs)
        return HF_OK;
    enum hf_error error = hf_machine_key_update(&connection->handshake, /* ask_peer= */ theirs);
    return error == HF_OK || error == HF_ERR_wrong_call ? HF_OK : hf_failure_by_us(connection, error);
}

/* Before the handshake is over. */
static bool goes_early(const struct hf_handshake *handshake)
{
    return hf_false_start_runs(handshake) || hf_early_data_is_answered(handshake);
}

/* Whether data may go at all. */
static enum hf_error check(const struct hf_connection *connection)
{
    if (hf_connection_failed(connection))
        return connection->failed;
    const struct hf_handshake *handshake = &connection->handshake;
    const bool may = handshake->opened || goes_early(handshake);
    return may && !connection->framing->has_levels && !handshake->sent_close ? HF_OK : HF_ERR_wrong_call;
}

/* Not while a renegotiation runs: then later. */
static bool goes_now(const struct hf_connection *connection)
{
    return hf_machine_sends_data(&connection->handshake) || goes_early(&connection->handshake);
}

static enum hf_error conclude(struct hf_connection *connection, enum hf_error error, size_t taken)
{
    if (taken > 0)
        connection->handshake.update_waits = false;
    if (error == HF_OK || error == HF_ERR_datagram_too_long)
        return error;
    return hf_failure_by_us(connection, error);
}

enum hf_error hf_send_queue(struct hf_connection *connection, struct hf_span data, size_t *ret_taken)
{
    HF_TRY(check(connection));
    if (!goes_now(connection))
        return HF_OK;
    HF_TRY(renew_keys(connection));
    enum hf_error error = hf_framing_send_data(connection->framing, data, ret_taken);
    return conclude(connection, error, *ret_taken);
}

/* Moves what is queued, as far as there is room; whether all of it went. */
static bool drain(struct hf_connection *connection, struct hf_writer *wire)
{
    struct hf_span queued = hf_framing_output(connection->framing);
    if (queued.len == 0)
        return true;
    struct hf_span part = hf_span_part(queued, 0, wire->room - wire->len);
    hf_writer_bytes(wire, part);
    hf_framing_consumed(connection->framing, part.len);
    return part.len == queued.len;
}

enum hf_error hf_send_through(struct hf_connection *connection, struct hf_pieces *data, struct hf_writer *wire)
{
    bool has_gone = drain(connection, wire);
    size_t before = hf_pieces_left(data, SIZE_MAX);
    if (before == 0)
        return hf_connection_failed(connection) ? connection->failed : HF_OK;
    HF_TRY(check(connection));
    if (!has_gone || !goes_now(connection))
        return HF_OK;
    HF_TRY(renew_keys(connection));
    HF_TRY(conclude(connection, hf_framing_flush(connection->framing), 0));
    if (!drain(connection, wire))
        return HF_OK;
    enum hf_error error = hf_framing_seal_data(connection->framing, data, wire);
    return conclude(connection, error, before - hf_pieces_left(data, SIZE_MAX));
}
