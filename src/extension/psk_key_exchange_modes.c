/* psk_key_exchange_modes, RFC 9846 4.3.9: psk_dhe_ke only, so that resumption would keep forward secrecy. */
#include "extension/psk_key_exchange_modes.h"

#include "wire/read.h"

enum { PSK_DHE_KE = 1 };

bool hf_psk_key_exchange_modes_offer(const struct hf_client_offer *offer, struct hf_writer *payload)
{
    if ((offer->generations & HF_VERSION_BIT_13) == 0)
        return false;
    hf_writer_u8(payload, 1);
    hf_writer_u8(payload, PSK_DHE_KE);
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
