/* The inner hello is work->offer, with a random of its own; what stands in the clear is a copy of that offer with the
 * public name, made-up keys and all versions. When the server turns out to have taken the outer one, that copy takes
 * the place of work->offer, and the handshake goes on as if there had been no other. RFC 9849 6.1. */
#include "handshake/ech_offer.h"

#include "extension/ech_inner.h"
#include "extension/write.h"
#include "handshake/binder.h"
#include "handshake/ech.h"
#include "handshake/refuse.h"
#include "handshake/resumption.h"
#include "handshake/steps.h"
#include "negotiate/negotiate.h"
#include "negotiate/suite.h"
#include "negotiate/version.h"
#include "wire/read.h"
#include "wire/write.h"

enum { AGE_LEN = 4, HELLOS = 4, SHORT_HELLO_MAX = 16384 };

static bool has_cookie(const struct hf_handshake *handshake)
{
    return hf_config_transport(handshake->config)->has_cookie;
}

/* ---- what is offered ---- */

static bool find_config(const struct hf_handshake *handshake, struct hf_ech_config *ret_config,
                        struct hf_hpke_suite *ret_suite)
{
    const struct hf_config_ech *ech = &handshake->config->ech;
    return ech->configs != NULL &&
           hf_ech_config_choose(handshake->config->toolbox, hf_span_of(ech->configs, ech->configs_len), ret_config,
                                ret_suite);
}

/* The texts that tell of it outlive the working set. */
static enum hf_error keep_public_name(struct hf_handshake *handshake, struct hf_span name)
{
    struct hf_ech_told *told = hf_allocation_new(handshake->allocator, sizeof *told + name.len + 1);
    if (told == NULL)
        return HF_ERR_no_memory;
    handshake->ech_told = told;
    return hf_span_copy(name, told->public_name, name.len) ? HF_OK : HF_ERR_internal;
}

/* RFC 9849 6.1: nothing below 1.3, and no session of it. */
static void narrow(struct hf_handshake *handshake)
{
    struct hf_client_offer *offer = &handshake->work->offer;
    const unsigned all = offer->generations;
    if (offer->session != NULL)
        hf_resumption_forget(handshake);
    handshake->session_offered = offer->psk_count > 0;
    hf_negotiate_version_offer_only(offer, hf_config_transport(handshake->config)->version13);
    offer->listed_too = all;
}

enum hf_error hf_ech_offer_choose(struct hf_handshake *handshake)
{
    struct hf_ech_config config;
    struct hf_hpke_suite suite;
    if (handshake->opened || (handshake->work->offer.generations & HF_VERSION_BIT_13) == 0 ||
        (!find_config(handshake, &config, &suite) && !handshake->config->ech.greases))
        return HF_OK;
    HF_TRY(hf_ech_begin(handshake));
    if (!find_config(handshake, &config, &suite)) {
        handshake->ech = HF_ECH_GREASED;
        return HF_OK;
    }
    handshake->work->ech->config = config;
    handshake->work->ech->suite = suite;
    handshake->work->ech->id = config.id;
    handshake->ech = HF_ECH_OFFERED;
    hf_proofs_demand(&handshake->proofs, HF_PROOF_HELLO);
    narrow(handshake);
    return keep_public_name(handshake, config.public_name);
}

/* ---- the extension ---- */

/* With a payload of so many zeros. */
static void write_extension(const struct hf_ech_work *ech, struct hf_span enc, size_t payload_len,
                            struct hf_writer *into)
{
    hf_writer_u8(into, HF_ECH_TYPE_OUTER);
    hf_writer_u16(into, ech->suite.kdf);
    hf_writer_u16(into, ech->suite.aead);
    hf_writer_u8(into, ech->id);
    hf_writer_vector(into, 2, enc);
    const size_t payload = hf_writer_open(into, 2);
    for (size_t i = 0; i < payload_len; i++)
        hf_writer_u8(into, 0);
    hf_writer_close(into, payload, 2);
}

