/* ServerHello: decides version, suite and, in 1.3, the key exchange. RFC 9846 4.2.3, RFC 5246 7.4.1.3. */
#include "config/key_share_pool.h"
#include "extension/read.h"
#include "extension/write.h"
#include "handshake/ech_choice.h"
#include "handshake/ech_offer.h"
#include "handshake/id_agreement.h"
#include "handshake/keys.h"
#include "handshake/psk.h"
#include "handshake/psk_offer.h"
#include "handshake/refuse.h"
#include "handshake/renegotiation.h"
#include "handshake/resumption.h"
#include "handshake/steps.h"
#include "negotiate/negotiate.h"
#include "negotiate/version.h"

/* ---- client ---- */

static struct hf_key_exchange *exchange_for(const struct hf_work *work, uint16_t group)
{
    for (size_t i = 0; i < work->offer.share_count; i++)
        if (work->offer.shares[i].group == group)
            return work->exchanges[i];
    return NULL;
}

static enum hf_error finish_key_exchange(struct hf_handshake *handshake, struct hf_premaster *ret_shared)
{
    struct hf_work *work = handshake->work;
    struct hf_key_exchange *exchange = exchange_for(work, work->answer.share.group);
    if (exchange == NULL)
        return HF_ERR_internal; /* extension/key_share.c has seen that we offered it */
    enum hf_error error = hf_key_exchange_finish(exchange, work->answer.share.key_exchange, ret_shared);
    if (error == HF_ERR_bad_key_share)
        return hf_refuse(handshake, error, "ServerHello.key_share", work->choice.group->name, NULL);
    return error;
}

static enum hf_error take_answer(struct hf_handshake *handshake, const struct hf_server_hello_facts *retry)
{
    struct hf_work *work = handshake->work;
    const struct hf_negotiate_before before = hf_renegotiation_before(handshake);
    HF_TRY(hf_negotiate_client(&work->offer, &work->answer, retry, &work->choice, handshake->failure));
    HF_TRY(hf_negotiate_renegotiation_check_answer(&before, &work->answer, &work->choice, handshake->failure));
    if (!hf_span_copy(work->answer.random, work->server_random, sizeof work->server_random))
        return HF_ERR_internal;
    HF_TRY(hf_handshake_take_version(handshake, work->choice.version));
    HF_TRY(hf_handshake_take_choice(handshake));
    HF_TRY(hf_id_agreement_conclude(handshake));
    const struct hf_negotiate_rules *rules = hf_negotiate_version_rules(work->choice.generation);
    return hf_transcript_choose(&work->transcript, work->choice.suite->hash,
                                /* keep_messages= */ !rules->shares_in_hellos);
}

static enum hf_error check13(struct hf_handshake *handshake, struct hf_span body,
                             const struct hf_server_hello_facts *retry, enum hf_outcome *ret_outcome)
{
    struct hf_work *work = handshake->work;
    HF_TRY(hf_extension_read_server_hello13(body, &work->offer, &work->answer, handshake->failure));
    HF_WIPED_PREMASTER struct hf_premaster shared = {.len = 0};
    HF_TRY(take_answer(handshake, retry));
    if (work->choice.group != NULL)
        HF_TRY(finish_key_exchange(handshake, &shared));
    hf_handshake_forget_exchanges(work);
    HF_TRY(hf_psk_offer_answered(handshake, ret_outcome));
    return hf_keys13_take_shared(handshake, &shared);
}

/* What comes next: with RSA_PSK a certificate as ever; else a ServerKeyExchange, which must come where it has a share.
 */
static void begin_shared(struct hf_handshake *handshake, enum hf_outcome *ret_outcome)
{
    const struct hf_suite_traits *traits = hf_suite_traits_of(handshake->suite);
    hf_psk_begin(handshake);
    if (!hf_suite_certifies(handshake->suite))
        *ret_outcome = traits->has_curve || traits->has_field ? HF_OUTCOME_EXCHANGE : HF_OUTCOME_SHARED;
}

static enum hf_error check12(struct hf_handshake *handshake, struct hf_span body, enum hf_outcome *ret_outcome)
{
    struct hf_work *work = handshake->work;
    if (handshake->early == HF_EARLY_OFFERED) /* RFC 9846 E.3 */
        return hf_refuse(handshake, HF_ERR_no_common_version, "ServerHello", "the version of the session",
                         "an older one");
    HF_TRY(hf_extension_read_server_hello12(body, &work->offer, &work->answer, handshake->failure));
    hf_handshake_forget_exchanges(work);
    HF_TRY(take_answer(handshake, /* retry= */ NULL));
    if (!hf_buffer_append(&work->scts, work->answer.scts)) /* the certificate that they are of comes later */
        return HF_ERR_no_memory;
    HF_TRY(hf_resumption_answered(handshake, ret_outcome));
    if (*ret_outcome == HF_OUTCOME_TLS12 && hf_suite_traits_of(handshake->suite)->has_psk)
        begin_shared(handshake, ret_outcome);
    return HF_OK;
}

/* Which rules a ServerHello is to be read by. */
static enum hf_error peek(struct hf_handshake *handshake, struct hf_span body,
                          const struct hf_negotiate_rules **ret_rules)
{
    uint16_t version;
    HF_TRY(hf_extension_peek_version(body, &version));
    HF_TRY(hf_negotiate_version_check(handshake->config, version, handshake->failure));
    *ret_rules = hf_negotiate_version_rules((enum hf_version_bit)hf_negotiate_version_generation(version));
    return HF_OK;
}

