#include "handshake/psk_offer.h"

#include "handshake/early_data.h"
#include "handshake/psk.h"
#include "handshake/resumption.h"

void hf_psk_offer_session(struct hf_handshake *handshake)
{
    struct hf_work *work = handshake->work;
    const struct hf_session *session = &work->past->session;
    const enum hf_hash_id hash = hf_suite_find(session->suite)->hash;
    work->past->psks[0] = (struct hf_work_psk){.kind = HF_PSK_RESUMPTION, .hash = hash, .key = session->secret};
    work->offer.psks[0] = (struct hf_hello_psk){.identity = session->ticket, .hash = hash};
    work->offer.psk_count = 1;
    hf_early_data_plan(handshake);
}

/* Modulo 2^32, as the field is. */
void hf_psk_offer_refresh(struct hf_handshake *handshake)
{
    struct hf_work *work = handshake->work;
    if (work->offer.psk_count > 0 && work->past->psks[0].kind == HF_PSK_RESUMPTION)
        work->offer.psks[0].obfuscated_age =
            (uint32_t)(handshake->now_ms - work->past->session.issued_ms) + work->past->session.age_add;
}

void hf_psk_offer_keep_hash(struct hf_handshake *handshake, enum hf_hash_id hash)
{
    struct hf_work *work = handshake->work;
    size_t kept = 0;
    for (size_t i = 0; i < work->offer.psk_count; i++) {
        if (work->past->psks[i].hash != hash)
            continue;
        work->past->psks[kept] = work->past->psks[i];
        work->offer.psks[kept++] = work->offer.psks[i];
    }
    work->offer.psk_count = kept;
}

static void forget_keys(struct hf_work *work)
{
    if (work->past != NULL)
        hf_wipe(work->past->psks, sizeof work->past->psks);
}

static enum hf_error take(struct hf_handshake *handshake, const struct hf_work_psk *psk)
{
    handshake->work->psk = psk->key;
    handshake->resumed = psk->kind == HF_PSK_RESUMPTION;
    return handshake->resumed ? HF_OK : hf_psk_begin13(handshake, psk);
}

enum hf_error hf_psk_offer_answered(struct hf_handshake *handshake, enum hf_outcome *ret_outcome)
{
    struct hf_work *work = handshake->work;
    enum hf_error error = HF_OK;
    const bool kept = work->choice.has_psk && !handshake->config->psk13_with_certificates;
    *ret_outcome = kept ? HF_OUTCOME_KEPT : HF_OUTCOME_TLS13;
    handshake->session_created_s = hf_handshake_now_s(handshake);
    if (work->choice.has_psk)
        error = take(handshake, &work->past->psks[work->choice.psk_index]);
    if (handshake->resumed) {
        handshake->session_created_s = work->past->session.created_s;
    } else {
        hf_early_data_refuse(handshake);
        hf_resumption_forget(handshake);
    }
    forget_keys(work);
    return error;
}
