#include "handshake/resumption.h"

#include "certificate/certificate.h"
#include "config/policy.h"
#include "handshake/peer_proof.h"
#include "handshake/psk_offer.h"
#include "handshake/refuse.h"
#include "handshake/shared_key.h"
#include "handshake/steps.h"
#include "handshake/tickets13.h"
#include "negotiate/resumption.h"
#include "session/ticket.h"

/* ---- both ---- */

static enum hf_error policy_with(const struct hf_handshake *handshake, struct hf_span mark,
                                 struct hf_digest *ret_policy)
{
    return hf_policy_of(handshake->config, handshake->peer_name, handshake->server_name, mark, ret_policy);
}

enum hf_error hf_resumption_policy(const struct hf_handshake *handshake, struct hf_digest *ret_policy)
{
    return policy_with(handshake, hf_shared_key_own_mark(handshake), ret_policy);
}

void hf_resumption_forget(struct hf_handshake *handshake)
{
    struct hf_work *work = handshake->work;
    work->offer.session = NULL;
    work->chain_count = 0;
    if (work->past != NULL)
        hf_session_wipe(&work->past->session);
    hf_buffer_release(&work->session_bytes);
}

/* The policy of past->session, with which it is to be resumed; false where its shared key is gone. */
static enum hf_error recall_policy(struct hf_handshake *handshake, struct hf_digest *ret_policy, bool *ret_found)
{
    HF_TRY(hf_shared_key_recall(handshake, ret_found));
    return policy_with(handshake, hf_digest_span(&handshake->work->past->session_mark), ret_policy);
}

enum hf_error hf_resumption_unpack(struct hf_handshake *handshake, struct hf_span bytes, bool *ret_unpacked)
{
    struct hf_work *work = handshake->work;
    struct hf_digest policy;
    *ret_unpacked = false;
    if (bytes.len == 0 || bytes.len > HF_SESSION_BYTES_MAX)
        return HF_OK;
    hf_buffer_release(&work->session_bytes);
    HF_TRY(hf_handshake_need_past(handshake));
    if (!hf_buffer_append(&work->session_bytes, bytes))
        return HF_ERR_no_memory;
    if (hf_session_read(hf_buffer_span(&work->session_bytes), &work->past->session) != HF_OK)
        return HF_OK;
    HF_TRY(recall_policy(handshake, &policy, ret_unpacked));
    const struct hf_session_seal seal = {.toolbox = handshake->config->toolbox, .policy = hf_digest_span(&policy)};
    *ret_unpacked = *ret_unpacked && hf_session_is_sealed(bytes, &seal);
    return HF_OK;
}

/* A client that presented no certificate then is nobody now; unless a shared key began the session, which is still
 * there. */
enum hf_error hf_resumption_judge(struct hf_handshake *handshake, enum hf_outcome *ret_outcome)
{
    struct hf_work *work = handshake->work;
    bool judges = handshake->config->verdict_outside && work->past->session.chain_count > 0;
    work->chain_count = 0;
    for (size_t i = 0; i < work->past->session.chain_count; i++) {
        HF_TRY(hf_handshake_grow_chain(handshake));
        work->chain[work->chain_count++] = work->past->session.chain[i];
    }
    struct hf_spki key;
    if (work->chain_count == 1 && hf_raw_keys_read(work->chain[0], &key) == HF_OK) /* no certificate reads as one */
        work->choice.peer_type = HF_CERTIFICATE_TYPE_RAW;
    else
        work->choice.peer_type = HF_CERTIFICATE_TYPE_X509;
    if (work->chain_count > 0) {
        HF_TRY(hf_peer_proof_give(handshake));
        hf_peer_proof_demand(handshake);
    } else if (hf_session_is_anonymous(&work->past->session)) {
        handshake->driver.event(handshake->driver.context, HF_EVENT_UNAUTHENTICATED);
    }
    HF_TRY(hf_shared_key_resume(handshake));
    if (judges)
        handshake->driver.event(handshake->driver.context, HF_EVENT_NEEDS_VERDICT);
    *ret_outcome = judges ? HF_OUTCOME_JUDGE : HF_OUTCOME_RESUMED;
    return HF_OK;
}