enum hf_error hf_step_check_server_hello(struct hf_handshake *handshake, const struct hf_taken *taken,
                                         enum hf_outcome *ret_outcome)
{
    const struct hf_negotiate_rules *rules;
    HF_TRY(peek(handshake, taken->body, &rules));
    HF_TRY(hf_ech_offer_judge(handshake, taken->body, rules->shares_in_hellos));
    if (rules->shares_in_hellos)
        return check13(handshake, taken->body, /* retry= */ NULL, ret_outcome);
    return check12(handshake, taken->body, ret_outcome);
}

enum hf_error hf_step_check_server_hello_again(struct hf_handshake *handshake, const struct hf_taken *taken,
                                               enum hf_outcome *ret_outcome)
{
    const struct hf_negotiate_rules *rules;
    HF_TRY(peek(handshake, taken->body, &rules));
    if (!rules->shares_in_hellos)
        return hf_refuse(handshake, HF_ERR_illegal_parameter, "ServerHello.supported_versions",
                         "the version of the HelloRetryRequest", NULL);
    HF_TRY(hf_ech_offer_judge(handshake, taken->body, /* has_confirmation= */ true));
    return check13(handshake, taken->body, &handshake->work->retry, ret_outcome);
}

/* The version stays: RFC 9846 4.2.3. No session was offered, so this is a full handshake. */
enum hf_error hf_step_check_server_hello_renegotiated(struct hf_handshake *handshake, const struct hf_taken *taken,
                                                      enum hf_outcome *ret_outcome)
{
    uint16_t version;
    enum hf_outcome outcome = HF_OUTCOME_DONE;
    HF_TRY(hf_extension_peek_version(taken->body, &version));
    if (version != handshake->protocol->version)
        return hf_refuse(handshake, HF_ERR_no_common_version, "ServerHello", "the version of the connection",
                         hf_negotiate_version_name(version));
    hf_handshake_start_over(handshake);
    handshake->identity = NULL;
    HF_TRY(check12(handshake, taken->body, &outcome));
    *ret_outcome = HF_OUTCOME_DONE;
    return outcome == HF_OUTCOME_TLS12 ? HF_OK : HF_ERR_internal;
}

/* ---- server ---- */

static void start_answer(const struct hf_handshake *handshake, struct hf_server_answer *ret_answer)
{
    const struct hf_work *work = handshake->work;
    hf_negotiate_answer(handshake->config, &work->choice, ret_answer);
    ret_answer->random = hf_span_of(work->server_random, sizeof work->server_random);
    ret_answer->renegotiated = hf_renegotiation_before(handshake).both_verify_data;
}

static enum hf_error exchange_keys(struct hf_handshake *handshake, struct hf_writer *own_share,
                                   struct hf_premaster *ret_shared)
{
    struct hf_work *work = handshake->work;
    const enum hf_key_exchange_id id = work->choice.group->key_exchange;
    struct hf_key_exchange *prepared =
        hf_key_share_pool_take(handshake->config->key_shares, hf_key_exchange_classic(id));
    const struct hf_key_exchange_question question = {
        .id = id, .peer_share = work->choice.peer_share, .prepared = prepared};
    enum hf_error error =
        hf_key_exchange_answer(handshake->config->toolbox, handshake->allocator, &question, own_share, ret_shared);
    hf_key_exchange_free(prepared);
    if (error == HF_ERR_bad_key_share)
        return hf_refuse(handshake, error, "ClientHello.key_share", work->choice.group->name, NULL);
    return error;
}

enum hf_error hf_build_server_hello13(struct hf_handshake *handshake, struct hf_writer *body)
{
    struct hf_work *work = handshake->work;
    uint8_t share[HF_KEY_EXCHANGE_SHARE_MAX];
    struct hf_writer own_share = hf_writer_of(share, sizeof share);
    HF_WIPED_PREMASTER struct hf_premaster shared = {.len = 0};
    struct hf_server_answer answer = {0};
    const size_t from = body->len;
    hf_ech_choice_clear(handshake);
    start_answer(handshake, &answer);
    HF_TRY(hf_id_agreement_answer(handshake, &answer));
    answer.session_id = hf_span_of(work->session_id, work->session_id_len);
    if (work->choice.group != NULL) { /* else a PSK stands alone */
        HF_TRY(exchange_keys(handshake, &own_share, &shared));
        answer.share.key_exchange = hf_writer_span(&own_share);
    }
    HF_TRY(hf_keys13_take_shared(handshake, &shared));
    HF_TRY(hf_extension_write_server_hello13(&answer, body));
    return hf_ech_choice_confirm(handshake, body, from);
}

/* With the ID of the session that is resumed, of a new one that can be, or with none (RFC 5246 7.4.1.3). */
enum hf_error hf_build_server_hello12(struct hf_handshake *handshake, struct hf_writer *body)
{
    struct hf_server_answer answer = {0};
    start_answer(handshake, &answer);
    HF_TRY(hf_id_agreement_answer(handshake, &answer));
    answer.session_id = hf_span_of(handshake->session_id.bytes, handshake->session_id.len);
    return hf_extension_write_server_hello12(&answer, body);
}
