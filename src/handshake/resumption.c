#include "handshake/resumption.h"

#include "certificate/certificate.h"
#include "config/policy.h"
#include "handshake/peer_proof.h"
#include "handshake/refuse.h"
#include "handshake/steps.h"
#include "negotiate/resumption.h"

/* ---- both ---- */

enum hf_error hf_resumption_policy(const struct hf_handshake *handshake, struct hf_digest *ret_policy)
{
    return hf_policy_of(handshake->config, handshake->peer_name, handshake->server_name, ret_policy);
}

void hf_resumption_forget(struct hf_handshake *handshake)
{
    struct hf_work *work = handshake->work;
    work->offer.session = NULL;
    work->chain_count = 0;
    hf_session_wipe(&work->session);
    hf_buffer_release(&work->session_bytes);
}

/* Reads the bytes into work->session. *ret_unpacked is false when they are damaged, or of another policy. */
static enum hf_error unpack(struct hf_handshake *handshake, struct hf_span bytes, bool *ret_unpacked)
{
    struct hf_work *work = handshake->work;
    struct hf_digest policy;
    *ret_unpacked = false;
    if (bytes.len == 0 || bytes.len > HF_SESSION_BYTES_MAX)
        return HF_OK;
    HF_TRY(hf_resumption_policy(handshake, &policy));
    const struct hf_session_seal seal = {.toolbox = handshake->config->toolbox, .policy = hf_digest_span(&policy)};
    if (!hf_session_is_sealed(bytes, &seal))
        return HF_OK;
    hf_buffer_release(&work->session_bytes);
    if (!hf_buffer_append(&work->session_bytes, bytes))
        return HF_ERR_no_memory;
    *ret_unpacked = hf_session_read(hf_buffer_span(&work->session_bytes), &work->session) == HF_OK;
    return HF_OK;
}

/* Judges the peer that the session keeps. *ret_outcome is RESUMED, or JUDGE when the application wants to have its say.
 * A client that presented no certificate then is nobody now. */
static enum hf_error judge_kept_peer(struct hf_handshake *handshake, enum hf_outcome *ret_outcome)
{
    struct hf_work *work = handshake->work;
    bool judges = handshake->config->verdict_outside && work->session.chain_count > 0;
    work->chain_count = work->session.chain_count;
    for (size_t i = 0; i < work->chain_count; i++)
        work->chain[i] = work->session.chain[i];
    if (work->chain_count > 0) {
        HF_TRY(hf_peer_proof_give(handshake));
        hf_peer_proof_demand(handshake);
    } else {
        handshake->listener.event(handshake->listener.context, HF_EVENT_UNAUTHENTICATED);
    }
    if (judges)
        handshake->listener.event(handshake->listener.context, HF_EVENT_NEEDS_VERDICT);
    *ret_outcome = judges ? HF_OUTCOME_JUDGE : HF_OUTCOME_RESUMED;
    return HF_OK;
}

static void take_session(struct hf_handshake *handshake)
{
    handshake->resumed = true;
    handshake->group = NULL;
    handshake->session_id = handshake->work->session.id;
}

/* ---- client ---- */

enum hf_error hf_resumption_offer(struct hf_handshake *handshake, struct hf_span bytes)
{
    struct hf_work *work = handshake->work;
    bool unpacked;
    HF_TRY(unpack(handshake, bytes, &unpacked));
    if (unpacked && hf_negotiate_resumption_offers(handshake->config, &work->session, hf_handshake_now_s(handshake)))
        work->offer.session = &work->session;
    else
        hf_resumption_forget(handshake);
    return HF_OK;
}

enum hf_error hf_resumption_answered(struct hf_handshake *handshake, enum hf_outcome *ret_outcome)
{
    const struct hf_span id = handshake->work->answer.session_id;
    if (handshake->work->choice.resumed) {
        take_session(handshake);
        return judge_kept_peer(handshake, ret_outcome);
    }
    hf_resumption_forget(handshake);
    *ret_outcome = HF_OUTCOME_TLS12;
    if (!hf_negotiate_resumption_may_follow(&handshake->work->choice))
        return HF_OK;
    handshake->session_created_s = hf_handshake_now_s(handshake);
    handshake->session_id.len = id.len;
    return hf_span_copy(id, handshake->session_id.bytes, sizeof handshake->session_id.bytes) ? HF_OK : HF_ERR_internal;
}

/* ---- server ---- */

/* With an ID of its own, where the session may be resumed later. */
static enum hf_error start_full(struct hf_handshake *handshake, enum hf_outcome outcome, enum hf_outcome *ret_outcome)
{
    const struct hf_negotiated *choice = &handshake->work->choice;
    struct hf_session_id *id = &handshake->session_id;
    if (handshake->config->sessions_outside && hf_negotiate_resumption_may_follow(choice)) {
        HF_TRY(hf_handshake_random(handshake, id->bytes, sizeof id->bytes));
        id->len = sizeof id->bytes;
        handshake->session_created_s = hf_handshake_now_s(handshake);
    }
    *ret_outcome = outcome;
    return hf_transcript_choose(&handshake->work->transcript, choice->suite->hash, /* keep_messages= */ true);
}

