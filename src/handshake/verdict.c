/* The application's own judgement of a peer that has proven itself (hf_builder_verdict_outside). It can only refuse. */
#include "handshake/peer_proof.h"
#include "handshake/refuse.h"
#include "handshake/steps.h"

enum hf_error hf_step_take_verdict(struct hf_handshake *handshake, const struct hf_taken *taken,
                                   enum hf_outcome *ret_outcome)
{
    (void)taken;
    if (!handshake->verdict_accepts) {
        handshake->failure->of = hf_handshake_peer_role(handshake) == HF_SERVER ? HF_OF_SERVER : HF_OF_CLIENT;
        return hf_refuse(handshake, HF_ERR_verdict_refused, "verdict", NULL,
                         hf_peer_subject(handshake->work->verified->peer));
    }
    HF_TRY(hf_peer_proof_settle(handshake));
    hf_proofs_give(&handshake->proofs, HF_PROOF_VERDICT);
    *ret_outcome = HF_OUTCOME_DONE;
    return HF_OK;
}
