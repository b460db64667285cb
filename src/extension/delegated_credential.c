#include "extension/delegated_credential.h"

#include "wire/read.h"

static bool write_list(const struct hf_config *config, struct hf_writer *payload)
{
    const size_t list = hf_writer_open(payload, 2);
    for (size_t i = 0; i < config->delegated_count; i++)
        hf_writer_u16(payload, config->delegated_schemes[i]);
    hf_writer_close(payload, list, 2);
    return config->delegated_count > 0;
}

bool hf_delegated_credential_offer(const struct hf_client_offer *offer, struct hf_writer *payload)
{
    return write_list(offer->config, payload) && (offer->generations & HF_VERSION_BIT_13) != 0;
}

enum hf_error hf_delegated_credential_take(const struct hf_extension_reading *reading, struct hf_span payload,
                                           struct hf_client_hello_facts *facts)
{
    (void)reading;
    struct hf_wire_signature_schemes list;
    HF_TRY(hf_wire_read_signature_schemes(payload, &list));
    facts->takes_delegated = list.schemes;
    return HF_OK;
}

/* CertificateRequest. */
bool hf_delegated_credential_reply(const struct hf_server_answer *answer, enum hf_extension_place place,
                                   struct hf_writer *payload)
{
    (void)place;
    return write_list(answer->config, payload);
}

enum hf_error hf_delegated_credential_check(const struct hf_extension_reading *reading, struct hf_span payload,
                                            struct hf_server_hello_facts *facts)
{
    (void)reading;
    struct hf_wire_signature_schemes list;
    HF_TRY(hf_wire_read_signature_schemes(payload, &list));
    facts->request.takes_delegated = list.schemes;
    return HF_OK;
}