static enum hf_error make_extension(struct hf_ech_work *ech, struct hf_span enc, size_t payload_len)
{
    enum { FIELDS = 1 + 2 + 2 + 1 + 2 + 2 };
    const size_t room = FIELDS + enc.len + payload_len;
    hf_buffer_release(&ech->extension);
    uint8_t *bytes = hf_buffer_reserve(&ech->extension, room);
    if (bytes == NULL)
        return HF_ERR_no_memory;
    struct hf_writer writer = hf_writer_of(bytes, room);
    write_extension(ech, enc, payload_len, &writer);
    if (!hf_writer_end(&writer))
        return HF_ERR_internal;
    hf_buffer_grew(&ech->extension, writer.len);
    return HF_OK;
}

/* RFC 9849 6.2. enc is a true public key, of which nobody has the other half. */
static enum hf_error make_up_extension(struct hf_handshake *handshake)
{
    enum { PAYLOAD_MIN = 144, PAYLOAD_STEPS = 4, STEP = 32, DRAWS = 3 };
    struct hf_ech_work *ech = handshake->work->ech;
    struct hf_key_exchange *pair;
    uint8_t drawn[DRAWS];
    HF_TRY(hf_handshake_random(handshake, drawn, sizeof drawn));
    ech->id = drawn[0];
    ech->suite = (struct hf_hpke_suite){HF_HPKE_KEM_X25519, HF_HPKE_KDF_SHA256, HF_HPKE_AEAD_AES_128_GCM};
    const struct hf_hpke_suite other = {HF_HPKE_KEM_X25519, HF_HPKE_KDF_SHA256, HF_HPKE_AEAD_CHACHA20_POLY1305};
    if ((drawn[1] & 1) != 0 && hf_hpke_available(handshake->config->toolbox, other))
        ech->suite = other;
    const size_t payload_len = PAYLOAD_MIN + (size_t)(drawn[2] % PAYLOAD_STEPS) * STEP;
    HF_TRY(hf_key_exchange_new(handshake->config->toolbox, handshake->allocator, HF_KEY_EXCHANGE_X25519, &pair));
    enum hf_error error = make_extension(ech, hf_key_exchange_share(pair), payload_len);
    hf_key_exchange_free(pair);
    HF_TRY(error);
    struct hf_span made = hf_buffer_span(&ech->extension);
    struct hf_span payload = hf_span_part(made, made.len - payload_len, payload_len);
    handshake->work->offer.ech = made;
    return hf_handshake_random(handshake, ech->extension.memory + (payload.data - ech->extension.memory), payload.len);
}

/* ---- what stands in the clear ---- */

/* Names and binders of the lengths of the real ones, RFC 9849 6.1.2. */
static enum hf_error make_up_psks(struct hf_handshake *handshake)
{
    struct hf_ech_work *ech = handshake->work->ech;
    const struct hf_client_offer *inner = &handshake->work->offer;
    size_t len = 0;
    for (size_t i = 0; i < inner->psk_count; i++)
        len += inner->psks[i].identity.len + hf_hash_len(inner->psks[i].hash) + AGE_LEN;
    hf_buffer_release(&ech->made_up);
    ech->outer.psk_count = inner->psk_count;
    if (len == 0)
        return HF_OK;
    uint8_t *bytes = hf_buffer_reserve(&ech->made_up, len);
    if (bytes == NULL)
        return HF_ERR_no_memory;
    HF_TRY(hf_handshake_random(handshake, bytes, len));
    hf_buffer_grew(&ech->made_up, len);
    struct hf_reader random = hf_reader_of(hf_buffer_span(&ech->made_up));
    for (size_t i = 0; i < inner->psk_count; i++) {
        struct hf_hello_psk *psk = &ech->outer.psks[i];
        *psk = inner->psks[i];
        psk->identity = hf_reader_bytes(&random, inner->psks[i].identity.len);
        psk->binder = hf_reader_bytes(&random, hf_hash_len(psk->hash));
        psk->obfuscated_age = hf_reader_u32(&random);
    }
    return hf_reader_end(&random) ? HF_OK : HF_ERR_internal;
}

