/* One record of TLS 1.2 with AEAD sealed or opened (RFC 5246 6.2.3.3).
 *
 *   header: type | 0x0303 | length
 *   body:   [explicit nonce, 8 bytes: GCM and CCM] AEAD(content)
 *   additional data: sequence number | type | version | content's length
 *
 * The explicit nonce is the sequence number, as RFC 5288 3 suggests: it never repeats under one key, and needs no
 * random. What comes from the peer may be any 8 bytes. */
#include "record/tls12.h"

#include "base/allocation.h"
#include "base/bytes.h"
#include "base/reader.h"
#include "record/nonce.h"
#include "record/usage_limit.h"

#define VERSION_TLS12      0x0303
#define EXPLICIT_NONCE_LEN 8
#define SALT_LEN           4
#define AAD_LEN            13

struct tls12 {
    struct hf_record_protection protection; /* first: methods get this and mean the whole */
    struct hf_aead aead;
    uint8_t tag_len;
    uint8_t explicit_len; /* 8, or 0 for ChaCha20-Poly1305 */
    struct hf_usage_limit usage;
    uint8_t iv[HF_AEAD_NONCE_LEN]; /* the salt in its first 4 bytes, or all 12 */
};

static enum hf_error tls12_seal(struct hf_record_protection *protection, const struct hf_record_content *content,
                                struct hf_writer *into);
static enum hf_error tls12_open(struct hf_record_protection *protection, const struct hf_record_wire *wire,
                                uint8_t *into, struct hf_record_content *ret_content);
static void tls12_rest(struct hf_record_protection *protection);
static void tls12_free(struct hf_record_protection *protection);

static const struct hf_record_methods tls12_methods = {
    .seal = tls12_seal, .open = tls12_open, .rest = tls12_rest, .free = tls12_free};

static size_t content_max(const struct hf_record_protection *protection)
{
    return protection->content_max != 0 ? protection->content_max : HF_RECORD_CONTENT_MAX;
}

size_t hf_tls12_iv_len(enum hf_aead_id aead)
{
    if (aead == HF_AEAD_NONE)
        return 0;
    return aead == HF_AEAD_CHACHA20_POLY1305 ? HF_AEAD_NONCE_LEN : SALT_LEN;
}

enum hf_error hf_tls12_new(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator, enum hf_aead_id aead,
                           enum hf_aead_direction direction, const struct hf_traffic_keys *keys,
                           struct hf_record_protection **ret_protection)
{
    if (keys->iv.len != hf_tls12_iv_len(aead) || keys->mac.len != 0)
        return HF_ERR_wrong_call;
    struct tls12 *tls12 = hf_allocation_new(allocator, sizeof *tls12);
    if (tls12 == NULL)
        return HF_ERR_no_memory;
    struct hf_aead_setup setup = {.id = aead, .direction = direction, .key = hf_secret_span(&keys->key)};
    enum hf_error error = hf_aead_init(&tls12->aead, toolbox, allocator, &setup);
    if (error != HF_OK) {
        hf_allocation_free(allocator, tls12);
        return error;
    }
    tls12->tag_len = (uint8_t)hf_aead_tag_len(aead);
    tls12->explicit_len = keys->iv.len == SALT_LEN ? EXPLICIT_NONCE_LEN : 0;
    (void)hf_span_copy(hf_secret_span(&keys->iv), tls12->iv, sizeof tls12->iv); /* length checked above */
    hf_usage_limit_init(&tls12->usage, aead, direction);
    tls12->protection = (struct hf_record_protection){
        .methods = &tls12_methods,
        .overhead = (uint16_t)(tls12->explicit_len + tls12->tag_len),
        .open_less = (uint16_t)(tls12->explicit_len + tls12->tag_len),
    };
    *ret_protection = &tls12->protection;
    return HF_OK;
}

/* Salt and explicit part (RFC 5288 3, RFC 6655 3), or IV xor sequence number (RFC 7905 2). */
static void make_nonce(const struct tls12 *tls12, uint64_t explicit_part, uint8_t nonce[HF_AEAD_NONCE_LEN])
{
    if (tls12->explicit_len == 0) {
        hf_nonce_xor(tls12->iv, tls12->usage.sequence, nonce);
        return;
    }
    for (size_t i = 0; i < SALT_LEN; i++)
        nonce[i] = tls12->iv[i];
    hf_bytes_put_u64(nonce + SALT_LEN, explicit_part);
}

