/* The turns of TLS 1.2: the master secret from the key exchange, and keys from the master secret.
 * RFC 5246 6.3, 8.1; RFC 7627 4. */
#include "handshake/keys.h"
#include "handshake/premaster.h"
#include "handshake/resumption.h"
#include "handshake/steps.h"

static enum hf_error start_schedule(struct hf_handshake *handshake)
{
    const struct hf_schedule12_hellos hellos = {
        .client_random = hf_span_of(handshake->work->client_random, HF_RANDOM_LEN),
        .server_random = hf_span_of(handshake->work->server_random, HF_RANDOM_LEN),
    };
    return hf_schedule12_init(&handshake->schedule12, handshake->config->toolbox, handshake->suite->hash, &hellos);
}

static enum hf_error derive(struct hf_handshake *handshake, struct hf_premaster *premaster)
{
    if (!handshake->extended_master_secret)
        return hf_schedule12_master(&handshake->schedule12, premaster);
    struct hf_digest session_hash;
    HF_TRY(hf_transcript_digest(&handshake->work->transcript, &session_hash));
    return hf_schedule12_extended_master(&handshake->schedule12, premaster, &session_hash);
}

/* Premaster and master in one function: the premaster is wiped on every way out of it. ClientKeyExchange is in the
 * transcript. */
enum hf_error hf_turn_master_secret(struct hf_handshake *handshake)
{
    HF_WIPED_PREMASTER struct hf_premaster premaster = {0};
    HF_TRY(hf_premaster_agree(handshake, &premaster));
    HF_TRY(start_schedule(handshake));
    HF_TRY(derive(handshake, &premaster));
    hf_handshake_log_key(handshake, HF_KEY_LOG_CLIENT_RANDOM, &handshake->schedule12.master);
    return HF_OK;
}

/* The master secret of the session that is resumed, with the randoms of these hellos: new keys. RFC 5246 F.1.4. */
enum hf_error hf_turn_kept_secret(struct hf_handshake *handshake)
{
    HF_TRY(start_schedule(handshake));
    HF_TRY(
        hf_schedule12_resume(&handshake->schedule12, &handshake->work->past->session.secret, /* is_extended= */ true));
    hf_resumption_forget(handshake);
    hf_handshake_log_key(handshake, HF_KEY_LOG_CLIENT_RANDOM, &handshake->schedule12.master);
    return HF_OK;
}

/* One derivation makes the keys of both directions: those of the second wait. */
static enum hf_error take_keys(struct hf_handshake *handshake, enum hf_aead_direction direction,
                               struct hf_traffic_keys *ret_keys)
{
    struct hf_work *work = handshake->work;
    if (work->has_waiting_keys) {
        *ret_keys = work->waiting_keys;
        hf_traffic_keys_wipe(&work->waiting_keys);
        work->has_waiting_keys = false;
        return HF_OK;
    }
    const struct hf_key_block_shape shape = {
        .mac_len = hf_suite_mac_len(handshake->suite),
        .key_len = hf_suite_key_len(handshake->suite),
        .iv_len = handshake->protocol->iv_len(handshake->suite->aead),
    };
    HF_WIPED_KEYS struct hf_traffic_keys client = {0};
    HF_WIPED_KEYS struct hf_traffic_keys server = {0};
    HF_TRY(hf_schedule12_keys(&handshake->schedule12, &shape, &client, &server));
    bool writes = direction == HF_AEAD_SEAL;
    bool clients = writes == (hf_handshake_role(handshake) == HF_CLIENT);
    *ret_keys = clients ? client : server;
    work->waiting_keys = clients ? server : client;
    work->has_waiting_keys = true;
    return HF_OK;
}

static enum hf_error turn(struct hf_handshake *handshake, enum hf_aead_direction direction)
{
    HF_WIPED_KEYS struct hf_traffic_keys keys = {0};
    HF_TRY(take_keys(handshake, direction, &keys));
    return hf_keys_turn(handshake, direction, &keys, HF_LEVEL_APPLICATION);
}

enum hf_error hf_turn_write_keys12(struct hf_handshake *handshake)
{
    return turn(handshake, HF_AEAD_SEAL);
}

/* ChangeCipherSpec: from the next record on the peer uses the new keys (RFC 5246 7.1). */
enum hf_error hf_step_take_change_cipher_spec(struct hf_handshake *handshake, const struct hf_taken *taken,
                                              enum hf_outcome *ret_outcome)
{
    (void)taken;
    *ret_outcome = HF_OUTCOME_DONE;
    return turn(handshake, HF_AEAD_OPEN);
}
