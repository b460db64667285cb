/* One record of DTLS 1.2 with AEAD sealed or opened (RFC 6347 4.1).
 *
 *   header: type | 0xfefd | epoch | sequence number | length
 *   body:   [explicit nonce, 8 bytes: GCM and CCM] AEAD(content)
 *   additional data: epoch | sequence number | type | version | content's length
 *
 * With a connection ID (RFC 9146 4, 5.3), the type goes inside:
 *
 *   header: tls12_cid | 0xfefd | epoch | sequence number | ID | length
 *   body:   [explicit nonce] AEAD(content | type | zeros)
 *   additional data: eight 0xff | tls12_cid | ID's length | tls12_cid | version | epoch | sequence number | ID | length
 *                    of what is sealed
 *
 * Invariant: nonces do not repeat because framing never gives a sequence number twice in an epoch. */
#include "record/dtls12.h"

#include "base/allocation.h"
#include "record/dtls_plain.h"
#include "record/failure_limit.h"
#include "record/inner_plaintext.h"
#include "record/nonce.h"
#include "record/tls12.h"
#include "record/usage_limit.h"

#define EXPLICIT_NONCE_LEN 8
#define SALT_LEN           4
#define AAD_MAX            (23 + HF_CONNECTION_ID_MAX)

struct dtls12 {
    struct hf_record_protection protection; /* first: methods get this and mean the whole */
    struct hf_aead aead;
    uint8_t tag_len;
    uint8_t explicit_len; /* 8, or 0 for ChaCha20-Poly1305 */
    struct hf_usage_limit usage;
    struct hf_failure_limit failures;
    uint8_t iv[HF_AEAD_NONCE_LEN]; /* the salt in its first 4 bytes, or all 12 */
};

static enum hf_error dtls12_seal(struct hf_record_protection *protection, const struct hf_record_content *content,
                                 struct hf_writer *into);
static enum hf_error dtls12_open(struct hf_record_protection *protection, const struct hf_record_wire *wire,
                                 uint8_t *into, struct hf_record_content *ret_content);
static void dtls12_rest(struct hf_record_protection *protection);
static void dtls12_free(struct hf_record_protection *protection);

static const struct hf_record_methods dtls12_methods = {
    .seal = dtls12_seal, .open = dtls12_open, .rest = dtls12_rest, .free = dtls12_free};

enum hf_error hf_dtls12_new(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                            enum hf_aead_id aead, enum hf_aead_direction direction, const struct hf_traffic_keys *keys,
                            struct hf_record_protection **ret_protection)
{
    if (keys->iv.len != hf_tls12_iv_len(aead) || keys->mac.len != 0)
        return HF_ERR_wrong_call;
    struct dtls12 *dtls12 = hf_allocation_new(allocator, sizeof *dtls12);
    if (dtls12 == NULL)
        return HF_ERR_no_memory;
    struct hf_aead_setup setup = {.id = aead, .direction = direction, .key = hf_secret_span(&keys->key)};
    enum hf_error error = hf_aead_init(&dtls12->aead, toolbox, allocator, &setup);
    if (error != HF_OK) {
        hf_allocation_free(allocator, dtls12);
        return error;
    }
    dtls12->tag_len = (uint8_t)hf_aead_tag_len(aead);
    dtls12->explicit_len = keys->iv.len == SALT_LEN ? EXPLICIT_NONCE_LEN : 0;
    (void)hf_span_copy(hf_secret_span(&keys->iv), dtls12->iv, sizeof dtls12->iv); /* length checked above */
    hf_usage_limit_init(&dtls12->usage, aead, direction);
    hf_failure_limit_init(&dtls12->failures, aead);
    dtls12->protection = (struct hf_record_protection){
        .methods = &dtls12_methods,
        .header_len = HF_DTLS_HEADER_LEN,
        .overhead = (uint16_t)(dtls12->explicit_len + dtls12->tag_len),
        .id_overhead = HF_INNER_TYPE_LEN,
    };
    *ret_protection = &dtls12->protection;
    return HF_OK;
}

/* Salt and explicit part (RFC 5288 3, RFC 6655 3), or IV xor number (RFC 7905 2). */
static void make_nonce(const struct dtls12 *dtls12, struct hf_span explicit_part, uint64_t number,
                       uint8_t nonce[HF_AEAD_NONCE_LEN])
{
    if (dtls12->explicit_len == 0) {
        hf_nonce_xor(dtls12->iv, number, nonce);
        return;
    }
    struct hf_writer writer = hf_writer_of(nonce, HF_AEAD_NONCE_LEN);
    hf_writer_bytes(&writer, hf_span_of(dtls12->iv, SALT_LEN));
    hf_writer_bytes(&writer, explicit_part);
}

/* `len`: of what is sealed. */
static struct hf_span make_aad(const struct hf_record_content *content, size_t len, uint8_t aad[AAD_MAX])
{
    struct hf_writer writer = hf_writer_of(aad, AAD_MAX);
    if (content->id.len > 0) {
        hf_writer_u64(&writer, UINT64_MAX); /* seq_num_placeholder */
        hf_writer_u8(&writer, HF_CONTENT_TLS12_CID);
        hf_writer_u8(&writer, (uint8_t)content->id.len);
        hf_writer_u8(&writer, HF_CONTENT_TLS12_CID);
        hf_writer_u16(&writer, content->version);
        hf_writer_u64(&writer, hf_dtls_plain_number(content));
        hf_writer_bytes(&writer, content->id);
    } else {
        hf_writer_u64(&writer, hf_dtls_plain_number(content));
        hf_writer_u8(&writer, content->type);
        hf_writer_u16(&writer, content->version);
    }
    hf_writer_u16(&writer, (uint16_t)len);
    return hf_writer_span(&writer);
}