static enum hf_error set_up(struct hf_handshake *handshake)
{
    struct hf_ech_work *ech = handshake->work->ech;
    struct hf_buffer info;
    uint8_t room[HF_HPKE_ENC_MAX];
    struct hf_writer enc = hf_writer_of(room, sizeof room);
    hf_buffer_init(&info, handshake->allocator, HF_ECH_CONFIG_INFO_MAX);
    enum hf_error error = hf_ech_config_write_info(&ech->config, &info);
    const struct hf_hpke_setup setup = {
        .toolbox = handshake->config->toolbox,
        .allocator = handshake->allocator,
        .suite = ech->suite,
        .info = hf_buffer_span(&info),
    };
    if (error == HF_OK)
        error =
            hf_hpke_new_sender(&setup, ech->config.public_key, /* ephemeral= */ hf_span_of(NULL, 0), &enc, &ech->hpke);
    if (error == HF_ERR_bad_key_share) /* of a configuration that somebody made up */
        error = hf_refuse(handshake, HF_ERR_setting_invalid, "hf_builder_ech_configs", "a valid public key", NULL);
    if (error == HF_OK)
        error = make_extension(ech, hf_writer_span(&enc), /* payload_len= */ 1);
    hf_buffer_release(&info);
    return error;
}

enum hf_error hf_ech_offer_begin(struct hf_handshake *handshake)
{
    struct hf_ech_work *ech = handshake->work->ech;
    static const uint8_t inner_type[] = {HF_ECH_TYPE_INNER};
    if (ech == NULL)
        return HF_OK;
    if (handshake->ech == HF_ECH_GREASED)
        return make_up_extension(handshake);
    ech->outer = handshake->work->offer;
    hf_negotiate_version_offer(&ech->outer);
    HF_TRY(hf_handshake_random(handshake, ech->outer_random, sizeof ech->outer_random));
    ech->outer.random = hf_span_of(ech->outer_random, sizeof ech->outer_random);
    ech->outer.server_name = ech->config.public_name;
    handshake->work->offer.ech = hf_span_of(inner_type, sizeof inner_type);
    handshake->work->offer.is_inner = true;
    HF_TRY(set_up(handshake));
    const struct hf_ech_opener by = {handshake->config, handshake->allocator};
    return hf_ech_log(&by, ech->hpke, ech->outer.random, ech->config.whole);
}

bool hf_ech_offer_encrypts(const struct hf_handshake *handshake)
{
    const struct hf_ech_work *ech = handshake->work->ech;
    return ech != NULL && ech->hpke != NULL;
}

/* ---- writing ---- */

/* The hellos on their way: four runs of one memory. */
struct hellos {
    struct hf_writer plain;    /* inner, in our order */
    struct hf_writer outer;    /* with an extension of the wrong length */
    struct hf_writer arranged; /* inner, as it can be encoded, and is in the transcript */
    struct hf_writer encoded;  /* ... and is encrypted */
};

static void pad(struct hf_writer *encoded, size_t len)
{
    while (encoded->len < len && !encoded->bad)
        hf_writer_u8(encoded, 0);
}

