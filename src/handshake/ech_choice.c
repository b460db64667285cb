/* A hello that none of our keys opens is taken as it stands: it may be one that only looks encrypted. One that opens
 * must be right in all else. RFC 9849 7.1, 7.2. */
#include "handshake/ech_choice.h"

#include "extension/ech_inner.h"
#include "handshake/ech.h"
#include "handshake/refuse.h"
#include "negotiate/version.h"
#include "wire/read.h"

static bool has_cookie(const struct hf_handshake *handshake)
{
    return hf_config_transport(handshake->config)->has_cookie;
}

/* ---- opening ---- */

/* A hello with encrypted_client_hello of type outer. */
struct sealed {
    struct hf_span hello;
    struct hf_wire_ech_outer outer;
    size_t payload_at;
};

/* ClientHelloOuterAAD: the hello with zeros for the payload. */
static enum hf_error write_aad(const struct sealed *sealed, struct hf_buffer *aad)
{
    uint8_t *bytes = hf_buffer_reserve(aad, sealed->hello.len);
    if (bytes == NULL)
        return HF_ERR_no_memory;
    struct hf_writer writer = hf_writer_of(bytes, sealed->hello.len);
    hf_writer_bytes(&writer, hf_span_part(sealed->hello, 0, sealed->payload_at));
    for (size_t i = 0; i < sealed->outer.payload.len; i++)
        hf_writer_u8(&writer, 0);
    hf_writer_bytes(&writer, hf_span_part(sealed->hello, sealed->payload_at + sealed->outer.payload.len, SIZE_MAX));
    hf_buffer_grew(aad, writer.len);
    return hf_writer_end(&writer) ? HF_OK : HF_ERR_internal;
}

static enum hf_error open_into(struct hf_hpke *hpke, const struct sealed *sealed, struct hf_span aad,
                               struct hf_buffer *encoded)
{
    const struct hf_span payload = sealed->outer.payload;
    if (payload.len < HF_HPKE_TAG_LEN)
        return HF_ERR_bad_record;
    uint8_t *bytes = hf_buffer_reserve(encoded, payload.len);
    if (bytes == NULL)
        return HF_ERR_no_memory;
    HF_TRY(hf_hpke_open(hpke, aad, payload, bytes));
    hf_buffer_grew(encoded, payload.len - HF_HPKE_TAG_LEN);
    return HF_OK;
}

/* HF_ERR_bad_record: it did not open. */
static enum hf_error open_with(const struct hf_handshake *handshake, struct hf_hpke *hpke, const struct sealed *sealed,
                               struct hf_buffer *encoded)
{
    struct hf_buffer aad;
    hf_buffer_init(&aad, handshake->allocator, sealed->hello.len);
    enum hf_error error = write_aad(sealed, &aad);
    if (error == HF_OK)
        error = open_into(hpke, sealed, hf_buffer_span(&aad), encoded);
    hf_buffer_release(&aad);
    return error;
}

/* The inner hello out of its encoding, kept; *body becomes it. */
static enum hf_error decode(struct hf_handshake *handshake, struct hf_span encoded, struct hf_span *body)
{
    struct hf_ech_work *ech = handshake->work->ech;
    const char *where = NULL;
    hf_buffer_release(&ech->inner);
    enum hf_error error = hf_ech_inner_decode(encoded, *body, has_cookie(handshake), &ech->inner, &where);
    if (error == HF_ERR_no_memory)
        return error;
    if (error != HF_OK)
        return hf_refuse(handshake, error, where, NULL, NULL);
    ech->has_inner = true;
    *body = hf_buffer_span(&ech->inner);
    return HF_OK;
}

static enum hf_error set_up(const struct hf_handshake *handshake, const struct hf_config_ech_key *key,
                            const struct sealed *sealed, struct hf_hpke **ret_hpke)
{
    struct hf_ech_config config;
    struct hf_buffer info;
    HF_TRY(hf_ech_config_read(hf_span_of(key->bytes, key->len), &config));
    hf_buffer_init(&info, handshake->allocator, HF_ECH_CONFIG_INFO_MAX);
    enum hf_error error = hf_ech_config_write_info(&config, &info);
    const struct hf_hpke_setup setup = {
        .toolbox = handshake->config->toolbox,
        .allocator = handshake->allocator,
        .suite = {key->key.kem, (uint16_t)sealed->outer.kdf_id, (uint16_t)sealed->outer.aead_id},
        .info = hf_buffer_span(&info),
    };
    if (error == HF_OK)
        error = hf_hpke_new_receiver(&setup, hf_span_of(key->key.private_bytes, key->key.private_len),
                                     sealed->outer.enc, ret_hpke);
    hf_buffer_release(&info);
    return error;
}

static bool is_for(const struct hf_config_ech_key *key, const struct hf_wire_ech_outer *outer)
{
    struct hf_ech_config config;
    return hf_ech_config_read(hf_span_of(key->bytes, key->len), &config) == HF_OK && config.id == outer->config_id &&
           hf_ech_config_has_suite(&config, (uint16_t)outer->kdf_id, (uint16_t)outer->aead_id);
}

