#include "handshake/resumption.h"

#include "certificate/certificate.h"
#include "config/policy.h"
#include "handshake/peer_proof.h"
#include "handshake/refuse.h"
#include "handshake/steps.h"
#include "negotiate/resumption.h"
#include "session/ticket.h"

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
    struct hf_spki key;
    if (work->chain_count == 1 && hf_raw_keys_read(work->chain[0], &key) == HF_OK) /* no certificate reads as one */
        work->choice.peer_type = HF_CERTIFICATE_TYPE_RAW;
    else
        work->choice.peer_type = HF_CERTIFICATE_TYPE_X509;
    if (work->chain_count > 0) {
        HF_TRY(hf_peer_proof_give(handshake));
        hf_peer_proof_demand(handshake);
    } else {
        handshake->driver.event(handshake->driver.context, HF_EVENT_UNAUTHENTICATED);
    }
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
    handshake->session_id = handshake->work->session.id;
    handshake->session_created_s = handshake->work->session.created_s;
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
    hf_negotiate_resumption_take(&work->session, &work->choice);
    work->choice.session_ticket = work->renews_ticket;
    HF_TRY(hf_handshake_take_choice(handshake));
    take_session(handshake);
    return hf_transcript_choose(&work->transcript, work->choice.suite->hash, /* keep_messages= */ false);
}

/* Judges work->session, however it was found. Whatever keeps it from being resumed leads to a full handshake, in which
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
    bool fits = found && hf_negotiate_resumption_fits(&question, &work->choice, &work->session);
    if (fits && !work->facts.extended_master_secret)
        return hf_refuse(handshake, HF_ERR_extended_master_secret_missing, "ClientHello",
                         "the extension, as when the session was made", NULL);
    if (fits && judge_kept_peer(handshake, ret_outcome) == HF_OK)
        return resume(handshake);
    *handshake->failure = before;
    hf_resumption_forget(handshake);
    return start_full(handshake, full, ret_outcome);
}

static enum hf_error find_in_cache(struct hf_handshake *handshake, bool *ret_found)
{
    const struct hf_work *work = handshake->work;
    const struct hf_cache_key key = {HF_CACHE_SESSION, hf_span_of(work->session_id, work->session_id_len)};
    struct hf_buffer bytes;
    hf_buffer_init(&bytes, handshake->allocator, HF_SESSION_BYTES_MAX);
    enum hf_error error =
        hf_cache_get(handshake->config->session_cache, &key, hf_handshake_now_s(handshake), &bytes, ret_found);
    if (error == HF_OK && *ret_found)
        error = unpack(handshake, hf_buffer_span(&bytes), ret_found);
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
    hf_session_read_chain(&reader, &work->session);
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

/* A session resumed by a ticket has the ID that the client made up: by its return it sees that the ticket was taken
 * (RFC 5077 3.4). */
static enum hf_error find_by_ticket(struct hf_handshake *handshake, bool *ret_found)
{
    HF_WIPED_TICKET struct hf_ticket ticket = {0};
    struct hf_work *work = handshake->work;
    const struct hf_ticket_tools tools = tools_of(handshake);
    struct hf_digest policy;
    enum hf_ticket_keys_age age;
    HF_TRY(hf_ticket_open(work->facts.ticket, handshake->config->ticket_keys, &tools, &ticket, &age));
    *ret_found = age != HF_TICKET_KEYS_NONE;
    if (!*ret_found)
        return HF_OK;
    work->renews_ticket = age == HF_TICKET_KEYS_OLDER;
    HF_TRY(hf_resumption_policy(handshake, &policy));
    *ret_found = hf_span_equal(hf_span_of(ticket.policy, sizeof ticket.policy), hf_digest_span(&policy));
    if (!*ret_found)
        return HF_OK;
    work->session = ticket.session;
    work->session.id.len = work->session_id_len;
    if (!hf_span_copy(work->facts.session_id, work->session.id.bytes, sizeof work->session.id.bytes))
        return HF_ERR_internal;
    return find_chain(handshake, &ticket, ret_found);
}

