/* The turns of TLS 1.3: when the schedule advances and which keys then protect which direction.
 * RFC 9846 7.1 (schedule), 7.3 (traffic keys), 4.1 (which messages each secret covers). */
#include "handshake/keys.h"
#include "handshake/post_handshake_auth.h"
#include "handshake/steps.h"

/* Both names of a secret: one for each sender. */
struct pair {
    enum hf_secret13 client;
    enum hf_secret13 server;
};

static const struct pair handshake_secrets = {HF_SECRET13_CLIENT_HANDSHAKE, HF_SECRET13_SERVER_HANDSHAKE};
static const struct pair traffic_secrets = {HF_SECRET13_CLIENT_TRAFFIC, HF_SECRET13_SERVER_TRAFFIC};

static enum hf_error turn(struct hf_handshake *handshake, const struct pair *pair, enum hf_aead_direction direction,
                          enum hf_level level)
{
    enum hf_role sender = direction == HF_AEAD_SEAL ? hf_handshake_role(handshake) : hf_handshake_peer_role(handshake);
    HF_WIPED_KEYS struct hf_traffic_keys keys = {0};
    HF_TRY(hf_schedule13_keys(&handshake->schedule13, sender == HF_CLIENT ? pair->client : pair->server,
                              hf_aead_key_len(handshake->suite->aead), &keys));
    return hf_keys_turn(handshake, direction, &keys, level);
}

static void log_secret(const struct hf_handshake *handshake, enum hf_key_log_label label, enum hf_secret13 which)
{
    hf_handshake_log_key(handshake, label, hf_schedule13_secret(&handshake->schedule13, which));
}

/* Where early data was taken the early secret is there already, of this very key. */
static enum hf_error begin(struct hf_handshake *handshake)
{
    if (handshake->early == HF_EARLY_TAKEN || (handshake->early == HF_EARLY_OFFERED && handshake->resumed))
        return HF_OK;
    hf_secret_wipe(&handshake->work->early_exporter); /* of another hash, maybe */
    HF_TRY(hf_handshake_begin_schedule13(handshake, handshake->suite->hash, &handshake->schedule13));
    return hf_schedule13_early(&handshake->schedule13, &handshake->work->psk); /* empty: there is none */
}

enum hf_error hf_keys13_take_shared(struct hf_handshake *handshake, struct hf_premaster *shared)
{
    HF_TRY(begin(handshake));
    hf_secret_wipe(&handshake->work->psk);
    return hf_schedule13_shared(&handshake->schedule13, shared);
}

/* ClientHello and ServerHello are in the transcript. */
enum hf_error hf_turn_handshake_secrets(struct hf_handshake *handshake)
{
    struct hf_schedule13 *schedule = &handshake->schedule13;
    struct hf_digest hellos;
    HF_TRY(hf_transcript_digest(&handshake->work->transcript, &hellos));
    HF_TRY(hf_schedule13_handshake(schedule, &hellos));
    log_secret(handshake, HF_KEY_LOG_CLIENT_HANDSHAKE_TRAFFIC_SECRET, HF_SECRET13_CLIENT_HANDSHAKE);
    log_secret(handshake, HF_KEY_LOG_SERVER_HANDSHAKE_TRAFFIC_SECRET, HF_SECRET13_SERVER_HANDSHAKE);
    return HF_OK;
}

enum hf_error hf_turn_read_handshake_keys(struct hf_handshake *handshake)
{
    return turn(handshake, &handshake_secrets, HF_AEAD_OPEN, HF_LEVEL_HANDSHAKE);
}

enum hf_error hf_turn_write_handshake_keys(struct hf_handshake *handshake)
{
    handshake->work->writes_early = false;
    return turn(handshake, &handshake_secrets, HF_AEAD_SEAL, HF_LEVEL_HANDSHAKE);
}

/* The server's Finished is in the transcript. */
enum hf_error hf_turn_application_secrets(struct hf_handshake *handshake)
{
    struct hf_digest to_server_finished;
    HF_TRY(hf_transcript_digest(&handshake->work->transcript, &to_server_finished));
    HF_TRY(hf_schedule13_master(&handshake->schedule13, &to_server_finished));
    log_secret(handshake, HF_KEY_LOG_CLIENT_TRAFFIC_SECRET_0, HF_SECRET13_CLIENT_TRAFFIC);
    log_secret(handshake, HF_KEY_LOG_SERVER_TRAFFIC_SECRET_0, HF_SECRET13_SERVER_TRAFFIC);
    log_secret(handshake, HF_KEY_LOG_EXPORTER_SECRET, HF_SECRET13_EXPORTER);
    return HF_OK;
}

enum hf_error hf_turn_read_application_keys(struct hf_handshake *handshake)
{
    return turn(handshake, &traffic_secrets, HF_AEAD_OPEN, HF_LEVEL_APPLICATION);
}

enum hf_error hf_turn_write_application_keys(struct hf_handshake *handshake)
{
    return turn(handshake, &traffic_secrets, HF_AEAD_SEAL, HF_LEVEL_APPLICATION);
}

/* The client's Finished is in the transcript: the last secret is derived, and the handshake's own are wiped. */
enum hf_error hf_turn_resumption_secret(struct hf_handshake *handshake)
{
    struct hf_digest to_client_finished;
    HF_TRY(hf_transcript_digest(&handshake->work->transcript, &to_client_finished));
    HF_TRY(hf_schedule13_resumption(&handshake->schedule13, &to_client_finished));
    return hf_post_handshake_auth_keep(handshake);
}

/* After our KeyUpdate: RFC 9846 4.7.3. */
enum hf_error hf_turn_next_write_keys(struct hf_handshake *handshake)
{
    HF_TRY(hf_schedule13_update(&handshake->schedule13, hf_handshake_role(handshake)));
    return turn(handshake, &traffic_secrets, HF_AEAD_SEAL, HF_LEVEL_APPLICATION);
}