/* What tells that this key is not the one, from what ends the handshake. */
static bool is_other_key(enum hf_error error)
{
    return error == HF_ERR_bad_record || error == HF_ERR_bad_key_share || error == HF_ERR_unsupported_here;
}

static enum hf_error try_key(struct hf_handshake *handshake, const struct hf_config_ech_key *key,
                             const struct sealed *sealed, struct hf_buffer *encoded)
{
    struct hf_ech_work *ech = handshake->work->ech;
    struct hf_hpke *hpke = NULL;
    enum hf_error error = set_up(handshake, key, sealed, &hpke);
    if (error == HF_OK)
        error = open_with(handshake, hpke, sealed, encoded);
    if (error != HF_OK) {
        hf_hpke_free(hpke);
        return error;
    }
    ech->hpke = hpke;
    ech->id = (uint8_t)sealed->outer.config_id;
    ech->suite = (struct hf_hpke_suite){key->key.kem, (uint16_t)sealed->outer.kdf_id, (uint16_t)sealed->outer.aead_id};
    return hf_ech_log(handshake, hf_span_part(sealed->hello, 2, HF_RANDOM_LEN), hf_span_of(key->bytes, key->len));
}

/* The first key that opens it; configurations may share an identifier (RFC 9849 4.1). */
static enum hf_error try_keys(struct hf_handshake *handshake, const struct sealed *sealed, struct hf_buffer *encoded)
{
    for (const struct hf_config_ech_key *key = handshake->config->ech.keys; key != NULL; key = key->next) {
        if (!is_for(key, &sealed->outer))
            continue;
        enum hf_error error = try_key(handshake, key, sealed, encoded);
        if (error == HF_OK)
            handshake->ech = HF_ECH_ACCEPTED;
        if (error == HF_OK || !is_other_key(error))
            return error;
    }
    handshake->ech = HF_ECH_REJECTED;
    return HF_OK;
}

enum hf_error hf_ech_choice_open(struct hf_handshake *handshake, struct hf_span *body)
{
    struct sealed sealed = {.hello = *body};
    struct hf_buffer encoded;
    if (handshake->config->ech.keys == NULL ||
        !hf_ech_inner_find(*body, has_cookie(handshake), &sealed.outer, &sealed.payload_at))
        return HF_OK;
    HF_TRY(hf_ech_begin(handshake));
    hf_buffer_init(&encoded, handshake->allocator, body->len);
    enum hf_error error = try_keys(handshake, &sealed, &encoded);
    if (error == HF_OK && handshake->ech == HF_ECH_ACCEPTED)
        error = decode(handshake, hf_buffer_span(&encoded), body);
    hf_buffer_release(&encoded);
    return error;
}

void hf_ech_choice_decline(struct hf_handshake *handshake)
{
    if (handshake->ech != HF_ECH_ACCEPTED)
        return;
    hf_ech_end(handshake);
    handshake->ech = HF_ECH_REJECTED;
}

/* RFC 9849 7.1.1: as in the first, but for the key, which is known. */
static enum hf_error check_again(struct hf_handshake *handshake, const struct hf_wire_ech_outer *outer)
{
    const struct hf_ech_work *ech = handshake->work->ech;
    if (outer->kdf_id == ech->suite.kdf && outer->aead_id == ech->suite.aead && outer->config_id == ech->id &&
        outer->enc.len == 0)
        return HF_OK;
    return hf_refuse(handshake, HF_ERR_illegal_parameter, "encrypted_client_hello in the second ClientHello",
                     "the algorithms and the identifier of the first, and no key", NULL);
}

static enum hf_error open_second(struct hf_handshake *handshake, const struct sealed *sealed, struct hf_span *body)
{
    struct hf_buffer encoded;
    hf_buffer_init(&encoded, handshake->allocator, body->len);
    enum hf_error error = open_with(handshake, handshake->work->ech->hpke, sealed, &encoded);
    if (error == HF_OK)
        error = decode(handshake, hf_buffer_span(&encoded), body);
    else if (error == HF_ERR_bad_record)
        error =
            hf_refuse(handshake, HF_ERR_ech_not_opened, "encrypted_client_hello in the second ClientHello", NULL, NULL);
    hf_buffer_release(&encoded);
    return error;
}

enum hf_error hf_ech_choice_open_again(struct hf_handshake *handshake, struct hf_span *body)
{
    const struct hf_ech_work *ech = handshake->work->ech;
    struct sealed sealed = {.hello = *body};
    if (ech == NULL || ech->hpke == NULL)
        return HF_OK;
    if (!hf_ech_inner_find(*body, has_cookie(handshake), &sealed.outer, &sealed.payload_at))
        return hf_refuse(handshake, HF_ERR_missing_extension, "encrypted_client_hello in the second ClientHello", NULL,
                         NULL);
    HF_TRY(check_again(handshake, &sealed.outer));
    return open_second(handshake, &sealed, body);
}

