/* The calls of <handfast/connection.h> that only look. */
#include <handfast/connection.h>
#include <handfast/ech.h>

#include "engine/connection.h"
#include "handshake/machine.h"

static const char *text_or_empty(const char *text)
{
    return text == NULL ? "" : text;
}

/* Nothing is told of a peer before the connection is open, nor after it failed. While a renegotiation runs what was
 * proven before it still is. */
static bool is_open(const struct hf_connection *connection)
{
    return connection->handshake.opened && !hf_connection_failed(connection);
}

const struct hf_peer *hf_peer(const struct hf_connection *connection)
{
    return is_open(connection) ? connection->handshake.peer : NULL;
}

const struct hf_failure *hf_failure(const struct hf_connection *connection)
{
    static const struct hf_failure unexplained = {
        .error = HF_ERR_no_memory,
        .by = HF_BY_US,
        .alert = HF_ALERT_none,
        .depth = -1,
        .where = "the explanation of another failure",
    };
    const struct hf_failure *failure = connection->handshake.failure;
    if (!hf_connection_failed(connection))
        return NULL;
    return failure == NULL ? &unexplained : failure;
}

static const char *srtp_name(uint16_t id)
{
    const struct hf_srtp_profile *profile = hf_srtp_profile_find(id);
    return profile == NULL ? "" : profile->name;
}

void hf_session_info(const struct hf_connection *connection, struct hf_session_info *ret_info)
{
    const struct hf_handshake *handshake = &connection->handshake;
    const struct hf_shared_key *shared_key = handshake->shared_key;
    *ret_info = (struct hf_session_info){
        .version = handshake->protocol == NULL ? 0 : (enum hf_version)handshake->protocol->version,
        .suite = handshake->suite == NULL ? "" : handshake->suite->name,
        .group = handshake->group == NULL ? "" : handshake->group->name,
        .own_scheme = handshake->presented && handshake->own_scheme != NULL ? handshake->own_scheme->name : "",
        .peer_scheme = handshake->peer_scheme == NULL ? "" : handshake->peer_scheme->name,
        .alpn = text_or_empty(handshake->alpn),
        .srtp_profile = srtp_name(handshake->srtp_profile),
        .server_name = text_or_empty(handshake->server_name),
        .admitted_by = hf_peer(connection) == NULL ? "" : text_or_empty(handshake->admitted_by),
        .psk_identity = shared_key == NULL ? NULL : shared_key->name,
        .psk_identity_len = shared_key == NULL ? 0 : shared_key->identity_len,
        .hello_retried = handshake->hello_retried,
        .asked_for_certificate = handshake->asked,
        .presented_certificate = handshake->presented,
        .peer_delegated = handshake->peer_delegated,
        .own_identity = handshake->identity_index,
        .extended_master_secret = handshake->extended_master_secret,
        .encrypt_then_mac = handshake->encrypt_then_mac,
        .compressed = handshake->deflates,
        .authenticated_only = handshake->suite != NULL && hf_suite_is_readable(handshake->suite),
        .session_offered = handshake->session_offered,
        .resumed = handshake->resumed,
        .ticket_age_skew_s = handshake->ticket_age_skew_s,
        .early_data = handshake->early == HF_EARLY_TAKEN,
        .opened = is_open(connection),
        .accepted = handshake->accepted && !hf_connection_failed(connection),
        .peer_closed = connection->received_close,
    };
}

static void describe_schemes(const struct hf_request_told *told, char into[HF_REQUEST_SCHEMES_ROOM])
{
    struct hf_text text = hf_text_of(into, HF_REQUEST_SCHEMES_ROOM);
    struct hf_reader list = hf_reader_of(hf_span_of(told->bytes + told->schemes_at, told->schemes_len));
    while (hf_reader_more(&list)) {
        uint16_t id = hf_reader_u16(&list);
        const struct hf_signature_scheme *scheme = hf_signature_scheme_find(id);
        hf_text_add(&text, "%s", text.len == 0 ? "" : ":");
        if (scheme != NULL)
            hf_text_add(&text, "%s", scheme->name);
        else
            hf_text_add(&text, "0x%04x", id);
    }
}

void hf_certificate_request(const struct hf_connection *connection, struct hf_certificate_request_info *ret_info)
{
    const struct hf_handshake *handshake = &connection->handshake;
    const struct hf_request_told *told = handshake->request_told;
    bool asked = handshake->asked && handshake->config->role == HF_CLIENT;
    *ret_info = (struct hf_certificate_request_info){
        .asked = asked,
        .answered = asked && handshake->identity != NULL,
        .authority_count = told == NULL ? 0 : told->authority_count,
        .authorities = told == NULL ? "" : told->bytes,
        .misfits = told == NULL ? "" : told->bytes + told->misfits_at,
    };
    if (told != NULL)
        describe_schemes(told, ret_info->schemes);
}

void hf_ech_info(const struct hf_connection *connection, struct hf_ech_info *ret_info)
{
    const struct hf_failure *failure = hf_failure(connection);
    const struct hf_ech_told *told = connection->handshake.ech_told;
    const bool has_retry = told != NULL && told->retry != NULL && failure != NULL &&
                           failure->error == HF_ERR_ech_rejected; /* else nobody has proven the public name */
    *ret_info = (struct hf_ech_info){
        .state = connection->handshake.ech,
        .public_name = told == NULL ? "" : told->public_name,
        .retry_configs = has_retry ? told->retry : NULL,
        .retry_configs_len = has_retry ? told->retry_len : 0,
    };
}