/* The inner hello, whole and encoded. */
static enum hf_error prepare(struct hf_handshake *handshake, struct hellos *hellos)
{
    struct hf_ech_work *ech = handshake->work->ech;
    struct hf_client_offer *inner = &handshake->work->offer;
    const bool cookie = has_cookie(handshake);
    ech->outer.ech = hf_buffer_span(&ech->extension);
    HF_TRY(hf_extension_write_client_hello(inner, &hellos->plain));
    HF_TRY(hf_extension_write_client_hello(&ech->outer, &hellos->outer));
    const struct hf_span outer = hf_writer_span(&hellos->outer);
    HF_TRY(hf_ech_inner_arrange(hf_writer_span(&hellos->plain), outer, cookie, &hellos->arranged));
    HF_TRY(hf_binder_write(handshake, &hellos->arranged, /* from= */ 0));
    HF_TRY(hf_ech_inner_encode(hf_writer_span(&hellos->arranged), outer, cookie, &hellos->encoded));
    pad(&hellos->encoded, hf_ech_inner_padded_len(hellos->encoded.len, inner->server_name.len, ech->config.name_max));
    hf_buffer_release(&ech->inner);
    ech->has_inner = hf_buffer_append(&ech->inner, hf_writer_span(&hellos->arranged));
    if (!ech->has_inner)
        return HF_ERR_no_memory;
    return hf_writer_end(&hellos->encoded) ? HF_OK : HF_ERR_internal;
}

/* The outer hello with zeros is what the encryption authenticates; then the zeros go. RFC 9849 6.1.1. */
static enum hf_error seal(struct hf_handshake *handshake, struct hf_span encoded, struct hf_span enc,
                          struct hf_writer *body)
{
    struct hf_ech_work *ech = handshake->work->ech;
    const size_t from = body->len;
    struct hf_wire_ech_outer found;
    size_t at;
    HF_TRY(make_extension(ech, enc, encoded.len + HF_HPKE_TAG_LEN));
    ech->outer.ech = hf_buffer_span(&ech->extension);
    HF_TRY(hf_extension_write_client_hello(&ech->outer, body));
    const struct hf_span hello = hf_span_part(hf_writer_span(body), from, SIZE_MAX);
    if (!hf_ech_inner_find(hello, has_cookie(handshake), &found, &at) ||
        found.payload.len != encoded.len + HF_HPKE_TAG_LEN)
        return HF_ERR_internal;
    uint8_t *sealed = hf_allocation_bytes(handshake->allocator, found.payload.len);
    if (sealed == NULL)
        return HF_ERR_no_memory;
    enum hf_error error = hf_hpke_seal(ech->hpke, hello, encoded, sealed);
    struct hf_writer into = hf_writer_of(body->data + from + at, found.payload.len);
    hf_writer_bytes(&into, hf_span_of(sealed, found.payload.len));
    struct hf_span kept = hf_buffer_span(&ech->extension);
    into = hf_writer_of(ech->extension.memory + ech->extension.from + kept.len - found.payload.len, found.payload.len);
    hf_writer_bytes(&into, hf_span_of(sealed, found.payload.len));
    hf_allocation_free(handshake->allocator, sealed);
    return error;
}

static struct hf_span enc_of(const struct hf_ech_work *ech)
{
    struct hf_wire_ech_client_hello wire;
    struct hf_wire_ech_outer outer = {.enc = {0}};
    if (hf_wire_read_ech_client_hello(hf_buffer_span(&ech->extension), &wire) != HF_OK ||
        hf_wire_read_ech_outer(wire.body, &outer) != HF_OK)
        return hf_span_of(NULL, 0);
    return outer.enc;
}

/* For each of them: long are names of keys and tickets, and cookies. */
static size_t room_for_one(const struct hf_client_offer *inner)
{
    return inner->psk_count > 0 || inner->cookie.len > 0 ? HF_HELLO_BODY_MAX : SHORT_HELLO_MAX;
}

static enum hf_error write_with(struct hf_handshake *handshake, uint8_t *memory, struct hf_writer *body)
{
    struct hf_ech_work *ech = handshake->work->ech;
    uint8_t enc_room[HF_HPKE_ENC_MAX];
    struct hf_writer enc = hf_writer_of(enc_room, sizeof enc_room);
    const size_t room = room_for_one(&handshake->work->offer);
    struct hellos hellos = {
        hf_writer_of(memory, room),
        hf_writer_of(memory + room, room),
        hf_writer_of(memory + 2 * room, room),
        hf_writer_of(memory + 3 * room, room),
    };
    if (!handshake->hello_retried) /* RFC 9849 6.1.5: not again */
        hf_writer_bytes(&enc, enc_of(ech));
    HF_TRY(prepare(handshake, &hellos));
    return seal(handshake, hf_writer_span(&hellos.encoded), hf_writer_span(&enc), body);
}

