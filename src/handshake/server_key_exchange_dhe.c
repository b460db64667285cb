/* ServerKeyExchange with Diffie-Hellman in a finite field: prime, generator and the server's share, signed with both
 * randoms (RFC 5246 7.4.3). Only the groups of RFC 7919 are taken, known by their primes. HF_HISTORIC_DHE. */
#include "handshake/server_key_exchange_dhe.h"

#include "handshake/possession.h"
#include "handshake/refuse.h"
#include "handshake/server_key_exchange.h"
#include "handshake/sign.h"
#include "handshake/steps.h"
#include "negotiate/group.h"
#include "negotiate/suite.h"
#include "wire/read.h"
#include "wire/write.h"

enum { PRIME_MAX = 1024, PARAMS_MAX = 3 * 2 + 2 * PRIME_MAX + 1, SIGNED_MAX = 2 * HF_RANDOM_LEN + PARAMS_MAX };

/* ---- client ---- */

enum hf_error hf_server_key_exchange_dhe_take(struct hf_handshake *handshake, const struct hf_wire_dhe_params *params)
{
    HF_TRY(hf_negotiate_group_check_field(handshake->config, params->prime, params->generator, &handshake->group,
                                          handshake->failure));
    if (params->public.len > handshake->group->server_share_len)
        return hf_refuse_got(handshake, HF_ERR_bad_key_share, "ServerKeyExchange.dh_Ys", "%zu bytes for %s",
                             params->public.len, handshake->group->name);
    return hf_buffer_append(&handshake->work->peer_share, params->public) ? HF_OK : HF_ERR_no_memory;
}

enum hf_error hf_server_key_exchange_dhe_check(struct hf_handshake *handshake, struct hf_span body,
                                               enum hf_outcome *ret_outcome)
{
    const struct hf_work *work = handshake->work;
    struct hf_wire_server_key_exchange_dhe message;
    uint8_t room[SIGNED_MAX];
    struct hf_writer content = hf_writer_of(room, sizeof room);
    HF_TRY(hf_wire_read_server_key_exchange_dhe(body, &message));
    HF_TRY(hf_negotiate_suite_check_key(handshake->suite, hf_public_key_type(work->verified->key), handshake->failure));
    HF_TRY(hf_server_key_exchange_dhe_take(handshake, &message.params));
    const struct hf_possession_claim claim = {
        .scheme = message.scheme,
        .message = hf_server_key_exchange_signed(work, message.params_bytes, &content),
        .signature = message.signature,
        .where = "ServerKeyExchange",
    };
    return hf_possession_prove(handshake, HF_VERSION_BIT_12, &claim, ret_outcome);
}

/* ---- server ---- */

enum hf_error hf_server_key_exchange_dhe_make(struct hf_handshake *handshake, struct hf_server_key_exchange_dhe *field)
{
    struct hf_writer prime = hf_writer_of(field->prime, sizeof field->prime);
    struct hf_writer generator = hf_writer_of(field->generator, sizeof field->generator);
    HF_TRY(hf_server_key_exchange_make_pair(handshake));
    HF_TRY(hf_key_exchange_write_field(handshake->config->toolbox, handshake->group->key_exchange, &prime, &generator));
    field->params = (struct hf_wire_dhe_params){
        .prime = hf_writer_span(&prime),
        .generator = hf_writer_span(&generator),
        .public = hf_key_exchange_share(handshake->work->exchanges[0]),
    };
    return HF_OK;
}

enum hf_error hf_build_server_key_exchange_dhe(struct hf_handshake *handshake, struct hf_writer *body)
{
    struct hf_server_key_exchange_dhe field;
    uint8_t params_room[PARAMS_MAX];
    uint8_t room[SIGNED_MAX];
    struct hf_sign_room signature;
    struct hf_writer params = hf_writer_of(params_room, sizeof params_room);
    struct hf_writer content = hf_writer_of(room, sizeof room);
    HF_TRY(hf_server_key_exchange_dhe_make(handshake, &field));
    struct hf_wire_server_key_exchange_dhe message = {.params = field.params, .scheme = handshake->own_scheme->id};
    hf_wire_write_dhe_params(&params, &message.params);
    struct hf_span covered = hf_server_key_exchange_signed(handshake->work, hf_writer_span(&params), &content);
    HF_TRY(hf_sign_own(handshake, covered, &signature, &message.signature));
    hf_wire_write_server_key_exchange_dhe(body, &message);
    return HF_OK;
}
