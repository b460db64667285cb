/* One record of TLS 1.2 with a MAC of its own sealed or opened (RFC 5246 6.2.3.1, 6.2.3.2; RFC 7366 3).
 *
 *   header:            type | 0x0303 | length
 *   body, CBC:         IV | CBC(content | MAC | padding)
 *   encrypt-then-MAC:  IV | CBC(content | padding) | MAC over all before
 *   nothing encrypted: content | MAC
 *
 * IVs are random and each record has its own, so that nobody can choose a block in advance (BEAST). Bad padding and bad
 * MAC are one failure, found in one time: see cbc_padding.h. */
#include "record/tls12_block.h"

#include "base/allocation.h"
#include "base/constant_time.h"
#include "base/reader.h"
#include "crypto/hmac.h"
#include "crypto/hmac_hidden.h"
#include "crypto/random.h"
#include "record/cbc_padding.h"
#include "record/mac_header.h"
#include "record/usage_limit.h"

enum { VERSION_TLS12 = 0x0303, PADDING_MAX = 256 };

struct block_record {
    struct hf_record_protection protection; /* first: methods get this and mean the whole */
    const struct hf_toolbox *toolbox;
    const struct hf_allocator *allocator;
    struct hf_block_cipher *cipher; /* NULL: nothing is encrypted */
    enum hf_hash_id mac;
    size_t mac_len;
    bool encrypt_then_mac;
    struct hf_secret mac_key;
    struct hf_usage_limit usage;
};

static struct block_record *record_of(struct hf_record_protection *protection)
{
    return (struct block_record *)protection;
}

/* The MAC over the 13 bytes of header and up to two parts. */
static enum hf_error compute_mac(const struct block_record *record, uint8_t type, uint16_t version,
                                 const struct hf_span parts[2], struct hf_digest *ret_mac)
{
    uint8_t room[HF_MAC_HEADER_LEN];
    const struct hf_span all[] = {
        hf_mac_header_write(record->usage.sequence, type, version, parts[0].len + parts[1].len, room), parts[0],
        parts[1]};
    return hf_hmac_once(record->toolbox, record->mac, hf_secret_span(&record->mac_key), all, HF_COUNT(all), ret_mac);
}

static size_t content_max(const struct hf_record_protection *protection)
{
    return protection->content_max != 0 ? protection->content_max : HF_RECORD_CONTENT_MAX;
}

/* ---- sealing ---- */

static void write_header(struct hf_writer *into, uint8_t type, size_t body_len)
{
    hf_writer_u8(into, type);
    hf_writer_u16(into, VERSION_TLS12);
    hf_writer_u16(into, (uint16_t)body_len);
}

static enum hf_error seal_plain(struct block_record *record, const struct hf_record_content *content,
                                struct hf_writer *into)
{
    struct hf_digest mac;
    HF_TRY(compute_mac(record, content->type, VERSION_TLS12, (struct hf_span[2]){content->bytes}, &mac));
    write_header(into, content->type, content->bytes.len + record->mac_len);
    hf_writer_bytes(into, content->bytes);
    hf_writer_bytes(into, hf_digest_span(&mac));
    return HF_OK;
}

/* Content, MAC unless it comes later, and the least padding: 1 to 16 bytes, each its count less one. */
static enum hf_error write_plaintext(struct block_record *record, const struct hf_record_content *content,
                                     struct hf_writer *into)
{
    hf_writer_bytes(into, content->bytes);
    if (!record->encrypt_then_mac) {
        struct hf_digest mac;
        HF_TRY(compute_mac(record, content->type, VERSION_TLS12, (struct hf_span[2]){content->bytes}, &mac));
        hf_writer_bytes(into, hf_digest_span(&mac));
    }
    size_t padding = HF_BLOCK_LEN - into->len % HF_BLOCK_LEN;
    for (size_t i = 0; i < padding; i++)
        hf_writer_u8(into, (uint8_t)(padding - 1));
    return hf_writer_end(into) ? HF_OK : HF_ERR_internal;
}