/* None of RFC 6066 8, RFC 6962 3.3.1 and RFC 7250 4 has anything to go with a certificate that is not sent. */
static void take_session(struct hf_handshake *handshake)
{
    handshake->work->choice.status_request = false;
    handshake->work->choice.scts = hf_span_of(NULL, 0);
    handshake->work->choice.has_client_type = false;
    handshake->resumed = true;
    handshake->group = NULL;
    handshake->session_id = handshake->work->past->session.id;
    handshake->session_created_s = handshake->work->past->session.created_s;
}

/* What a ticket has a digest of. */
static enum hf_error digest_chain(const struct hf_handshake *handshake, struct hf_span chain,
                                  struct hf_digest *ret_digest)
{
    return hf_hash_once(handshake->config->toolbox, HF_HASH_SHA256, &chain, 1, ret_digest);
}

/* ---- client ---- */

enum hf_error hf_resumption_offer(struct hf_handshake *handshake, struct hf_span bytes)
{
    struct hf_work *work = handshake->work;
    bool unpacked;
    HF_TRY(hf_resumption_unpack(handshake, bytes, &unpacked));
    if (!unpacked ||
        !hf_negotiate_resumption_offers(handshake->config, &work->past->session, hf_handshake_now_s(handshake)))
        hf_resumption_forget(handshake);
    else if (!hf_negotiate_resumption_is_psk(&work->past->session))
        work->offer.session = &work->past->session;
    else
        hf_psk_offer_session(handshake);
    handshake->session_offered = work->offer.session != NULL || work->offer.psk_count > 0;
    return HF_OK;
}

enum hf_error hf_resumption_answered(struct hf_handshake *handshake, enum hf_outcome *ret_outcome)
{
    const struct hf_span id = handshake->work->answer.session_id;
    if (handshake->work->choice.resumed) {
        take_session(handshake);
        return hf_resumption_judge(handshake, ret_outcome);
    }
    hf_resumption_forget(handshake);
    *ret_outcome = HF_OUTCOME_TLS12;
    if (!hf_negotiate_resumption_may_follow(&handshake->work->choice))
        return HF_OK;
    handshake->session_created_s = hf_handshake_now_s(handshake);
    handshake->session_id.len = id.len; /* a ticket that follows takes its place */
    return hf_span_copy(id, handshake->session_id.bytes, sizeof handshake->session_id.bytes) ? HF_OK : HF_ERR_internal;
}

/* ---- server ---- */

/* With a ticket for a client that takes them (RFC 5077 3.4: then without an ID), or an ID of its own, where the session
 * may be resumed later. */
static enum hf_error prepare_session(struct hf_handshake *handshake)
{
    const struct hf_config *config = handshake->config;
    struct hf_negotiated *choice = &handshake->work->choice;
    struct hf_session_id *id = &handshake->session_id;
    handshake->session_created_s = hf_handshake_now_s(handshake);
    if (!hf_negotiate_resumption_may_follow(choice))
        return HF_OK;
    choice->session_ticket = config->ticket_keys != NULL && handshake->work->facts.session_ticket;
    if (choice->session_ticket || !(config->sessions_outside || config->session_cache != NULL))
        return HF_OK;
    HF_TRY(hf_handshake_random(handshake, id->bytes, sizeof id->bytes));
    id->len = sizeof id->bytes;
    return HF_OK;
}

static enum hf_error start_full(struct hf_handshake *handshake, enum hf_outcome outcome, enum hf_outcome *ret_outcome)
{
    HF_TRY(prepare_session(handshake));
    *ret_outcome = outcome;
    return hf_transcript_choose(&handshake->work->transcript, handshake->work->choice.suite->hash,
                                /* keep_messages= */ true);
}

static enum hf_error resume(struct hf_handshake *handshake)
{
    struct hf_work *work = handshake->work;
    hf_negotiate_resumption_take(&work->past->session, &work->choice);
    work->choice.session_ticket = work->renews_ticket;
    HF_TRY(hf_handshake_take_choice(handshake));
    take_session(handshake);
    return hf_transcript_choose(&work->transcript, work->choice.suite->hash, /* keep_messages= */ false);
}