/* ---- judging ---- */

static enum hf_error refuse_type(struct hf_handshake *handshake, const char *got)
{
    return hf_refuse(handshake, HF_ERR_illegal_parameter, "encrypted_client_hello in ClientHello", NULL, got);
}

/* What was opened is an inner hello of 1.3. */
static enum hf_error check_opened(struct hf_handshake *handshake)
{
    const struct hf_client_hello_facts *facts = &handshake->work->facts;
    if (facts->is_inner && !hf_negotiate_version_offers_old(facts))
        return HF_OK;
    return hf_refuse(handshake, HF_ERR_ech_inner_wrong, "the encrypted ClientHello", "an inner hello of TLS 1.3",
                     facts->is_inner ? "an offer of an older version" : "none of that type");
}

/* RFC 9849 7: who opens hellos takes no inner one from the network, and who has them opened no outer one. */
enum hf_error hf_ech_choice_check(struct hf_handshake *handshake)
{
    const struct hf_config_ech *config = &handshake->config->ech;
    const struct hf_client_hello_facts *facts = &handshake->work->facts;
    const bool is_taken = handshake->ech == HF_ECH_ACCEPTED;
    if (config->keys != NULL && is_taken)
        return check_opened(handshake);
    if (config->keys != NULL && facts->is_inner)
        return refuse_type(handshake, "an inner hello from the network");
    if (config->is_backend && facts->is_outer)
        return refuse_type(handshake, "an outer hello at a backend");
    if (is_taken && !facts->is_inner)
        return hf_refuse(handshake, HF_ERR_missing_extension, "encrypted_client_hello in the second ClientHello", NULL,
                         NULL);
    return HF_OK;
}

void hf_ech_choice_note(struct hf_handshake *handshake)
{
    if (handshake->work->facts.is_inner)
        handshake->ech = HF_ECH_ACCEPTED;
}

bool hf_ech_choice_confirms(const struct hf_handshake *handshake)
{
    return handshake->ech == HF_ECH_ACCEPTED;
}

/* ---- answering ---- */

void hf_ech_choice_clear(struct hf_handshake *handshake)
{
    static const uint8_t zeros[HF_ECH_CONFIRMATION_LEN];
    if (!hf_ech_choice_confirms(handshake))
        return;
    struct hf_writer end = hf_writer_of(handshake->work->server_random + HF_RANDOM_LEN - sizeof zeros, sizeof zeros);
    hf_writer_bytes(&end, hf_span_of(zeros, sizeof zeros));
}

/* Makes the sign over what was written, and writes it there. */
static enum hf_error put_sign(const struct hf_handshake *handshake, const struct hf_ech_sign *sign,
                              struct hf_writer *body, size_t from)
{
    uint8_t made[HF_ECH_CONFIRMATION_LEN];
    HF_TRY(hf_ech_make_sign(handshake, sign, made));
    struct hf_writer place = hf_writer_of(body->data + from + sign->at, sizeof made);
    hf_writer_bytes(&place, hf_span_of(made, sizeof made));
    return HF_OK;
}

enum hf_error hf_ech_choice_confirm(struct hf_handshake *handshake, struct hf_writer *body, size_t from)
{
    struct hf_transcript *transcript = &handshake->work->transcript;
    const struct hf_ech_sign sign = {
        .label = hf_ech_sign_hello,
        .hash = transcript->id,
        .body = hf_span_part(hf_writer_span(body), from, SIZE_MAX),
        .at = HF_ECH_SIGN_AT,
    };
    if (!hf_ech_choice_confirms(handshake))
        return HF_OK;
    HF_TRY(put_sign(handshake, &sign, body, from));
    hf_transcript_forget_messages(transcript);
    return HF_OK;
}

struct hf_span hf_ech_choice_placeholder(const struct hf_handshake *handshake)
{
    static const uint8_t zeros[HF_ECH_CONFIRMATION_LEN];
    return hf_span_of(zeros, hf_ech_choice_confirms(handshake) ? sizeof zeros : 0);
}

enum hf_error hf_ech_choice_confirm_retry(struct hf_handshake *handshake, struct hf_writer *body, size_t from)
{
    struct hf_span written = hf_span_part(hf_writer_span(body), from, SIZE_MAX);
    const struct hf_ech_sign sign = {
        .label = hf_ech_sign_retry,
        .hash = handshake->work->transcript.id,
        .body = written,
        .at = hf_ech_find_retry_sign(written),
    };
    return hf_ech_choice_confirms(handshake) ? put_sign(handshake, &sign, body, from) : HF_OK;
}

struct hf_span hf_ech_choice_retry(const struct hf_handshake *handshake)
{
    const struct hf_config_ech *config = &handshake->config->ech;
    if (!handshake->work->facts.is_outer || handshake->work->declines_ech)
        return hf_span_of(NULL, 0);
    return hf_span_of(config->retry, config->retry_len);
}
