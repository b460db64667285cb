/* The first ClientHello of a client that was asked to come again, for a server that did not keep it. RFC 9846 4.1,
 * 4.2.4; RFC 9147 5.1, 5.2. */
#ifndef HF_EXTENSION_FIRST_HELLO_H
#define HF_EXTENSION_FIRST_HELLO_H

#include "base/buffer.h"
#include "base/must.h"
#include "crypto/hash.h"
#include "error/error.h"

/* The digest of a hello by which the transcript stands for it; the body is as over datagrams, its legacy_cookie too. */
HF_MUST enum hf_error hf_first_hello_digest(const struct hf_toolbox *toolbox, enum hf_hash_id id, struct hf_span body,
                                            struct hf_digest *ret_digest);

/* The second hello's body without its extension cookie: what the first was, when only a cookie was asked for and there
 * is no PSK. Bodies as over datagrams. decode_error, no_memory. */
HF_MUST enum hf_error hf_first_hello_rebuild(struct hf_span second, struct hf_buffer *first);

#endif