/* Judges past->session, however it was found. Whatever keeps it from being resumed leads to a full handshake, in which
 * the client can show anew who it is; except that a client which asks for a session without extended master secret,
 * which the session has, is refused: RFC 7627 5.3. */
static enum hf_error decide(struct hf_handshake *handshake, bool found, enum hf_outcome full,
                            enum hf_outcome *ret_outcome)
{
    const struct hf_failure before = *handshake->failure;
    const struct hf_work *work = handshake->work;
    const struct hf_negotiate_question question = {
        .config = handshake->config,
        .hello = &work->facts,
        .now_s = hf_handshake_now_s(handshake),
    };
    bool fits = found && hf_negotiate_resumption_fits(&question, &work->choice, &work->past->session);
    if (fits && !work->facts.extended_master_secret)
        return hf_refuse(handshake, HF_ERR_extended_master_secret_missing, "ClientHello",
                         "the extension, as when the session was made", NULL);
    const enum hf_error error = fits ? hf_resumption_judge(handshake, ret_outcome) : HF_OK;
    if (error == HF_ERR_no_memory)
        return error;
    if (fits && error == HF_OK)
        return resume(handshake);
    *handshake->failure = before;
    hf_resumption_forget(handshake);
    return start_full(handshake, full, ret_outcome);
}

enum hf_error hf_resumption_find_in_cache(struct hf_handshake *handshake, struct hf_span id, bool *ret_found)
{
    const struct hf_cache_key key = {HF_CACHE_SESSION, id};
    struct hf_buffer bytes;
    *ret_found = false;
    if (id.len > HF_CACHE_NAME_MAX)
        return HF_OK;
    hf_buffer_init(&bytes, handshake->allocator, HF_SESSION_BYTES_MAX);
    enum hf_error error =
        hf_cache_get(handshake->config->session_cache, &key, hf_handshake_now_s(handshake), &bytes, ret_found);
    if (error == HF_OK && *ret_found)
        error = hf_resumption_unpack(handshake, hf_buffer_span(&bytes), ret_found);
    hf_buffer_release(&bytes);
    return error;
}

/* The client's certificates, of which the ticket has only the digest. */
static enum hf_error find_chain(struct hf_handshake *handshake, const struct hf_ticket *ticket, bool *ret_found)
{
    struct hf_work *work = handshake->work;
    const struct hf_cache_key key = {HF_CACHE_CHAIN, hf_span_of(ticket->chain, sizeof ticket->chain)};
    struct hf_digest digest;
    *ret_found = !ticket->has_chain;
    if (!ticket->has_chain || handshake->config->session_cache == NULL)
        return HF_OK;
    hf_buffer_release(&work->session_bytes);
    HF_TRY(hf_cache_get(handshake->config->session_cache, &key, hf_handshake_now_s(handshake), &work->session_bytes,
                        ret_found));
    if (!*ret_found)
        return HF_OK;
    HF_TRY(digest_chain(handshake, hf_buffer_span(&work->session_bytes), &digest));
    struct hf_reader reader = hf_reader_of(hf_buffer_span(&work->session_bytes));
    hf_session_read_chain(&reader, &work->past->session);
    *ret_found = hf_reader_end(&reader) && hf_span_equal(hf_digest_span(&digest), key.name);
    return HF_OK;
}

static struct hf_ticket_tools tools_of(const struct hf_handshake *handshake)
{
    return (struct hf_ticket_tools){
        .toolbox = handshake->config->toolbox,
        .allocator = handshake->allocator,
        .random = &handshake->config->random,
    };
}

