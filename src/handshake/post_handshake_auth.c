#include "handshake/post_handshake_auth.h"

#include "base/writer.h"
#include "handshake/refuse.h"
#include "handshake/steps.h"
#include "handshake/tickets13.h"

enum { CONTEXT_DIGEST_LEN = 32, CONTEXTS_MAX = HF_POST_HANDSHAKE_ANSWERS_MAX * CONTEXT_DIGEST_LEN };

/* ---- both ---- */

/* Nobody who is known by a key shared beforehand is asked, nor lets itself be: RFC 9846 4.4.2. */
static bool is_agreed(const struct hf_handshake *handshake)
{
    const struct hf_work *work = handshake->work;
    if (handshake->shared_key != NULL || handshake->config->post_handshake_auth == HF_POST_HANDSHAKE_AUTH_OFF)
        return false;
    return hf_handshake_role(handshake) == HF_CLIENT
               ? hf_extension_set_has(work->offer.offered, HF_ROW_post_handshake_auth)
               : work->facts.post_handshake_auth;
}

enum hf_error hf_post_handshake_auth_keep(struct hf_handshake *handshake)
{
    const struct hf_work *work = handshake->work;
    if (!is_agreed(handshake))
        return HF_OK;
    struct hf_post_handshake *post = hf_allocation_new(handshake->allocator, sizeof *post);
    if (post == NULL)
        return HF_ERR_no_memory;
    handshake->post = post;
    post->own_type = work->choice.own_type;
    post->peer_type = work->choice.peer_type;
    post->asked_before = handshake->asked;
    post->can_give_tickets = hf_handshake_role(handshake) == HF_SERVER && hf_tickets13_can_give(handshake);
    hf_buffer_init(&post->contexts, handshake->allocator, CONTEXTS_MAX);
    return hf_transcript_fork(&work->transcript, &post->hash);
}

void hf_post_handshake_auth_forget(struct hf_handshake *handshake)
{
    struct hf_post_handshake *post = handshake->post;
    if (post == NULL)
        return;
    handshake->post = NULL;
    hf_hash_free(post->hash);
    for (size_t i = 0; i < HF_COUNT(post->out); i++)
        hf_hash_free(post->out[i].hash);
    hf_buffer_release(&post->contexts);
    hf_allocation_free(handshake->allocator, post);
}

bool hf_post_handshake_auth_runs(const struct hf_handshake *handshake)
{
    return handshake->post != NULL && handshake->post->runs;
}

enum hf_event_kind hf_post_handshake_auth_end(struct hf_handshake *handshake)
{
    const bool declined = handshake->post->declines && hf_handshake_role(handshake) == HF_SERVER;
    handshake->post->runs = false;
    return declined ? HF_EVENT_CERTIFICATE_DECLINED : HF_EVENT_CERTIFICATE_ANSWERED;
}

/* The handshake knows all that the answer needs to know of it, but for the keys: those are in the schedule. Takes the
 * hash over. */
static enum hf_error begin(struct hf_handshake *handshake, struct hf_hash *hash)
{
    struct hf_post_handshake *post = handshake->post;
    enum hf_error error = hf_handshake_begin_again(handshake);
    if (error != HF_OK) {
        hf_hash_free(hash);
        return error;
    }
    hf_transcript_go_on(&handshake->work->transcript, handshake->suite->hash, hash,
                        hf_framing_header_len(handshake->framing) - handshake->protocol->message_header_len);
    handshake->work->choice = (struct hf_negotiated){
        .version = handshake->protocol->version,
        .generation = HF_VERSION_BIT_13,
        .suite = handshake->suite,
        .own_type = post->own_type,
        .peer_type = post->peer_type,
    };
    post->runs = true;
    post->declines = false;
    return HF_OK;
}

/* ---- server ---- */

static struct hf_post_handshake_request *free_place(struct hf_post_handshake *post)
{
    for (size_t i = 0; i < HF_COUNT(post->out); i++)
        if (post->out[i].hash == NULL)
            return &post->out[i];
    return NULL;
}

bool hf_post_handshake_auth_may_ask(const struct hf_handshake *handshake)
{
    return handshake->post != NULL && hf_machine_awaits(handshake, HF_INPUT_ask) && free_place(handshake->post) != NULL;
}

size_t hf_post_handshake_auth_awaited(const struct hf_handshake *handshake)
{
    size_t count = 0;
    for (size_t i = 0; handshake->post != NULL && i < HF_COUNT(handshake->post->out); i++)
        count += handshake->post->out[i].hash != NULL;
    return count;
}

enum hf_error hf_step_ask_for_certificate13(struct hf_handshake *handshake, const struct hf_taken *taken,
                                            enum hf_outcome *ret_outcome)
{
    (void)handshake, (void)taken;
    *ret_outcome = HF_OUTCOME_DONE;
    return HF_OK;
}

/* Nobody can sign beforehand what has a context that nobody could know: RFC 9846 4.4.2. */
enum hf_error hf_post_handshake_auth_new_request(struct hf_handshake *handshake,
                                                 struct hf_post_handshake_request **ret_request)
{
    struct hf_post_handshake_request *request = handshake->post == NULL ? NULL : free_place(handshake->post);
    if (request == NULL)
        return HF_ERR_internal; /* hf_post_handshake_auth_may_ask was asked */
    HF_TRY(hf_handshake_random(handshake, request->context, sizeof request->context));
    *ret_request = request;
    return HF_OK;
}

