/* KeyUpdate (RFC 9846 4.7.3): whoever sends it changes the keys of what it sends next; it may ask for the same. */
#include "handshake/keys.h"
#include "handshake/refuse.h"
#include "handshake/steps.h"
#include "wire/read.h"
#include "wire/write.h"

enum { UPDATE_NOT_REQUESTED = 0, UPDATE_REQUESTED = 1, UPDATES_WITHOUT_DATA_MAX = 32 };

static enum hf_error turn_read(struct hf_handshake *handshake)
{
    enum hf_role peer = hf_handshake_peer_role(handshake);
    HF_TRY(hf_schedule13_update(&handshake->schedule13, peer));
    HF_WIPED_KEYS struct hf_traffic_keys keys = {0};
    HF_TRY(hf_schedule13_keys(&handshake->schedule13,
                              peer == HF_CLIENT ? HF_SECRET13_CLIENT_TRAFFIC : HF_SECRET13_SERVER_TRAFFIC,
                              hf_aead_key_len(handshake->suite->aead), &keys));
    return hf_keys_turn(handshake, HF_AEAD_OPEN, &keys, HF_LEVEL_APPLICATION);
}

/* Many requests while we are silent get one answer (RFC 9846 4.7.3), so that a peer cannot fill our output with them:
 * what data comes next is under newer keys than all before. Behind our close_notify there is nothing more to protect.
 */
static bool must_answer(const struct hf_handshake *handshake)
{
    return !handshake->update_waits && !handshake->sent_close && hf_handshake_may_update(handshake);
}

enum hf_error hf_step_take_key_update(struct hf_handshake *handshake, const struct hf_taken *taken,
                                      enum hf_outcome *ret_outcome)
{
    struct hf_wire_key_update message;
    HF_TRY(hf_wire_read_key_update(taken->body, &message));
    if (message.request_update > UPDATE_REQUESTED)
        return hf_refuse_got(handshake, HF_ERR_illegal_parameter, "KeyUpdate.request_update", "%u",
                             message.request_update);
    if (++handshake->key_updates > UPDATES_WITHOUT_DATA_MAX)
        return hf_refuse(handshake, HF_ERR_too_many_key_updates, "KeyUpdate", NULL, NULL);
    HF_TRY(turn_read(handshake));
    handshake->ask_peer_update = false;
    handshake->update_asked = false;
    *ret_outcome =
        message.request_update == UPDATE_REQUESTED && must_answer(handshake) ? HF_OUTCOME_ASKED : HF_OUTCOME_DONE;
    return HF_OK;
}

enum hf_error hf_build_key_update(struct hf_handshake *handshake, struct hf_writer *body)
{
    const struct hf_wire_key_update message = {
        .request_update = handshake->ask_peer_update ? UPDATE_REQUESTED : UPDATE_NOT_REQUESTED,
    };
    hf_wire_write_key_update(body, &message);
    handshake->update_waits = true;
    handshake->key_updates_sent++;
    handshake->update_asked = handshake->update_asked || handshake->ask_peer_update;
    return HF_OK;
}
