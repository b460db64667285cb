/* The calls of <handfast/session.h>: sessions given out to be kept, and taken back. */
#include <handfast/session.h>

#include "engine/connection.h"
#include "handshake/resumption.h"

size_t hf_session_id(const struct hf_connection *connection, const uint8_t **ret_id)
{
    const struct hf_handshake *handshake = &connection->handshake;
    const struct hf_session_id *id = handshake->tickets != NULL ? &handshake->tickets->id : &handshake->session_id;
    bool is_possible = hf_session_size(connection) > 0;
    *ret_id = is_possible ? id->bytes : NULL;
    return is_possible ? id->len : 0;
}

size_t hf_session_size(const struct hf_connection *connection)
{
    HF_WIPED_SESSION struct hf_session session = {0};
    if (hf_resumption_keep(&connection->handshake, &session) != HF_OK)
        return 0;
    return hf_session_length(&session);
}

enum hf_error hf_session_bytes(const struct hf_connection *connection, void *into, size_t room, size_t *ret_len)
{
    HF_WIPED_SESSION struct hf_session session = {0};
    struct hf_digest policy;
    HF_TRY(hf_resumption_keep(&connection->handshake, &session));
    if (into == NULL || room < hf_session_length(&session))
        return HF_ERR_wrong_call;
    HF_TRY(hf_resumption_policy(&connection->handshake, &policy));
    const struct hf_session_seal seal = {.toolbox = connection->config->toolbox, .policy = hf_digest_span(&policy)};
    struct hf_writer writer = hf_writer_of(into, room);
    HF_TRY(hf_session_write(&session, &seal, &writer));
    *ret_len = writer.len;
    return HF_OK;
}
