#include "handshake/tickets13.h"

#include "handshake/resumption.h"
#include "handshake/shared_key.h"
#include "negotiate/psk.h"

enum { TICKETS_MAX = 16, NONCE_LEN = 1, MS = 1000 };

/* ---- the list ---- */

static void drop_first(struct hf_handshake *handshake)
{
    struct hf_kept_ticket *first = handshake->tickets;
    handshake->tickets = first->next;
    hf_allocation_wipe(handshake->allocator, first, sizeof *first + first->len);
}

size_t hf_tickets13_count(const struct hf_handshake *handshake)
{
    size_t count = 0;
    for (const struct hf_kept_ticket *ticket = handshake->tickets; ticket != NULL; ticket = ticket->next)
        count++;
    return count;
}

void hf_tickets13_tell(struct hf_handshake *handshake)
{
    if (handshake->tickets != NULL && handshake->tickets->is_told)
        drop_first(handshake);
    if (handshake->tickets != NULL)
        handshake->tickets->is_told = true;
}

void hf_tickets13_forget(struct hf_handshake *handshake)
{
    while (handshake->tickets != NULL)
        drop_first(handshake);
}

/* Its ID names the ticket: a short one itself, of a long one a digest. */
static enum hf_error name_ticket(const struct hf_handshake *handshake, struct hf_span ticket,
                                 struct hf_session_id *ret_id)
{
    struct hf_digest digest;
    if (hf_span_copy(ticket, ret_id->bytes, sizeof ret_id->bytes)) {
        ret_id->len = ticket.len;
        return HF_OK;
    }
    HF_TRY(hf_hash_once(handshake->config->toolbox, HF_HASH_SHA256, &ticket, 1, &digest));
    ret_id->len = digest.len;
    return hf_span_copy(hf_digest_span(&digest), ret_id->bytes, sizeof ret_id->bytes) ? HF_OK : HF_ERR_internal;
}

static enum hf_error add(struct hf_handshake *handshake, const struct hf_kept_ticket *facts, struct hf_span ticket)
{
    struct hf_kept_ticket **end = &handshake->tickets;
    while (*end != NULL)
        end = &(*end)->next;
    struct hf_kept_ticket *kept = hf_allocation_new(handshake->allocator, sizeof *kept + ticket.len);
    if (kept == NULL)
        return HF_ERR_no_memory;
    *kept = *facts;
    kept->len = ticket.len;
    *end = kept;
    return hf_span_copy(ticket, kept->ticket, ticket.len) ? HF_OK : HF_ERR_internal;
}

/* ---- both ---- */

static void keep_protocol(const struct hf_handshake *handshake, struct hf_session *session)
{
    if (!hf_span_copy(hf_span_of(handshake->alpn, handshake->alpn_len), session->alpn, sizeof session->alpn)) {
        session->early_max = 0; /* the name is too long to keep, and early data needs it */
        return;
    }
    session->alpn_len = (uint8_t)handshake->alpn_len;
}

enum hf_error hf_tickets13_session(const struct hf_handshake *handshake, const struct hf_kept_ticket *ticket,
                                   const struct hf_peer *peer, struct hf_session *ret_session)
{
    const int64_t issued_s = (int64_t)(ticket->issued_ms / MS);
    const int64_t end_s = issued_s + (int64_t)ticket->lifetime_s;
    struct hf_session session = {
        .version = handshake->protocol->version,
        .suite = handshake->suite->id,
        .created_s = handshake->session_created_s,
        .lifetime_s = HF_SESSION_LIFETIME_MAX13,
        .issued_ms = ticket->issued_ms,
        .age_add = ticket->age_add,
        .early_max = ticket->early_max,
        .early_guard = handshake->config->early_guard.id,
        .id = ticket->id,
        .secret = ticket->psk,
        .ticket = hf_span_of(ticket->ticket, ticket->len),
    };
    keep_protocol(handshake, &session);
    HF_TRY(hf_shared_key_name(handshake, &session.key));
    HF_TRY(hf_resumption_keep_chain(peer, &session));
    if (end_s < session.created_s + (int64_t)session.lifetime_s)
        session.lifetime_s = end_s > session.created_s ? (uint32_t)(end_s - session.created_s) : 0;
    *ret_session = session;
    hf_session_wipe(&session);
    return HF_OK;
}

/* ---- client ---- */

/* RFC 9846 4.7.1: 0 means at once, and nothing counts longer than a week. */
enum hf_error hf_tickets13_take(struct hf_handshake *handshake, const struct hf_wire_new_session_ticket13 *message,
                                uint32_t early_max)
{
    struct hf_kept_ticket facts = {
        .issued_ms = handshake->now_ms,
        .lifetime_s =
            message->ticket_lifetime < HF_SESSION_LIFETIME_MAX13 ? message->ticket_lifetime : HF_SESSION_LIFETIME_MAX13,
        .age_add = message->ticket_age_add,
        .early_max = early_max,
    };
    /* RFC 9345 7.4: sessions could outlive a delegated credential. */
    const bool is_wanted =
        handshake->config->asks_tickets && !handshake->peer_delegated && hf_shared_key_may_last(handshake);
    if (!is_wanted || facts.lifetime_s == 0 || message->ticket.len > HF_SESSION_TICKET_MAX ||
        hf_tickets13_count(handshake) == HF_TICKETS13_KEPT_MAX)
        return HF_OK;
    HF_TRY(name_ticket(handshake, message->ticket, &facts.id));
    HF_TRY(hf_schedule13_ticket_psk(&handshake->schedule13, message->ticket_nonce, &facts.psk));
    enum hf_error error = add(handshake, &facts, message->ticket);
    hf_secret_wipe(&facts.psk);
    if (error == HF_OK)
        handshake->driver.event(handshake->driver.context, HF_EVENT_SESSION);
    return error;
}

