/*   CBC:               IV | CBC(content | MAC | padding)
 *   encrypt-then-MAC:  IV | CBC(content | padding) | MAC over all before
 *   nothing encrypted: content | MAC
 *
 * IVs are random and each record has its own, so that nobody can choose a block in advance (BEAST). Bad padding and bad
 * MAC are one failure, found in one time: see cbc_padding.h. */
#include "record/mac_body.h"

#include "base/constant_time.h"
#include "crypto/hmac.h"
#include "crypto/hmac_hidden.h"
#include "crypto/random.h"
#include "record/cbc_padding.h"
#include "record/mac_header.h"

enum { PADDING_MAX = 256 };

/* The MAC over the 13 bytes of header and up to two parts. */
static enum hf_error compute_mac(const struct hf_mac_body *body, const struct hf_mac_body_head *head,
                                 const struct hf_span parts[2], struct hf_digest *ret_mac)
{
    uint8_t room[HF_MAC_HEADER_LEN];
    const struct hf_span all[] = {
        hf_mac_header_write(head->number, head->type, head->version, parts[0].len + parts[1].len, room), parts[0],
        parts[1]};
    return hf_hmac_once(body->toolbox, body->mac, hf_secret_span(&body->mac_key), all, HF_COUNT(all), ret_mac);
}

/* ---- sealing ---- */

/* The MAC's length, where it stands in the blocks. */
static size_t inner_mac_len(const struct hf_mac_body *body)
{
    return body->encrypt_then_mac ? 0 : body->mac_len;
}

/* Content, its MAC unless that comes later, and at least one byte of padding: its count. */
static size_t blocks_len(const struct hf_mac_body *body, size_t content_len)
{
    size_t least = content_len + inner_mac_len(body) + 1;
    return (least + body->block_len - 1) / body->block_len * body->block_len;
}

size_t hf_mac_body_len(const struct hf_mac_body *body, size_t content_len)
{
    if (body->cipher == NULL)
        return content_len + body->mac_len;
    return body->block_len + blocks_len(body, content_len) + body->mac_len - inner_mac_len(body);
}

static enum hf_error seal_plain(const struct hf_mac_body *body, const struct hf_mac_body_head *head,
                                struct hf_span content, struct hf_writer *into)
{
    struct hf_digest mac;
    HF_TRY(compute_mac(body, head, (struct hf_span[2]){content}, &mac));
    hf_writer_bytes(into, content);
    hf_writer_bytes(into, hf_digest_span(&mac));
    return hf_writer_end(into) ? HF_OK : HF_ERR_internal;
}

/* Content, MAC unless it comes later, and the least padding: from 1 byte to a block, each its count less one. */
static enum hf_error write_plaintext(const struct hf_mac_body *body, const struct hf_mac_body_head *head,
                                     struct hf_span content, struct hf_writer *into)
{
    hf_writer_bytes(into, content);
    if (!body->encrypt_then_mac) {
        struct hf_digest mac;
        HF_TRY(compute_mac(body, head, (struct hf_span[2]){content}, &mac));
        hf_writer_bytes(into, hf_digest_span(&mac));
    }
    size_t padding = body->block_len - into->len % body->block_len;
    for (size_t i = 0; i < padding; i++)
        hf_writer_u8(into, (uint8_t)(padding - 1));
    return hf_writer_end(into) ? HF_OK : HF_ERR_internal;
}

static enum hf_error seal_blocks(const struct hf_mac_body *body, const struct hf_mac_body_head *head,
                                 struct hf_span content, struct hf_writer *into)
{
    const size_t len = blocks_len(body, content.len);
    uint8_t *iv = hf_writer_room(into, body->block_len);
    uint8_t *blocks = hf_writer_room(into, len);
    if (iv == NULL || blocks == NULL)
        return HF_ERR_internal;
    HF_TRY(hf_random_system.fill(hf_random_system.context, iv, body->block_len));
    struct hf_writer plaintext = hf_writer_of(blocks, len);
    HF_TRY(write_plaintext(body, head, content, &plaintext));
    HF_TRY(hf_block_cipher_run(body->cipher, iv, hf_span_of(blocks, len), blocks));
    if (!body->encrypt_then_mac)
        return HF_OK;
    struct hf_digest mac;
    const struct hf_span parts[2] = {hf_span_of(iv, body->block_len), hf_span_of(blocks, len)};
    HF_TRY(compute_mac(body, head, parts, &mac));
    hf_writer_bytes(into, hf_digest_span(&mac));
    return hf_writer_end(into) ? HF_OK : HF_ERR_internal;
}

