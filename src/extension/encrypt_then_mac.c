/* encrypt_then_mac, RFC 7366 2: offered by a client that has suites with a block cipher, which the policy must have
 * been asked for, and that was not told to keep the MAC inside. What it means with which suite is for negotiate/. */
#include "extension/encrypt_then_mac.h"

bool hf_encrypt_then_mac_offer(const struct hf_client_offer *offer, struct hf_writer *payload)
{
    (void)payload;
    if ((offer->config->historic & HF_HISTORIC_MAC_THEN_ENCRYPT) != 0)
        return false;
    for (size_t i = 0; i < offer->config->suite_count; i++)
        if (offer->config->suites[i]->block != HF_BLOCK_CIPHER_NONE && (offer->generations & HF_VERSION_BIT_12) != 0)
            return true;
    return false;
}

enum hf_error hf_encrypt_then_mac_take(const struct hf_extension_reading *reading, struct hf_span payload,
                                       struct hf_client_hello_facts *facts)
{
    (void)reading;
    struct hf_wire_nothing nothing;
    HF_TRY(hf_wire_read_nothing(payload, &nothing));
    facts->encrypt_then_mac = true;
    return HF_OK;
}

bool hf_encrypt_then_mac_reply(const struct hf_server_answer *answer, enum hf_extension_place place,
                               struct hf_writer *payload)
{
    (void)place, (void)payload;
    return answer->encrypt_then_mac;
}

enum hf_error hf_encrypt_then_mac_check(const struct hf_extension_reading *reading, struct hf_span payload,
                                        struct hf_server_hello_facts *facts)
{
    (void)reading;
    struct hf_wire_nothing nothing;
    HF_TRY(hf_wire_read_nothing(payload, &nothing));
    facts->encrypt_then_mac = true;
    return HF_OK;
}