/* ---- server ---- */

bool hf_tickets13_can_give(const struct hf_handshake *handshake)
{
    const struct hf_config *config = handshake->config;
    bool is_alone;
    const bool has_place = config->ticket_keys != NULL || config->session_cache != NULL || config->sessions_outside;
    return has_place && hf_shared_key_may_last(handshake) &&
           hf_negotiate_psk_mode(config, &handshake->work->facts, &is_alone);
}

/* A client that asks for a number gets at most that (RFC 9149 3); one that resumes needs one, in place of that which it
 * used up. */
void hf_tickets13_plan(struct hf_handshake *handshake)
{
    const struct hf_client_hello_facts *facts = &handshake->work->facts;
    const bool resumes = handshake->work->has_psk;
    uint8_t count = handshake->config->ticket_count;
    if (facts->requests_tickets)
        count = resumes ? facts->request_resumed : facts->request_new;
    else if (resumes && count > 1)
        count = 1;
    if (count > TICKETS_MAX)
        count = TICKETS_MAX;
    handshake->tickets_left = hf_tickets13_can_give(handshake) ? count : 0;
    handshake->work->choice.tells_tickets = facts->requests_tickets;
    handshake->work->choice.expected_tickets = handshake->tickets_left;
}

/* How much longer tickets hold that are given now: counted from the last full handshake, so that resuming prolongs
 * nothing; at least a second, for a lifetime of 0 says "do not keep". */
static uint32_t time_left(const struct hf_handshake *handshake)
{
    const int64_t end_s = handshake->session_created_s + (int64_t)handshake->config->ticket_lifetime_s;
    const int64_t now_s = hf_handshake_now_s(handshake);
    return end_s > now_s ? (uint32_t)(end_s - now_s) : 1;
}

static enum hf_error random_u32(struct hf_handshake *handshake, uint32_t *ret_value)
{
    uint8_t bytes[sizeof *ret_value];
    HF_TRY(hf_handshake_random(handshake, bytes, sizeof bytes));
    struct hf_reader reader = hf_reader_of(hf_span_of(bytes, sizeof bytes));
    *ret_value = hf_reader_u32(&reader);
    return HF_OK;
}

/* Where the session is kept here, its ID is the ticket, and is asked for once. */
static enum hf_error store(struct hf_handshake *handshake, const struct hf_kept_ticket *facts,
                           const struct hf_session *session, struct hf_writer *ticket)
{
    const struct hf_config *config = handshake->config;
    if (config->ticket_keys != NULL)
        return hf_resumption_seal(handshake, session, ticket);
    const struct hf_span id = hf_span_of(facts->id.bytes, facts->id.len);
    hf_writer_bytes(ticket, id);
    if (config->session_cache == NULL) {
        HF_TRY(add(handshake, facts, id));
        if (handshake->opened) /* those of before are told when it opens */
            handshake->driver.event(handshake->driver.context, HF_EVENT_SESSION);
        return HF_OK;
    }
    hf_resumption_put_in_cache(handshake, session);
    return HF_OK;
}

static enum hf_error make(struct hf_handshake *handshake, struct hf_kept_ticket *facts, struct hf_span nonce,
                          struct hf_writer *ticket)
{
    HF_WIPED_SESSION struct hf_session session = {0};
    HF_TRY(hf_handshake_random(handshake, facts->id.bytes, facts->id.len));
    HF_TRY(random_u32(handshake, &facts->age_add));
    HF_TRY(hf_schedule13_ticket_psk(&handshake->schedule13, nonce, &facts->psk));
    HF_TRY(hf_tickets13_session(handshake, facts, hf_resumption_proven_peer(handshake), &session));
    const int64_t left_s = session.created_s + (int64_t)session.lifetime_s - hf_handshake_now_s(handshake);
    facts->early_max = session.early_max;
    facts->lifetime_s = left_s > 0 ? (uint32_t)left_s : 1; /* the peer's certificate may end before */
    return store(handshake, facts, &session, ticket);
}

/* From whom we know, or from anyone. */
static bool takes_early(const struct hf_handshake *handshake)
{
    return hf_resumption_proven_peer(handshake) != NULL || handshake->config->early_from_anyone;
}

enum hf_error hf_tickets13_make(struct hf_handshake *handshake, struct hf_writer *ticket,
                                struct hf_wire_new_session_ticket13 *ret_message, uint32_t *ret_early_max)
{
    struct hf_kept_ticket facts = {
        .issued_ms = handshake->now_ms,
        .lifetime_s = time_left(handshake),
        .early_max = takes_early(handshake) ? handshake->config->early_max : 0,
        .id = {.len = HF_SESSION_ID_MAX},
    };
    uint8_t *number = hf_writer_room(ticket, NONCE_LEN); /* the nonce stands before the ticket, to be lent with it */
    if (number == NULL)
        return HF_ERR_internal;
    *number = handshake->tickets_made++;
    const struct hf_span nonce = hf_span_of(number, NONCE_LEN);
    enum hf_error error = make(handshake, &facts, nonce, ticket);
    hf_secret_wipe(&facts.psk);
    HF_TRY(error);
    *ret_early_max = facts.early_max;
    *ret_message = (struct hf_wire_new_session_ticket13){
        .ticket_lifetime = facts.lifetime_s,
        .ticket_age_add = facts.age_add,
        .ticket_nonce = nonce,
        .ticket = hf_span_part(hf_writer_span(ticket), NONCE_LEN, SIZE_MAX),
    };
    return hf_writer_end(ticket) ? HF_OK : HF_ERR_internal;
}