/* Those that an alert needs at the end: it says that this is it. */
static uint64_t blocks_kept(const struct hf_mac_body *body)
{
    enum { ALERT_LEN = 2 };
    return blocks_len(body, ALERT_LEN) / body->block_len;
}

bool hf_mac_body_may_seal(const struct hf_mac_body *body, uint8_t type, size_t content_len)
{
    if (body->cipher == NULL)
        return true;
    const uint64_t kept = type == HF_CONTENT_ALERT ? 0 : blocks_kept(body);
    return blocks_len(body, content_len) / body->block_len + kept <= body->blocks_left;
}

enum hf_usage hf_mac_body_usage(const struct hf_mac_body *body)
{
    const bool may = hf_mac_body_may_seal(body, HF_CONTENT_APPLICATION_DATA, 0);
    return may ? HF_USAGE_FINE : HF_USAGE_EXHAUSTED;
}

enum hf_error hf_mac_body_seal(struct hf_mac_body *body, const struct hf_mac_body_head *head, struct hf_span content,
                               struct hf_writer *into)
{
    if (!hf_mac_body_may_seal(body, head->type, content.len))
        return HF_ERR_usage_limit_reached;
    if (body->cipher == NULL)
        return seal_plain(body, head, content, into);
    if (body->blocks_left != UINT64_MAX)
        body->blocks_left -= blocks_len(body, content.len) / body->block_len;
    return seal_blocks(body, head, content, into);
}

/* ---- opening ---- */

/* Checks a MAC of which it is public where it stands: the last bytes of `bytes`. */
static enum hf_error check_last(const struct hf_mac_body *body, const struct hf_mac_body_head *head,
                                struct hf_span bytes, struct hf_span *ret_covered)
{
    struct hf_digest mac;
    if (bytes.len < body->mac_len)
        return HF_ERR_bad_record;
    struct hf_span covered = hf_span_part(bytes, 0, bytes.len - body->mac_len);
    HF_TRY(compute_mac(body, head, (struct hf_span[2]){covered}, &mac));
    if (!hf_secret_equal(hf_span_part(bytes, covered.len, body->mac_len), hf_digest_span(&mac)))
        return HF_ERR_bad_record;
    *ret_covered = covered;
    return HF_OK;
}

static enum hf_error decrypt(const struct hf_mac_body *body, struct hf_span wire, uint8_t *into,
                             struct hf_span *ret_plaintext)
{
    if (wire.len % body->block_len != 0 || wire.len < body->block_len + inner_mac_len(body) + 1)
        return HF_ERR_bad_record;
    struct hf_span blocks = hf_span_part(wire, body->block_len, wire.len);
    uint8_t iv[HF_BLOCK_LEN_MAX];
    if (!hf_span_copy(hf_span_part(wire, 0, body->block_len), iv, sizeof iv))
        return HF_ERR_internal;
    HF_TRY(hf_block_cipher_run(body->cipher, iv, blocks, into + body->block_len));
    *ret_plaintext = hf_span_of(into + body->block_len, blocks.len);
    return HF_OK;
}

/* MAC-then-encrypt: all that depends on the padding is done without branches up to the one verdict. */
static enum hf_error open_hidden(const struct hf_mac_body *body, const struct hf_mac_body_head *head,
                                 struct hf_span plaintext, struct hf_span *ret_content)
{
    struct hf_cbc_padding padding = hf_cbc_padding_strip(plaintext, body->mac_len);
    uint8_t header[HF_MAC_HEADER_LEN];
    uint8_t sent[HF_DIGEST_MAX];
    struct hf_digest expected;
    const struct hf_hmac_hidden_input input = {
        .key = hf_secret_span(&body->mac_key),
        .header = hf_mac_header_write(head->number, head->type, head->version, padding.content_len, header),
        .message = plaintext,
        .hidden_len = padding.content_len,
    };
    HF_TRY(hf_hmac_hidden(body->toolbox, body->mac, &input, &expected));
    hf_cbc_padding_take_mac(plaintext, padding.content_len, body->mac_len, sent);
    size_t different = 0;
    for (size_t i = 0; i < body->mac_len; i++)
        different |= (size_t)(sent[i] ^ expected.bytes[i]);
    if ((hf_constant_time_equal(different, 0) & padding.good) == 0)
        return HF_ERR_bad_record;
    *ret_content = hf_span_part(plaintext, 0, padding.content_len);
    return HF_OK;
}

