/* ClientHello: built by a client, judged by a server. RFC 9846 4.2.2, RFC 5246 7.4.1.2.
 * All that both sides can agree on is decided by negotiate/ from what the hello says; here its parts are kept. */
#include "handshake/client_hello.h"

#include "config/key_share_pool.h"
#include "extension/compare.h"
#include "extension/read.h"
#include "extension/write.h"
#include "handshake/renegotiation.h"
#include "handshake/binder.h"
#include "handshake/ech_choice.h"
#include "handshake/ech_offer.h"
#include "handshake/hello_outside.h"
#include "handshake/id_agreement.h"
#include "handshake/psk_external.h"
#include "handshake/psk_offer.h"
#include "handshake/resumption.h"
#include "handshake/steps.h"
#include "negotiate/negotiate.h"
#include "negotiate/version.h"
#include "wire/hello_cookie.h"

/* ---- client ---- */

static enum hf_error add_key_share(struct hf_handshake *handshake, const struct hf_group *group)
{
    struct hf_work *work = handshake->work;
    struct hf_key_exchange *exchange;
    HF_TRY(hf_key_share_pool_make(handshake->config, handshake->allocator, group->key_exchange, &exchange));
    work->exchanges[work->exchange_count++] = exchange;
    work->offer.shares[work->offer.share_count++] =
        (struct hf_hello_share){.group = group->id, .key_exchange = hf_key_exchange_share(exchange)};
    return HF_OK;
}

static enum hf_error add_key_shares(struct hf_handshake *handshake)
{
    const struct hf_config *config = handshake->config;
    for (size_t i = 0; i < config->key_share_count; i++)
        HF_TRY(add_key_share(handshake, config->key_share_groups[i]));
    return HF_OK;
}

/* That of the session offered; else a made-up one, where middleboxes may want to see it (RFC 9846 4.2.2, E.4). */
static enum hf_error choose_session_id(struct hf_handshake *handshake)
{
    struct hf_work *work = handshake->work;
    const struct hf_session *session = work->offer.session;
    if (session != NULL) {
        work->session_id_len = session->id.len;
        if (!hf_span_copy(hf_span_of(session->id.bytes, session->id.len), work->session_id, sizeof work->session_id))
            return HF_ERR_internal;
    } else if ((work->offer.generations & HF_VERSION_BIT_13) != 0 && hf_config_transport(handshake->config)->mimics12) {
        work->session_id_len = sizeof work->session_id;
        HF_TRY(hf_handshake_random(handshake, work->session_id, sizeof work->session_id));
    }
    work->offer.session_id = hf_span_of(work->session_id, work->session_id_len);
    return HF_OK;
}

static enum hf_error start_offer(struct hf_handshake *handshake)
{
    struct hf_work *work = handshake->work;
    struct hf_client_offer *offer = &work->offer;
    offer->config = handshake->config;
    if (handshake->opened) /* a renegotiation: RFC 5746 3.5 */
        hf_negotiate_version_offer_only(offer, handshake->protocol->version);
    else
        hf_negotiate_version_offer(offer);
    HF_TRY(hf_ech_offer_choose(handshake));
    offer->renegotiated = hf_renegotiation_before(handshake).client_verify_data;
    HF_TRY(hf_handshake_random(handshake, work->client_random, sizeof work->client_random));
    offer->random = hf_span_of(work->client_random, sizeof work->client_random);
    offer->parameters = hf_framing_own_parameters(handshake->framing);
    offer->server_name = hf_span_of_text(handshake->server_name);
    offer->grease.on = handshake->config->greases;
    HF_TRY(hf_handshake_random(handshake, offer->grease.seed, sizeof offer->grease.seed));
    HF_TRY(choose_session_id(handshake));
    HF_TRY(hf_id_agreement_offer(handshake));
    if ((offer->generations & HF_VERSION_BIT_13) == 0)
        return HF_OK;
    HF_TRY(add_key_shares(handshake));
    HF_TRY(hf_psk_external_offer(handshake));
    return hf_ech_offer_begin(handshake);
}

