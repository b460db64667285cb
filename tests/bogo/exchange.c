/* The life of one connection, in the order that the suite's contract gives. */
#include "exchange.h"

#include "checks.h"
#include "ech.h"
#include "error_names.h"
#include "inside.h"
#include "quic_link.h"
#include "settings.h"
#include "watch.h"

#include <handfast/early.h>
#include <handfast/hello.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXPORT_MAX = 4096, READ_MAX = 1 << 16, READ_LEN = 512, EXPORT_LABEL_MAX = 256 };
enum { ALERT_LEVEL_FATAL = 2, DATAGRAM_MAX = 65507 };
enum { FIRST_MS = 400 }; /* the suite's schedule of retransmission is a fixed one */

static bool tell_failure(const struct bogo_exchange *exchange)
{
    const struct hf_failure *failure = hf_failure(exchange->link.connection);
    if (failure != NULL && bogo_ech_check_failed(exchange->link.connection, exchange->flags))
        bogo_error_names_print(failure, exchange->link.connection);
    else
        fprintf(stderr, "failed, and no reason is known\n");
    return false;
}

static enum hf_error give_verdict(struct bogo_exchange *exchange)
{
    const struct bogo_flags *flags = exchange->flags;
    struct hf_session_info info;
    hf_session_info(exchange->link.connection, &info);
    if (!bogo_ech_check_name(exchange->link.connection, flags))
        return hf_answer_verdict(exchange->link.connection, /* accept= */ false);
    if (info.resumed && !flags->reverify_on_resume) /* the library asks each time, the suite only where it says so */
        return hf_answer_verdict(exchange->link.connection, /* accept= */ true);
    if (flags->fails_ocsp) { /* the suite's callback for that alone */
        fprintf(stderr, ":OCSP_CB_ERROR:\n");
        return hf_answer_refusal(exchange->link.connection, HF_ALERT_bad_certificate_status_response);
    }
    bool counts = flags->peer_types.count > 0 || flags->verify_peer ||
                  flags->require_any_client_certificate; /* else it is a note to itself */
    bool refuses = flags->verify_fail && counts;
    if (refuses && !flags->custom_verify) /* the suite's two callbacks have alerts of their own */
        return hf_answer_refusal(exchange->link.connection, HF_ALERT_handshake_failure);
    return hf_answer_verdict(exchange->link.connection, !refuses);
}

/* The suite's server has a callback for each of these; ours decides all of them when it sees the hello. */
static enum hf_error refuse_hello(struct hf_connection *connection, const char *name, enum hf_alert alert)
{
    fprintf(stderr, ":%s:\n", name);
    return hf_answer_refusal(connection, alert);
}

static enum hf_error answer_hello(struct bogo_exchange *exchange)
{
    static const struct hf_hello_answer empty = {.protocol = "", .protocol_len = 0};
    struct hf_connection *connection = exchange->link.connection;
    const struct bogo_flags *flags = exchange->flags;
    if (flags->refuses_hello)
        return refuse_hello(connection, "CONNECTION_REJECTED", HF_ALERT_handshake_failure);
    if (flags->refuses_load)
        return refuse_hello(connection, "CONNECTION_REJECTED", HF_ALERT_internal_error);
    if (flags->fails_certificate)
        return refuse_hello(connection, "CERT_CB_ERROR", HF_ALERT_internal_error);
    if (flags->fails_ocsp)
        return refuse_hello(connection, "OCSP_CB_ERROR", HF_ALERT_internal_error);
    if (flags->selects_empty && hf_answer_hello(connection, &empty) == HF_ERR_wrong_call)
        return refuse_hello(connection, "INVALID_ALPN_PROTOCOL", HF_ALERT_internal_error);
    return hf_answer_hello(
        connection, &(struct hf_hello_answer){.declines_ech = flags->declines_ech, .uses_name = !flags->ignores_name});
}

static void keep_session(struct bogo_exchange *exchange)
{
    exchange->sessions_kept++;
    bogo_inside_remember_name(exchange->link.connection, exchange->flags->host_name);
    bogo_sessions_keep(exchange->sessions, exchange->link.connection);
    bogo_inside_forget_name(exchange->link.connection);
}

/* Other flags hold, and nothing was written. */
static void refuse_early(struct bogo_exchange *exchange)
{
    exchange->flags = exchange->retry;
    exchange->early_len = 0;
}

