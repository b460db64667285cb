/* certificate_authorities, RFC 9846 4.3.4: DER names. They are a hint for the peer's choice, never a check of ours;
 * path building decides. */
#include "extension/certificate_authorities.h"

#include "wire/read.h"

enum hf_error hf_certificate_authorities_take(const struct hf_extension_reading *reading, struct hf_span payload,
                                              struct hf_client_hello_facts *facts)
{
    (void)reading;
    struct hf_wire_certificate_authorities list;
    HF_TRY(hf_wire_read_certificate_authorities(payload, &list));
    facts->authorities = list.authorities;
    return HF_OK;
}

bool hf_certificate_authorities_reply(const struct hf_server_answer *answer, enum hf_extension_place place,
                                      struct hf_writer *payload)
{
    (void)place;
    if (answer->config->authorities_len == 0)
        return false;
    hf_writer_vector(payload, 2, hf_span_of(answer->config->authorities, answer->config->authorities_len));
    return true;
}

enum hf_error hf_certificate_authorities_check(const struct hf_extension_reading *reading, struct hf_span payload,
                                               struct hf_server_hello_facts *facts)
{
    (void)reading;
    struct hf_wire_certificate_authorities list;
    HF_TRY(hf_wire_read_certificate_authorities(payload, &list));
    facts->request.authorities = list.authorities;
    return HF_OK;
}
