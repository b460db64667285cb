#include "handshake/ech.h"

#include "crypto/hkdf.h"
#include "handshake/narrate.h"
#include "schedule/expand_label.h"
#include "wire/read.h"

enum { TLS_HEADER_LEN = 4, LOG_BESIDE = 128 };

const char hf_ech_sign_hello[] = "ech accept confirmation";
const char hf_ech_sign_retry[] = "hrr ech accept confirmation";

enum hf_error hf_ech_begin(struct hf_handshake *handshake)
{
    const struct hf_allocator *allocator = handshake->allocator;
    const size_t max = handshake->config->max_handshake_message;
    struct hf_ech_work *ech = hf_allocation_new(allocator, sizeof *ech);
    if (ech == NULL)
        return HF_ERR_no_memory;
    hf_buffer_init(&ech->inner, allocator, 2 * max);
    hf_buffer_init(&ech->extension, allocator, HF_HELLO_BODY_MAX);
    hf_buffer_init(&ech->made_up, allocator, HF_HELLO_BODY_MAX);
    hf_transcript_init(&ech->outer_transcript, handshake->config->toolbox, allocator);
    handshake->work->ech = ech;
    return HF_OK;
}

void hf_ech_end(struct hf_handshake *handshake)
{
    struct hf_ech_work *ech = handshake->work->ech;
    if (ech == NULL)
        return;
    hf_hpke_free(ech->hpke);
    hf_hpke_free(ech->opened.hpke);
    hf_buffer_release(&ech->inner);
    hf_buffer_release(&ech->extension);
    hf_buffer_release(&ech->made_up);
    hf_transcript_release(&ech->outer_transcript);
    handshake->work->ech = NULL;
    hf_allocation_wipe(handshake->allocator, ech, sizeof *ech);
}

/* ---- transcript ---- */

/* With a header as the framing's messages have it; of what only datagrams have nothing counts (RFC 9147 5.2). */
static enum hf_error write_inner(const struct hf_handshake *handshake, struct hf_span body, struct hf_buffer *message)
{
    static const uint8_t zeros[HF_FRAMING_HEADER_LEN_MAX];
    uint8_t room[TLS_HEADER_LEN];
    struct hf_writer header = hf_writer_of(room, sizeof room);
    const size_t more = hf_framing_header_len(handshake->framing) - TLS_HEADER_LEN;
    hf_writer_u8(&header, hf_message_wire_type(HF_MESSAGE_client_hello));
    hf_writer_uint(&header, TLS_HEADER_LEN - 1, body.len);
    if (!hf_writer_end(&header) || more > sizeof zeros)
        return HF_ERR_internal;
    const bool added = hf_buffer_append(message, hf_writer_span(&header)) &&
                       hf_buffer_append(message, hf_span_of(zeros, more)) && hf_buffer_append(message, body);
    return added ? HF_OK : HF_ERR_no_memory;
}

static enum hf_error add_inner(struct hf_handshake *handshake, struct hf_span body)
{
    struct hf_buffer message;
    hf_buffer_init(&message, handshake->allocator, HF_FRAMING_HEADER_LEN_MAX + body.len);
    enum hf_error error = write_inner(handshake, body, &message);
    if (error == HF_OK)
        error = hf_transcript_add(&handshake->work->transcript, hf_buffer_span(&message));
    if (error == HF_OK)
        hf_narrate_inner_hello(handshake, hf_buffer_span(&message));
    hf_buffer_release(&message);
    return error;
}

enum hf_error hf_ech_add_hello(struct hf_handshake *handshake, struct hf_span whole)
{
    struct hf_ech_work *ech = handshake->work->ech;
    if (ech == NULL || !ech->has_inner)
        return hf_transcript_add(&handshake->work->transcript, whole);
    if (handshake->ech == HF_ECH_OFFERED)
        HF_TRY(hf_transcript_add(&ech->outer_transcript, whole));
    return add_inner(handshake, hf_buffer_span(&ech->inner));
}

/* ---- the server's sign ---- */