/* Else the handshake is to be seen through before anything is written. */
static bool may_start(const struct bogo_flags *flags)
{
    return !flags->handshake_twice && (!flags->implicit || flags->writes_first);
}

/* A key that takes its time, while the clock goes on. */
static enum hf_error sign_late(struct bogo_exchange *exchange)
{
    uint8_t signature[HF_SIGNER_ROOM];
    struct hf_connection *connection = exchange->link.connection;
    struct hf_signature_wanted wanted;
    bogo_link_pass_ms(exchange->flags->key_delay_ms);
    enum hf_error error = hf_tick(connection, bogo_link_now_ms());
    bogo_link_flush(&exchange->link);
    if (error != HF_OK || !hf_signature_wanted(connection, &wanted))
        return error;
    size_t len = bogo_inside_sign(connection, bogo_settings_key(exchange->flags), &wanted, signature);
    return hf_answer_signature(connection, signature, len);
}

static enum hf_error take_events(struct bogo_exchange *exchange)
{
    struct hf_event event;
    enum hf_error error = HF_OK;
    while (hf_next_event(exchange->link.connection, &event)) {
        if (event.kind == HF_EVENT_OPENED)
            exchange->opened = true;
        else if (event.kind == HF_EVENT_FALSE_START)
            exchange->started = may_start(exchange->flags);
        else if (event.kind == HF_EVENT_EARLY_DATA)
            exchange->started = true;
        else if (event.kind == HF_EVENT_PEER_CLOSED)
            exchange->peer_closed = true;
        else if (event.kind == HF_EVENT_CERTIFICATE_ANSWERED)
            exchange->renegotiations++;
        else if (event.kind == HF_EVENT_EARLY_REFUSED)
            refuse_early(exchange);
        else if (event.kind == HF_EVENT_NEEDS_VERDICT)
            error = give_verdict(exchange);
        else if (event.kind == HF_EVENT_NEEDS_HELLO)
            error = answer_hello(exchange);
        else if (event.kind == HF_EVENT_NEEDS_SIGNATURE)
            error = sign_late(exchange);
        else if (event.kind == HF_EVENT_NEEDS_SESSION)
            error = bogo_sessions_answer(exchange->sessions, exchange->link.connection);
        else if (event.kind == HF_EVENT_SESSION)
            keep_session(exchange);
    }
    return error;
}

/* Moves bytes once, and answers what comes up. */
static enum hf_error step(struct bogo_exchange *exchange)
{
    enum hf_error error = bogo_link_step(&exchange->link);
    enum hf_error answered = take_events(exchange);
    bogo_link_flush(&exchange->link);
    return error != HF_OK ? error : answered;
}

/* To the suite data may be of any length, whatever it says of the path: it goes there by TCP. */
static enum hf_error write_some(struct bogo_exchange *exchange, const uint8_t *data, size_t len, size_t *ret_taken)
{
    struct hf_connection *connection = exchange->link.connection;
    if (exchange->flags->quic) {
        *ret_taken = len;
        return bogo_quic_link_write(&exchange->link, data, len) ? HF_OK : HF_ERR_wrong_call;
    }
    enum hf_error error = hf_write(connection, data, len, ret_taken);
    if (error != HF_ERR_datagram_too_long)
        return error;
    hf_set_datagram_max(connection, DATAGRAM_MAX);
    error = hf_write(connection, data, len, ret_taken);
    hf_set_datagram_max(connection, bogo_settings_datagram_max(exchange->flags));
    return error;
}

static bool write_all(struct bogo_exchange *exchange, const void *data, size_t len)
{
    const uint8_t *at = data;
    while (len > 0) {
        size_t taken;
        if (write_some(exchange, at, len, &taken) != HF_OK)
            return tell_failure(exchange);
        bogo_link_flush(&exchange->link);
        at += taken;
        len -= taken;
    }
    return true;
}

static bool export_keys(struct bogo_exchange *exchange, void *into, size_t len)
{
    const struct bogo_flags *flags = exchange->flags;
    const char *label = flags->export_label == NULL ? "" : flags->export_label;
    const char *context = flags->export_context == NULL ? "" : flags->export_context;
    bool with_context = flags->use_export_context;
    enum hf_error error = hf_export(exchange->link.connection, label, with_context ? context : NULL,
                                    with_context ? strlen(context) : 0, into, len);
    if (error != HF_OK)
        fprintf(stderr, "failed to export keying material\n"); /* the words of the suite's own shim */
    return error == HF_OK;
}

