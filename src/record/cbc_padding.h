/* The end of a record that was MACed, padded, and then encrypted: content || MAC || padding || padding's length. Taken
 * apart in constant time: neither branches nor addresses depend on the padding or on where the MAC stands, so that no
 * clock tells a bad padding from a bad MAC (Vaudenay 2002, POODLE 2014, Lucky Thirteen 2013). RFC 5246 6.2.3.2. */
#ifndef HF_RECORD_CBC_PADDING_H
#define HF_RECORD_CBC_PADDING_H

#include "base/span.h"
#include "crypto/hash.h"

/* Both are secrets until the MAC was found right. */
struct hf_cbc_padding {
    size_t good;        /* all ones when the padding is as it must be, else 0 */
    size_t content_len; /* what stands before the MAC; with a bad padding: as if there were none */
};

/* plaintext.len is public, and at least mac_len + 1. */
struct hf_cbc_padding hf_cbc_padding_strip(struct hf_span plaintext, size_t mac_len);

/* Copies the MAC, mac_len bytes, that stands at `content_len`. */
void hf_cbc_padding_take_mac(struct hf_span plaintext, size_t content_len, size_t mac_len, uint8_t mac[HF_DIGEST_MAX]);

#endif
