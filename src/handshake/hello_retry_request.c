/* HelloRetryRequest: a server asks for a key share of another group. RFC 9846 4.2.4.
 * Both ends replace the first ClientHello in the transcript by its hash (4.1) before the message is added. */
#include "extension/read.h"
#include "extension/write.h"
#include "handshake/refuse.h"
#include "handshake/steps.h"
#include "negotiate/negotiate.h"
#include "negotiate/version.h"

/* ---- client ---- */

static enum hf_error replace_shares(struct hf_handshake *handshake, const struct hf_group *group)
{
    struct hf_work *work = handshake->work;
    hf_handshake_forget_exchanges(work);
    work->offer.share_count = 0;
    HF_TRY(hf_key_exchange_new(handshake->config->toolbox, handshake->allocator, group->key_exchange,
                               &work->exchanges[0]));
    work->exchange_count = 1;
    work->offer.shares[0] =
        (struct hf_hello_share){.group = group->id, .key_exchange = hf_key_exchange_share(work->exchanges[0])};
    work->offer.share_count = 1;
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
    HF_TRY(keep_cookie(handshake));
    if (group != NULL)
        HF_TRY(replace_shares(handshake, group));
    handshake->hello_retried = true;
    *ret_outcome = HF_OUTCOME_DONE;
    return HF_OK;
}

/* ---- server ---- */

enum hf_error hf_build_hello_retry_request(struct hf_handshake *handshake, struct hf_writer *body)
{
    struct hf_work *work = handshake->work;
    handshake->hello_retried = true;
    HF_TRY(hf_transcript_retry(&work->transcript));
    struct hf_server_answer answer = {0};
    hf_negotiate_answer(handshake->config, &work->choice, &answer);
    answer.session_id = hf_span_of(work->session_id, work->session_id_len);
    answer.share.group = work->choice.group->id;
    return hf_extension_write_hello_retry_request(&answer, body);
}
