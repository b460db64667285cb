#include "handshake/proofs.h"

void hf_proofs_give(struct hf_proofs *proofs, enum hf_proof proof)
{
    proofs->held |= (uint32_t)proof;
}

uint32_t hf_proofs_of_presenter(bool with_name, bool with_verdict)
{
    uint32_t proofs = HF_PROOF_CHAIN | HF_PROOF_POSSESSION | HF_PROOF_AUTHORIZED;
    if (with_name)
        proofs |= HF_PROOF_NAME;
    if (with_verdict)
        proofs |= HF_PROOF_VERDICT;
    return proofs;
}

void hf_proofs_demand(struct hf_proofs *proofs, uint32_t demanded)
{
    proofs->demanded |= demanded;
}

void hf_proofs_demand_psk(struct hf_proofs *proofs, bool stands_for_certificate)
{
    proofs->demanded |= HF_PROOF_PSK;
    if (stands_for_certificate)
        proofs->psk_stands_for = HF_PROOF_CHAIN | HF_PROOF_NAME | HF_PROOF_POSSESSION | HF_PROOF_AUTHORIZED;
}

void hf_proofs_forgo_psk(struct hf_proofs *proofs)
{
    if ((proofs->demanded & ~proofs->held & HF_PROOF_HELLO) != 0)
        proofs->demanded &= ~(uint32_t)HF_PROOF_PSK;
}

static uint32_t wanted_mask(enum hf_proofs_wanted wanted)
{
    switch (wanted) {
    case HF_PROOFS_NONE:
        return 0;
    case HF_PROOFS_KEPT:
        return HF_PROOF_ALL & ~(uint32_t)(HF_PROOF_FINISHED | HF_PROOF_POSSESSION | HF_PROOF_PSK | HF_PROOF_HELLO);
    case HF_PROOFS_PEER:
        return HF_PROOF_ALL & ~(uint32_t)(HF_PROOF_FINISHED | HF_PROOF_PSK | HF_PROOF_HELLO);
    case HF_PROOFS_LAST:
        return HF_PROOF_ALL & ~(uint32_t)HF_PROOF_HELLO;
    case HF_PROOFS_ALL:
        break;
    }
    return HF_PROOF_ALL;
}

bool hf_proofs_suffice(const struct hf_proofs *proofs, enum hf_proofs_wanted wanted)
{
    uint32_t needed = (proofs->demanded | HF_PROOF_FINISHED) & wanted_mask(wanted);
    const bool is_to_come = wanted == HF_PROOFS_KEPT && (proofs->demanded & HF_PROOF_PSK) != 0;
    if ((proofs->held & HF_PROOF_PSK) != 0 || is_to_come)
        needed &= ~proofs->psk_stands_for;
    return (proofs->held & needed) == needed;
}
