/* ServerKeyExchange: which form it has, and the one with ECDHE: the server's share, signed with both randoms.
 * RFC 5246 7.4.3, RFC 8422 5.4. */
#include "handshake/server_key_exchange.h"

#include "config/key_share_pool.h"
#include "handshake/possession.h"
#include "handshake/refuse.h"
#include "handshake/server_key_exchange_dhe.h"
#include "handshake/server_key_exchange_psk.h"
#include "handshake/sign.h"
#include "handshake/steps.h"
#include "negotiate/group.h"
#include "negotiate/suite.h"
#include "wire/read.h"
#include "wire/write.h"

enum { CURVE_TYPE_NAMED = 3, PARAMS_MAX = 4 + 255, SIGNED_MAX = 2 * HF_RANDOM_LEN + PARAMS_MAX };

/* client_random, server_random, params. */
struct hf_span hf_server_key_exchange_signed(const struct hf_work *work, struct hf_span params, struct hf_writer *into)
{
    hf_writer_bytes(into, hf_span_of(work->client_random, sizeof work->client_random));
    hf_writer_bytes(into, hf_span_of(work->server_random, sizeof work->server_random));
    hf_writer_bytes(into, params);
    return hf_writer_span(into);
}

/* ---- client ---- */

enum hf_error hf_server_key_exchange_take_curve(struct hf_handshake *handshake,
                                                const struct hf_wire_ecdhe_params *params)
{
    struct hf_work *work = handshake->work;
    if (params->curve_type != CURVE_TYPE_NAMED)
        return hf_refuse_got(handshake, HF_ERR_illegal_parameter, "ServerKeyExchange.curve_type", "%u",
                             params->curve_type);
    HF_TRY(hf_negotiate_group_check12(handshake->config, params->named_curve, &handshake->group, handshake->failure));
    if (params->public.len != handshake->group->server_share_len)
        return hf_refuse_got(handshake, HF_ERR_bad_key_share, "ServerKeyExchange.public", "%zu bytes for %s",
                             params->public.len, handshake->group->name);
    return hf_buffer_append(&work->peer_share, params->public) ? HF_OK : HF_ERR_no_memory;
}

static enum hf_error check_ecdhe(struct hf_handshake *handshake, struct hf_span body, enum hf_outcome *ret_outcome)
{
    const struct hf_work *work = handshake->work;
    struct hf_wire_server_key_exchange message;
    uint8_t room[SIGNED_MAX];
    struct hf_writer content = hf_writer_of(room, sizeof room);
    HF_TRY(hf_wire_read_server_key_exchange(body, &message));
    HF_TRY(hf_negotiate_suite_check_key(handshake->suite, hf_public_key_type(work->verified->key), handshake->failure));
    HF_TRY(hf_negotiate_group_check_leaf12(handshake->config, hf_public_key_type(work->verified->key),
                                           handshake->failure));
    HF_TRY(hf_server_key_exchange_take_curve(handshake, &message.params));
    const struct hf_possession_claim claim = {
        .scheme = message.scheme,
        .message = hf_server_key_exchange_signed(work, message.params_bytes, &content),
        .signature = message.signature,
        .where = "ServerKeyExchange",
    };
    return hf_possession_prove(handshake, HF_VERSION_BIT_12, &claim, ret_outcome);
}

static enum hf_error (*const checks[])(struct hf_handshake *handshake, struct hf_span body,
                                       enum hf_outcome *ret_outcome) = {
    [HF_SUITE_KEY_EXCHANGE_ECDHE] = check_ecdhe,
    [HF_SUITE_KEY_EXCHANGE_DHE] = hf_server_key_exchange_dhe_check,
    [HF_SUITE_KEY_EXCHANGE_PSK] = hf_server_key_exchange_psk_check,
    [HF_SUITE_KEY_EXCHANGE_DHE_PSK] = hf_server_key_exchange_psk_check_dhe,
    [HF_SUITE_KEY_EXCHANGE_ECDHE_PSK] = hf_server_key_exchange_psk_check_ecdhe,
    [HF_SUITE_KEY_EXCHANGE_RSA_PSK] = hf_server_key_exchange_psk_check,
};

/* With RSA there is none, and no state that takes one. */
enum hf_error hf_step_check_server_key_exchange(struct hf_handshake *handshake, const struct hf_taken *taken,
                                                enum hf_outcome *ret_outcome)
{
    return checks[handshake->suite->key_exchange](handshake, taken->body, ret_outcome);
}

/* ---- server ---- */

/* The builder is called again when an outside signer has answered: the pair is made once. */
enum hf_error hf_server_key_exchange_make_pair(struct hf_handshake *handshake)
{
    struct hf_work *work = handshake->work;
    if (work->exchange_count > 0)
        return HF_OK;
    HF_TRY(hf_key_share_pool_make(handshake->config, handshake->allocator, handshake->group->key_exchange,
                                  &work->exchanges[0]));
    work->exchange_count = 1;
    return HF_OK;
}

enum hf_error hf_build_server_key_exchange(struct hf_handshake *handshake, struct hf_writer *body)
{
    const struct hf_work *work = handshake->work;
    HF_TRY(hf_server_key_exchange_make_pair(handshake));
    struct hf_wire_server_key_exchange message = {
        .params = {.curve_type = CURVE_TYPE_NAMED,
                   .named_curve = handshake->group->id,
                   .public = hf_key_exchange_share(work->exchanges[0])},
        .scheme = handshake->own_scheme->id,
    };
    uint8_t params_room[PARAMS_MAX];
    uint8_t room[SIGNED_MAX];
    struct hf_sign_room signature;
    struct hf_writer params = hf_writer_of(params_room, sizeof params_room);
    struct hf_writer content = hf_writer_of(room, sizeof room);
    hf_wire_write_ecdhe_params(&params, &message.params);
    HF_TRY(hf_sign_own(handshake, hf_server_key_exchange_signed(work, hf_writer_span(&params), &content), &signature,
                       &message.signature));
    hf_wire_write_server_key_exchange(body, &message);
    return HF_OK;
}