/* Its header is that of every transcript of 1.3, whatever the transport adds. */
static enum hf_error add_request(struct hf_hash *hash, struct hf_span body)
{
    uint8_t room[HF_MESSAGE_HEADER_LEN];
    struct hf_writer header = hf_writer_of(room, sizeof room);
    hf_writer_u8(&header, hf_message_wire_type(HF_MESSAGE_certificate_request));
    hf_writer_uint(&header, 3, body.len);
    HF_TRY(hf_hash_update(hash, hf_writer_span(&header)));
    return hf_hash_update(hash, body);
}

enum hf_error hf_post_handshake_auth_sent(struct hf_handshake *handshake, struct hf_post_handshake_request *request,
                                          struct hf_span body)
{
    HF_TRY(hf_hash_fork(handshake->post->hash, &request->hash));
    return add_request(request->hash, body);
}

enum hf_error hf_post_handshake_auth_check_awaited(struct hf_handshake *handshake)
{
    if (hf_post_handshake_auth_awaited(handshake) > 0)
        return HF_OK;
    return hf_refuse(handshake, HF_ERR_unexpected_message, "Certificate", NULL, "the answer to no request of ours");
}

static struct hf_hash *take_hash(struct hf_post_handshake *post, struct hf_span context)
{
    for (size_t i = 0; i < HF_COUNT(post->out); i++) {
        struct hf_post_handshake_request *request = &post->out[i];
        if (request->hash == NULL || !hf_span_equal(context, hf_span_of(request->context, sizeof request->context)))
            continue;
        struct hf_hash *hash = request->hash;
        request->hash = NULL;
        return hash;
    }
    return NULL;
}

/* What was proven before holds; that it is this client which declines, its Finished must show. */
static enum hf_error let_decline(struct hf_handshake *handshake)
{
    if (handshake->config->client_auth == HF_CLIENT_AUTH_REQUIRE) {
        handshake->failure->of = HF_OF_CLIENT;
        return hf_refuse(handshake, HF_ERR_certificate_missing, "Certificate", NULL, "an empty list");
    }
    handshake->post->declines = true;
    handshake->proofs.held &= ~(uint32_t)HF_PROOF_FINISHED;
    return HF_OK;
}

enum hf_error hf_post_handshake_auth_begin_judging(struct hf_handshake *handshake, struct hf_span context,
                                                   bool declines)
{
    struct hf_hash *hash = take_hash(handshake->post, context);
    if (hash == NULL)
        return hf_refuse(handshake, HF_ERR_illegal_parameter, "Certificate.certificate_request_context",
                         "that of a request of ours", NULL);
    HF_TRY(begin(handshake, hash));
    if (declines)
        return let_decline(handshake);
    hf_handshake_demand_afresh(handshake);
    return HF_OK;
}

/* None follows a delegated credential, which it could outlive (RFC 9345 7.4), and none where nonces, of one byte, would
 * begin again: with one nonce two tickets have one key (RFC 9846 4.7.1). */
bool hf_post_handshake_auth_plan_ticket(struct hf_handshake *handshake)
{
    const struct hf_post_handshake *post = handshake->post;
    const bool may_follow = !handshake->peer_delegated && handshake->tickets_made < UINT8_MAX;
    const bool gives = post->can_give_tickets && may_follow && !post->declines && !handshake->sent_close;
    handshake->tickets_left = gives ? 1 : 0;
    return gives;
}

/* ---- client ---- */

enum hf_error hf_post_handshake_auth_begin_answering(struct hf_handshake *handshake, bool *ret_answers)
{
    struct hf_hash *hash;
    *ret_answers = false;
    if (handshake->post == NULL)
        return hf_refuse(handshake, HF_ERR_unexpected_message, "CertificateRequest", NULL,
                         "a request on an open connection, for which we are not");
    if (hf_buffer_len(&handshake->post->contexts) == CONTEXTS_MAX)
        return hf_refuse(handshake, HF_ERR_too_many_certificate_requests, "CertificateRequest", NULL, NULL);
    if (handshake->sent_close)
        return HF_OK;
    HF_TRY(hf_hash_fork(handshake->post->hash, &hash));
    HF_TRY(begin(handshake, hash));
    handshake->misfit = HF_MISFIT_NONE;
    *ret_answers = true;
    return HF_OK;
}

enum hf_error hf_post_handshake_auth_note_context(struct hf_handshake *handshake, struct hf_span context)
{
    struct hf_buffer *contexts = &handshake->post->contexts;
    const struct hf_span known = hf_buffer_span(contexts);
    struct hf_digest digest;
    HF_TRY(hf_hash_once(handshake->config->toolbox, HF_HASH_SHA256, &context, 1, &digest));
    bool is_known = context.len == 0 && handshake->post->asked_before;
    for (size_t at = 0; at < known.len; at += CONTEXT_DIGEST_LEN)
        is_known = is_known || hf_span_equal(hf_span_part(known, at, CONTEXT_DIGEST_LEN), hf_digest_span(&digest));
    if (is_known)
        return hf_refuse(handshake, HF_ERR_illegal_parameter, "CertificateRequest.certificate_request_context",
                         "one that did not come before", NULL);
    return hf_buffer_append(contexts, hf_digest_span(&digest)) ? HF_OK : HF_ERR_no_memory;
}