enum hf_error hf_build_client_hello(struct hf_handshake *handshake, struct hf_writer *body)
{
    if (handshake->work->offer.config == NULL) /* the first one: what follows a retry repeats it */
        HF_TRY(start_offer(handshake));
    const size_t from = body->len;
    hf_psk_offer_refresh(handshake);
    if (hf_ech_offer_encrypts(handshake))
        return hf_ech_offer_write(handshake, body);
    HF_TRY(hf_extension_write_client_hello(&handshake->work->offer, body));
    return hf_binder_write(handshake, body, from);
}

/* ---- server ---- */

/* A hello without the cookie that only datagrams have. */
static enum hf_error copy_hello(struct hf_handshake *handshake, struct hf_span body, struct hf_buffer *ret_hello)
{
    struct hf_hello_cookie parts = {.before = body};
    if (hf_config_transport(handshake->config)->has_cookie)
        HF_TRY(hf_hello_cookie_cut(body, &parts));
    handshake->work->has_verify_cookie = parts.cookie.len > 0;
    hf_buffer_release(ret_hello);
    return hf_buffer_append(ret_hello, parts.before) && hf_buffer_append(ret_hello, parts.after) ? HF_OK
                                                                                                 : HF_ERR_no_memory;
}

enum hf_error hf_client_hello_read(struct hf_handshake *handshake, struct hf_span body)
{
    struct hf_work *work = handshake->work;
    HF_TRY(copy_hello(handshake, body, &work->hello));
    return hf_extension_read_client_hello(hf_buffer_span(&work->hello), &work->facts, handshake->failure);
}

static enum hf_error keep_server_name(struct hf_handshake *handshake)
{
    struct hf_span name = handshake->work->facts.host_name;
    hf_allocation_free(handshake->allocator, handshake->server_name);
    handshake->server_name = NULL;
    if (name.len == 0)
        return HF_OK;
    handshake->server_name = hf_allocation_new(handshake->allocator, name.len + 1);
    if (handshake->server_name == NULL)
        return HF_ERR_no_memory;
    return hf_span_copy(name, handshake->server_name, name.len) ? HF_OK : HF_ERR_internal;
}

static size_t index_of_identity(const struct hf_config *config, const struct hf_identity *identity)
{
    size_t i = 0;
    while (i < config->identity_count && config->identities[i] != identity)
        i++;
    return i;
}

enum hf_error hf_client_hello_negotiate(struct hf_handshake *handshake, const struct hf_negotiated *first)
{
    struct hf_work *work = handshake->work;
    struct hf_negotiate_psk psk = {.index = work->psk_index, .is_alone = work->psk_alone};
    if (work->has_psk) {
        psk.hash = work->past->psks[0].hash;
        psk.is_session = work->past->psks[0].kind == HF_PSK_RESUMPTION;
    }
    const struct hf_negotiate_question question = {
        .config = handshake->config,
        .hello = &work->facts,
        .first = first,
        .version = handshake->opened ? handshake->protocol->version : 0,
        .psk = work->has_psk ? &psk : NULL,
        .now_s = hf_handshake_now_s(handshake),
        .is_outer = handshake->ech == HF_ECH_REJECTED,
        .protocol_place = work->protocol_place,
        .uses_name = work->uses_name,
    };
    struct hf_negotiated choice;
    const struct hf_negotiate_before before = hf_renegotiation_before(handshake);
    HF_TRY(hf_negotiate_server(&question, &choice, handshake->failure));
    HF_TRY(hf_negotiate_renegotiation_check_hello(&before, &work->facts, &choice, handshake->failure));
    HF_TRY(hf_framing_keep_parameters(handshake->framing, work->facts.parameters));
    work->choice = choice;
    handshake->identity = choice.identity;
    handshake->identity_index = (uint16_t)index_of_identity(handshake->config, choice.identity);
    handshake->own_scheme = choice.scheme;
    return hf_handshake_take_choice(handshake);
}

static enum hf_error keep_hello_fields(struct hf_handshake *handshake)
{
    struct hf_work *work = handshake->work;
    if (!hf_span_copy(work->facts.random, work->client_random, sizeof work->client_random) ||
        !hf_span_copy(work->facts.session_id, work->session_id, sizeof work->session_id))
        return HF_ERR_internal;
    work->session_id_len = work->facts.session_id.len;
    return HF_OK;
}

