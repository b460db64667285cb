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

/* Of a delegated credential's key: by the one scheme that the credential is for (RFC 9345 4.1.3, step 3). */
static enum hf_error check_delegated(struct hf_handshake *handshake, const struct hf_possession_claim *claim,
                                     struct hf_signature_kind *ret_kind)
{
    const struct hf_work *work = handshake->work;
    const struct hf_signature_scheme *scheme = hf_signature_scheme_find(work->delegated_scheme);
    if (claim->scheme != work->delegated_scheme)
        return hf_refuse_got(handshake, HF_ERR_delegated_credential_invalid, claim->where,
                             "a signature by the scheme 0x%04x, not by the credential's", (unsigned)claim->scheme);
    return hf_signature_scheme_fits(scheme, HF_VERSION_BIT_13, hf_public_key_type(work->delegated_key), ret_kind)
               ? HF_OK
               : HF_ERR_internal;
}

enum hf_error hf_possession_prove(struct hf_handshake *handshake, enum hf_version_bit generation,
                                  const struct hf_possession_claim *claim, enum hf_outcome *ret_outcome)
{
    const struct hf_public_key *key = handshake->work->verified->key;
    struct hf_signature_kind kind = {0};
    if (handshake->work->delegated_key != NULL) {
        key = handshake->work->delegated_key;
        HF_TRY(check_delegated(handshake, claim, &kind));
    } else {
        HF_TRY(hf_negotiate_signature_check(handshake->config, generation, claim->scheme, hf_public_key_type(key),
                                            &kind, handshake->failure));
    }
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