enum hf_error hf_resumption_open_ticket(struct hf_handshake *handshake, struct hf_span sealed, bool *ret_found)
{
    HF_WIPED_TICKET struct hf_ticket ticket = {0};
    struct hf_work *work = handshake->work;
    const struct hf_ticket_tools tools = tools_of(handshake);
    struct hf_digest policy;
    enum hf_ticket_keys_age age;
    HF_TRY(hf_ticket_open(sealed, handshake->config->ticket_keys, &tools, &ticket, &age));
    *ret_found = age != HF_TICKET_KEYS_NONE;
    if (!*ret_found)
        return HF_OK;
    work->renews_ticket = age == HF_TICKET_KEYS_OLDER;
    HF_TRY(hf_handshake_need_past(handshake));
    work->past->session = ticket.session;
    HF_TRY(recall_policy(handshake, &policy, ret_found));
    *ret_found = *ret_found && hf_span_equal(hf_span_of(ticket.policy, sizeof ticket.policy), hf_digest_span(&policy));
    if (!*ret_found)
        return HF_OK;
    return find_chain(handshake, &ticket, ret_found);
}

/* A session resumed by a ticket has the ID that the client made up: by its return it sees that the ticket was taken
 * (RFC 5077 3.4). */
static enum hf_error find_by_ticket(struct hf_handshake *handshake, bool *ret_found)
{
    struct hf_work *work = handshake->work;
    HF_TRY(hf_resumption_open_ticket(handshake, work->facts.ticket, ret_found));
    if (!*ret_found)
        return HF_OK;
    work->past->session.id.len = work->session_id_len;
    return hf_span_copy(work->facts.session_id, work->past->session.id.bytes, sizeof work->past->session.id.bytes)
               ? HF_OK
               : HF_ERR_internal;
}

size_t hf_resumption_wanted(const struct hf_handshake *handshake, const uint8_t **ret_id)
{
    const struct hf_work *work = handshake->work;
    const bool by_psk = work->facts.psk_identities.len > 0 && handshake->protocol->rules == HF_RULES_13;
    *ret_id = by_psk ? work->wanted_session : work->session_id;
    return by_psk ? sizeof work->wanted_session : work->session_id_len;
}

/* Beside a ticket the ID names nothing: RFC 5077 3.4. */
enum hf_error hf_resumption_begin(struct hf_handshake *handshake, enum hf_outcome *ret_outcome)
{
    const struct hf_config *config = handshake->config;
    const struct hf_work *work = handshake->work;
    bool found = false;
    if (config->ticket_keys != NULL && work->facts.ticket.len > 0) {
        HF_TRY(find_by_ticket(handshake, &found));
    } else if (config->session_cache != NULL && work->session_id_len > 0) {
        HF_TRY(hf_resumption_find_in_cache(handshake, hf_span_of(work->session_id, work->session_id_len), &found));
    } else if (config->sessions_outside && work->session_id_len > 0) {
        handshake->driver.event(handshake->driver.context, HF_EVENT_NEEDS_SESSION);
        *ret_outcome = HF_OUTCOME_LOOKUP;
        return HF_OK;
    }
    return decide(handshake, found, HF_OUTCOME_TLS12, ret_outcome);
}

enum hf_error hf_resumption_decline(struct hf_handshake *handshake, enum hf_outcome *ret_outcome)
{
    return start_full(handshake, HF_OUTCOME_TLS12, ret_outcome);
}

enum hf_error hf_step_take_session(struct hf_handshake *handshake, const struct hf_taken *taken,
                                   enum hf_outcome *ret_outcome)
{
    bool found;
    HF_TRY(hf_resumption_unpack(handshake, taken->body, &found));
    return decide(handshake, found, HF_OUTCOME_DONE, ret_outcome);
}

/* ---- what may be resumed later ---- */

static bool is_possible12(const struct hf_handshake *handshake)
{
    return handshake->work == NULL && handshake->session_id.len > 0 &&
           (!handshake->resumed || handshake->ticket != NULL) && !handshake->deflates &&
           hf_shared_key_may_last(handshake) && handshake->extended_master_secret &&
           handshake->schedule12.master.len == HF_SESSION_SECRET_LEN;
}