static enum hf_error seal_block(struct block_record *record, const struct hf_record_content *content,
                                struct hf_writer *into)
{
    size_t behind = record->encrypt_then_mac ? record->mac_len : 0;
    size_t plain_len = content->bytes.len + record->mac_len - behind + 1;
    size_t blocks_len = (plain_len + HF_BLOCK_LEN - 1) / HF_BLOCK_LEN * HF_BLOCK_LEN;
    write_header(into, content->type, HF_BLOCK_LEN + blocks_len + behind);
    uint8_t *iv = hf_writer_room(into, HF_BLOCK_LEN);
    uint8_t *blocks = hf_writer_room(into, blocks_len);
    if (iv == NULL || blocks == NULL)
        return HF_ERR_internal;
    HF_TRY(hf_random_system.fill(hf_random_system.context, iv, HF_BLOCK_LEN));
    struct hf_writer plaintext = hf_writer_of(blocks, blocks_len);
    HF_TRY(write_plaintext(record, content, &plaintext));
    HF_TRY(hf_block_cipher_run(record->cipher, iv, hf_span_of(blocks, blocks_len), blocks));
    if (behind == 0)
        return HF_OK;
    struct hf_digest mac;
    const struct hf_span parts[2] = {hf_span_of(iv, HF_BLOCK_LEN), hf_span_of(blocks, blocks_len)};
    HF_TRY(compute_mac(record, content->type, VERSION_TLS12, parts, &mac));
    hf_writer_bytes(into, hf_digest_span(&mac));
    return HF_OK;
}

static enum hf_error block_seal(struct hf_record_protection *protection, const struct hf_record_content *content,
                                struct hf_writer *into)
{
    struct block_record *record = record_of(protection);
    struct hf_writer writer = *into; /* committed only when sealed: a failure writes nothing that counts */
    if (hf_usage_limit_judge(&record->usage) == HF_USAGE_EXHAUSTED)
        return HF_ERR_usage_limit_reached;
    if (content->bytes.len > content_max(protection) || content->padding != 0)
        return HF_ERR_internal;
    if (record->cipher == NULL)
        HF_TRY(seal_plain(record, content, &writer));
    else
        HF_TRY(seal_block(record, content, &writer));
    if (!hf_writer_end(&writer))
        return HF_ERR_internal;
    protection->usage = hf_usage_limit_count(&record->usage);
    *into = writer;
    return HF_OK;
}

/* ---- opening ---- */

/* Checks a MAC of which it is public where it stands: the last bytes of `bytes`. */
static enum hf_error check_last(const struct block_record *record, uint8_t type, uint16_t version, struct hf_span bytes,
                                struct hf_span *ret_covered)
{
    struct hf_digest mac;
    if (bytes.len < record->mac_len)
        return HF_ERR_bad_record;
    struct hf_span covered = hf_span_part(bytes, 0, bytes.len - record->mac_len);
    HF_TRY(compute_mac(record, type, version, (struct hf_span[2]){covered}, &mac));
    if (!hf_secret_equal(hf_span_part(bytes, covered.len, record->mac_len), hf_digest_span(&mac)))
        return HF_ERR_bad_record;
    *ret_covered = covered;
    return HF_OK;
}

static enum hf_error decrypt(const struct block_record *record, struct hf_span body, uint8_t *into,
                             struct hf_span *ret_plaintext)
{
    size_t least = record->encrypt_then_mac ? 1 : record->mac_len + 1;
    if (body.len % HF_BLOCK_LEN != 0 || body.len < HF_BLOCK_LEN + least)
        return HF_ERR_bad_record;
    struct hf_span blocks = hf_span_part(body, HF_BLOCK_LEN, body.len);
    uint8_t iv[HF_BLOCK_LEN];
    if (!hf_span_copy(hf_span_part(body, 0, HF_BLOCK_LEN), iv, sizeof iv))
        return HF_ERR_internal;
    HF_TRY(hf_block_cipher_run(record->cipher, iv, blocks, into + HF_BLOCK_LEN));
    *ret_plaintext = hf_span_of(into + HF_BLOCK_LEN, blocks.len);
    return HF_OK;
}

/* MAC-then-encrypt: all that depends on the padding is done without branches up to the one verdict. */
static enum hf_error open_hidden(const struct block_record *record, uint8_t type, uint16_t version,
                                 struct hf_span plaintext, struct hf_span *ret_content)
{
    struct hf_cbc_padding padding = hf_cbc_padding_strip(plaintext, record->mac_len);
    uint8_t header[HF_MAC_HEADER_LEN];
    uint8_t sent[HF_DIGEST_MAX];
    struct hf_digest expected;
    const struct hf_hmac_hidden_input input = {
        .key = hf_secret_span(&record->mac_key),
        .header = hf_mac_header_write(record->usage.sequence, type, version, padding.content_len, header),
        .message = plaintext,
        .hidden_len = padding.content_len,
    };
    HF_TRY(hf_hmac_hidden(record->toolbox, record->mac, &input, &expected));
    hf_cbc_padding_take_mac(plaintext, padding.content_len, record->mac_len, sent);
    size_t different = 0;
    for (size_t i = 0; i < record->mac_len; i++)
        different |= (size_t)(sent[i] ^ expected.bytes[i]);
    if ((hf_constant_time_equal(different, 0) & padding.good) == 0)
        return HF_ERR_bad_record;
    *ret_content = hf_span_part(plaintext, 0, padding.content_len);
    return HF_OK;
}

