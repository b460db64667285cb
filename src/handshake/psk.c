#include "handshake/psk.h"

#include "handshake/shared_key.h"

enum { UNKNOWN_KEY_LEN = 32 };

void hf_psk_begin(struct hf_handshake *handshake)
{
    bool peer_presents = hf_handshake_peer_role(handshake) == HF_SERVER && hf_suite_certifies(handshake->suite);
    hf_proofs_demand_psk(&handshake->proofs, /* stands_for_certificate= */ !peer_presents);
}

/* The identity lasts as long as the connection: hf_session_info tells it. */
enum hf_error hf_psk_begin13(struct hf_handshake *handshake, const struct hf_work_psk *psk)
{
    const struct hf_shared_key_facts facts = {
        .kind = psk->kind == HF_PSK_IMPORTED ? HF_SESSION_KEY_IMPORTED : HF_SESSION_KEY_13,
        .identity = psk->name,
        .context = psk->context,
    };
    hf_proofs_demand_psk(&handshake->proofs,
                         /* stands_for_certificate= */ !handshake->config->psk13_with_certificates);
    return hf_shared_key_keep(handshake, &facts, &psk->mark);
}

static enum hf_error keep(struct hf_handshake *handshake, struct hf_span identity, const struct hf_secret *key)
{
    const struct hf_shared_key_facts facts = {.kind = HF_SESSION_KEY_12, .identity = identity, .key = key};
    struct hf_digest mark;
    HF_TRY(hf_shared_key_mark(handshake, &facts, &mark));
    HF_TRY(hf_shared_key_keep(handshake, &facts, &mark));
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

void hf_psk_inherit(struct hf_handshake *handshake)
{
    if (handshake->shared_key != NULL)
        hf_psk_prove(handshake);
}