/* Beside a ticket the ID names nothing: RFC 5077 3.4. */
enum hf_error hf_resumption_begin(struct hf_handshake *handshake, enum hf_outcome *ret_outcome)
{
    const struct hf_config *config = handshake->config;
    bool found = false;
    if (config->ticket_keys != NULL && handshake->work->facts.ticket.len > 0) {
        HF_TRY(find_by_ticket(handshake, &found));
    } else if (config->session_cache != NULL && handshake->work->session_id_len > 0) {
        HF_TRY(find_in_cache(handshake, &found));
    } else if (config->sessions_outside && handshake->work->session_id_len > 0) {
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
    HF_TRY(unpack(handshake, taken->body, &found));
    return decide(handshake, found, HF_OUTCOME_DONE, ret_outcome);
}

/* ---- what may be resumed later ---- */

bool hf_resumption_is_possible(const struct hf_handshake *handshake)
{
    return handshake->work == NULL && handshake->session_id.len > 0 &&
           (!handshake->resumed || handshake->ticket != NULL) && !handshake->deflates &&
           handshake->psk_identity == NULL && handshake->extended_master_secret &&
           handshake->schedule12.master.len == HF_SESSION_SECRET_LEN;
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
    size_t raw_len = 0;
    const uint8_t *raw = peer == NULL ? NULL : hf_peer_raw_key(peer, &raw_len);
    if (raw != NULL)
        session->chain[session->chain_count++] = hf_span_of(raw, raw_len);
    else if (peer != NULL)
        HF_TRY(keep_chain(peer, session));
    uint32_t promised_s = handshake->session_lifetime_s;
    if (promised_s != 0 && promised_s < session->lifetime_s)
        session->lifetime_s = promised_s;
    return HF_OK;
}

enum hf_error hf_resumption_keep(const struct hf_handshake *handshake, struct hf_session *ret_session)
{
    HF_WIPED_SESSION struct hf_session session = {0};
    if (!hf_resumption_is_possible(handshake))
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

bool hf_resumption_store(const struct hf_handshake *handshake)
{
    HF_WIPED_SESSION struct hf_session session = {0};
    struct hf_buffer bytes;
    if (handshake->config->session_cache == NULL)
        return false;
    hf_buffer_init(&bytes, handshake->allocator, HF_SESSION_BYTES_MAX);
    if (hf_resumption_keep(handshake, &session) == HF_OK && write_sealed(handshake, &session, &bytes) == HF_OK) {
        const struct hf_cache_key key = {HF_CACHE_SESSION, hf_span_of(session.id.bytes, session.id.len)};
        const struct hf_cache_times times = times_of(&session);
        hf_cache_put(handshake->config->session_cache, &key, hf_buffer_span(&bytes), &times);
    }
    hf_buffer_release(&bytes);
    return true;
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

enum hf_error hf_resumption_seal_ticket(const struct hf_handshake *handshake, struct hf_writer *writer,
                                        uint32_t *ret_lifetime_s)
{
    HF_WIPED_TICKET struct hf_ticket ticket = {0};
    struct hf_digest policy;
    const struct hf_peer *peer = handshake->work->verified == NULL ? NULL : handshake->work->verified->peer;
    const struct hf_ticket_tools tools = tools_of(handshake);
    if (peer != NULL && handshake->config->session_cache == NULL)
        return HF_ERR_wrong_call;
    HF_TRY(make_session(handshake, peer, &ticket.session));
    HF_TRY(hf_resumption_policy(handshake, &policy));
    if (!hf_span_copy(hf_digest_span(&policy), ticket.policy, sizeof ticket.policy))
        return HF_ERR_internal;
    if (ticket.session.chain_count > 0)
        HF_TRY(keep_chain_of_ticket(handshake, &ticket));
    *ret_lifetime_s = ticket.session.lifetime_s;
    return hf_ticket_seal(&ticket, handshake->config->ticket_keys, &tools, writer);
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
    handshake->ticket_len = ticket.len;
    handshake->session_lifetime_s = lifetime_s;
    id->len = sizeof id->bytes;
    return hf_span_copy(hf_digest_span(&digest), id->bytes, sizeof id->bytes) ? HF_OK : HF_ERR_internal;
}