static bool write_secrets(struct bogo_exchange *exchange)
{
    const struct bogo_flags *flags = exchange->flags;
    uint8_t len[2] = {(uint8_t)exchange->secret_len, 0};
    const uint8_t *reading = flags->server ? exchange->client_secret : exchange->server_secret;
    const uint8_t *writing = flags->server ? exchange->server_secret : exchange->client_secret;
    return write_all(exchange, len, sizeof len) && write_all(exchange, reading, exchange->secret_len) &&
           write_all(exchange, writing, exchange->secret_len);
}

static bool write_binding(struct bogo_exchange *exchange)
{
    uint8_t binding[HF_CHANNEL_BINDING_LEN_MAX];
    size_t len;
    if (hf_channel_binding(exchange->link.connection, HF_CHANNEL_BINDING_TLS_UNIQUE, binding, sizeof binding, &len) ==
        HF_OK)
        return write_all(exchange, binding, len);
    fprintf(stderr, "failed to get tls-unique\n"); /* the words of the suite's own shim */
    return false;
}

static bool write_record_sizes(struct bogo_exchange *exchange)
{
    static const size_t sizes[] = {0, 1, 255, 256, 257, 16383, 16384, 16385, 32767, 32768, 32769};
    static uint8_t data[32769];
    memset(data, 0x42, sizeof data);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        if (!write_all(exchange, data, sizes[i]))
            return false;
    return true;
}

static const char *initial_write(const struct bogo_flags *flags)
{
    return flags->initial_write == NULL ? "hello" : flags->initial_write;
}

static size_t initial_count(const struct bogo_flags *flags)
{
    return flags->repeat_initial_write == 0 ? 1 : (size_t)flags->repeat_initial_write;
}

static bool may_write_early(struct bogo_exchange *exchange)
{
    if (!exchange->flags->quic)
        return hf_early_room(exchange->link.connection) > 0;
    bogo_link_flush(&exchange->link);
    return bogo_quic_link_takes_early(&exchange->link);
}

static enum hf_error write_some_early(struct bogo_exchange *exchange, const char *text, size_t *ret_taken)
{
    if (exchange->flags->quic)
        return write_some(exchange, (const uint8_t *)text, strlen(text), ret_taken);
    return hf_write_early(exchange->link.connection, text, strlen(text), ret_taken);
}

/* Where early data may be sent it is what the client writes first. */
static bool write_early(struct bogo_exchange *exchange)
{
    const struct bogo_flags *flags = exchange->flags;
    const char *text = initial_write(flags);
    if (!may_write_early(exchange))
        return true;
    if (flags->expect_no_early_offer) {
        fprintf(stderr, "early data was offered\n");
        return false;
    }
    const size_t whole = strlen(text) * initial_count(flags);
    if (flags->export_len >
        0) { /* the suite's own shim asks now: it has answered its application that it is connected */
        uint8_t byte;
        bool refused = hf_export(exchange->link.connection, "", NULL, 0, &byte, 1) == HF_ERR_wrong_call;
        fprintf(stderr, refused ? ":HANDSHAKE_NOT_COMPLETE:\n" : "keys before the handshake is over\n");
        return false;
    }
    while (flags->writes_first && exchange->last_read >= flags->early_write_after && exchange->early_len < whole &&
           may_write_early(exchange)) {
        const char *rest = text + exchange->early_len % strlen(text);
        size_t taken;
        if (write_some_early(exchange, rest, &taken) != HF_OK)
            return tell_failure(exchange);
        bogo_link_flush(&exchange->link);
        exchange->early_len += taken;
    }
    return true;
}

/* A connection may open and fail within one step: then it failed. */
static bool do_handshake(struct bogo_exchange *exchange)
{
    while (!exchange->opened && !exchange->started) {
        enum hf_error error = step(exchange);
        exchange->started = exchange->started || (exchange->flags->quic && bogo_quic_link_has_data());
        if (error != HF_OK || (exchange->link.ended && !exchange->opened && !exchange->started))
            return tell_failure(exchange);
        if (exchange->flags->early_write_after > 0 && !exchange->opened && !write_early(exchange))
            return false;
    }
    return true;
}

