/* signature_algorithms_cert, RFC 9846 4.3.3: without it signature_algorithms holds for certificates too, so it goes out
 * only when some scheme of that list is not allowed in certificates. */
#include "extension/signature_algorithms_cert.h"

#include "wire/read.h"

/* false: nothing to add to signature_algorithms. */
static bool write_list(const struct hf_config *config, unsigned generations, struct hf_writer *payload)
{
    bool any = false;
    bool differs = false;
    const size_t list = hf_writer_open(payload, 2);
    for (size_t i = 0; i < config->scheme_count; i++) {
        const struct hf_signature_scheme *scheme = config->schemes[i];
        const bool allowed = (scheme->certificates & generations) != 0;
        differs = differs || (!allowed && (scheme->handshake & generations) != 0);
        any = any || allowed;
        if (allowed)
            hf_writer_u16(payload, scheme->id);
    }
    hf_writer_close(payload, list, 2);
    return any && differs;
}

bool hf_signature_algorithms_cert_offer(const struct hf_client_offer *offer, struct hf_writer *payload)
{
    return write_list(offer->config, offer->generations | offer->listed_too, payload);
}

enum hf_error hf_signature_algorithms_cert_take(const struct hf_extension_reading *reading, struct hf_span payload,
                                                struct hf_client_hello_facts *facts)
{
    (void)reading;
    struct hf_wire_signature_schemes list;
    HF_TRY(hf_wire_read_signature_schemes(payload, &list));
    facts->certificate_schemes = list.schemes;
    return HF_OK;
}

/* CertificateRequest, which has extensions in TLS 1.3 only. */
bool hf_signature_algorithms_cert_reply(const struct hf_server_answer *answer, enum hf_extension_place place,
                                        struct hf_writer *payload)
{
    (void)place;
    return write_list(answer->config, HF_VERSION_BIT_13, payload);
}

enum hf_error hf_signature_algorithms_cert_check(const struct hf_extension_reading *reading, struct hf_span payload,
                                                 struct hf_server_hello_facts *facts)
{
    (void)reading;
    struct hf_wire_signature_schemes list;
    HF_TRY(hf_wire_read_signature_schemes(payload, &list));
    facts->request.certificate_schemes = list.schemes;
    return HF_OK;
}
