/* cookie, RFC 9846 4.3.2: opaque to the client, which repeats it in its second hello. */
#include "extension/cookie.h"

#include "wire/write.h"

static bool write_cookie(struct hf_span cookie, struct hf_writer *payload)
{
    if (cookie.len == 0)
        return false;
    const struct hf_wire_cookie wire = {.cookie = cookie};
    hf_wire_write_cookie(payload, &wire);
    return true;
}

static enum hf_error read_cookie(struct hf_span payload, struct hf_span *ret_cookie)
{
    struct hf_wire_cookie wire;
    HF_TRY(hf_wire_read_cookie(payload, &wire));
    *ret_cookie = wire.cookie;
    return HF_OK;
}

bool hf_cookie_offer(const struct hf_client_offer *offer, struct hf_writer *payload)
{
    return write_cookie(offer->cookie, payload);
}

enum hf_error hf_cookie_take(const struct hf_extension_reading *reading, struct hf_span payload,
                             struct hf_client_hello_facts *facts)
{
    (void)reading;
    return read_cookie(payload, &facts->cookie);
}

bool hf_cookie_reply(const struct hf_server_answer *answer, enum hf_extension_place place, struct hf_writer *payload)
{
    (void)place;
    return write_cookie(answer->cookie, payload);
}

enum hf_error hf_cookie_check(const struct hf_extension_reading *reading, struct hf_span payload,
                              struct hf_server_hello_facts *facts)
{
    (void)reading;
    return read_cookie(payload, &facts->cookie);
}
