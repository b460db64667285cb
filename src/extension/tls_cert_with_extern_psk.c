#include "extension/tls_cert_with_extern_psk.h"

/* No session is offered under this rule, so that all keys of the hello are external ones. A second hello around one
 * that was not opened has none any more, but what the first had (RFC 9846 4.2.2). */
bool hf_tls_cert_with_extern_psk_offer(const struct hf_client_offer *offer, struct hf_writer *payload)
{
    (void)payload;
    return offer->config->psk13_with_certificates && (offer->generations & HF_VERSION_BIT_13) != 0 &&
           (offer->psk_count > 0 || offer->is_outer);
}

enum hf_error hf_tls_cert_with_extern_psk_take(const struct hf_extension_reading *reading, struct hf_span payload,
                                               struct hf_client_hello_facts *facts)
{
    (void)reading;
    struct hf_wire_nothing nothing;
    HF_TRY(hf_wire_read_nothing(payload, &nothing));
    facts->cert_with_extern_psk = true;
    return HF_OK;
}

bool hf_tls_cert_with_extern_psk_reply(const struct hf_server_answer *answer, enum hf_extension_place place,
                                       struct hf_writer *payload)
{
    (void)place;
    (void)payload;
    return answer->has_psk && answer->config->psk13_with_certificates;
}

enum hf_error hf_tls_cert_with_extern_psk_check(const struct hf_extension_reading *reading, struct hf_span payload,
                                                struct hf_server_hello_facts *facts)
{
    (void)reading;
    struct hf_wire_nothing nothing;
    HF_TRY(hf_wire_read_nothing(payload, &nothing));
    facts->cert_with_extern_psk = true;
    return HF_OK;
}
