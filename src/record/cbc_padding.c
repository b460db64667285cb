#include "record/cbc_padding.h"

#include "base/constant_time.h"

enum { PADDING_MAX = 256 }; /* with its length byte */

struct hf_cbc_padding hf_cbc_padding_strip(struct hf_span plaintext, size_t mac_len)
{
    size_t len = plaintext.len;
    size_t padding = (size_t)plaintext.data[len - 1] + 1;
    size_t fits = ~hf_constant_time_less(len, padding + mac_len);
    size_t wrong = 0;
    /* All bytes that could be padding are looked at; those that are must hold its length. */
    for (size_t i = 1; i <= PADDING_MAX && i <= len; i++) {
        size_t counts = ~hf_constant_time_less(padding, i);
        wrong |= counts & ((size_t)plaintext.data[len - i] ^ (padding - 1));
    }
    size_t good = fits & hf_constant_time_equal(wrong, 0);
    return (struct hf_cbc_padding){.good = good, .content_len = len - mac_len - (good & padding)};
}

/* The MAC lies somewhere in the last mac_len + PADDING_MAX bytes. They are walked once, each byte of the MAC is kept at
 * (its place modulo mac_len), and the ring is turned right at the end. */
void hf_cbc_padding_take_mac(struct hf_span plaintext, size_t content_len, size_t mac_len, uint8_t mac[HF_DIGEST_MAX])
{
    uint8_t ring[HF_DIGEST_MAX] = {0};
    size_t span = mac_len + PADDING_MAX;
    size_t from = plaintext.len > span ? plaintext.len - span : 0;
    size_t at = 0;
    size_t first = 0;
    for (size_t i = from; i < plaintext.len; i++) {
        size_t is_first = hf_constant_time_equal(i, content_len);
        size_t inside = ~hf_constant_time_less(i, content_len) & hf_constant_time_less(i, content_len + mac_len);
        first = hf_constant_time_select(is_first, at, first);
        ring[at] |= (uint8_t)(plaintext.data[i] & inside);
        at = at + 1 == mac_len ? 0 : at + 1;
    }
    for (size_t i = 0; i < mac_len; i++) {
        mac[i] = 0;
        size_t wanted = hf_constant_time_hide(first) + i;
        wanted -= mac_len & ~hf_constant_time_less(wanted, mac_len);
        for (size_t j = 0; j < mac_len; j++)
            mac[i] |= (uint8_t)(ring[j] & hf_constant_time_equal(j, wanted));
    }
}
