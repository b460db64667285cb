/* A server of TLS 1.3 on ClientHello, the first and the second: a PSK is looked for, then all choices are made, then
 * whoever the PSK's session keeps is judged. RFC 9846 4.2.1, 4.2.4, 4.3.11. */
#include "handshake/binder.h"
#include "handshake/client_hello.h"
#include "handshake/ech_choice.h"
#include "handshake/hello_retry_request.h"
#include "handshake/psk_choice.h"
#include "handshake/refuse.h"
#include "handshake/steps.h"
#include "handshake/tickets13.h"
#include "negotiate/version.h"

/* The server's random; what marks downgrades has no place in 1.3. */
static enum hf_error make_random(struct hf_handshake *handshake)
{
    return hf_handshake_random(handshake, handshake->work->server_random, sizeof handshake->work->server_random);
}

/* Early data that is not taken is dropped until a record opens (RFC 9846 4.3.10). Somebody said how much may come:
 * we in a ticket, or another server, or an earlier life of this one. */
static void skip_early_data(const struct hf_handshake *handshake)
{
    if (handshake->work->facts.early_data && handshake->early != HF_EARLY_TAKEN)
        hf_framing_skip_early_data(handshake->framing,
                                   HF_HANDSHAKE_EARLY_DATA_MAX + 2 * (size_t)handshake->config->early_max);
}

/* Over datagrams 1.3 has neither the cookie of HelloVerifyRequest nor an echo of the session ID: RFC 9147 5.3, 5.4. */
static enum hf_error check_fields(struct hf_handshake *handshake)
{
    struct hf_work *work = handshake->work;
    if (!hf_config_transport(handshake->config)->mimics12)
        work->session_id_len = 0;
    if (work->has_verify_cookie)
        return hf_refuse(handshake, HF_ERR_illegal_parameter, "ClientHello.legacy_cookie", "empty", NULL);
    return HF_OK;
}

/* An answer that settles the keys: a PSK that does not hold after all leads to choices without one. */
static enum hf_error settle(struct hf_handshake *handshake, const struct hf_negotiated *first,
                            enum hf_outcome *ret_outcome)
{
    struct hf_work *work = handshake->work;
    *ret_outcome = HF_OUTCOME_TLS13;
    if (work->has_psk)
        HF_TRY(hf_psk_choice_settle(handshake, ret_outcome));
    if (!work->has_psk && work->choice.has_psk)
        HF_TRY(hf_client_hello_negotiate(handshake, first));
    hf_tickets13_plan(handshake);
    return HF_OK;
}

/* The PSK was looked for. Its binder covers this hello, so it is checked also where a retry follows. */
static enum hf_error conclude(struct hf_handshake *handshake, const struct hf_negotiated *first,
                              enum hf_outcome *ret_outcome)
{
    struct hf_work *work = handshake->work;
    HF_TRY(hf_client_hello_negotiate(handshake, first));
    if (work->has_psk)
        HF_TRY(hf_binder_check(handshake));
    *ret_outcome = HF_OUTCOME_RETRY;
    if (!work->choice.retry)
        HF_TRY(settle(handshake, first, ret_outcome));
    skip_early_data(handshake);
    HF_TRY(make_random(handshake));
    return hf_transcript_choose(&work->transcript, work->choice.suite->hash,
                                /* keep_messages= */ hf_ech_choice_confirms(handshake));
}

/* Whoever answers for the application's store is asked before anything is chosen. */
static enum hf_error judge(struct hf_handshake *handshake, struct hf_span body, const struct hf_negotiated *first,
                           enum hf_outcome *ret_outcome)
{
    bool asks = false;
    HF_TRY(check_fields(handshake));
    if (hf_extension_set_has(handshake->work->facts.present, HF_ROW_pre_shared_key)) {
        HF_TRY(hf_binder_prepare(handshake, body));
        HF_TRY(hf_psk_choice_find(handshake, &asks));
    }
    *ret_outcome = HF_OUTCOME_KEPT_LOOKUP;
    return asks ? HF_OK : conclude(handshake, first, ret_outcome);
}

/* The second hello, though this handshake has seen no first: the HelloRetryRequest went before there was one. */
static enum hf_error go_on_after_retry(struct hf_handshake *handshake, struct hf_span body,
                                       enum hf_outcome *ret_outcome)
{
    struct hf_work *work = handshake->work;
    struct hf_negotiated first;
    HF_TRY(check_fields(handshake));
    HF_TRY(hf_hello_retry_request_recall(handshake, &first));
    HF_TRY(hf_transcript_choose(&work->transcript, first.suite->hash, /* keep_messages= */ false));
    HF_TRY(hf_hello_retry_request_replay(handshake, &first, body));
    work->choice = first;
    return judge(handshake, body, &first, ret_outcome);
}

enum hf_error hf_client_hello13_begin(struct hf_handshake *handshake, struct hf_span body, enum hf_outcome *ret_outcome)
{
    HF_TRY(hf_handshake_take_version(handshake, hf_config_transport(handshake->config)->version13));
    handshake->session_created_s = hf_handshake_now_s(handshake);
    hf_ech_choice_note(handshake);
    if (handshake->work->retried.suite != 0)
        return go_on_after_retry(handshake, body, ret_outcome);
    return judge(handshake, body, /* first= */ NULL, ret_outcome);
}

/* A key that went with the retry's suite may not go away: RFC 9846 4.2.2. */
static enum hf_error check_psk_stayed(struct hf_handshake *handshake, const struct hf_negotiated *first)
{
    if (!first->has_psk || hf_extension_set_has(handshake->work->facts.present, HF_ROW_pre_shared_key))
        return HF_OK;
    return hf_refuse(handshake, HF_ERR_missing_extension, "pre_shared_key in the second ClientHello",
                     "the key of the first", NULL);
}

enum hf_error hf_step_check_client_hello_again(struct hf_handshake *handshake, const struct hf_taken *taken,
                                               enum hf_outcome *ret_outcome)
{
    const struct hf_negotiated first = handshake->work->choice;
    struct hf_span body = taken->body;
    HF_TRY(hf_ech_choice_open_again(handshake, &body));
    HF_TRY(hf_client_hello_compare(handshake, body));
    HF_TRY(hf_client_hello_read(handshake, body));
    HF_TRY(hf_ech_choice_check(handshake));
    HF_TRY(check_psk_stayed(handshake, &first));
    handshake->work->has_psk = false; /* that of the first hello; this one may have fewer */
    return judge(handshake, body, &first, ret_outcome);
}

enum hf_error hf_step_take_session13(struct hf_handshake *handshake, const struct hf_taken *taken,
                                     enum hf_outcome *ret_outcome)
{
    const struct hf_negotiated first = handshake->work->choice;
    HF_TRY(hf_psk_choice_take(handshake, taken->body));
    return conclude(handshake, handshake->hello_retried ? &first : NULL, ret_outcome);
}
