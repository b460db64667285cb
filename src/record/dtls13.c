/* One record of DTLS 1.3 sealed or opened (RFC 9147 4, 4.2).
 *
 *   header: 001CSLEE | [connection ID] | sequence number's low 8 or 16 bits, masked | [length]
 *           additional data, before masking
 *   body:   AEAD(content | type | zeros)
 *
 * The mask is made of the ciphertext, so sealing masks last and opening unmasks first. Whether the header was changed
 * on the way is told by the AEAD, as everything else is. */
#include "record/dtls13.h"

#include "base/allocation.h"
#include "base/reader.h"
#include "crypto/record_number.h"
#include "record/dtls_plain.h"
#include "record/failure_limit.h"
#include "record/inner_plaintext.h"
#include "record/nonce.h"
#include "record/usage_limit.h"

struct dtls13 {
    struct hf_record_protection protection; /* first: methods get this and mean the whole */
    struct hf_aead aead;
    struct hf_record_number *number;
    uint8_t tag_len;
    struct hf_usage_limit usage;
    struct hf_failure_limit failures;
    uint8_t iv[HF_DTLS13_IV_LEN];
};

static enum hf_error dtls13_seal(struct hf_record_protection *protection, const struct hf_record_content *content,
                                 struct hf_writer *into);
static enum hf_error dtls13_open(struct hf_record_protection *protection, const struct hf_record_wire *wire,
                                 uint8_t *into, struct hf_record_content *ret_content);
static void dtls13_rest(struct hf_record_protection *protection);
static void dtls13_free(struct hf_record_protection *protection);

static const struct hf_record_methods dtls13_methods = {
    .seal = dtls13_seal, .open = dtls13_open, .rest = dtls13_rest, .free = dtls13_free};

static void end(struct dtls13 *dtls13, const struct hf_allocator *allocator)
{
    hf_aead_wipe(&dtls13->aead);
    hf_record_number_free(dtls13->number);
    hf_allocation_wipe(allocator, dtls13, sizeof *dtls13);
}

enum hf_error hf_dtls13_new(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                            enum hf_aead_id aead, enum hf_aead_direction direction, const struct hf_traffic_keys *keys,
                            struct hf_record_protection **ret_protection)
{
    if (keys->iv.len != HF_DTLS13_IV_LEN)
        return HF_ERR_wrong_call;
    struct dtls13 *dtls13 = hf_allocation_new(allocator, sizeof *dtls13);
    if (dtls13 == NULL)
        return HF_ERR_no_memory;
    struct hf_aead_setup setup = {.id = aead, .direction = direction, .key = hf_secret_span(&keys->key)};
    enum hf_error error = hf_aead_init(&dtls13->aead, toolbox, allocator, &setup);
    if (error == HF_OK)
        error = hf_record_number_new(allocator, aead, hf_secret_span(&keys->number), &dtls13->number);
    if (error != HF_OK) {
        end(dtls13, allocator);
        return error;
    }
    dtls13->tag_len = (uint8_t)hf_aead_tag_len(aead);
    (void)hf_span_copy(hf_secret_span(&keys->iv), dtls13->iv, sizeof dtls13->iv); /* length checked above */
    hf_usage_limit_init(&dtls13->usage, aead, direction);
    hf_failure_limit_init(&dtls13->failures, aead);
    dtls13->protection = (struct hf_record_protection){
        .methods = &dtls13_methods,
        .header_len = HF_DTLS13_HEADER_LEN,
        .overhead = (uint16_t)(1 + dtls13->tag_len),
        .hides_type = true,
    };
    *ret_protection = &dtls13->protection;
    return HF_OK;
}

uint64_t hf_dtls13_reconstruct(uint64_t expected, uint64_t low, unsigned bits)
{
    const uint64_t span = UINT64_C(1) << bits;
    const uint64_t number = (expected & ~(span - 1)) | low;
    if (number + span / 2 < expected && number + span <= HF_DTLS_SEQUENCE_MAX)
        return number + span;
    if (number >= span && number - span / 2 > expected)
        return number - span;
    return number;
}

/* Zeros that a short record needs, so that its ciphertext can make the mask: RFC 9147 4.2.3. */
static size_t padding_of(const struct dtls13 *dtls13, const struct hf_record_content *content)
{
    size_t len = content->bytes.len + 1 + content->padding + dtls13->tag_len;
    return content->padding + (len < HF_RECORD_NUMBER_SAMPLE_LEN ? HF_RECORD_NUMBER_SAMPLE_LEN - len : 0);
}

static void write_header(const struct hf_record_content *content, size_t body_len, struct hf_writer *into)
{
    hf_writer_u8(into,
                 (uint8_t)(HF_DTLS13_FIXED | (content->id.len > 0 ? HF_DTLS13_HAS_ID : 0) | HF_DTLS13_LONG_NUMBER |
                           HF_DTLS13_HAS_LENGTH | (content->epoch & HF_DTLS13_EPOCH_MASK)));
    hf_writer_bytes(into, content->id);
    hf_writer_u16(into, (uint16_t)(content->sequence & 0xffff));
    hf_writer_u16(into, (uint16_t)body_len);
}