/* The server's random of 1.2, with the mark against downgrades where one belongs (RFC 9846 4.2.3). */
static enum hf_error make_random(struct hf_handshake *handshake)
{
    struct hf_work *work = handshake->work;
    HF_TRY(hf_handshake_random(handshake, work->server_random, sizeof work->server_random));
    hf_negotiate_version_mark(handshake->config, work->choice.version, work->server_random);
    return HF_OK;
}

enum hf_error hf_client_hello_compare(struct hf_handshake *handshake, struct hf_span second)
{
    struct hf_work *work = handshake->work;
    struct hf_buffer copy;
    hf_buffer_init(&copy, handshake->allocator, handshake->config->max_handshake_message);
    enum hf_error error = copy_hello(handshake, second, &copy);
    if (error == HF_OK)
        error = hf_extension_compare_hellos(hf_buffer_span(&work->hello), hf_buffer_span(&copy), handshake->failure);
    hf_buffer_release(&copy);
    return error;
}

/* The version leads to what else is to be looked at. */
static enum hf_error peek_rules(struct hf_handshake *handshake, const struct hf_negotiate_rules **ret_rules)
{
    uint16_t version;
    HF_TRY(hf_negotiate_version_choose(handshake->config, &handshake->work->facts, &version, handshake->failure));
    *ret_rules = hf_negotiate_version_rules((enum hf_version_bit)hf_negotiate_version_generation(version));
    return HF_OK;
}

static enum hf_error choose12(struct hf_handshake *handshake)
{
    HF_TRY(hf_client_hello_negotiate(handshake, /* first= */ NULL));
    HF_TRY(hf_handshake_take_version(handshake, handshake->work->choice.version));
    return make_random(handshake);
}

enum hf_error hf_client_hello_look(struct hf_handshake *handshake, struct hf_span body)
{
    HF_TRY(hf_client_hello_read(handshake, body));
    HF_TRY(hf_ech_choice_check(handshake));
    HF_TRY(keep_server_name(handshake));
    return keep_hello_fields(handshake);
}

enum hf_error hf_client_hello_choose(struct hf_handshake *handshake, struct hf_span body, enum hf_outcome *ret_outcome)
{
    const struct hf_negotiate_rules *rules;
    HF_TRY(peek_rules(handshake, &rules));
    if (rules->shares_in_hellos || handshake->work->retried.suite != 0) /* a retry is of 1.3, and stays it */
        return hf_client_hello13_begin(handshake, body, ret_outcome);
    HF_TRY(choose12(handshake));
    return hf_resumption_begin(handshake, ret_outcome);
}

enum hf_error hf_step_choose_by_client_hello(struct hf_handshake *handshake, const struct hf_taken *taken,
                                             enum hf_outcome *ret_outcome)
{
    struct hf_span body = taken->body;
    HF_TRY(hf_ech_choice_open(handshake, &body));
    HF_TRY(hf_client_hello_look(handshake, body));
    if (!handshake->config->hello_outside)
        return hf_client_hello_choose(handshake, body, ret_outcome);
    *ret_outcome = HF_OUTCOME_SHOWN;
    return hf_hello_outside_show(handshake, taken);
}

/* Always a full handshake: a session that is resumed would bring no certificate, for which we have asked. Once we
 * closed nothing is answered any more. */
enum hf_error hf_step_choose_by_client_hello_renegotiated(struct hf_handshake *handshake, const struct hf_taken *taken,
                                                          enum hf_outcome *ret_outcome)
{
    *ret_outcome = HF_OUTCOME_DONE;
    if (handshake->sent_close)
        return HF_OK;
    HF_TRY(hf_handshake_begin_again(handshake));
    hf_handshake_start_over(handshake);
    HF_TRY(hf_client_hello_read(handshake, taken->body));
    HF_TRY(keep_hello_fields(handshake));
    HF_TRY(choose12(handshake));
    return hf_resumption_decline(handshake, ret_outcome);
}
