#include "extension/encrypted_client_hello.h"

#include "config/ech_config.h"
#include "wire/read.h"

bool hf_encrypted_client_hello_offer(const struct hf_client_offer *offer, struct hf_writer *payload)
{
    hf_writer_bytes(payload, offer->ech);
    return offer->ech.len > 0;
}

/* Syntax only: who opens it reads it for himself, before any other extension counts. */
enum hf_error hf_encrypted_client_hello_take(const struct hf_extension_reading *reading, struct hf_span payload,
                                             struct hf_client_hello_facts *facts)
{
    struct hf_wire_ech_client_hello wire;
    struct hf_wire_ech_outer outer;
    HF_TRY(hf_wire_read_ech_client_hello(payload, &wire));
    facts->is_outer = wire.type == HF_ECH_TYPE_OUTER;
    if (facts->is_outer)
        return hf_wire_read_ech_outer(wire.body, &outer);
    if (wire.type != HF_ECH_TYPE_INNER) { /* RFC 9849 7 */
        struct hf_text got = hf_text_of(reading->failure->got, sizeof reading->failure->got);
        hf_text_add(&got, "ECHClientHelloType %u", (unsigned)wire.type);
        return HF_ERR_illegal_parameter;
    }
    facts->is_inner = true;
    return wire.body.len == 0 ? HF_OK : HF_ERR_decode_error;
}

bool hf_encrypted_client_hello_reply(const struct hf_server_answer *answer, enum hf_extension_place place,
                                     struct hf_writer *payload)
{
    const struct hf_span bytes = place == HF_PLACE_HRR ? answer->ech_confirmation : answer->ech_retry;
    hf_writer_bytes(payload, bytes);
    return bytes.len > 0;
}

/* RFC 9849 5: configurations answer an outer hello only. */
enum hf_error hf_encrypted_client_hello_check(const struct hf_extension_reading *reading, struct hf_span payload,
                                              struct hf_server_hello_facts *facts)
{
    struct hf_wire_ech_confirmation confirmation;
    struct hf_span inside;
    if (reading->place == HF_PLACE_HRR) {
        HF_TRY(hf_wire_read_ech_confirmation(payload, &confirmation));
        facts->ech_confirmation = confirmation.confirmation;
        return HF_OK;
    }
    if (reading->offer->is_inner)
        return HF_ERR_unsolicited_extension;
    HF_TRY(hf_ech_config_check_list(payload, &inside));
    facts->ech_retry = payload;
    return HF_OK;
}