/* Header, then content, type and zeros where the ciphertext will stand. Returns where, NULL without room. */
static uint8_t *write_inner(const struct hf_record_content *content, size_t padding, size_t tag_len,
                            struct hf_writer *into)
{
    size_t inner_len = content->bytes.len + HF_INNER_TYPE_LEN + padding;
    write_header(content, inner_len + tag_len, into);
    uint8_t *body = hf_writer_room(into, inner_len + tag_len);
    if (body == NULL)
        return NULL;
    struct hf_writer inner = hf_writer_of(body, inner_len);
    return hf_inner_plaintext_write(content, padding, &inner) == HF_OK ? body : NULL;
}

static enum hf_error dtls13_seal(struct hf_record_protection *protection, const struct hf_record_content *content,
                                 struct hf_writer *into)
{
    struct dtls13 *dtls13 = (struct dtls13 *)protection;
    struct hf_writer record = *into; /* committed only when sealed: a failure writes nothing */
    size_t content_len = content->bytes.len;
    uint8_t nonce[HF_AEAD_NONCE_LEN];
    uint8_t mask[HF_RECORD_NUMBER_MASK_LEN];

    if (!hf_usage_limit_may_seal(&dtls13->usage, content->type) || content->sequence > HF_DTLS_SEQUENCE_MAX)
        return HF_ERR_usage_limit_reached;
    if (content_len > HF_RECORD_CONTENT_MAX || content->padding > HF_RECORD_CONTENT_MAX - content_len)
        return HF_ERR_internal;
    size_t padding = padding_of(dtls13, content);
    uint8_t *body = write_inner(content, padding, dtls13->tag_len, &record);
    if (body == NULL || !hf_writer_end(&record))
        return HF_ERR_internal;
    size_t header_len = HF_DTLS13_HEADER_LEN + content->id.len;
    uint8_t *number = body - HF_DTLS13_NUMBER_AND_LENGTH;
    struct hf_span aad = hf_span_of(body - header_len, header_len);
    hf_nonce_xor(dtls13->iv, content->sequence, nonce);
    HF_TRY(hf_aead_seal(&dtls13->aead, nonce, aad, hf_span_of(body, content_len + 1 + padding), body));
    HF_TRY(hf_record_number_mask(dtls13->number, body, mask));
    number[0] ^= mask[0];
    number[1] ^= mask[1];
    protection->usage = hf_usage_limit_count(&dtls13->usage);
    *into = record;
    return HF_OK;
}

/* Unmasks a copy of the header (RFC 9147 4.2.3) and finds the number that it means. */
static enum hf_error read_number(struct dtls13 *dtls13, const struct hf_record_wire *wire,
                                 uint8_t header[HF_DTLS13_HEADER_MAX], uint64_t *ret_sequence)
{
    uint8_t mask[HF_RECORD_NUMBER_MASK_LEN];
    if (!hf_span_copy(wire->header, header, HF_DTLS13_HEADER_MAX) || wire->body.len < HF_RECORD_NUMBER_SAMPLE_LEN)
        return HF_ERR_bad_record;
    uint8_t *number = header + 1 + wire->id.len;
    bool is_long = (header[0] & HF_DTLS13_LONG_NUMBER) != 0;
    if (wire->header.len < 1 + wire->id.len + (is_long ? 2 : 1))
        return HF_ERR_bad_record;
    HF_TRY(hf_record_number_mask(dtls13->number, wire->body.data, mask));
    number[0] ^= mask[0];
    if (is_long)
        number[1] ^= mask[1];
    *ret_sequence = is_long ? hf_dtls13_reconstruct(wire->sequence, (uint64_t)number[0] << 8 | number[1], 16)
                            : hf_dtls13_reconstruct(wire->sequence, number[0], 8);
    return HF_OK;
}

static enum hf_error dtls13_open(struct hf_record_protection *protection, const struct hf_record_wire *wire,
                                 uint8_t *into, struct hf_record_content *ret_content)
{
    struct dtls13 *dtls13 = (struct dtls13 *)protection;
    struct hf_record_content content = {.version = HF_DTLS_RECORD_VERSION};
    uint8_t nonce[HF_AEAD_NONCE_LEN];
    uint8_t header[HF_DTLS13_HEADER_MAX] = {0};

    if (wire->body.len < dtls13->tag_len)
        return hf_failure_limit_count(&dtls13->failures, HF_ERR_bad_record);
    enum hf_error opened = read_number(dtls13, wire, header, &content.sequence);
    hf_nonce_xor(dtls13->iv, content.sequence, nonce);
    if (opened == HF_OK)
        opened = hf_aead_open(&dtls13->aead, nonce, hf_span_of(header, wire->header.len), wire->body, into);
    HF_TRY(hf_failure_limit_count(&dtls13->failures, opened));
    protection->usage = hf_usage_limit_count(&dtls13->usage);

    struct hf_span inner = hf_span_of(into, wire->body.len - dtls13->tag_len);
    if (inner.len > HF_RECORD_CONTENT_MAX + 1) /* RFC 9846 5.4: content, type and padding together */
        return HF_ERR_record_too_long;
    HF_TRY(hf_inner_plaintext_read(inner, &content));
    *ret_content = content;
    return HF_OK;
}

static void dtls13_rest(struct hf_record_protection *protection)
{
    hf_aead_rest(&((struct dtls13 *)protection)->aead);
}

static void dtls13_free(struct hf_record_protection *protection)
{
    struct dtls13 *dtls13 = (struct dtls13 *)protection;
    end(dtls13, dtls13->aead.allocator);
}
