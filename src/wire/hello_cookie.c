/* legacy_version, random, session_id<0..32>, cookie<0..255>: RFC 6347 4.2.1. */
#include "wire/hello_cookie.h"

#include "base/reader.h"
#include "wire/message.h"

enum { VERSION_LEN = 2, COOKIE_MAX = 255 };

enum hf_error hf_hello_cookie_cut(struct hf_span body, struct hf_hello_cookie *ret_parts)
{
    struct hf_reader reader = hf_reader_of(body);
    struct hf_hello_cookie parts = {0};
    (void)hf_reader_bytes(&reader, VERSION_LEN + HF_MESSAGE_RANDOM_LEN);
    (void)hf_reader_vector(&reader, 1, 0, HF_MESSAGE_SESSION_ID_MAX);
    parts.before = hf_span_part(body, 0, body.len - reader.left);
    parts.cookie = hf_reader_vector(&reader, 1, 0, COOKIE_MAX);
    parts.after = hf_reader_rest(&reader);
    if (!hf_reader_end(&reader))
        return HF_ERR_decode_error;
    *ret_parts = parts;
    return HF_OK;
}
