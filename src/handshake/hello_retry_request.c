/* HelloRetryRequest: a server asks for a key share of another group. RFC 9846 4.2.4.
 * Both ends replace the first ClientHello in the transcript by its hash (4.1) before the message is added. */
#include "handshake/hello_retry_request.h"

#include "config/key_share_pool.h"
#include "extension/compare.h"
#include "extension/first_hello.h"
#include "extension/read.h"
#include "extension/write.h"
#include "handshake/early_data.h"
#include "handshake/ech_choice.h"
#include "handshake/ech_offer.h"
#include "handshake/psk_offer.h"
#include "handshake/refuse.h"
#include "handshake/steps.h"
#include "negotiate/negotiate.h"
#include "negotiate/suite.h"
#include "negotiate/version.h"

/* ---- client ---- */

static enum hf_error replace_shares(struct hf_handshake *handshake, const struct hf_group *group)
{
    struct hf_work *work = handshake->work;
    hf_handshake_forget_exchanges(work);
    work->offer.share_count = 0;
    HF_TRY(hf_key_share_pool_make(handshake->config, handshake->allocator, group->key_exchange, &work->exchanges[0]));
    work->exchange_count = 1;
    work->offer.shares[0] =
        (struct hf_hello_share){.group = group->id, .key_exchange = hf_key_exchange_share(work->exchanges[0])};
    work->offer.share_count = 1;
    work->offer.grease.without_share = true;
    return HF_OK;
}

static enum hf_error keep_cookie(struct hf_handshake *handshake)
{
    struct hf_work *work = handshake->work;
    if (!hf_buffer_append(&work->cookie, work->retry.cookie))
        return HF_ERR_no_memory;
    work->offer.cookie = hf_buffer_span(&work->cookie);
    return HF_OK;
}

enum hf_error hf_step_check_hello_retry_request(struct hf_handshake *handshake, const struct hf_taken *taken,
                                                enum hf_outcome *ret_outcome)
{
    struct hf_work *work = handshake->work;
    const struct hf_group *group;
    const struct hf_suite *suite;
    HF_TRY(hf_extension_read_hello_retry_request(taken->body, &work->offer, &work->retry, handshake->failure));
    HF_TRY(hf_negotiate_client_retry(&work->offer, &work->retry, &group, handshake->failure));
    HF_TRY(hf_handshake_take_version(handshake, work->retry.version));
    suite = hf_suite_find(work->retry.suite);
    HF_TRY(hf_transcript_choose(&work->transcript, suite->hash, /* keep_messages= */ false));
    HF_TRY(hf_transcript_retry(&work->transcript));
    HF_TRY(hf_ech_offer_judge_retry(handshake, taken->body, suite->hash));
    hf_psk_offer_keep_hash(handshake, suite->hash);
    HF_TRY(keep_cookie(handshake));
    if (group != NULL)
        HF_TRY(replace_shares(handshake, group));
    hf_early_data_refuse(handshake);
    work->offer.early_data = false;
    handshake->hello_retried = true;
    *ret_outcome = HF_OUTCOME_DONE;
    return HF_OK;
}

/* ---- server ---- */

static struct hf_server_answer answer_of(const struct hf_config *config, const struct hf_negotiated *choice,
                                         struct hf_span session_id)
{
    struct hf_server_answer answer = {0};
    hf_negotiate_answer(config, choice, &answer);
    answer.session_id = session_id;
    answer.share.group = choice->retry ? choice->group->id : 0;
    return answer;
}

enum hf_error hf_hello_retry_request_write(const struct hf_config *config, const struct hf_negotiated *choice,
                                           struct hf_span session_id, struct hf_span cookie, struct hf_writer *body)
{
    struct hf_server_answer answer = answer_of(config, choice, session_id);
    answer.cookie = cookie;
    return hf_extension_write_hello_retry_request(&answer, body);
}

enum hf_error hf_build_hello_retry_request(struct hf_handshake *handshake, struct hf_writer *body)
{
    struct hf_work *work = handshake->work;
    const size_t from = body->len;
    handshake->hello_retried = true;
    HF_TRY(hf_transcript_retry(&work->transcript));
    struct hf_server_answer answer =
        answer_of(handshake->config, &work->choice, hf_span_of(work->session_id, work->session_id_len));
    HF_TRY(hf_ech_choice_fill_retry(handshake, &answer.ech_confirmation));
    HF_TRY(hf_extension_write_hello_retry_request(&answer, body));
    return hf_ech_choice_confirm_retry(handshake, body, from);
}

