/* How a connection comes to be: framing, handshake and engine put together, and the first step made. */
#include "engine/birth.h"

#include "base/text.h"
#include "handshake/machine.h"
#include "handshake/narrate.h"
#include "handshake/refuse.h"
#include "handshake/resumption.h"
#include "protocol/protocols.h"
#include "quic/quic.h"
#include "stream/stream.h"
#include "trust/names.h"

/* ---- driver: from the handshake to the connection ---- */

static void on_event(void *context, enum hf_event_kind kind)
{
    hf_connection_raise(context, kind);
}

static void on_seen(void *context, const struct hf_seen *seen)
{
    const struct hf_connection *connection = context;
    connection->config->observe(connection->config->observe_context, connection, seen);
}

static void on_ack(void *context, bool sent, struct hf_span content)
{
    struct hf_connection *connection = context;
    hf_narrate_ack(&connection->handshake, sent, content);
}

/* ---- birth and death ---- */

static enum hf_error refuse(struct hf_connection *connection, const char *where, const char *wanted, const char *got)
{
    struct hf_failure *failure = hf_refuse_room(&connection->handshake);
    if (failure == NULL)
        return HF_ERR_no_memory;
    struct hf_text text = hf_text_of(failure->wanted, sizeof failure->wanted);
    hf_text_add(&text, "%s", wanted);
    text = hf_text_of(failure->got, sizeof failure->got);
    hf_text_add_safe(&text, hf_span_of_text(got));
    text = hf_text_of(failure->where, sizeof failure->where);
    hf_text_add(&text, "%s", where);
    return HF_ERR_setting_invalid;
}

static enum hf_error refuse_name(struct hf_connection *connection, const char *wanted, const char *got)
{
    return refuse(connection, "hf_connection_new: peer_name", wanted, got);
}

static enum hf_error check_name(struct hf_connection *connection, const char *peer_name)
{
    const struct hf_config *config = connection->config;
    if (config->role == HF_SERVER)
        return peer_name == NULL ? HF_OK : refuse_name(connection, "none, on a server", peer_name);
    if (peer_name == NULL && !config->any_server_name)
        return refuse_name(connection, "the server's name, or hf_builder_any_server_name", "none");
    uint8_t address[16];
    size_t address_len;
    if (peer_name == NULL || hf_names_read_address(peer_name, address, &address_len) ||
        hf_names_is_dns(hf_span_of_text(peer_name)))
        return HF_OK;
    return refuse_name(connection, "a DNS name or an IP address", peer_name);
}

/* What carries a connection: its protocols, and which rows of the tables hold. */
struct carrier {
    const struct hf_protocol *const *protocols;
    enum hf_over over;
};

static struct carrier carrier_of(const struct hf_config *config)
{
    if (config->transport == &hf_transport_datagram)
        return (struct carrier){hf_protocols_of_datagrams, HF_OVER_DATAGRAM};
    if (config->transport == &hf_transport_quic)
        return (struct carrier){hf_protocols_of_quic, HF_OVER_QUIC};
    return (struct carrier){hf_protocols_of_streams, HF_OVER_STREAM};
}

static enum hf_error start_framing(struct hf_connection *connection, const struct hf_beginning *beginning)
{
    const struct hf_allocator *allocator = &connection->config->allocator;
    if (connection->config->transport == &hf_transport_datagram)
        HF_TRY(hf_datagram_new(allocator, &beginning->numbers, &connection->framing));
    else if (connection->config->transport == &hf_transport_quic)
        HF_TRY(hf_quic_new(allocator, beginning->parameters, &connection->framing));
    else
        HF_TRY(hf_stream_new(allocator, &connection->framing));
    connection->framing->is_patient = connection->config->role == HF_SERVER; /* a client begins anew */
    const struct hf_framing_watcher watcher = {on_ack, connection};
    if (connection->config->observe != NULL)
        hf_framing_watch(connection->framing, &watcher);
    hf_framing_set_time(connection->framing, beginning->now_ms);
    if (connection->config->datagram_max != 0)
        hf_framing_set_datagram_max(connection->framing, connection->config->datagram_max);
    return HF_OK;
}

