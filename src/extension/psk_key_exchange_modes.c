/* psk_key_exchange_modes, RFC 9846 4.3.9: psk_dhe_ke, so that resumption keeps forward secrecy; psk_ke by switch. */
#include "extension/psk_key_exchange_modes.h"

#include "wire/read.h"

bool hf_psk_key_exchange_modes_offer(const struct hf_client_offer *offer, struct hf_writer *payload)
{
    if ((offer->generations & HF_VERSION_BIT_13) == 0)
        return false;
    const size_t list = hf_writer_open(payload, 1);
    hf_writer_u8(payload, HF_PSK_DHE_KE);
    if ((offer->config->historic & HF_HISTORIC_PSK_WITHOUT_KEY_EXCHANGE) != 0)
        hf_writer_u8(payload, HF_PSK_KE);
    hf_writer_close(payload, list, 1);
    return true;
}

enum hf_error hf_psk_key_exchange_modes_take(const struct hf_extension_reading *reading, struct hf_span payload,
                                             struct hf_client_hello_facts *facts)
{
    (void)reading;
    struct hf_wire_psk_key_exchange_modes wire;
    HF_TRY(hf_wire_read_psk_key_exchange_modes(payload, &wire));
    facts->psk_modes = wire.modes;
    return HF_OK;
}