/* Encrypt-then-MAC: what is decrypted is authentic, so its padding is no secret to anyone who could use it. */
static enum hf_error open_covered(const struct hf_mac_body *body, struct hf_span covered, uint8_t *into,
                                  struct hf_span *ret_content)
{
    struct hf_span plaintext;
    HF_TRY(decrypt(body, covered, into, &plaintext));
    struct hf_cbc_padding padding = hf_cbc_padding_strip(plaintext, /* mac_len= */ 0);
    if (padding.good == 0)
        return HF_ERR_bad_record;
    *ret_content = hf_span_part(plaintext, 0, padding.content_len);
    return HF_OK;
}

enum hf_error hf_mac_body_open(const struct hf_mac_body *body, const struct hf_mac_body_head *head, struct hf_span wire,
                               uint8_t *into, struct hf_span *ret_content)
{
    struct hf_span inner;
    if (body->cipher != NULL && !body->encrypt_then_mac) {
        HF_TRY(decrypt(body, wire, into, &inner));
        enum hf_error error = open_hidden(body, head, inner, ret_content);
        if (error != HF_OK) /* all of it, so that the time tells no more than the verdict does */
            hf_wipe(into + body->block_len, inner.len);
        return error;
    }
    HF_TRY(check_last(body, head, wire, &inner));
    if (body->cipher != NULL)
        return open_covered(body, inner, into, ret_content);
    if (into != inner.data && !hf_span_copy(inner, into, inner.len))
        return HF_ERR_internal;
    *ret_content = hf_span_of(into, inner.len);
    return HF_OK;
}

/* ---- making ---- */

/* When opening, the most is that of a peer that pads as long as it may. */
void hf_mac_body_measure(const struct hf_mac_body *body, bool seals, struct hf_record_protection *protection)
{
    const size_t padding = seals ? body->block_len : PADDING_MAX;
    protection->overhead = (uint16_t)body->mac_len;
    if (body->cipher == NULL)
        return;
    protection->overhead = (uint16_t)(protection->overhead + body->block_len + padding);
    protection->step = (uint16_t)body->block_len;
    protection->step_overhead = (uint16_t)(inner_mac_len(body) + 1);
}

enum hf_error hf_mac_body_init(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                               const struct hf_mac_body_setup *setup, struct hf_mac_body *body)
{
    const size_t mac_len = hf_hash_len(setup->mac);
    const struct hf_block_cipher_setup cipher = {
        .id = setup->block, .encrypts = setup->seals, .key = hf_secret_span(&setup->keys->key)};
    if (mac_len == 0 || setup->keys->mac.len != mac_len || setup->keys->iv.len != 0)
        return HF_ERR_wrong_call;
    if (setup->block == HF_BLOCK_CIPHER_NONE && (setup->encrypt_then_mac || setup->keys->key.len != 0))
        return HF_ERR_wrong_call;
    *body = (struct hf_mac_body){
        .toolbox = toolbox,
        .mac = setup->mac,
        .mac_len = mac_len,
        .encrypt_then_mac = setup->encrypt_then_mac,
        .mac_key = setup->keys->mac,
        .block_len = hf_block_cipher_block_len(setup->block),
        .blocks_left = setup->seals ? hf_block_cipher_blocks_max(setup->block) : UINT64_MAX,
    };
    if (setup->block == HF_BLOCK_CIPHER_NONE)
        return HF_OK;
    enum hf_error error = hf_block_cipher_new(toolbox, allocator, &cipher, &body->cipher);
    if (error != HF_OK)
        hf_mac_body_wipe(body);
    return error;
}

void hf_mac_body_wipe(struct hf_mac_body *body)
{
    hf_block_cipher_free(body->cipher);
    hf_wipe(body, sizeof *body);
}
