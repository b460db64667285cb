#include "handshake/psk.h"

enum { UNKNOWN_KEY_LEN = 32 };

void hf_psk_begin(struct hf_handshake *handshake)
{
    bool peer_presents = hf_handshake_peer_role(handshake) == HF_SERVER && hf_suite_certifies(handshake->suite);
    hf_proofs_demand_psk(&handshake->proofs, /* stands_for_certificate= */ !peer_presents);
}

/* The identity lasts as long as the connection: hf_session_info tells it. */
static enum hf_error keep_identity(struct hf_handshake *handshake, struct hf_span identity)
{
    hf_allocation_free(handshake->allocator, handshake->psk_identity);
    handshake->psk_identity = hf_allocation_copy(handshake->allocator, identity);
    if (handshake->psk_identity == NULL)
        return HF_ERR_no_memory;
    handshake->psk_identity_len = identity.len;
    return HF_OK;
}

enum hf_error hf_psk_begin13(struct hf_handshake *handshake, struct hf_span identity)
{
    hf_proofs_demand_psk(&handshake->proofs, /* stands_for_certificate= */ true);
    return keep_identity(handshake, identity);
}

static enum hf_error keep(struct hf_handshake *handshake, struct hf_span identity, const struct hf_secret *key)
{
    HF_TRY(keep_identity(handshake, identity));
    handshake->work->psk = *key;
    return HF_OK;
}

enum hf_error hf_psk_choose(struct hf_handshake *handshake)
{
    const struct hf_config_psk *psk = handshake->config->psks;
    if (psk == NULL)
        return HF_ERR_internal; /* then no such suite was offered */
    return keep(handshake, hf_span_of(psk->identity, psk->identity_len), &psk->key);
}

enum hf_error hf_psk_look_up(struct hf_handshake *handshake, struct hf_span identity)
{
    HF_WIPED struct hf_secret unknown = {.len = UNKNOWN_KEY_LEN};
    const struct hf_config_psk *psk = hf_config_psk_find(handshake->config, identity);
    HF_TRY(hf_handshake_random(handshake, unknown.bytes, unknown.len));
    return keep(handshake, identity, psk != NULL ? &psk->key : &unknown);
}

void hf_psk_prove(struct hf_handshake *handshake)
{
    hf_proofs_give(&handshake->proofs, HF_PROOF_PSK);
}
