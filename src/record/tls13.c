/* One record of TLS 1.3 sealed or opened (RFC 9846 5.2).
 *
 *   header: 23 | 0x0303 | length        additional data
 *   body:   AEAD(content | type | zeros)
 *
 * Invariants: a sequence number is never used twice, because it is counted when a record is done and keys are for one
 * direction; nothing of a record that is not authentic is handed up. */
#include "record/tls13.h"

#include "base/allocation.h"
#include "base/bytes.h"
#include "record/inner_plaintext.h"
#include "record/nonce.h"
#include "record/usage_limit.h"

#define LEGACY_RECORD_VERSION 0x0303 /* RFC 9846 5.2 */

struct tls13 {
    struct hf_record_protection protection; /* first: methods get this and mean the whole */
    struct hf_aead aead;
    uint8_t tag_len;
    struct hf_usage_limit usage;
    uint8_t iv[HF_TLS13_IV_LEN];
};

static enum hf_error tls13_seal(struct hf_record_protection *protection, const struct hf_record_content *content,
                                struct hf_writer *into);
static enum hf_error tls13_open(struct hf_record_protection *protection, const struct hf_record_wire *wire,
                                uint8_t *into, struct hf_record_content *ret_content);
static void tls13_rest(struct hf_record_protection *protection);
static void tls13_free(struct hf_record_protection *protection);

static const struct hf_record_methods tls13_methods = {
    .seal = tls13_seal, .open = tls13_open, .rest = tls13_rest, .free = tls13_free};

enum hf_error hf_tls13_new(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator, enum hf_aead_id aead,
                           enum hf_aead_direction direction, const struct hf_traffic_keys *keys,
                           struct hf_record_protection **ret_protection)
{
    if (keys->iv.len != HF_TLS13_IV_LEN)
        return HF_ERR_wrong_call;
    struct tls13 *tls13 = hf_allocation_new(allocator, sizeof *tls13);
    if (tls13 == NULL)
        return HF_ERR_no_memory;
    struct hf_aead_setup setup = {.id = aead, .direction = direction, .key = hf_secret_span(&keys->key)};
    enum hf_error error = hf_aead_init(&tls13->aead, toolbox, allocator, &setup);
    if (error != HF_OK) {
        hf_allocation_free(allocator, tls13);
        return error;
    }
    tls13->tag_len = (uint8_t)hf_aead_tag_len(aead);
    (void)hf_span_copy(hf_secret_span(&keys->iv), tls13->iv, sizeof tls13->iv); /* length checked above */
    hf_usage_limit_init(&tls13->usage, aead, direction);
    tls13->protection = (struct hf_record_protection){
        .methods = &tls13_methods,
        .overhead = (uint16_t)(1 + tls13->tag_len),
        .open_less = (uint16_t)(hf_aead_opens_apart(aead) ? 1 + tls13->tag_len : 0),
        .hides_type = true,
    };
    *ret_protection = &tls13->protection;
    return HF_OK;
}

/* Header, room for the content, type and zeros where their ciphertext will stand. Returns where, NULL without room. */
static uint8_t *write_around(const struct hf_record_content *content, size_t tag_len, struct hf_writer *into)
{
    size_t inner_len = content->bytes.len + 1 + content->padding;
    uint8_t *header = hf_writer_room(into, HF_RECORD_HEADER_LEN + inner_len + tag_len);
    if (header == NULL)
        return NULL;
    header[0] = HF_CONTENT_APPLICATION_DATA;
    hf_bytes_put_u16(header + 1, LEGACY_RECORD_VERSION);
    hf_bytes_put_u16(header + 3, (uint16_t)(inner_len + tag_len));
    uint8_t *body = header + HF_RECORD_HEADER_LEN;
    body[content->bytes.len] = content->type;
    for (size_t i = content->bytes.len + 1; i < inner_len; i++)
        body[i] = 0;
    return body;
}

static enum hf_error tls13_seal(struct hf_record_protection *protection, const struct hf_record_content *content,
                                struct hf_writer *into)
{
    struct tls13 *tls13 = (struct tls13 *)protection;
    struct hf_writer record = *into; /* committed only when sealed: a failure writes nothing */
    size_t content_len = content->bytes.len;