/* The path without its anchor: that one is ours, and found again; a leaf that is itself trusted is all there is. */
enum hf_error hf_resumption_keep_chain(const struct hf_peer *peer, struct hf_session *session)
{
    size_t raw_len = 0;
    const uint8_t *raw = peer == NULL ? NULL : hf_peer_raw_key(peer, &raw_len);
    if (raw != NULL) { /* RFC 7250: all there is, and it has no end of its own */
        session->chain[session->chain_count++] = hf_span_of(raw, raw_len);
        return HF_OK;
    }
    size_t count = peer == NULL ? 0 : hf_peer_chain_count(peer);
    int64_t end_s = session->created_s + (int64_t)session->lifetime_s;
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

/* What the session of this connection is, with this peer. */
static enum hf_error make_session(const struct hf_handshake *handshake, const struct hf_peer *peer,
                                  struct hf_session *session)
{
    *session = (struct hf_session){
        .created_s = handshake->session_created_s,
        .lifetime_s = HF_SESSION_LIFETIME_MAX,
        .id = handshake->session_id,
        .version = handshake->protocol->version,
        .suite = handshake->suite->id,
        .secret = handshake->schedule12.master,
        .ticket = hf_span_of(handshake->ticket, handshake->ticket_len),
    };
    HF_TRY(hf_shared_key_name(handshake, &session->key));
    HF_TRY(hf_resumption_keep_chain(peer, session));
    uint32_t promised_s = handshake->session_lifetime_s;
    if (promised_s != 0 && promised_s < session->lifetime_s)
        session->lifetime_s = promised_s;
    return HF_OK;
}

enum hf_error hf_resumption_keep(const struct hf_handshake *handshake, struct hf_session *ret_session)
{
    HF_WIPED_SESSION struct hf_session session = {0};
    if (handshake->work == NULL && handshake->tickets != NULL)
        return hf_tickets13_session(handshake, handshake->tickets, handshake->peer, ret_session);
    if (!is_possible12(handshake))
        return HF_ERR_wrong_call;
    HF_TRY(make_session(handshake, handshake->peer, &session));
    *ret_session = session;
    return HF_OK;
}

/* ---- what the server keeps itself ---- */

static enum hf_error write_sealed(const struct hf_handshake *handshake, const struct hf_session *session,
                                  struct hf_buffer *bytes)
{
    struct hf_digest policy;
    HF_TRY(hf_resumption_policy(handshake, &policy));
    const struct hf_session_seal seal = {.toolbox = handshake->config->toolbox, .policy = hf_digest_span(&policy)};
    size_t len = hf_session_length(session);
    uint8_t *room = hf_buffer_reserve(bytes, len);
    if (room == NULL)
        return HF_ERR_no_memory;
    struct hf_writer writer = hf_writer_of(room, len);
    HF_TRY(hf_session_write(session, &seal, &writer));
    hf_buffer_grew(bytes, len);
    return HF_OK;
}

static struct hf_cache_times times_of(const struct hf_session *session)
{
    return (struct hf_cache_times){
        .now_s = session->created_s,
        .end_s = session->created_s + (int64_t)session->lifetime_s,
    };
}

void hf_resumption_put_in_cache(const struct hf_handshake *handshake, const struct hf_session *session)
{
    struct hf_buffer bytes;
    hf_buffer_init(&bytes, handshake->allocator, HF_SESSION_BYTES_MAX);
    if (write_sealed(handshake, session, &bytes) == HF_OK) {
        const struct hf_cache_key key = {HF_CACHE_SESSION, hf_span_of(session->id.bytes, session->id.len)};
        const struct hf_cache_times times = times_of(session);
        hf_cache_put(handshake->config->session_cache, &key, hf_buffer_span(&bytes), &times);
    }
    hf_buffer_release(&bytes);
}

size_t hf_resumption_settle(const struct hf_handshake *handshake)
{
    HF_WIPED_SESSION struct hf_session session = {0};
    size_t count = hf_tickets13_count(handshake);
    if (count > 0 || !is_possible12(handshake))
        return count;
    if (handshake->config->session_cache == NULL)
        return 1;
    if (hf_resumption_keep(handshake, &session) == HF_OK)
        hf_resumption_put_in_cache(handshake, &session);
    return 0;
}

void hf_resumption_spoil(const struct hf_handshake *handshake)
{
    const struct hf_session_id *id = &handshake->session_id;
    const struct hf_cache_key key = {HF_CACHE_SESSION, hf_span_of(id->bytes, id->len)};
    if (handshake->config->session_cache != NULL && id->len > 0)
        hf_cache_remove(handshake->config->session_cache, &key);
}

/* ---- tickets ---- */

/* The certificates go into the cache under their digest, and the digest into the ticket. */
static enum hf_error keep_chain_of_ticket(const struct hf_handshake *handshake, struct hf_ticket *ticket)
{
    struct hf_digest digest;
    const size_t len = hf_session_chain_length(&ticket->session);
    const struct hf_cache_times times = times_of(&ticket->session);
    uint8_t *room = hf_allocation_new(handshake->allocator, len);
    if (room == NULL)
        return HF_ERR_no_memory;
    struct hf_writer writer = hf_writer_of(room, len);
    hf_session_write_chain(&ticket->session, &writer);
    enum hf_error error = hf_writer_end(&writer) ? HF_OK : HF_ERR_internal;
    if (error == HF_OK)
        error = digest_chain(handshake, hf_writer_span(&writer), &digest);
    if (error == HF_OK && !hf_span_copy(hf_digest_span(&digest), ticket->chain, sizeof ticket->chain))
        error = HF_ERR_internal;
    if (error == HF_OK) {
        const struct hf_cache_key key = {HF_CACHE_CHAIN, hf_digest_span(&digest)};
        hf_cache_put(handshake->config->session_cache, &key, hf_writer_span(&writer), &times);
        ticket->has_chain = true;
    }
    hf_allocation_free(handshake->allocator, room);
    return error;
}

enum hf_error hf_resumption_seal(const struct hf_handshake *handshake, const struct hf_session *session,
                                 struct hf_writer *writer)
{
    HF_WIPED_TICKET struct hf_ticket ticket = {.session = *session};
    struct hf_digest policy;
    const struct hf_ticket_tools tools = tools_of(handshake);
    if (session->chain_count > 0 && handshake->config->session_cache == NULL)
        return HF_ERR_wrong_call;
    HF_TRY(hf_resumption_policy(handshake, &policy));
    if (!hf_span_copy(hf_digest_span(&policy), ticket.policy, sizeof ticket.policy))
        return HF_ERR_internal;
    if (session->chain_count > 0)
        HF_TRY(keep_chain_of_ticket(handshake, &ticket));
    return hf_ticket_seal(&ticket, handshake->config->ticket_keys, &tools, writer);
}

const struct hf_peer *hf_resumption_proven_peer(const struct hf_handshake *handshake)
{
    return handshake->work->verified == NULL ? NULL : handshake->work->verified->peer;
}

enum hf_error hf_resumption_seal_ticket(const struct hf_handshake *handshake, struct hf_writer *writer,
                                        uint32_t *ret_lifetime_s)
{
    HF_WIPED_SESSION struct hf_session session = {0};
    HF_TRY(make_session(handshake, hf_resumption_proven_peer(handshake), &session));
    *ret_lifetime_s = session.lifetime_s;
    return hf_resumption_seal(handshake, &session, writer);
}

enum hf_error hf_resumption_take_ticket(struct hf_handshake *handshake, struct hf_span ticket, uint32_t lifetime_s)
{
    struct hf_digest digest;
    struct hf_session_id *id = &handshake->session_id;
    if (ticket.len == 0 || ticket.len > HF_SESSION_TICKET_MAX ||
        !hf_negotiate_resumption_may_follow(&handshake->work->choice))
        return HF_OK;
    HF_TRY(hf_hash_once(handshake->config->toolbox, HF_HASH_SHA256, &ticket, 1, &digest));
    handshake->ticket = hf_allocation_copy(handshake->allocator, ticket);
    if (handshake->ticket == NULL)
        return HF_ERR_no_memory;
    handshake->ticket_len = (uint32_t)ticket.len;
    handshake->session_lifetime_s = lifetime_s;
    id->len = sizeof id->bytes;
    return hf_span_copy(hf_digest_span(&digest), id->bytes, sizeof id->bytes) ? HF_OK : HF_ERR_internal;
}
