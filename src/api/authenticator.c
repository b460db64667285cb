/* The calls of <handfast/authenticator.h>: arguments are checked here, the work is handshake/authenticator.c's. */
#include <handfast/authenticator.h>

#include "api/builder.h"
#include "engine/connection.h"
#include "handshake/authenticator.h"
#include "wire/read.h"

enum { ROOM = 8192, CONTEXT_MAX = 255 };

void hf_builder_authenticators_unasked(struct hf_builder *builder)
{
    if (!hf_builder_is_fine(builder))
        return;
    if (builder->config->role != HF_SERVER)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_authenticators_unasked", "a server", "a client");
    else
        builder->config->authenticators_unasked = true;
}

size_t hf_authenticator_room(const struct hf_connection *connection)
{
    const struct hf_config *config = connection->config;
    size_t room = config->authorities_len;
    for (size_t i = 0; i < config->identity_count; i++)
        if (hf_identity_room(config->identities[i]) > room)
            room = hf_identity_room(config->identities[i]);
    return ROOM + room;
}

static enum hf_error check(const struct hf_connection *connection)
{
    if (hf_connection_failed(connection))
        return connection->failed;
    return hf_authenticator_is_possible(&connection->handshake) ? HF_OK : HF_ERR_wrong_call;
}

enum hf_error hf_authenticator_request(struct hf_connection *connection, const struct hf_authenticator_wish *wish,
                                       void *into, size_t room, size_t *ret_len)
{
    struct hf_writer writer = hf_writer_of(into, room);
    *ret_len = 0;
    HF_TRY(check(connection));
    if (wish->context_len > CONTEXT_MAX || (wish->server_name != NULL && connection->config->role == HF_SERVER))
        return HF_ERR_wrong_call;
    HF_TRY(hf_authenticator_ask(&connection->handshake, wish, &writer));
    *ret_len = writer.len;
    return HF_OK;
}

bool hf_authenticator_context(const void *message, size_t len, const uint8_t **ret_context, size_t *ret_len)
{
    struct hf_reader reader = hf_reader_of(hf_span_of(message, len));
    const uint8_t type = hf_reader_u8(&reader);
    const struct hf_span body = hf_reader_vector(&reader, 3, 0, SIZE_MAX);
    struct hf_wire_certificate_request13 request;
    struct hf_wire_certificate13 certificate;
    struct hf_span context;
    if (type == hf_message_wire_type(HF_MESSAGE_finished))
        return false;
    if (type == hf_message_wire_type(HF_MESSAGE_certificate)) {
        if (hf_wire_read_certificate13(body, &certificate) != HF_OK)
            return false;
        context = certificate.context;
    } else {
        if (hf_wire_read_certificate_request13(body, &request) != HF_OK)
            return false;
        context = request.context;
    }
    *ret_context = context.data;
    *ret_len = context.len;
    return true;
}

static enum hf_error told(enum hf_error error, struct hf_failure *failure, struct hf_failure *ret_failure)
{
    failure->error = error;
    if (ret_failure != NULL && error != HF_OK)
        *ret_failure = *failure;
    return error;
}

enum hf_error hf_authenticator_make(struct hf_connection *connection, const struct hf_authenticator_making *making,
                                    struct hf_authenticator_bytes *ret_bytes, struct hf_failure *ret_failure)
{
    struct hf_failure failure = {.by = HF_BY_US, .alert = HF_ALERT_none, .depth = -1};
    struct hf_writer writer = hf_writer_of(ret_bytes->into, ret_bytes->room);
    const bool is_known = making->identity < 0 ? making->identity >= HF_AUTHENTICATOR_NOBODY
                                               : (size_t)making->identity < connection->config->identity_count;
    ret_bytes->len = 0;
    HF_TRY(check(connection));
    if (!is_known || ret_bytes->room < hf_authenticator_room(connection))
        return HF_ERR_wrong_call;
    enum hf_error error = hf_authenticator_answer(&connection->handshake, making, &failure, &writer);
    if (error == HF_OK)
        ret_bytes->len = writer.len;
    return told(error, &failure, ret_failure);
}

enum hf_error hf_authenticator_check(struct hf_connection *connection, const struct hf_authenticator_checking *checking,
                                     struct hf_peer **ret_peer, struct hf_failure *ret_failure)
{
    struct hf_failure failure = {.by = HF_BY_US, .alert = HF_ALERT_none, .depth = -1};
    HF_TRY(check(connection));
    if (checking->name != NULL && connection->config->role == HF_SERVER)
        return HF_ERR_wrong_call;
    enum hf_error error = hf_authenticator_validate(&connection->handshake, checking, &failure, ret_peer);
    return told(error, &failure, ret_failure);
}

void hf_authenticator_peer_free(struct hf_peer *peer)
{
    hf_peer_drop(peer);
}
