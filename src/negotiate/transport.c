#include "negotiate/transport.h"

#include "extension/fail.h"

static enum hf_error check_protocol(struct hf_span protocol, const char *where, struct hf_failure *ret_failure)
{
    if (protocol.len > 0)
        return HF_OK;
    (void)hf_extension_fail(ret_failure, HF_ERR_no_application_protocol, where);
    struct hf_text wanted = hf_extension_fail_wanted(ret_failure);
    hf_text_add(&wanted, "an application protocol: QUIC has none without");
    return HF_ERR_no_application_protocol;
}

enum hf_error hf_negotiate_transport_server(const struct hf_config *config, const struct hf_client_hello_facts *hello,
                                            struct hf_span protocol, struct hf_failure *ret_failure)
{
    const bool has_parameters = hf_extension_set_has(hello->present, HF_ROW_quic_transport_parameters);
    if (!hf_config_transport(config)->has_parameters)
        return has_parameters ? hf_extension_fail(ret_failure, HF_ERR_extension_unsupported,
                                                  "quic_transport_parameters in ClientHello")
                              : HF_OK;
    if (!has_parameters)
        return hf_extension_fail(ret_failure, HF_ERR_missing_extension, "quic_transport_parameters in ClientHello");
    if (hello->session_id.len > 0)
        return hf_extension_fail(ret_failure, HF_ERR_quic_rule_broken, "legacy_session_id in ClientHello");
    return check_protocol(protocol, "application_layer_protocol_negotiation in ClientHello", ret_failure);
}

enum hf_error hf_negotiate_transport_client(const struct hf_client_offer *offer,
                                            const struct hf_server_hello_facts *facts, struct hf_failure *ret_failure)
{
    if (!hf_config_transport(offer->config)->has_parameters)
        return HF_OK; /* what was not offered does not come: the table of extensions has seen to it */
    if (!hf_extension_set_has(facts->present, HF_ROW_quic_transport_parameters))
        return hf_extension_fail(ret_failure, HF_ERR_missing_extension,
                                 "quic_transport_parameters in EncryptedExtensions");
    return check_protocol(facts->protocol, "application_layer_protocol_negotiation in EncryptedExtensions",
                          ret_failure);
}
