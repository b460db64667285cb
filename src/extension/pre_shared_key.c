/* pre_shared_key, RFC 9846 4.3.11. The binders are written as zeros: they are made over the finished hello. */
#include "extension/pre_shared_key.h"

#include "base/text.h"
#include "wire/write.h"

static void write_identities(const struct hf_client_offer *offer, struct hf_writer *payload)
{
    const size_t list = hf_writer_open(payload, 2);
    for (size_t i = 0; i < offer->psk_count; i++) {
        const struct hf_wire_psk_identity identity = {
            .identity = offer->psks[i].identity,
            .obfuscated_ticket_age = offer->psks[i].obfuscated_age,
        };
        hf_wire_write_psk_identity(payload, &identity);
    }
    hf_writer_close(payload, list, 2);
}

static void write_binders(const struct hf_client_offer *offer, struct hf_writer *payload)
{
    static const uint8_t zeros[HF_DIGEST_MAX];
    const size_t list = hf_writer_open(payload, 2);
    for (size_t i = 0; i < offer->psk_count; i++)
        hf_writer_vector(payload, 1,
                         offer->psks[i].binder.len > 0 ? offer->psks[i].binder
                                                       : hf_span_of(zeros, hf_hash_len(offer->psks[i].hash)));
    hf_writer_close(payload, list, 2);
}

bool hf_pre_shared_key_offer(const struct hf_client_offer *offer, struct hf_writer *payload)
{
    if ((offer->generations & HF_VERSION_BIT_13) == 0 || offer->psk_count == 0)
        return false;
    write_identities(offer, payload);
    write_binders(offer, payload);
    return true;
}

static size_t count_identities(struct hf_span identities)
{
    struct hf_reader list = hf_reader_of(identities);
    struct hf_wire_psk_identity identity;
    size_t count = 0;
    while (hf_wire_next_psk_identity(&list, &identity))
        count++;
    return count;
}

static size_t count_binders(struct hf_span binders)
{
    struct hf_reader list = hf_reader_of(binders);
    struct hf_wire_psk_binder binder;
    size_t count = 0;
    while (hf_wire_next_psk_binder(&list, &binder))
        count++;
    return count;
}

enum hf_error hf_pre_shared_key_take(const struct hf_extension_reading *reading, struct hf_span payload,
                                     struct hf_client_hello_facts *facts)
{
    struct hf_wire_pre_shared_key_offer wire;
    HF_TRY(hf_wire_read_pre_shared_key_offer(payload, &wire));
    const size_t identities = count_identities(wire.identities);
    const size_t binders = count_binders(wire.binders);
    if (identities != binders) {
        struct hf_text got = hf_text_of(reading->failure->got, sizeof reading->failure->got);
        hf_text_add(&got, "%zu identities and %zu binders", identities, binders);
        return HF_ERR_illegal_parameter;
    }
    facts->psk_identities = wire.identities;
    facts->psk_binders = wire.binders;
    return HF_OK;
}

bool hf_pre_shared_key_reply(const struct hf_server_answer *answer, enum hf_extension_place place,
                             struct hf_writer *payload)
{
    (void)place;
    hf_writer_u16(payload, answer->psk_index);
    return answer->has_psk;
}

enum hf_error hf_pre_shared_key_check(const struct hf_extension_reading *reading, struct hf_span payload,
                                      struct hf_server_hello_facts *facts)
{
    struct hf_wire_pre_shared_key_choice wire;
    HF_TRY(hf_wire_read_pre_shared_key_choice(payload, &wire));
    if (wire.selected_identity >= reading->offer->psk_count) {
        struct hf_text got = hf_text_of(reading->failure->got, sizeof reading->failure->got);
        hf_text_add(&got, "key %u of %zu offered", (unsigned)wire.selected_identity, reading->offer->psk_count);
        return HF_ERR_illegal_parameter;
    }
    facts->has_psk = true;
    facts->psk_index = wire.selected_identity;
    return HF_OK;
}