enum hf_error hf_resumption_begin(struct hf_handshake *handshake, enum hf_outcome *ret_outcome)
{
    if (!handshake->config->sessions_outside || handshake->work->session_id_len == 0)
        return start_full(handshake, HF_OUTCOME_TLS12, ret_outcome);
    handshake->listener.event(handshake->listener.context, HF_EVENT_NEEDS_SESSION);
    *ret_outcome = HF_OUTCOME_LOOKUP;
    return HF_OK;
}

static enum hf_error find_fitting(struct hf_handshake *handshake, struct hf_span bytes, bool *ret_fits)
{
    const struct hf_work *work = handshake->work;
    const struct hf_negotiate_question question = {
        .config = handshake->config,
        .hello = &work->facts,
        .now_s = hf_handshake_now_s(handshake),
    };
    bool unpacked;
    HF_TRY(unpack(handshake, bytes, &unpacked));
    *ret_fits = unpacked && hf_negotiate_resumption_fits(&question, &work->choice, &work->session);
    return HF_OK;
}

static enum hf_error resume(struct hf_handshake *handshake)
{
    struct hf_work *work = handshake->work;
    hf_negotiate_resumption_take(&work->session, &work->choice);
    HF_TRY(hf_handshake_take_choice(handshake));
    take_session(handshake);
    return hf_transcript_choose(&work->transcript, work->choice.suite->hash, /* keep_messages= */ false);
}

/* Whatever keeps a session from being resumed leads to a full handshake, in which the client can show anew who it is;
 * except that a client which asks for a session without extended master secret, which the session has, is refused:
 * RFC 7627 5.3. */
enum hf_error hf_step_take_session(struct hf_handshake *handshake, const struct hf_taken *taken,
                                   enum hf_outcome *ret_outcome)
{
    const struct hf_failure before = *handshake->failure;
    bool fits;
    HF_TRY(find_fitting(handshake, taken->body, &fits));
    if (fits && !handshake->work->facts.extended_master_secret)
        return hf_refuse(handshake, HF_ERR_extended_master_secret_missing, "ClientHello",
                         "the extension, as when the session was made", NULL);
    if (fits && judge_kept_peer(handshake, ret_outcome) == HF_OK)
        return resume(handshake);
    *handshake->failure = before;
    hf_resumption_forget(handshake);
    return start_full(handshake, HF_OUTCOME_DONE, ret_outcome);
}

/* ---- what may be resumed later ---- */

bool hf_resumption_is_possible(const struct hf_handshake *handshake)
{
    return handshake->work == NULL && handshake->session_id.len > 0 && !handshake->resumed &&
           !handshake->deflates && handshake->psk_identity == NULL &&
           handshake->extended_master_secret && handshake->schedule12.master.len == HF_SESSION_SECRET_LEN;
}

/* The path without its anchor: that one is ours, and found again; a leaf that is itself trusted is all there is. A
 * session ends with the first of these certificates. */
static enum hf_error keep_chain(const struct hf_peer *peer, struct hf_session *session)
{
    size_t count = hf_peer_chain_count(peer);
    int64_t end_s = session->created_s + HF_SESSION_LIFETIME_MAX;
    for (size_t i = 0; i < (count > 1 ? count - 1 : count); i++) {
        size_t len = 0;
        const uint8_t *der = hf_peer_chain(peer, i, &len);
        struct hf_certificate certificate;
        HF_TRY(hf_certificate_read(hf_span_of(der, len), &certificate, /* ret_flaw= */ NULL));
        session->chain[session->chain_count++] = certificate.der;
        if (certificate.not_after_s < end_s)
            end_s = certificate.not_after_s;
    }
    session->lifetime_s = end_s > session->created_s ? (uint32_t)(end_s - session->created_s) : 0;
    return HF_OK;
}

enum hf_error hf_resumption_keep(const struct hf_handshake *handshake, struct hf_session *ret_session)
{
    HF_WIPED_SESSION struct hf_session session = {
        .created_s = handshake->session_created_s,
        .lifetime_s = HF_SESSION_LIFETIME_MAX,
        .id = handshake->session_id,
    };
    if (!hf_resumption_is_possible(handshake))
        return HF_ERR_wrong_call;
    session.version = handshake->protocol->version;
    session.suite = handshake->suite->id;
    session.secret = handshake->schedule12.master;
    if (handshake->peer != NULL)
        HF_TRY(keep_chain(handshake->peer, &session));
    *ret_session = session;
    return HF_OK;
}
