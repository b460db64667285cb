/* TEST ONLY: see inside.h. */
#include "inside.h"

#include "base/allocation.h"
#include "crypto/private_key.h"
#include "engine/connection.h"
#include "identity/own_key.h"
#include "session/session.h"

#include <stdlib.h>
#include <string.h>

void bogo_inside_forget_name(struct hf_connection *connection)
{
    struct hf_handshake *handshake = &connection->handshake;
    if (handshake->server_name != handshake->peer_name) /* they may be one text, which the hello still needs */
        hf_allocation_free(handshake->allocator, handshake->peer_name);
    handshake->peer_name = NULL;
    handshake->proofs.demanded &= ~(uint32_t)HF_PROOF_NAME;
}

void bogo_inside_remember_name(struct hf_connection *connection, const char *name)
{
    struct hf_handshake *handshake = &connection->handshake;
    if (name != NULL && handshake->peer_name == NULL)
        handshake->peer_name = hf_allocation_text(handshake->allocator, name);
}

enum hf_error bogo_inside_send_alert(struct hf_connection *connection, uint8_t level, uint8_t alert)
{
    return hf_framing_send_alert(connection->framing, level, alert);
}

bool bogo_inside_set_authorities(struct hf_config *config, const uint8_t *names, size_t len)
{
    uint8_t *copy = hf_allocation_copy(&config->allocator, hf_span_of(names, len));
    if (copy == NULL)
        return false;
    hf_allocation_free(&config->allocator, config->authorities);
    config->authorities = copy;
    config->authorities_len = len;
    return true;
}

void bogo_inside_set_psk(struct hf_config *config, const char *key)
{
    if (!hf_secret_set(&config->psks->key, hf_span_of(key, strlen(key))))
        abort();
}

size_t bogo_inside_sign(struct hf_connection *connection, const char *pem, const struct hf_signature_wanted *wanted,
                        uint8_t *into)
{
    const struct hf_config *config = connection->config;
    struct hf_private_key *key;
    struct hf_writer signature = hf_writer_of(into, HF_SIGNER_ROOM);
    const struct hf_signer_request request = {
        .scheme = wanted->scheme,
        .message = hf_span_of(wanted->message, wanted->message_len),
    };
    if (hf_private_key_read_pem(config->toolbox, &config->allocator, hf_span_of_text(pem), hf_span_of(NULL, 0), &key) !=
        HF_OK)
        return 0;
    const struct hf_signer signer = hf_own_key_signer(key);
    bool fine = signer.begin(signer.context, &request, &signature) == HF_SIGNER_DONE;
    hf_private_key_free(key);
    return fine ? signature.len : 0;
}

bool bogo_inside_takes_early_data(const struct bogo_sessions *sessions)
{
    struct hf_session session;
    return hf_session_read(hf_span_of(sessions->bytes, sessions->len), &session) == HF_OK && session.early_max > 0;
}