/* What did not go early. */
static bool write_first(struct bogo_exchange *exchange)
{
    const struct bogo_flags *flags = exchange->flags;
    const char *text = initial_write(flags);
    const size_t whole = flags->writes_first ? strlen(text) * initial_count(flags) : 0;
    exchange->link.holds = flags->read_with_unfinished_write;
    if (flags->read_with_unfinished_write)
        return write_all(exchange, text + exchange->early_len, strlen(text) - exchange->early_len);
    for (size_t at = exchange->early_len; at < whole; at += strlen(text + at % strlen(text)))
        if (!write_all(exchange, text + at % strlen(text), strlen(text + at % strlen(text))))
            return false;
    return true;
}

static enum hf_error read_now(struct bogo_exchange *exchange, uint8_t *data, size_t room, size_t *ret_len)
{
    struct hf_connection *connection = exchange->link.connection;
    if (!exchange->flags->quic) {
        enum hf_error error = exchange->opened ? HF_OK : hf_read_early(connection, data, room, ret_len);
        return error == HF_OK && *ret_len == 0 ? hf_read(connection, data, room, ret_len) : error;
    }
    *ret_len = bogo_quic_link_read(data, room);
    return hf_failure(connection) == NULL ? HF_OK : hf_failure(connection)->error;
}

/* Waits for data. *ret_len 0: the peer closed, or its transport ended, which the suite calls fine. */
static bool read_some(struct bogo_exchange *exchange, uint8_t *data, size_t room, size_t *ret_len)
{
    uint8_t exported;
    for (;;) {
        enum hf_error error = read_now(exchange, data, room, ret_len);
        if (error == HF_ERR_truncated)
            return true;
        if (error != HF_OK)
            return tell_failure(exchange);
        if (*ret_len > 0)
            return true;
        (void)take_events(exchange);
        if (exchange->peer_closed || exchange->link.ended)
            return true;
        error = step(exchange);
        if (error != HF_OK && error != HF_ERR_truncated)
            return tell_failure(exchange);
        if (exchange->flags->exporter_between_reads && !export_keys(exchange, &exported, sizeof exported))
            return false;
    }
}

/* The one reason why an open connection refuses is that no further keys can be numbered. */
static bool update_keys(struct bogo_exchange *exchange)
{
    enum hf_error error = hf_key_update(exchange->link.connection, /* ask_peer= */ false);
    if (error == HF_ERR_wrong_call)
        fprintf(stderr, ":TOO_MANY_KEY_UPDATES:\n");
    return error == HF_OK || (error != HF_ERR_wrong_call && tell_failure(exchange));
}

static bool answer(struct bogo_exchange *exchange, uint8_t *data, size_t len)
{
    exchange->link.holds = false;
    bogo_link_flush(&exchange->link);
    if (exchange->flags->key_update && !update_keys(exchange))
        return false;
    for (size_t i = 0; i < len; i++)
        data[i] ^= 0xff;
    return write_all(exchange, data, len);
}

static bool echo(struct bogo_exchange *exchange)
{
    static uint8_t data[READ_MAX];
    const struct bogo_flags *flags = exchange->flags;
    size_t room = flags->dtls ? sizeof data : flags->read_size == 0 ? READ_LEN : (size_t)flags->read_size;
    for (;;) {
        size_t len = 0;
        if (flags->key_update_before_read && !update_keys(exchange))
            return false;
        if (!read_some(exchange, data, room < sizeof data ? room : sizeof data, &len))
            return false;
        if (len == 0)
            return true;
        if (!answer(exchange, data, len))
            return false;
    }
}

static bool do_data(struct bogo_exchange *exchange)
{
    static uint8_t exported[EXPORT_MAX];
    const struct bogo_flags *flags = exchange->flags;
    size_t export_len = flags->export_len < sizeof exported ? (size_t)flags->export_len : sizeof exported;
    if (export_len > 0 && !(export_keys(exchange, exported, export_len) && write_all(exchange, exported, export_len)))
        return false;
    if (flags->export_traffic_secrets && !write_secrets(exchange))
        return false;
    if (flags->tls_unique && !write_binding(exchange))
        return false;
    if (flags->send_alert && flags->quic)
        return bogo_quic_link_send_alert(&exchange->link, HF_ALERT_decompression_failure);
    if (flags->send_alert)
        return bogo_inside_send_alert(exchange->link.connection, ALERT_LEVEL_FATAL, HF_ALERT_decompression_failure) ==
               HF_OK;
    if (flags->different_record_sizes)
        return write_record_sizes(exchange);
    return write_first(exchange) && (flags->shuts_down || echo(exchange));
}