/* ---- server: one that was sent, and forgotten ---- */

/* Of a first hello that showed its front only, the transcript has what the second says it was (see digest_rebuilt). So
 * whoever changed the front on its way to us would not be found out: the suite chosen by it must be that of the second.
 */
static enum hf_error check_front(struct hf_handshake *handshake, const struct hf_negotiated *first)
{
    const struct hf_negotiate_suite_wish wish = {.generation = first->generation};
    if (hf_negotiate_suite_find(handshake->config, &handshake->work->facts, &wish) == first->suite)
        return HF_OK;
    return hf_refuse(handshake, HF_ERR_hello_changed, "ClientHello.cipher_suites", first->suite->name, NULL);
}

enum hf_error hf_hello_retry_request_recall(struct hf_handshake *handshake, struct hf_negotiated *ret_first)
{
    const struct hf_address_cookie_retry *retried = &handshake->work->retried;
    struct hf_negotiated first = {
        .version = hf_config_transport(handshake->config)->version13,
        .generation = HF_VERSION_BIT_13,
        .suite = hf_suite_find(retried->suite),
        .group = hf_group_find(retried->group),
        .retry = retried->asked_share,
    };
    if (first.suite == NULL || (first.group == NULL && (retried->group != 0 || first.retry)))
        return HF_ERR_internal; /* the cookie is ours */
    *ret_first = first;
    if (retried->first_hello.len == 0)
        return check_front(handshake, &first);
    return hf_extension_check_lasting(handshake->config->toolbox, handshake->allocator,
                                      hf_buffer_span(&handshake->work->hello), &retried->lasting, handshake->failure);
}

static enum hf_error add_request(struct hf_handshake *handshake, const struct hf_negotiated *first)
{
    enum { ROOM = 512 };
    uint8_t bytes[ROOM];
    const struct hf_work *work = handshake->work;
    size_t header_len = hf_framing_header_len(handshake->framing);
    struct hf_writer message = hf_writer_of(bytes, sizeof bytes);
    struct hf_writer header = hf_writer_of(hf_writer_room(&message, header_len), header_len);
    HF_TRY(hf_hello_retry_request_write(handshake->config, first, hf_span_of(work->session_id, work->session_id_len),
                                        work->facts.cookie, &message));
    hf_framing_write_header(handshake->framing, &header, hf_message_wire_type(HF_MESSAGE_hello_retry_request),
                            message.len - header_len);
    return hf_transcript_add(&handshake->work->transcript, hf_writer_span(&message));
}

/* The first hello came in pieces, of which none was kept. A HelloRetryRequest that asks for nothing but a cookie lets
 * nothing else change (RFC 9846 4.2.2), so the first hello is the second without it: were it another, the Finished
 * would not fit. Only binders change nevertheless, so such a hello cannot offer a PSK. */
static enum hf_error digest_rebuilt(struct hf_handshake *handshake, struct hf_span second, struct hf_digest *ret_first)
{
    struct hf_buffer first;
    if (hf_extension_set_has(handshake->work->facts.present, HF_ROW_pre_shared_key))
        return hf_refuse(handshake, HF_ERR_hello_in_pieces, "ClientHello.pre_shared_key", NULL, NULL);
    hf_buffer_init(&first, handshake->allocator, handshake->config->max_handshake_message);
    enum hf_error error = hf_first_hello_rebuild(second, &first);
    if (error == HF_OK)
        error = hf_first_hello_digest(handshake->config->toolbox, handshake->work->transcript.id,
                                      hf_buffer_span(&first), ret_first);
    hf_buffer_release(&first);
    return error;
}

enum hf_error hf_hello_retry_request_replay(struct hf_handshake *handshake, const struct hf_negotiated *first,
                                            struct hf_span second)
{
    struct hf_transcript *transcript = &handshake->work->transcript;
    struct hf_digest first_hello = handshake->work->retried.first_hello;
    if (first_hello.len == 0)
        HF_TRY(digest_rebuilt(handshake, second, &first_hello));
    HF_TRY(hf_transcript_resume_retry(transcript, hf_digest_span(&first_hello)));
    HF_TRY(add_request(handshake, first));
    handshake->hello_retried = true;
    return HF_OK;
}
