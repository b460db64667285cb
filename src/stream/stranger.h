/* What speaks to us when it is not TLS: a guess from its first bytes, for people. Nothing is decided by it. */
#ifndef HF_STREAM_STRANGER_H
#define HF_STREAM_STRANGER_H

#include "base/text.h"

/* How many of the first bytes are worth keeping. */
#define HF_STRANGER_KEEP 64

/* Adds a clause such as "an HTTP request: GET / HTTP/1.1". Safe to print. */
void hf_stranger_describe(struct hf_span first, struct hf_text *ret_text);

#endif