/* Without -check-close-notify the suite wants neither ours nor the peer's. */
static bool say_goodbye(struct bogo_exchange *exchange)
{
    if (!exchange->flags->check_close_notify)
        return true;
    hf_close(exchange->link.connection);
    bogo_link_flush(&exchange->link);
    while (!exchange->peer_closed) {
        uint8_t data[READ_LEN];
        size_t len = 0;
        if (!read_some(exchange, data, sizeof data, &len))
            return false;
        if (len > 0) {
            fprintf(stderr, ":APPLICATION_DATA_ON_SHUTDOWN:\n");
            return false;
        }
        if (exchange->link.ended && !exchange->peer_closed) {
            fprintf(stderr, "Unexpected SSL_shutdown result: -1 != 1\n"); /* the words of the suite's own shim */
            return false;
        }
    }
    return true;
}

/* A client offers the session that the case's connection before gave it. */
static struct hf_connection *start(struct hf_config *config, const struct bogo_exchange *exchange,
                                   struct hf_failure *ret_failure)
{
    const char *name = exchange->flags->host_name;
    const struct bogo_sessions *sessions = exchange->sessions;
    const bool offers = !exchange->flags->server && exchange->is_resume;
    /* A client beside QUIC with parameters for it: the call that takes them says what is wrong. */
    const bool has_parameters = exchange->flags->quic_parameters != NULL && !exchange->flags->server;
    if (exchange->flags->quic || has_parameters)
        return bogo_quic_link_connect(config, exchange->flags, sessions->bytes, offers ? sessions->len : 0,
                                      ret_failure);
    if (!offers)
        return hf_connection_new(config, name, bogo_link_now_ms(), ret_failure);
    return hf_connection_resume(config, name, sessions->bytes, sessions->len, bogo_link_now_ms(), ret_failure);
}

static struct hf_connection *new_connection(struct bogo_exchange *exchange)
{
    const struct bogo_flags *flags = exchange->flags;
    const struct bogo_settings settings = {
        .key_log = bogo_watch_secret,
        .seen = bogo_watch_message,
        .context = exchange,
        .now_s = (int64_t)(bogo_link_now_ms() / 1000),
        .retry_peer = exchange->retry->expect_peer_cert_file,
    };
    struct hf_failure failure = {0};
    struct hf_connection *connection = NULL;
    if (flags->dtls || flags->resumption_delay_s > 0)
        bogo_link_stop_clock();
    struct hf_config *config = bogo_settings_make(flags, &settings, &failure);
    if (config != NULL)
        connection = start(config, exchange, &failure);
    hf_config_drop(config);
    if (connection == NULL && failure.error == HF_ERR_unsupported_here)
        bogo_flags_unimplemented(failure.got);
    if (connection == NULL)
        bogo_error_names_print(&failure, NULL);
    else if (!bogo_ech_names_fit(flags))
        bogo_inside_forget_name(connection);
    if (connection != NULL && flags->dtls)
        hf_set_retransmission(connection,
                              flags->initial_timeout_ms > 0 ? (uint32_t)flags->initial_timeout_ms : FIRST_MS);
    return connection;
}

bool bogo_exchange_run(const struct bogo_flags phases[BOGO_PHASES], enum bogo_phase phase,
                       struct bogo_sessions *sessions)
{
    const struct bogo_flags *flags = &phases[phase];
    struct bogo_exchange exchange = {
        .flags = flags, .retry = &phases[BOGO_RETRY], .sessions = sessions, .is_resume = phase == BOGO_RESUME};
    struct hf_connection *connection = new_connection(&exchange);
    if (connection == NULL)
        return false;
    bool fine = bogo_link_open(&exchange.link, flags);
    exchange.link.connection = connection;
    fine = fine && write_early(&exchange) && do_handshake(&exchange) && bogo_checks_opened(&exchange) &&
           do_data(&exchange) && say_goodbye(&exchange) && bogo_checks_ended(&exchange);
    bogo_link_close(&exchange.link);
    hf_connection_free(connection);
    return fine;
}