/* What a HelloRetryRequest changed is changed in the clear, too. */
static enum hf_error refresh_outer(struct hf_handshake *handshake)
{
    const struct hf_client_offer *inner = &handshake->work->offer;
    struct hf_client_offer *outer = &handshake->work->ech->outer;
    for (size_t i = 0; i < inner->share_count; i++)
        outer->shares[i] = inner->shares[i];
    outer->share_count = inner->share_count;
    outer->grease = inner->grease;
    outer->cookie = inner->cookie;
    outer->early_data = inner->early_data;
    return make_up_psks(handshake);
}

enum hf_error hf_ech_offer_write(struct hf_handshake *handshake, struct hf_writer *body)
{
    const size_t room = HELLOS * room_for_one(&handshake->work->offer);
    HF_TRY(refresh_outer(handshake));
    uint8_t *memory = hf_allocation_bytes(handshake->allocator, room);
    if (memory == NULL)
        return HF_ERR_no_memory;
    enum hf_error error = write_with(handshake, memory, body);
    hf_allocation_wipe(handshake->allocator, memory, room);
    return error;
}

/* ---- the server's choice ---- */

/* The one place where it is settled that the server took what we meant. */
static void take_inner(struct hf_handshake *handshake)
{
    handshake->ech = HF_ECH_ACCEPTED;
    hf_proofs_give(&handshake->proofs, HF_PROOF_HELLO);
    hf_transcript_release(&handshake->work->ech->outer_transcript);
}

/* From here on there was no other hello than the outer one. Its made-up keys are none that the server could take. */
static void take_outer(struct hf_handshake *handshake)
{
    struct hf_work *work = handshake->work;
    struct hf_ech_work *ech = work->ech;
    handshake->ech = HF_ECH_REJECTED;
    work->offer = ech->outer;
    work->offer.random = hf_span_of(work->client_random, sizeof work->client_random);
    work->offer.psk_count = 0;
    work->offer.is_outer = true;
    (void)hf_span_copy(ech->outer.random, work->client_random, sizeof work->client_random);
    hf_transcript_release(&work->transcript);
    work->transcript = ech->outer_transcript;
    hf_transcript_init(&ech->outer_transcript, handshake->config->toolbox, handshake->allocator);
    hf_hpke_free(ech->hpke);
    ech->hpke = NULL;
    ech->has_inner = false;
    hf_buffer_release(&ech->inner);
    hf_proofs_forgo_psk(&handshake->proofs);
    hf_proofs_demand(&handshake->proofs,
                     hf_proofs_of_presenter(/* with_name= */ true, handshake->config->verdict_outside));
}

static bool is_undecided(const struct hf_handshake *handshake)
{
    return handshake->work->ech != NULL && handshake->ech == HF_ECH_OFFERED;
}

/* Over a message that has been made ready for: the transcript counts as in 1.3. */
static enum hf_error check_sign(struct hf_handshake *handshake, const struct hf_ech_sign *sign, bool *ret_right)
{
    uint8_t expected[HF_ECH_CONFIRMATION_LEN];
    HF_TRY(hf_ech_make_sign(handshake, sign, expected));
    *ret_right =
        hf_secret_equal(hf_span_part(sign->body, sign->at, sizeof expected), hf_span_of(expected, sizeof expected));
    return HF_OK;
}

/* A suite that is none of 1.3 is refused by whoever reads the message. */
static const struct hf_suite *suite_of(const struct hf_handshake *handshake, struct hf_span body)
{
    struct hf_wire_server_hello wire;
    const struct hf_suite *suite;
    struct hf_failure ignored = {0};
    if (hf_wire_read_server_hello(body, &wire) != HF_OK ||
        hf_negotiate_suite_check(handshake->config, HF_VERSION_BIT_13, (uint16_t)wire.cipher_suite, &suite, &ignored) !=
            HF_OK)
        return NULL;
    return suite;
}

