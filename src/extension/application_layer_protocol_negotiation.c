/* ALPN, RFC 7301 3.1: the config's list goes out as it is kept; an answer holds exactly one name, and one of that list.
 * A server that answered with another could make the client speak a protocol that it never agreed to. */
#include "extension/application_layer_protocol_negotiation.h"

#include "base/text.h"
#include "wire/write.h"

bool hf_application_layer_protocol_negotiation_offer(const struct hf_client_offer *offer, struct hf_writer *payload)
{
    if (offer->config->alpn_len == 0 || offer->renegotiated.len > 0) /* in a renegotiation the protocol stays */
        return false;
    hf_writer_vector(payload, 2, hf_span_of(offer->config->alpn, offer->config->alpn_len));
    return true;
}

enum hf_error hf_application_layer_protocol_negotiation_take(const struct hf_extension_reading *reading,
                                                             struct hf_span payload,
                                                             struct hf_client_hello_facts *facts)
{
    (void)reading;
    struct hf_wire_application_protocols list;
    HF_TRY(hf_wire_read_application_protocols(payload, &list));
    facts->protocols = list.protocols;
    return HF_OK;
}

bool hf_application_layer_protocol_negotiation_reply(const struct hf_server_answer *answer,
                                                     enum hf_extension_place place, struct hf_writer *payload)
{
    (void)place;
    if (answer->protocol.len == 0)
        return false;
    const size_t list = hf_writer_open(payload, 2);
    const struct hf_wire_protocol_name name = {.protocol = answer->protocol};
    hf_wire_write_protocol_name(payload, &name);
    hf_writer_close(payload, list, 2);
    return true;
}

static bool was_offered(const struct hf_config *config, struct hf_span protocol)
{
    struct hf_reader list = hf_reader_of(hf_span_of(config->alpn, config->alpn_len));
    struct hf_wire_protocol_name name;
    while (hf_wire_next_protocol_name(&list, &name))
        if (hf_span_equal(name.protocol, protocol))
            return true;
    return false;
}

enum hf_error hf_application_layer_protocol_negotiation_check(const struct hf_extension_reading *reading,
                                                              struct hf_span payload,
                                                              struct hf_server_hello_facts *facts)
{
    struct hf_wire_application_protocols list;
    HF_TRY(hf_wire_read_application_protocols(payload, &list));
    struct hf_reader names = hf_reader_of(list.protocols);
    struct hf_wire_protocol_name name;
    if (!hf_wire_next_protocol_name(&names, &name))
        return HF_ERR_decode_error;
    struct hf_text wanted = hf_text_of(reading->failure->wanted, sizeof reading->failure->wanted);
    if (hf_reader_more(&names)) {
        hf_text_add(&wanted, "exactly one protocol");
        return HF_ERR_illegal_parameter;
    }
    if (!was_offered(reading->offer->config, name.protocol)) {
        hf_text_add(&wanted, "a protocol that was offered");
        struct hf_text got = hf_text_of(reading->failure->got, sizeof reading->failure->got);
        hf_text_add_safe(&got, name.protocol);
        return HF_ERR_illegal_parameter;
    }
    facts->protocol = name.protocol;
    return HF_OK;
}
