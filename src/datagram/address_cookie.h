/* Cookies: a server over datagrams keeps nothing for a client, and sends it little, before the client has shown that it
 * gets what is sent to its address (RFC 6347 4.2.1, RFC 9147 5.1). What the server must know again comes back in the
 * cookie, under a key that changes: it binds the address, what the hello says of itself, and, in 1.3, what the server
 * has chosen and the first hello's digest. A cookie counts for one to two times HF_ADDRESS_COOKIE_ROTATE_MS. */
#ifndef HF_DATAGRAM_ADDRESS_COOKIE_H
#define HF_DATAGRAM_ADDRESS_COOKIE_H

#include "base/reader.h"
#include "base/secret.h"
#include "base/writer.h"
#include "crypto/hash.h"
#include "seam/random.h"

enum hf_address_cookie_sizes {
    HF_ADDRESS_COOKIE_ADDRESS_MAX = 255,
    HF_ADDRESS_COOKIE_MAX = 255, /* what fits into the field of 1.2 */
    HF_ADDRESS_COOKIE_ROTATE_MS = 60000
};

/* The key that makes cookies, and the one before it. Zeros: none yet. Wiped by its owner. */
struct hf_address_cookie_keys {
    struct hf_secret key[2]; /* by the low bit of its number */
    uint8_t newest;          /* number: stands first in each cookie */
    uint64_t since_ms;
};

/* Whose cookie it is. */
struct hf_address_cookie_subject {
    struct hf_span address;  /* any bytes, at most HF_ADDRESS_COOKIE_ADDRESS_MAX */
    struct hf_span hello[2]; /* what does not change from one hello to the next: RFC 6347 4.2.1 */
};

/* What a HelloRetryRequest said that nobody kept. */
struct hf_address_cookie_retry {
    uint16_t suite;               /* 0: there was no HelloRetryRequest */
    uint16_t group;               /* that was chosen; 0: none, the first hello showed its front only */
    bool asked_share;             /* the client had sent none for it */
    struct hf_digest first_hello; /* as in the transcript; empty, like the next, of one that showed its front only */
    struct hf_digest lasting;     /* over what may not change in the second hello */
};

/* Makes a new key when it is time. */
HF_MUST enum hf_error hf_address_cookie_rotate(struct hf_address_cookie_keys *keys, const struct hf_random *random,
                                               uint64_t now_ms);

/* Writes a cookie that carries `content` (at most 200 bytes, not secret). */
HF_MUST enum hf_error hf_address_cookie_make(const struct hf_address_cookie_keys *keys,
                                             const struct hf_toolbox *toolbox,
                                             const struct hf_address_cookie_subject *subject, struct hf_span content,
                                             struct hf_writer *cookie);

/* Whether we made this cookie for this subject, not too long ago; *ret_content then borrows from it. */
HF_MUST bool hf_address_cookie_check(const struct hf_address_cookie_keys *keys, const struct hf_toolbox *toolbox,
                                     const struct hf_address_cookie_subject *subject, struct hf_span cookie,
                                     struct hf_span *ret_content);

/* The content of a cookie of 1.3; that of 1.2 has none. */
void hf_address_cookie_retry_write(const struct hf_address_cookie_retry *retry, struct hf_writer *content);
HF_MUST bool hf_address_cookie_retry_read(struct hf_span content, struct hf_address_cookie_retry *ret_retry);

#endif