enum hf_error hf_birth_handshake(struct hf_connection *connection, const struct hf_beginning *beginning)
{
    const struct carrier carrier = carrier_of(connection->config);
    const struct hf_handshake_ground ground = {
        .config = connection->config,
        .framing = connection->framing,
        .protocols = carrier.protocols,
        .over = carrier.over,
        .driver = {.event = on_event, .seen = on_seen, .context = connection},
        .retried = beginning->retried,
    };
    HF_TRY(hf_handshake_init(&connection->handshake, &ground, beginning->peer_name, beginning->now_ms));
    if (beginning->session.len > 0)
        HF_TRY(hf_resumption_offer(&connection->handshake, beginning->session));
    return hf_machine_start(&connection->handshake);
}

static struct hf_connection *give_up(struct hf_connection *connection, enum hf_error error,
                                     struct hf_failure *ret_failure)
{
    static const struct hf_failure none;
    if (ret_failure != NULL) {
        const struct hf_failure *found = connection == NULL ? NULL : connection->handshake.failure;
        *ret_failure = found == NULL ? none : *found;
        ret_failure->error = error;
        ret_failure->by = HF_BY_SETTINGS;
        ret_failure->alert = HF_ALERT_none;
        ret_failure->depth = -1;
    }
    hf_connection_free(connection);
    return NULL;
}

static enum hf_error check_session(struct hf_connection *connection, struct hf_span session)
{
    if (session.len == 0 || connection->config->role == HF_CLIENT)
        return HF_OK;
    return refuse(connection, "hf_connection_resume: session", "none, on a server", "one");
}

/* Each kind of config has its own call. */
static enum hf_error check_carrier(struct hf_connection *connection, const struct hf_beginning *beginning)
{
    const bool is_quic = connection->config->transport == &hf_transport_quic;
    if (is_quic && !beginning->is_quic)
        return refuse(connection, "hf_connection_new", "hf_quic_connection_new", "a config with hf_builder_quic");
    if (!is_quic && beginning->is_quic)
        return refuse(connection, "hf_quic_connection_new", "a config with hf_builder_quic", "another");
    if (beginning->parameters.len > HF_QUIC_PARAMETERS_MAX)
        return refuse(connection, "hf_quic_connection_new: parameters", "at most 2048 bytes", "more");
    return HF_OK;
}

struct hf_connection *hf_birth_connection(struct hf_config *config, const struct hf_beginning *beginning,
                                          struct hf_failure *ret_failure)
{
    struct hf_connection *connection = hf_allocation_new(&config->allocator, sizeof *connection);
    if (connection == NULL)
        return give_up(NULL, HF_ERR_no_memory, ret_failure);
    connection->config = hf_config_hold(config);
    connection->handshake.config = config;
    connection->handshake.allocator = &config->allocator;
    hf_buffer_init(&connection->held, &config->allocator, HF_ENGINE_HELD_MAX);
    enum hf_error error = check_name(connection, beginning->peer_name);
    if (error == HF_OK)
        error = check_carrier(connection, beginning);
    if (error == HF_OK)
        error = check_session(connection, beginning->session);
    if (error == HF_OK)
        error = start_framing(connection, beginning);
    if (error == HF_OK)
        error = hf_birth_handshake(connection, beginning);
    if (error != HF_OK)
        return give_up(connection, error, ret_failure);
    return connection;
}

void hf_connection_free(struct hf_connection *connection)
{
    if (connection == NULL)
        return;
    struct hf_config *config = connection->config;
    const struct hf_allocator allocator = config->allocator;
    hf_handshake_wipe(&connection->handshake);
    hf_framing_free(connection->framing);
    hf_buffer_release(&connection->held);
    hf_allocation_wipe(&allocator, connection, sizeof *connection);
    hf_config_drop(config);
}
