/* The cookie that a ClientHello over datagrams has behind its session ID (RFC 6347 4.2.1, RFC 9147 5.3: there
 * legacy_cookie). All else is as over streams, so the cookie is cut out and the rest read as the one shape
 * client_hello. */
#ifndef HF_WIRE_HELLO_COOKIE_H
#define HF_WIRE_HELLO_COOKIE_H

#include "base/must.h"
#include "base/span.h"
#include "error/error.h"

struct hf_hello_cookie {
    struct hf_span before; /* the field and the body around it; before and after together are a client_hello */
    struct hf_span cookie;
    struct hf_span after;
};

/* Borrows from `body`. decode_error when it ends before the cookie does. */
HF_MUST enum hf_error hf_hello_cookie_cut(struct hf_span body, struct hf_hello_cookie *ret_parts);

#endif