/* Encrypt-then-MAC: what is decrypted is authentic, so its padding is no secret to anyone who could use it. */
static enum hf_error open_covered(const struct block_record *record, struct hf_span covered, uint8_t *into,
                                  struct hf_span *ret_content)
{
    struct hf_span plaintext;
    HF_TRY(decrypt(record, covered, into, &plaintext));
    struct hf_cbc_padding padding = hf_cbc_padding_strip(plaintext, /* mac_len= */ 0);
    if (padding.good == 0)
        return HF_ERR_bad_record;
    *ret_content = hf_span_part(plaintext, 0, padding.content_len);
    return HF_OK;
}

static enum hf_error open_body(const struct block_record *record, const struct hf_record_content *head,
                               struct hf_span body, uint8_t *into, struct hf_span *ret_content)
{
    struct hf_span inner;
    if (record->cipher != NULL && !record->encrypt_then_mac) {
        HF_TRY(decrypt(record, body, into, &inner));
        return open_hidden(record, head->type, head->version, inner, ret_content);
    }
    HF_TRY(check_last(record, head->type, head->version, body, &inner));
    if (record->cipher != NULL)
        return open_covered(record, inner, into, ret_content);
    if (into != inner.data && !hf_span_copy(inner, into, inner.len))
        return HF_ERR_internal;
    *ret_content = hf_span_of(into, inner.len);
    return HF_OK;
}

static enum hf_error block_open(struct hf_record_protection *protection, const struct hf_record_wire *wire,
                                uint8_t *into, struct hf_record_content *ret_content)
{
    struct block_record *record = record_of(protection);
    struct hf_reader header = hf_reader_of(wire->header);
    struct hf_record_content content = {.sequence = record->usage.sequence};
    if (hf_usage_limit_judge(&record->usage) == HF_USAGE_EXHAUSTED)
        return HF_ERR_usage_limit_reached;
    content.type = hf_reader_u8(&header);
    content.version = hf_reader_u16(&header);
    HF_TRY(open_body(record, &content, wire->body, into, &content.bytes));
    protection->usage = hf_usage_limit_count(&record->usage);
    if (content.bytes.len > content_max(protection)) /* authentic, so its length is no secret now */
        return HF_ERR_record_too_long;
    *ret_content = content;
    return HF_OK;
}

static void block_free(struct hf_record_protection *protection)
{
    struct block_record *record = record_of(protection);
    hf_block_cipher_free(record->cipher);
    hf_allocation_wipe(record->allocator, record, sizeof *record);
}

static const struct hf_record_methods block_methods = {.seal = block_seal, .open = block_open, .free = block_free};

/* ---- making ---- */

static enum hf_error make_cipher(struct block_record *record, const struct hf_tls12_block_setup *setup)
{
    const struct hf_block_cipher_setup cipher = {
        .id = setup->block, .encrypts = setup->seals, .key = hf_secret_span(&setup->keys->key)};
    if (setup->block == HF_BLOCK_CIPHER_NONE)
        return setup->encrypt_then_mac || setup->keys->key.len != 0 ? HF_ERR_wrong_call : HF_OK;
    return hf_block_cipher_new(record->toolbox, record->allocator, &cipher, &record->cipher);
}

/* The most by which a body is longer: when opening, of a peer that pads as long as it may. */
static size_t overhead(const struct block_record *record, bool seals)
{
    size_t padding = seals ? HF_BLOCK_LEN : PADDING_MAX;
    return record->mac_len + (record->cipher == NULL ? 0 : HF_BLOCK_LEN + padding);
}

enum hf_error hf_tls12_block_new(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                 const struct hf_tls12_block_setup *setup, struct hf_record_protection **ret_protection)
{
    size_t mac_len = hf_hash_len(setup->mac);
    if (mac_len == 0 || setup->keys->mac.len != mac_len || setup->keys->iv.len != 0)
        return HF_ERR_wrong_call;
    struct block_record *record = hf_allocation_new(allocator, sizeof *record);
    if (record == NULL)
        return HF_ERR_no_memory;
    record->toolbox = toolbox;
    record->allocator = allocator;
    record->mac = setup->mac;
    record->mac_len = mac_len;
    record->encrypt_then_mac = setup->encrypt_then_mac;
    record->mac_key = setup->keys->mac;
    hf_usage_limit_init(&record->usage, HF_AEAD_NONE, setup->seals ? HF_AEAD_SEAL : HF_AEAD_OPEN);
    enum hf_error error = make_cipher(record, setup);
    if (error != HF_OK) {
        hf_allocation_wipe(allocator, record, sizeof *record);
        return error;
    }
    record->protection =
        (struct hf_record_protection){.methods = &block_methods, .overhead = overhead(record, setup->seals)};
    *ret_protection = &record->protection;
    return HF_OK;
}