static enum hf_error judge(struct hf_handshake *handshake, struct hf_span body, bool *ret_right)
{
    const struct hf_suite *suite = suite_of(handshake, body);
    *ret_right = false;
    if (suite == NULL || (handshake->hello_retried && handshake->work->transcript.id != suite->hash))
        return HF_OK;
    HF_TRY(hf_handshake_take_version(handshake, hf_config_transport(handshake->config)->version13));
    const struct hf_ech_sign sign = {
        .label = hf_ech_sign_hello, .hash = suite->hash, .body = body, .at = HF_ECH_SIGN_AT};
    return check_sign(handshake, &sign, ret_right);
}

enum hf_error hf_ech_offer_judge(struct hf_handshake *handshake, struct hf_span body, bool has_confirmation)
{
    const bool was_taken = handshake->work->ech != NULL && handshake->ech == HF_ECH_ACCEPTED;
    bool right = false;
    if (!is_undecided(handshake) && !was_taken)
        return HF_OK;
    if (has_confirmation)
        HF_TRY(judge(handshake, body, &right));
    if (was_taken)
        return right ? HF_OK : hf_refuse(handshake, HF_ERR_ech_inconsistent, "ServerHello.random", NULL, NULL);
    if (right)
        take_inner(handshake);
    else
        take_outer(handshake);
    return HF_OK;
}

/* The transcript of the outer hello, made as ready for the request as that of the inner one was. */
static enum hf_error reject_at_retry(struct hf_handshake *handshake, enum hf_hash_id hash)
{
    struct hf_transcript *transcript = &handshake->work->transcript;
    take_outer(handshake);
    HF_TRY(hf_handshake_take_version(handshake, hf_config_transport(handshake->config)->version13));
    HF_TRY(hf_transcript_choose(transcript, hash, /* keep_messages= */ false));
    return hf_transcript_retry(transcript);
}

enum hf_error hf_ech_offer_judge_retry(struct hf_handshake *handshake, struct hf_span body, enum hf_hash_id hash)
{
    const struct hf_ech_sign sign = {
        .label = hf_ech_sign_retry, .hash = hash, .body = body, .at = hf_ech_find_retry_sign(body)};
    bool right = false;
    if (!is_undecided(handshake))
        return HF_OK;
    if (sign.at > 0)
        HF_TRY(check_sign(handshake, &sign, &right));
    if (!right)
        return reject_at_retry(handshake, hash);
    take_inner(handshake);
    return HF_OK;
}

bool hf_ech_offer_is_refused(const struct hf_handshake *handshake)
{
    return hf_handshake_role(handshake) == HF_CLIENT && handshake->ech == HF_ECH_REJECTED;
}

enum hf_error hf_ech_offer_keep_retry(struct hf_handshake *handshake)
{
    const struct hf_span given = handshake->work->answer.ech_retry;
    if (!hf_ech_offer_is_refused(handshake) || given.len == 0)
        return HF_OK;
    handshake->ech_told->retry = hf_allocation_copy(handshake->allocator, given);
    handshake->ech_told->retry_len = given.len;
    return handshake->ech_told->retry == NULL ? HF_ERR_no_memory : HF_OK;
}

enum hf_error hf_ech_offer_conclude(struct hf_handshake *handshake)
{
    if (!hf_ech_offer_is_refused(handshake))
        return HF_OK;
    return hf_refuse(handshake, HF_ERR_ech_rejected, "encrypted_client_hello", NULL,
                     handshake->ech_told->retry == NULL ? "no other configuration: ECH is off"
                                                        : "other configurations");
}

enum hf_error hf_step_conclude_ech(struct hf_handshake *handshake, const struct hf_taken *taken,
                                   enum hf_outcome *ret_outcome)
{
    (void)taken;
    *ret_outcome = HF_OUTCOME_DONE;
    return hf_ech_offer_conclude(handshake);
}
