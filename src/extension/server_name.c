/* server_name, RFC 6066 3: one host_name in the client's list, an empty acknowledgement back.
 * Other name types are skipped; none was ever defined. */
#include "extension/server_name.h"

#include "wire/write.h"

enum { HOST_NAME = 0, DNS_NAME_MAX = 255 };

static bool write_name(struct hf_span host_name, struct hf_writer *payload)
{
    if (host_name.len == 0)
        return false;
    size_t list = hf_writer_open(payload, 2);
    const struct hf_wire_server_name name = {.name_type = HOST_NAME, .host_name = host_name};
    hf_wire_write_server_name(payload, &name);
    hf_writer_close(payload, list, 2);
    return true;
}

bool hf_server_name_offer(const struct hf_client_offer *offer, struct hf_writer *payload)
{
    return write_name(offer->server_name, payload);
}

/* No NUL and no more than DNS allows: the name goes into comparisons and explanations. */
static bool is_sound(struct hf_span name)
{
    struct hf_reader reader = hf_reader_of(name);
    while (hf_reader_more(&reader))
        if (hf_reader_u8(&reader) == 0)
            return false;
    return name.len > 0 && name.len <= DNS_NAME_MAX;
}

/* RFC 6066 3 wants no trailing dot; who sends one means the same name. */
static struct hf_span without_dot(struct hf_span name)
{
    const struct hf_span last = hf_span_part(name, name.len - 1, 1);
    return hf_span_equal(last, hf_span_of_text(".")) ? hf_span_part(name, 0, name.len - 1) : name;
}

enum hf_error hf_server_name_read(struct hf_span payload, struct hf_span *ret_name)
{
    struct hf_wire_server_name_list list;
    HF_TRY(hf_wire_read_server_name_list(payload, &list));
    struct hf_reader names = hf_reader_of(list.names);
    struct hf_wire_server_name name;
    struct hf_span host = {0};
    while (hf_wire_next_server_name(&names, &name)) {
        if (name.name_type != HOST_NAME)
            continue;
        if (host.len > 0) /* RFC 6066 3: no two names of one type */
            return HF_ERR_illegal_parameter;
        host = without_dot(name.host_name);
        if (!is_sound(host))
            return HF_ERR_illegal_parameter;
    }
    *ret_name = host;
    return HF_OK;
}

enum hf_error hf_server_name_take(const struct hf_extension_reading *reading, struct hf_span payload,
                                  struct hf_client_hello_facts *facts)
{
    (void)reading;
    return hf_server_name_read(payload, &facts->host_name);
}

bool hf_server_name_reply(const struct hf_server_answer *answer, enum hf_extension_place place,
                          struct hf_writer *payload)
{
    if (place == HF_PLACE_CR)
        return write_name(answer->request_name, payload);
    return answer->server_name;
}

enum hf_error hf_server_name_check(const struct hf_extension_reading *reading, struct hf_span payload,
                                   struct hf_server_hello_facts *facts)
{
    if (reading->place == HF_PLACE_CR) { /* only exported authenticators give it a meaning there: RFC 9261 4 */
        facts->request.server_name = payload;
        return HF_OK;
    }
    struct hf_wire_nothing nothing;
    HF_TRY(hf_wire_read_nothing(payload, &nothing));
    facts->server_name = true;
    return HF_OK;
}
