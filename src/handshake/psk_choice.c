#include "handshake/psk_choice.h"

#include "handshake/early_data.h"
#include "handshake/psk.h"
#include "handshake/psk_external.h"
#include "handshake/resumption.h"
#include "negotiate/psk.h"
#include "negotiate/resumption.h"
#include "wire/read.h"

static void forget(struct hf_handshake *handshake)
{
    struct hf_work *work = handshake->work;
    work->has_psk = false;
    if (work->past != NULL)
        hf_wipe(&work->past->psks[0], sizeof work->past->psks[0]);
    hf_resumption_forget(handshake);
}

bool hf_psk_choice_suits_retry(const struct hf_handshake *handshake, enum hf_hash_id hash)
{
    return !handshake->hello_retried || handshake->work->choice.suite->hash == hash;
}

/* past->session, if it fits the hello. */
static bool take_session(struct hf_handshake *handshake, size_t index)
{
    struct hf_work *work = handshake->work;
    const struct hf_negotiate_question question = {
        .config = handshake->config,
        .hello = &work->facts,
        .now_s = hf_handshake_now_s(handshake),
    };
    if (!hf_negotiate_resumption_fits13(&question, handshake->protocol->version, &work->past->session))
        return false;
    if (!hf_psk_choice_suits_retry(handshake, hf_suite_find(work->past->session.suite)->hash))
        return false;
    work->past->psks[0] = (struct hf_work_psk){
        .kind = HF_PSK_RESUMPTION,
        .hash = hf_suite_find(work->past->session.suite)->hash,
        .key = work->past->session.secret,
    };
    work->psk_index = (uint16_t)index;
    work->has_psk = true;
    return true;
}

static enum hf_error try_identity(struct hf_handshake *handshake, struct hf_span identity, size_t index)
{
    const struct hf_config *config = handshake->config;
    bool found = false;
    if (config->ticket_keys != NULL)
        HF_TRY(hf_resumption_open_ticket(handshake, identity, &found));
    else if (config->session_cache != NULL)
        HF_TRY(hf_resumption_find_in_cache(handshake, identity, &found));
    if (!found || !take_session(handshake, index))
        hf_resumption_forget(handshake);
    return HF_OK;
}

/* A session that a shared key began goes before that key, which is offered behind it; other sessions go behind keys. */
static enum hf_error find_session_of_key(struct hf_handshake *handshake)
{
    struct hf_work *work = handshake->work;
    struct hf_reader list = hf_reader_of(work->facts.psk_identities);
    struct hf_wire_psk_identity identity;
    if (!hf_config_has_psk13(handshake->config))
        return HF_OK;
    for (size_t i = 0; !work->has_psk && i < HF_PSK_CHOICE_TRIES_MAX && hf_wire_next_psk_identity(&list, &identity);
         i++) {
        HF_TRY(try_identity(handshake, identity.identity, i));
        if (work->has_psk && work->past->session.key.kind == HF_SESSION_KEY_NONE)
            forget(handshake);
    }
    return HF_OK;
}

/* The application's sessions have IDs as long as ours; the first such name is looked up. */
static bool ask_outside(struct hf_handshake *handshake, struct hf_span identity, size_t index)
{
    struct hf_work *work = handshake->work;
    if (!handshake->config->sessions_outside || identity.len != sizeof work->wanted_session)
        return false;
    if (!hf_span_copy(identity, work->wanted_session, sizeof work->wanted_session))
        return false;
    work->psk_index = (uint16_t)index;
    handshake->driver.event(handshake->driver.context, HF_EVENT_NEEDS_SESSION);
    return true;
}

enum hf_error hf_psk_choice_find(struct hf_handshake *handshake, bool *ret_asks)
{
    struct hf_work *work = handshake->work;
    struct hf_reader list = hf_reader_of(work->facts.psk_identities);
    struct hf_wire_psk_identity identity;
    *ret_asks = false;
    forget(handshake);
    if (!hf_negotiate_psk_mode(handshake->config, &work->facts, &work->psk_alone))
        return HF_OK;
    HF_TRY(find_session_of_key(handshake));
    if (!work->has_psk)
        HF_TRY(hf_psk_external_find(handshake));
    for (size_t i = 0; !work->has_psk && i < HF_PSK_CHOICE_TRIES_MAX && hf_wire_next_psk_identity(&list, &identity);
         i++) {
        *ret_asks = ask_outside(handshake, identity.identity, i);
        if (!*ret_asks)
            HF_TRY(try_identity(handshake, identity.identity, i));
        if (*ret_asks)
            return HF_OK;
    }
    return HF_OK;
}

enum hf_error hf_psk_choice_take(struct hf_handshake *handshake, struct hf_span bytes)
{
    bool found;
    HF_TRY(hf_resumption_unpack(handshake, bytes, &found));
    if (!found || !take_session(handshake, handshake->work->psk_index))
        forget(handshake);
    return HF_OK;
}

/* A session that is kept here serves once (RFC 9846 8.1). */
static void use_up(const struct hf_handshake *handshake)
{
    const struct hf_session_id *id = &handshake->work->past->session.id;
    const struct hf_cache_key key = {HF_CACHE_SESSION, hf_span_of(id->bytes, id->len)};
    if (handshake->config->session_cache != NULL && id->len > 0)
        hf_cache_remove(handshake->config->session_cache, &key);
}

static void take_key(struct hf_work *work)
{
    work->psk = work->past->psks[0].key;
    hf_wipe(&work->past->psks[0], sizeof work->past->psks[0]);
}

static enum hf_outcome outcome_of(const struct hf_handshake *handshake, bool judges)
{
    if (handshake->early == HF_EARLY_TAKEN)
        return judges ? HF_OUTCOME_EARLY_JUDGE : HF_OUTCOME_EARLY;
    return judges ? HF_OUTCOME_KEPT_JUDGE : HF_OUTCOME_KEPT;
}

static enum hf_error settle_session(struct hf_handshake *handshake, enum hf_outcome *ret_outcome)
{
    struct hf_work *work = handshake->work;
    const struct hf_failure before = *handshake->failure;
    enum hf_outcome judged = HF_OUTCOME_RESUMED;
    const enum hf_error error = hf_resumption_judge(handshake, &judged);
    if (error == HF_ERR_no_memory)
        return error;
    if (error != HF_OK) {
        *handshake->failure = before;
        forget(handshake);
        *ret_outcome = HF_OUTCOME_TLS13;
        return HF_OK;
    }
    hf_early_data_note_age(handshake);
    HF_TRY(hf_early_data_decide(handshake));
    use_up(handshake);
    take_key(work);
    handshake->resumed = true;
    handshake->session_created_s = work->past->session.created_s;
    *ret_outcome = outcome_of(handshake, judged == HF_OUTCOME_JUDGE);
    return HF_OK;
}

enum hf_error hf_psk_choice_settle(struct hf_handshake *handshake, enum hf_outcome *ret_outcome)
{
    struct hf_work *work = handshake->work;
    if (work->past->psks[0].kind == HF_PSK_RESUMPTION)
        return settle_session(handshake, ret_outcome);
    HF_TRY(hf_psk_begin13(handshake, &work->past->psks[0]));
    take_key(work);
    *ret_outcome = handshake->config->psk13_with_certificates ? HF_OUTCOME_TLS13 : HF_OUTCOME_SHARED;
    return HF_OK;
}
