/* The calls of <handfast/quic.h> on connections: arguments are checked here, the work is the engine's and the
 * framing's.
 */
#include <handfast/quic.h>

#include "quic/quic.h"

#include "engine/birth.h"
#include "engine/connection.h"
#include "engine/failure.h"
#include "engine/feed.h"
#include "handshake/input.h"
#include "handshake/machine.h"
#include "handshake/narrate.h"

/* Transport error codes: RFC 9000 20.1. */
enum { INTERNAL_ERROR = 0x01, PROTOCOL_VIOLATION = 0x0a, BUFFER_EXCEEDED = 0x0d, CRYPTO_ERROR = 0x0100 };
enum { ALERTS = 0x100 };

static bool is_quic(const struct hf_connection *connection)
{
    return connection->framing->has_levels;
}

static bool is_level(enum hf_quic_level level)
{
    return level >= HF_QUIC_INITIAL && level <= HF_QUIC_APPLICATION;
}

static void set_time(struct hf_connection *connection, uint64_t now_ms)
{
    connection->handshake.now_ms = now_ms;
    hf_framing_set_time(connection->framing, now_ms);
}

struct hf_connection *hf_quic_connection_new(struct hf_config *config, const struct hf_quic_beginning *beginning,
                                             struct hf_failure *ret_failure)
{
    const struct hf_beginning inner = {
        .peer_name = beginning->peer_name,
        .session = hf_span_of(beginning->session, beginning->session == NULL ? 0 : beginning->session_len),
        .now_ms = beginning->now_ms,
        .is_quic = true,
        .parameters = hf_span_of(beginning->parameters, beginning->parameters_len),
    };
    return hf_birth_connection(config, &inner, ret_failure);
}

enum hf_error hf_quic_feed(struct hf_connection *connection, enum hf_quic_level level, const void *bytes, size_t len,
                           uint64_t now_ms)
{
    if (hf_connection_failed(connection))
        return connection->failed;
    if (!is_quic(connection) || !is_level(level))
        return HF_ERR_wrong_call;
    set_time(connection, now_ms);
    return hf_feed_take_level(connection, (enum hf_level)level, hf_span_of(bytes, len));
}

size_t hf_quic_output(const struct hf_connection *connection, enum hf_quic_level *ret_level, const uint8_t **ret_bytes)
{
    enum hf_level level = HF_LEVEL_NONE;
    struct hf_span output = {0};
    if (is_quic(connection))
        output = hf_quic_framing_output(connection->framing, &level);
    *ret_level = (enum hf_quic_level)level;
    *ret_bytes = output.data;
    return output.len;
}

void hf_quic_drained(struct hf_connection *connection, enum hf_quic_level level, size_t len)
{
    if (is_quic(connection) && is_level(level))
        hf_quic_framing_consumed(connection->framing, (enum hf_level)level, len);
}

bool hf_quic_next_secret(struct hf_connection *connection, struct hf_quic_secret *ret_secret)
{
    const struct hf_quic_secret_holder *next =
        is_quic(connection) ? hf_quic_framing_next_secret(connection->framing) : NULL;
    if (next == NULL)
        return false;
    *ret_secret = (struct hf_quic_secret){
        .level = (enum hf_quic_level)next->protection.level,
        .writes = next->is_ours,
        .suite = next->suite,
        .secret = next->secret.bytes,
        .len = next->secret.len,
    };
    return true;
}

size_t hf_quic_peer_parameters(const struct hf_connection *connection, const uint8_t **ret_bytes)
{
    struct hf_span parameters = {0};
    if (is_quic(connection))
        parameters = hf_quic_framing_peer_parameters(connection->framing);
    *ret_bytes = parameters.data;
    return parameters.len;
}

void hf_quic_discard(struct hf_connection *connection, enum hf_quic_level level)
{
    if (is_quic(connection) && is_level(level))
        hf_quic_framing_discard(connection->framing, (enum hf_level)level);
}

void hf_quic_confirmed(struct hf_connection *connection)
{
    if (is_quic(connection) && connection->handshake.opened && !hf_connection_failed(connection))
        hf_connection_accept(connection);
}

enum hf_error hf_quic_peer_closed(struct hf_connection *connection, enum hf_quic_level level, uint64_t code,
                                  uint64_t now_ms)
{
    if (hf_connection_failed(connection))
        return connection->failed;
    if (!is_quic(connection) || !is_level(level))
        return HF_ERR_wrong_call;
    set_time(connection, now_ms);
    if (code > CRYPTO_ERROR && code < CRYPTO_ERROR + ALERTS) { /* close_notify is none */
        const uint8_t alert = (uint8_t)(code - CRYPTO_ERROR);
        hf_narrate_alert(&connection->handshake, /* sent= */ false, alert);
        return hf_failure_by_peer(connection, alert, /* is_protected= */ level != HF_QUIC_INITIAL);
    }
    if (!hf_machine_is_open(&connection->handshake))
        return hf_failure_by_network(connection, HF_ERR_cut_in_handshake);
    connection->received_close = true;
    hf_connection_raise(connection, HF_EVENT_PEER_CLOSED);
    return HF_OK;
}

/* Messages that QUIC forbids where TLS alone would not: RFC 9001 4.4, 8.3. KeyUpdate has the alert (6). */
static bool is_forbidden_message(const struct hf_failure *failure)
{
    static const enum hf_input inputs[] = {HF_INPUT_end_of_early_data, HF_INPUT_certificate_request};
    const struct hf_span got = hf_span_of_text(failure->got);
    for (size_t i = 0; i < HF_COUNT(inputs); i++)
        if (hf_span_equal(got, hf_span_of_text(hf_input_name(inputs[i]))))
            return true;
    return false;
}

static uint64_t code_of(const struct hf_failure *failure)
{
    switch (failure->error) {
    case HF_ERR_wrong_encryption_level:
    case HF_ERR_keys_change_inside_message:
    case HF_ERR_quic_rule_broken:
        return PROTOCOL_VIOLATION;
    case HF_ERR_crypto_buffer_exceeded:
        return BUFFER_EXCEEDED;
    case HF_ERR_unexpected_message:
        return is_forbidden_message(failure) ? PROTOCOL_VIOLATION : CRYPTO_ERROR + (uint64_t)failure->alert;
    default:
        return failure->alert == HF_ALERT_none ? INTERNAL_ERROR : CRYPTO_ERROR + (uint64_t)failure->alert;
    }
}

uint64_t hf_quic_error_code(const struct hf_connection *connection)
{
    const struct hf_failure *failure = is_quic(connection) ? hf_failure(connection) : NULL;
    const bool is_ours = failure != NULL && failure->by == HF_BY_US && !connection->handshake.sent_close;
    return is_ours ? code_of(failure) : 0;
}