static enum hf_error write_zeroed(const struct hf_ech_sign *sign, struct hf_buffer *into)
{
    static const uint8_t zeros[HF_ECH_CONFIRMATION_LEN];
    uint8_t room[TLS_HEADER_LEN];
    struct hf_writer header = hf_writer_of(room, sizeof room);
    hf_writer_u8(&header, hf_message_wire_type(HF_MESSAGE_server_hello));
    hf_writer_uint(&header, TLS_HEADER_LEN - 1, sign->body.len);
    const struct hf_span parts[] = {hf_writer_span(&header), hf_span_part(sign->body, 0, sign->at),
                                    hf_span_of(zeros, sizeof zeros),
                                    hf_span_part(sign->body, sign->at + sizeof zeros, SIZE_MAX)};
    for (size_t i = 0; i < HF_COUNT(parts); i++)
        if (!hf_buffer_append(into, parts[i]))
            return HF_ERR_no_memory;
    return HF_OK;
}

static enum hf_error digest(const struct hf_handshake *handshake, const struct hf_ech_sign *sign,
                            struct hf_digest *ret_digest)
{
    struct hf_buffer message;
    hf_buffer_init(&message, handshake->allocator, TLS_HEADER_LEN + sign->body.len);
    enum hf_error error = write_zeroed(sign, &message);
    if (error == HF_OK)
        error =
            hf_transcript_digest_with(&handshake->work->transcript, sign->hash, hf_buffer_span(&message), ret_digest);
    hf_buffer_release(&message);
    return error;
}

enum hf_error hf_ech_make_sign(const struct hf_handshake *handshake, const struct hf_ech_sign *sign,
                               uint8_t into[HF_ECH_CONFIRMATION_LEN])
{
    const struct hf_toolbox *toolbox = handshake->config->toolbox;
    const struct hf_span random = hf_span_of(handshake->work->client_random, HF_RANDOM_LEN);
    HF_WIPED struct hf_secret secret = {0};
    struct hf_digest so_far;
    if (sign->body.len < sign->at + HF_ECH_CONFIRMATION_LEN)
        return HF_ERR_internal;
    HF_TRY(digest(handshake, sign, &so_far));
    HF_TRY(hf_hkdf_extract(toolbox, sign->hash, hf_span_of(NULL, 0), random, &secret));
    const struct hf_expand_label label = {
        .toolbox = toolbox,
        .hash = sign->hash,
        .prefix = hf_handshake_protocol13(handshake)->label_prefix,
        .label = hf_span_of_text(sign->label),
        .context = hf_digest_span(&so_far),
    };
    return hf_expand_label(&label, &secret, into, HF_ECH_CONFIRMATION_LEN);
}

size_t hf_ech_find_retry_sign(struct hf_span body)
{
    struct hf_wire_server_hello wire;
    struct hf_span payload;
    if (hf_wire_read_server_hello(body, &wire) != HF_OK ||
        !hf_wire_extension_find(wire.extensions, HF_EXTENSION_encrypted_client_hello, &payload) ||
        payload.len != HF_ECH_CONFIRMATION_LEN)
        return 0;
    return (size_t)(payload.data - body.data);
}

/* ---- key log ---- */

static void log_bytes(const struct hf_config *config, enum hf_key_log_label label, struct hf_span random,
                      struct hf_span bytes, struct hf_text *line)
{
    hf_key_log_write(label, random, bytes, line);
    config->key_log(config->key_log_context, line->at);
}

enum hf_error hf_ech_log(const struct hf_ech_opener *by, const struct hf_hpke *hpke, struct hf_span outer_random,
                         struct hf_span ech_config)
{
    const struct hf_config *config = by->config;
    const size_t room = LOG_BESIDE + 2 * (ech_config.len + HF_SECRET_MAX);
    if (config->key_log == NULL)
        return HF_OK;
    char *text = hf_allocation_new(by->allocator, room);
    if (text == NULL)
        return HF_ERR_no_memory;
    struct hf_text line = hf_text_of(text, room);
    log_bytes(config, HF_KEY_LOG_ECH_SECRET, outer_random, hf_secret_span(hf_hpke_shared_secret(hpke)), &line);
    line = hf_text_of(text, room);
    log_bytes(config, HF_KEY_LOG_ECH_CONFIG, outer_random, ech_config, &line);
    hf_allocation_wipe(by->allocator, text, room);
    return HF_OK;
}