    if (!hf_usage_limit_may_seal(&tls13->usage, content->type))
        return HF_ERR_usage_limit_reached;
    if (content_len > HF_RECORD_CONTENT_MAX || content->padding > HF_RECORD_CONTENT_MAX - content_len)
        return HF_ERR_internal;
    uint8_t *body = write_around(content, tls13->tag_len, &record);
    if (body == NULL)
        return HF_ERR_internal;

    uint8_t nonce[HF_AEAD_NONCE_LEN];
    struct hf_span aad = hf_span_of(body - HF_RECORD_HEADER_LEN, HF_RECORD_HEADER_LEN);
    hf_nonce_xor(tls13->iv, tls13->usage.sequence, nonce);
    const struct hf_aead_tailed inner = {content->bytes, 1 + content->padding};
    HF_TRY(hf_aead_seal_tailed(&tls13->aead, nonce, aad, &inner, body));
    protection->usage = hf_usage_limit_count(&tls13->usage);
    *into = record;
    return HF_OK;
}

/* The content fills its room, so that the last byte behind it, type or zero, comes apart. */
static enum hf_error open_apart(struct tls13 *tls13, const struct hf_record_wire *wire, const uint8_t *nonce,
                                uint8_t *into, struct hf_record_content *content)
{
    struct hf_aead_apart apart = {.into = into};
    HF_TRY(hf_aead_open_apart(&tls13->aead, nonce, wire->header, wire->body, &apart));
    tls13->protection.usage = hf_usage_limit_count(&tls13->usage);
    content->type = apart.last;
    content->bytes = hf_span_of(into, wire->body.len - tls13->tag_len - 1);
    if (content->bytes.len > HF_RECORD_CONTENT_MAX)
        return HF_ERR_record_too_long;
    if (apart.last != 0)
        return HF_OK;
    HF_TRY(hf_inner_plaintext_read(content->bytes, content));
    content->padding++;
    return HF_OK;
}

/* All of the inner plaintext in its place. */
static enum hf_error open_together(struct tls13 *tls13, const struct hf_record_wire *wire, const uint8_t *nonce,
                                   uint8_t *into, struct hf_record_content *content)
{
    HF_TRY(hf_aead_open(&tls13->aead, nonce, wire->header, wire->body, into));
    tls13->protection.usage = hf_usage_limit_count(&tls13->usage);
    struct hf_span inner = hf_span_of(into, wire->body.len - tls13->tag_len);
    if (inner.len > HF_RECORD_CONTENT_MAX + 1) /* RFC 9846 5.4: content, type and padding together */
        return HF_ERR_record_too_long;
    return hf_inner_plaintext_read(inner, content);
}

static enum hf_error tls13_open(struct hf_record_protection *protection, const struct hf_record_wire *wire,
                                uint8_t *into, struct hf_record_content *ret_content)
{
    struct tls13 *tls13 = (struct tls13 *)protection;
    struct hf_record_content content = {.version = LEGACY_RECORD_VERSION, .sequence = tls13->usage.sequence};
    uint8_t nonce[HF_AEAD_NONCE_LEN];

    if (hf_usage_limit_judge(&tls13->usage) == HF_USAGE_EXHAUSTED)
        return HF_ERR_usage_limit_reached;
    if (wire->body.len <= tls13->tag_len)
        return HF_ERR_bad_record;
    hf_nonce_xor(tls13->iv, tls13->usage.sequence, nonce);
    if (wire->room != 0 && wire->room < wire->body.len - tls13->tag_len)
        HF_TRY(open_apart(tls13, wire, nonce, into, &content));
    else
        HF_TRY(open_together(tls13, wire, nonce, into, &content));
    *ret_content = content;
    return HF_OK;
}

static void tls13_rest(struct hf_record_protection *protection)
{
    hf_aead_rest(&((struct tls13 *)protection)->aead);
}

static void tls13_free(struct hf_record_protection *protection)
{
    struct tls13 *tls13 = (struct tls13 *)protection;
    const struct hf_allocator *allocator = tls13->aead.allocator;
    hf_aead_wipe(&tls13->aead);
    hf_allocation_wipe(allocator, tls13, sizeof *tls13);
}
