#include "handshake/possession.h"

#include "handshake/refuse.h"
#include "negotiate/signature.h"

static enum hf_error refuse_claim(struct hf_handshake *handshake, enum hf_error error,
                                  const struct hf_possession_claim *claim)
{
    handshake->failure->of = hf_handshake_peer_role(handshake) == HF_SERVER ? HF_OF_SERVER : HF_OF_CLIENT;
    return hf_refuse(handshake, error, claim->where, NULL, hf_peer_subject(handshake->work->verified->peer));
}

static void give(struct hf_handshake *handshake)
{
    hf_proofs_give(&handshake->proofs, HF_PROOF_POSSESSION);
}

void hf_possession_inherit(struct hf_handshake *handshake)
{
    if (handshake->work->verified != NULL)
        give(handshake);
}

enum hf_error hf_possession_prove(struct hf_handshake *handshake, enum hf_version_bit generation,
                                  const struct hf_possession_claim *claim, enum hf_outcome *ret_outcome)
{
    const struct hf_public_key *key = handshake->work->verified->key;
    struct hf_signature_kind kind;
    HF_TRY(hf_negotiate_signature_check(handshake->config, generation, claim->scheme, hf_public_key_type(key), &kind,
                                        handshake->failure));
    enum hf_error error = hf_public_key_verify(key, kind, claim->message, claim->signature);
    if (error != HF_OK)
        return refuse_claim(handshake, error, claim);
    handshake->peer_scheme = hf_signature_scheme_find(claim->scheme);
    give(handshake);
    *ret_outcome = handshake->config->verdict_outside ? HF_OUTCOME_JUDGE : HF_OUTCOME_DONE;
    if (handshake->config->verdict_outside)
        handshake->driver.event(handshake->driver.context, HF_EVENT_NEEDS_VERDICT);
    return HF_OK;
}
