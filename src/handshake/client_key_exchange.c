/* ClientKeyExchange: the client's share, what it encrypted under the server's key, or which shared key it takes; one
 * shape a key exchange. RFC 5246 7.4.7, RFC 8422 5.7, RFC 4279 2 to 4, RFC 5489 2. The master secret is made in the
 * turn behind it (keys12.c), when this message is in the transcript. */
#include "config/key_share_pool.h"
#include "crypto/rsa_premaster.h"
#include "handshake/psk.h"
#include "handshake/refuse.h"
#include "handshake/steps.h"
#include "wire/read.h"
#include "wire/write.h"

/* ---- server ---- */

/* A point has one length; a number may lack leading zeros. */
static enum hf_error take_share(struct hf_handshake *handshake, struct hf_span share)
{
    size_t wanted = handshake->group->client_share_len;
    bool may_be_shorter = hf_key_exchange_has_field(handshake->group->key_exchange);
    if (share.len > wanted || (share.len < wanted && !may_be_shorter))
        return hf_refuse_got(handshake, HF_ERR_bad_key_share, "ClientKeyExchange", "%zu bytes for %s", share.len,
                             handshake->group->name);
    return hf_buffer_append(&handshake->work->peer_share, share) ? HF_OK : HF_ERR_no_memory;
}

/* Of any length: one that is not the modulus' decrypts to random bytes like any other that is wrong. */
static enum hf_error take_encrypted(struct hf_handshake *handshake, struct hf_span encrypted)
{
    struct hf_buffer *kept = &handshake->work->peer_share;
    return hf_buffer_append(kept, hf_span_part(encrypted, 0, HF_HANDSHAKE_PEER_SHARE_MAX)) ? HF_OK : HF_ERR_no_memory;
}

static enum hf_error take_ecdhe(struct hf_handshake *handshake, struct hf_span body)
{
    struct hf_wire_client_key_exchange message;
    HF_TRY(hf_wire_read_client_key_exchange(body, &message));
    return take_share(handshake, message.public);
}

static enum hf_error take_dhe(struct hf_handshake *handshake, struct hf_span body)
{
    struct hf_wire_client_key_exchange_dhe message;
    HF_TRY(hf_wire_read_client_key_exchange_dhe(body, &message));
    return take_share(handshake, message.public);
}

static enum hf_error take_rsa(struct hf_handshake *handshake, struct hf_span body)
{
    struct hf_wire_client_key_exchange_rsa message;
    HF_TRY(hf_wire_read_client_key_exchange_rsa(body, &message));
    return take_encrypted(handshake, message.encrypted);
}

static enum hf_error take_psk(struct hf_handshake *handshake, struct hf_span body)
{
    struct hf_wire_client_key_exchange_psk message;
    HF_TRY(hf_wire_read_client_key_exchange_psk(body, &message));
    return hf_psk_look_up(handshake, message.identity);
}

static enum hf_error take_ecdhe_psk(struct hf_handshake *handshake, struct hf_span body)
{
    struct hf_wire_client_key_exchange_ecdhe_psk message;
    HF_TRY(hf_wire_read_client_key_exchange_ecdhe_psk(body, &message));
    HF_TRY(hf_psk_look_up(handshake, message.identity));
    return take_share(handshake, message.public);
}

static enum hf_error take_dhe_psk(struct hf_handshake *handshake, struct hf_span body)
{
    struct hf_wire_client_key_exchange_dhe_psk message;
    HF_TRY(hf_wire_read_client_key_exchange_dhe_psk(body, &message));
    HF_TRY(hf_psk_look_up(handshake, message.identity));
    return take_share(handshake, message.public);
}

static enum hf_error take_rsa_psk(struct hf_handshake *handshake, struct hf_span body)
{
    struct hf_wire_client_key_exchange_rsa_psk message;
    HF_TRY(hf_wire_read_client_key_exchange_rsa_psk(body, &message));
    HF_TRY(hf_psk_look_up(handshake, message.identity));
    return take_encrypted(handshake, message.encrypted);
}

static enum hf_error (*const takes[])(struct hf_handshake *handshake, struct hf_span body) = {
    [HF_SUITE_KEY_EXCHANGE_ECDHE] = take_ecdhe,
    [HF_SUITE_KEY_EXCHANGE_DHE] = take_dhe,
    [HF_SUITE_KEY_EXCHANGE_RSA] = take_rsa,
    [HF_SUITE_KEY_EXCHANGE_PSK] = take_psk,
    [HF_SUITE_KEY_EXCHANGE_ECDHE_PSK] = take_ecdhe_psk,
    [HF_SUITE_KEY_EXCHANGE_DHE_PSK] = take_dhe_psk,
    [HF_SUITE_KEY_EXCHANGE_RSA_PSK] = take_rsa_psk,
};