/* What is to be sealed into `body`: the content, or where a connection ID hides its type, what stands in body then. */
static enum hf_error make_inner(const struct hf_record_content *content, size_t len, uint8_t *body,
                                struct hf_span *ret_inner)
{
    *ret_inner = content->bytes;
    if (content->id.len == 0)
        return HF_OK;
    struct hf_writer inner = hf_writer_of(body, len);
    HF_TRY(hf_inner_plaintext_write(content, content->padding, &inner));
    *ret_inner = hf_writer_span(&inner);
    return HF_OK;
}

static bool is_sealable(const struct hf_record_content *content)
{
    size_t padding_max = content->id.len > 0 ? HF_RECORD_CONTENT_MAX : 0;
    return content->bytes.len <= HF_RECORD_CONTENT_MAX && content->padding <= padding_max &&
           content->id.len <= HF_CONNECTION_ID_MAX;
}

static enum hf_error dtls12_seal(struct hf_record_protection *protection, const struct hf_record_content *content,
                                 struct hf_writer *into)
{
    struct dtls12 *dtls12 = (struct dtls12 *)protection;
    struct hf_writer record = *into; /* committed only when sealed: a failure writes nothing */
    struct hf_record_content named = *content;
    struct hf_span inner;
    uint8_t nonce[HF_AEAD_NONCE_LEN];
    uint8_t aad[AAD_MAX];
    uint8_t explicit_part[EXPLICIT_NONCE_LEN];

    if (!hf_usage_limit_may_seal(&dtls12->usage, content->type) || content->sequence > HF_DTLS_SEQUENCE_MAX)
        return HF_ERR_usage_limit_reached;
    if (!is_sealable(content))
        return HF_ERR_internal;
    named.version = HF_DTLS_RECORD_VERSION;
    struct hf_writer explicit_writer = hf_writer_of(explicit_part, dtls12->explicit_len);
    if (dtls12->explicit_len > 0)
        hf_writer_u64(&explicit_writer, hf_dtls_plain_number(content));

    size_t inner_len = content->bytes.len + (content->id.len > 0 ? HF_INNER_TYPE_LEN + content->padding : 0);
    hf_dtls_plain_write_header(content, protection->overhead + inner_len, &record);
    hf_writer_bytes(&record, hf_writer_span(&explicit_writer));
    uint8_t *ciphertext = hf_writer_room(&record, inner_len + dtls12->tag_len);
    if (ciphertext == NULL || !hf_writer_end(&record))
        return HF_ERR_internal;
    make_nonce(dtls12, hf_writer_span(&explicit_writer), hf_dtls_plain_number(content), nonce);
    HF_TRY(make_inner(content, inner_len, ciphertext, &inner));
    HF_TRY(hf_aead_seal(&dtls12->aead, nonce, make_aad(&named, inner_len, aad), inner, ciphertext));
    protection->usage = hf_usage_limit_count(&dtls12->usage);
    *into = record;
    return HF_OK;
}

static struct hf_record_content read_header(const struct hf_record_wire *wire)
{
    struct hf_record_content content = hf_dtls_plain_read_header(wire->header);
    content.id = wire->id;
    return content;
}

static enum hf_error dtls12_open(struct hf_record_protection *protection, const struct hf_record_wire *wire,
                                 uint8_t *into, struct hf_record_content *ret_content)
{
    struct dtls12 *dtls12 = (struct dtls12 *)protection;
    struct hf_record_content content = read_header(wire);
    uint8_t nonce[HF_AEAD_NONCE_LEN];
    uint8_t aad[AAD_MAX];

    if (wire->body.len < protection->overhead || (wire->id.len > 0) != (content.type == HF_CONTENT_TLS12_CID))
        return HF_ERR_bad_record;
    size_t len = wire->body.len - protection->overhead;
    make_nonce(dtls12, hf_span_part(wire->body, 0, dtls12->explicit_len), hf_dtls_plain_number(&content), nonce);
    struct hf_span ciphertext = hf_span_part(wire->body, dtls12->explicit_len, wire->body.len);
    /* In place, the plaintext stays behind the explicit nonce: the cipher may not shift it. */
    content.bytes = hf_span_of(into + dtls12->explicit_len, len);
    enum hf_error opened =
        hf_aead_open(&dtls12->aead, nonce, make_aad(&content, len, aad), ciphertext, into + dtls12->explicit_len);
    HF_TRY(hf_failure_limit_count(&dtls12->failures, opened));
    protection->usage = hf_usage_limit_count(&dtls12->usage);
    if (len > HF_RECORD_CONTENT_MAX) /* RFC 9146 5: also with type and zeros */
        return HF_ERR_record_too_long;
    if (wire->id.len > 0)
        HF_TRY(hf_inner_plaintext_read(content.bytes, &content));
    *ret_content = content;
    return HF_OK;
}

static void dtls12_rest(struct hf_record_protection *protection)
{
    hf_aead_rest(&((struct dtls12 *)protection)->aead);
}

static void dtls12_free(struct hf_record_protection *protection)
{
    struct dtls12 *dtls12 = (struct dtls12 *)protection;
    const struct hf_allocator *allocator = dtls12->aead.allocator;
    hf_aead_wipe(&dtls12->aead);
    hf_allocation_wipe(allocator, dtls12, sizeof *dtls12);
}