static struct hf_span make_aad(const struct tls12 *tls12, uint8_t type, uint16_t version, size_t len,
                               uint8_t aad[AAD_LEN])
{
    hf_bytes_put_u64(aad, tls12->usage.sequence);
    aad[8] = type;
    hf_bytes_put_u16(aad + 9, version);
    hf_bytes_put_u16(aad + 11, (uint16_t)len);
    return hf_span_of(aad, AAD_LEN);
}

static enum hf_error tls12_seal(struct hf_record_protection *protection, const struct hf_record_content *content,
                                struct hf_writer *into)
{
    struct tls12 *tls12 = (struct tls12 *)protection;
    struct hf_writer record = *into; /* committed only when sealed: a failure writes nothing */
    size_t body_len = protection->overhead + content->bytes.len;
    uint8_t nonce[HF_AEAD_NONCE_LEN];
    uint8_t aad[AAD_LEN];

    if (!hf_usage_limit_may_seal(&tls12->usage, content->type))
        return HF_ERR_usage_limit_reached;
    if (content->bytes.len > content_max(protection) || content->padding != 0)
        return HF_ERR_internal;
    uint8_t *header = hf_writer_room(&record, HF_RECORD_HEADER_LEN + body_len);
    if (header == NULL)
        return HF_ERR_internal;
    header[0] = content->type;
    hf_bytes_put_u16(header + 1, VERSION_TLS12);
    hf_bytes_put_u16(header + 3, (uint16_t)body_len);
    uint8_t *ciphertext = header + HF_RECORD_HEADER_LEN + tls12->explicit_len;
    if (tls12->explicit_len > 0)
        hf_bytes_put_u64(header + HF_RECORD_HEADER_LEN, tls12->usage.sequence);
    make_nonce(tls12, tls12->usage.sequence, nonce);
    struct hf_span aad_span = make_aad(tls12, content->type, VERSION_TLS12, content->bytes.len, aad);
    HF_TRY(hf_aead_seal(&tls12->aead, nonce, aad_span, content->bytes, ciphertext));
    protection->usage = hf_usage_limit_count(&tls12->usage);
    *into = record;
    return HF_OK;
}

static enum hf_error tls12_open(struct hf_record_protection *protection, const struct hf_record_wire *wire,
                                uint8_t *into, struct hf_record_content *ret_content)
{
    struct tls12 *tls12 = (struct tls12 *)protection;
    struct hf_reader header = hf_reader_of(wire->header);
    struct hf_record_content content = {.sequence = tls12->usage.sequence};
    uint8_t nonce[HF_AEAD_NONCE_LEN];
    uint8_t aad[AAD_LEN];

    if (hf_usage_limit_judge(&tls12->usage) == HF_USAGE_EXHAUSTED)
        return HF_ERR_usage_limit_reached;
    if (wire->body.len < protection->overhead)
        return HF_ERR_bad_record;
    size_t len = wire->body.len - protection->overhead;
    if (len > content_max(protection))
        return HF_ERR_record_too_long;
    content.type = hf_reader_u8(&header);
    content.version = hf_reader_u16(&header);
    make_nonce(tls12, tls12->explicit_len == 0 ? 0 : hf_bytes_u64(wire->body.data), nonce);
    struct hf_span aad_span = make_aad(tls12, content.type, content.version, len, aad);
    struct hf_span ciphertext = hf_span_part(wire->body, tls12->explicit_len, wire->body.len);
    /* In place, the plaintext stays behind the explicit nonce: the cipher may not shift it. */
    uint8_t *plaintext = into == wire->body.data ? into + tls12->explicit_len : into;
    content.bytes = hf_span_of(plaintext, len);
    HF_TRY(hf_aead_open(&tls12->aead, nonce, aad_span, ciphertext, plaintext));
    protection->usage = hf_usage_limit_count(&tls12->usage);
    *ret_content = content;
    return HF_OK;
}

static void tls12_rest(struct hf_record_protection *protection)
{
    hf_aead_rest(&((struct tls12 *)protection)->aead);
}

static void tls12_free(struct hf_record_protection *protection)
{
    struct tls12 *tls12 = (struct tls12 *)protection;
    const struct hf_allocator *allocator = tls12->aead.allocator;
    hf_aead_wipe(&tls12->aead);
    hf_allocation_wipe(allocator, tls12, sizeof *tls12);
}
