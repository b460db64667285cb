/* ALPN: the server's order counts (RFC 7301 3.2). A server that names none ignores the extension; one that names some
 * and shares none must refuse, or a request would be read as another protocol (the ALPACA attack). */
#include "negotiate/alpn.h"

#include "extension/fail.h"
#include "negotiate/names.h"

static bool list_has(struct hf_span list, struct hf_span protocol)
{
    struct hf_reader reader = hf_reader_of(list);
    struct hf_wire_protocol_name name;
    while (hf_wire_next_protocol_name(&reader, &name))
        if (hf_span_equal(name.protocol, protocol))
            return true;
    return false;
}

enum hf_error hf_negotiate_alpn_choose(const struct hf_config *config, const struct hf_client_hello_facts *hello,
                                       struct hf_span *ret_protocol, struct hf_failure *ret_failure)
{
    const struct hf_span ours = hf_span_of(config->alpn, config->alpn_len);
    if (ours.len == 0 || hello->protocols.len == 0) {
        *ret_protocol = (struct hf_span){0};
        return HF_OK;
    }
    struct hf_reader reader = hf_reader_of(ours);
    struct hf_wire_protocol_name name;
    while (hf_wire_next_protocol_name(&reader, &name))
        if (list_has(hello->protocols, name.protocol)) {
            *ret_protocol = name.protocol;
            return HF_OK;
        }
    (void)hf_extension_fail(ret_failure, HF_ERR_no_application_protocol,
                            "application_layer_protocol_negotiation in ClientHello");
    struct hf_text wanted = hf_extension_fail_wanted(ret_failure);
    hf_text_add(&wanted, "one of ours: ");
    hf_negotiate_names_protocols(&wanted, ours);
    struct hf_text got = hf_extension_fail_got(ret_failure);
    hf_text_add(&got, "the client offers ");
    hf_negotiate_names_protocols(&got, hello->protocols);
    return HF_ERR_no_application_protocol;
}

struct hf_span hf_negotiate_alpn_at(const struct hf_client_hello_facts *hello, size_t place)
{
    struct hf_reader reader = hf_reader_of(hello->protocols);
    struct hf_wire_protocol_name name;
    for (size_t at = 1; hf_wire_next_protocol_name(&reader, &name); at++)
        if (at == place)
            return name.protocol;
    return hf_span_of(NULL, 0);
}

size_t hf_negotiate_alpn_place(const struct hf_client_hello_facts *hello, struct hf_span protocol)
{
    struct hf_reader reader = hf_reader_of(hello->protocols);
    struct hf_wire_protocol_name name;
    for (size_t at = 1; hf_wire_next_protocol_name(&reader, &name); at++)
        if (hf_span_equal(name.protocol, protocol))
            return at;
    return 0;
}
