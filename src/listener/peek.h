/* A ClientHello seen in a datagram, before anything is kept of it: as much as tells hellos apart and finds the cookie.
 * Only the first record is looked at, and only its first fragment; a hello that takes several datagrams shows its front
 * in the first of them, and its cookie in any of them. RFC 9147 4, 5.2, 5.3; RFC 6347 4.2.1. */
#ifndef HF_LISTENER_PEEK_H
#define HF_LISTENER_PEEK_H

#include "wire/hello_cookie.h"

/* All spans borrow from the datagram. */
struct hf_peek {
    uint64_t sequence; /* of its record */
    uint16_t message_seq;
    bool is_front;                /* the hello's first bytes are here: the fields below hold */
    bool is_whole;                /* and all others */
    struct hf_span body;          /* as far as it is here */
    struct hf_span random;        /* 32 bytes */
    struct hf_hello_cookie parts; /* of `body` */
    struct hf_span lists;         /* suites and compression methods, with their lengths */
    bool has_shares;              /* a key_share begins here */
    struct hf_span versions;      /* of supported_versions; empty: none, or it is not here */
    struct hf_span retry_cookie;  /* of the extension cookie; empty: none, or it is not here */
};

/* Whether the datagram begins with (a part of) a ClientHello in the clear. */
HF_MUST bool hf_peek_hello(struct hf_span datagram, struct hf_peek *ret_peek);

/* In a piece of a hello that shows no front: something like the extension cookie at or behind *at, which moves on
 * behind it. Extensions cannot be told apart there, so whether it is a cookie is told by its authentication only. */
HF_MUST bool hf_peek_next_cookie(struct hf_span piece, size_t *at, struct hf_span *ret_cookie);

/* The connection ID of the datagram's first record, which is protected then: of id_len bytes, for no record says how
 * long it is. RFC 9146 4, RFC 9147 4. */
HF_MUST bool hf_peek_id(struct hf_span datagram, size_t id_len, struct hf_span *ret_id);

#endif