enum hf_error hf_step_take_client_key_exchange(struct hf_handshake *handshake, const struct hf_taken *taken,
                                               enum hf_outcome *ret_outcome)
{
    *ret_outcome = HF_OUTCOME_DONE;
    return takes[handshake->suite->key_exchange](handshake, taken->body);
}

/* ---- client ---- */

static enum hf_error make_pair(struct hf_handshake *handshake, struct hf_span *ret_share)
{
    struct hf_work *work = handshake->work;
    HF_TRY(hf_key_share_pool_make(handshake->config, handshake->allocator, handshake->group->key_exchange,
                                  &work->exchanges[0]));
    work->exchange_count = 1;
    *ret_share = hf_key_exchange_share(work->exchanges[0]);
    return HF_OK;
}

static enum hf_error choose_psk(struct hf_handshake *handshake, struct hf_span *ret_identity)
{
    HF_TRY(hf_psk_choose(handshake));
    *ret_identity = hf_span_of(handshake->shared_key->name, handshake->shared_key->identity_len);
    return HF_OK;
}

/* The premaster stays in the working set for the turn that follows at once. */
static enum hf_error encrypt(struct hf_handshake *handshake, struct hf_writer *into)
{
    struct hf_work *work = handshake->work;
    HF_WIPED_PREMASTER struct hf_premaster premaster = {.len = 0};
    HF_TRY(hf_rsa_premaster_make(&handshake->config->random, work->offer.legacy_version, &premaster));
    const struct hf_span bytes = hf_span_of(premaster.bytes, premaster.len);
    if (!hf_secret_set(&work->encrypted, bytes))
        return HF_ERR_internal;
    return hf_public_key_encrypt(work->verified->key, bytes, into);
}

enum hf_error hf_build_client_key_exchange(struct hf_handshake *handshake, struct hf_writer *body)
{
    struct hf_wire_client_key_exchange message;
    HF_TRY(make_pair(handshake, &message.public));
    hf_wire_write_client_key_exchange(body, &message);
    return HF_OK;
}

enum hf_error hf_build_client_key_exchange_dhe(struct hf_handshake *handshake, struct hf_writer *body)
{
    struct hf_wire_client_key_exchange_dhe message;
    HF_TRY(make_pair(handshake, &message.public));
    hf_wire_write_client_key_exchange_dhe(body, &message);
    return HF_OK;
}

enum hf_error hf_build_client_key_exchange_rsa(struct hf_handshake *handshake, struct hf_writer *body)
{
    uint8_t room[HF_HANDSHAKE_PEER_SHARE_MAX];
    struct hf_writer encrypted = hf_writer_of(room, sizeof room);
    HF_TRY(encrypt(handshake, &encrypted));
    const struct hf_wire_client_key_exchange_rsa message = {.encrypted = hf_writer_span(&encrypted)};
    hf_wire_write_client_key_exchange_rsa(body, &message);
    return HF_OK;
}

enum hf_error hf_build_client_key_exchange_psk(struct hf_handshake *handshake, struct hf_writer *body)
{
    struct hf_wire_client_key_exchange_psk message;
    HF_TRY(choose_psk(handshake, &message.identity));
    hf_wire_write_client_key_exchange_psk(body, &message);
    return HF_OK;
}

enum hf_error hf_build_client_key_exchange_ecdhe_psk(struct hf_handshake *handshake, struct hf_writer *body)
{
    struct hf_wire_client_key_exchange_ecdhe_psk message;
    HF_TRY(choose_psk(handshake, &message.identity));
    HF_TRY(make_pair(handshake, &message.public));
    hf_wire_write_client_key_exchange_ecdhe_psk(body, &message);
    return HF_OK;
}

enum hf_error hf_build_client_key_exchange_dhe_psk(struct hf_handshake *handshake, struct hf_writer *body)
{
    struct hf_wire_client_key_exchange_dhe_psk message;
    HF_TRY(choose_psk(handshake, &message.identity));
    HF_TRY(make_pair(handshake, &message.public));
    hf_wire_write_client_key_exchange_dhe_psk(body, &message);
    return HF_OK;
}

enum hf_error hf_build_client_key_exchange_rsa_psk(struct hf_handshake *handshake, struct hf_writer *body)
{
    uint8_t room[HF_HANDSHAKE_PEER_SHARE_MAX];
    struct hf_writer encrypted = hf_writer_of(room, sizeof room);
    struct hf_wire_client_key_exchange_rsa_psk message;
    HF_TRY(choose_psk(handshake, &message.identity));
    HF_TRY(encrypt(handshake, &encrypted));
    message.encrypted = hf_writer_span(&encrypted);
    hf_wire_write_client_key_exchange_rsa_psk(body, &message);
    return HF_OK;
}
