/* A cookie: number of its key (1), content, HMAC-SHA-256 over number, address, content and hello, less its last byte:
 * so that of 1.2 has 32 bytes, which is all that older peers take (RFC 4347 4.2.2; GnuTLS 3.7). */
#include "datagram/address_cookie.h"

#include "crypto/hmac.h"

enum { KEY_LEN = 32, MAC_LEN = 31, NUMBER_LEN = 1, MAC_PARTS = 5 };

enum hf_error hf_address_cookie_rotate(struct hf_address_cookie_keys *keys, const struct hf_random *random,
                                       uint64_t now_ms)
{
    uint64_t age_ms = now_ms >= keys->since_ms ? now_ms - keys->since_ms : 0;
    bool is_first = keys->key[0].len == 0 && keys->key[1].len == 0;
    if (!is_first && age_ms < HF_ADDRESS_COOKIE_ROTATE_MS)
        return HF_OK;
    HF_WIPED struct hf_secret fresh = {.len = KEY_LEN};
    HF_TRY(random->fill(random->context, fresh.bytes, KEY_LEN));
    if (!is_first &&
        age_ms >= 2 * (uint64_t)HF_ADDRESS_COOKIE_ROTATE_MS) /* nobody came for long: the last one is too old */
        hf_secret_wipe(&keys->key[keys->newest & 1]);
    keys->newest++;
    keys->key[keys->newest & 1] = fresh;
    keys->since_ms = now_ms;
    return HF_OK;
}

/* Lengths stand before all that has none of its own, so that no two subjects give the same bytes. */
static enum hf_error authenticate(const struct hf_address_cookie_keys *keys, const struct hf_toolbox *toolbox,
                                  uint8_t number, const struct hf_address_cookie_subject *subject,
                                  struct hf_span content, struct hf_digest *ret_mac)
{
    const struct hf_secret *key = &keys->key[number & 1];
    const uint8_t lengths[] = {number, (uint8_t)subject->address.len, (uint8_t)content.len};
    const struct hf_span parts[MAC_PARTS] = {
        hf_span_of(lengths, sizeof lengths), subject->address, content, subject->hello[0], subject->hello[1],
    };
    if (subject->address.len > HF_ADDRESS_COOKIE_ADDRESS_MAX || content.len > HF_ADDRESS_COOKIE_MAX || key->len == 0)
        return HF_ERR_internal;
    return hf_hmac_once(toolbox, HF_HASH_SHA256, hf_secret_span(key), parts, MAC_PARTS, ret_mac);
}

enum hf_error hf_address_cookie_make(const struct hf_address_cookie_keys *keys, const struct hf_toolbox *toolbox,
                                     const struct hf_address_cookie_subject *subject, struct hf_span content,
                                     struct hf_writer *cookie)
{
    struct hf_digest mac;
    HF_TRY(authenticate(keys, toolbox, keys->newest, subject, content, &mac));
    hf_writer_u8(cookie, keys->newest);
    hf_writer_bytes(cookie, content);
    hf_writer_bytes(cookie, hf_span_part(hf_digest_span(&mac), 0, MAC_LEN));
    return hf_writer_end(cookie) ? HF_OK : HF_ERR_internal;
}

bool hf_address_cookie_check(const struct hf_address_cookie_keys *keys, const struct hf_toolbox *toolbox,
                             const struct hf_address_cookie_subject *subject, struct hf_span cookie,
                             struct hf_span *ret_content)
{
    struct hf_digest mac;
    if (cookie.len < NUMBER_LEN + MAC_LEN || cookie.len > HF_ADDRESS_COOKIE_MAX)
        return false;
    uint8_t number = cookie.data[0];
    struct hf_span content = hf_span_part(cookie, NUMBER_LEN, cookie.len - NUMBER_LEN - MAC_LEN);
    struct hf_span claimed = hf_span_part(cookie, cookie.len - MAC_LEN, MAC_LEN);
    bool is_ours = number == keys->newest || number == (uint8_t)(keys->newest - 1);
    if (!is_ours || authenticate(keys, toolbox, number, subject, content, &mac) != HF_OK ||
        !hf_secret_equal(hf_span_part(hf_digest_span(&mac), 0, MAC_LEN), claimed))
        return false;
    *ret_content = content;
    return true;
}

void hf_address_cookie_retry_write(const struct hf_address_cookie_retry *retry, struct hf_writer *content)
{
    hf_writer_u16(content, retry->suite);
    hf_writer_u16(content, retry->group);
    hf_writer_u8(content, retry->asked_share ? 1 : 0);
    hf_writer_vector(content, 1, hf_digest_span(&retry->first_hello));
    hf_writer_vector(content, 1, hf_digest_span(&retry->lasting));
}

static void read_digest(struct hf_reader *reader, struct hf_digest *ret_digest)
{
    struct hf_span bytes = hf_reader_vector(reader, 1, 0, HF_DIGEST_MAX);
    ret_digest->len = bytes.len;
    if (!hf_span_copy(bytes, ret_digest->bytes, sizeof ret_digest->bytes))
        hf_reader_spoil(reader);
}

bool hf_address_cookie_retry_read(struct hf_span content, struct hf_address_cookie_retry *ret_retry)
{
    struct hf_reader reader = hf_reader_of(content);
    struct hf_address_cookie_retry retry = {.suite = hf_reader_u16(&reader)};
    retry.group = hf_reader_u16(&reader);
    retry.asked_share = hf_reader_u8(&reader) != 0;
    read_digest(&reader, &retry.first_hello);
    read_digest(&reader, &retry.lasting);
    if (!hf_reader_end(&reader))
        return false;
    *ret_retry = retry;
    return true;
}
