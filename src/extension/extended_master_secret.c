/* extended_master_secret, RFC 7627 5.1: always offered where TLS 1.2 is. Whether it may be missing is for negotiate/.
 */
#include "extension/extended_master_secret.h"

bool hf_extended_master_secret_offer(const struct hf_client_offer *offer, struct hf_writer *payload)
{
    (void)payload;
    return (offer->generations & HF_VERSION_BIT_12) != 0;
}

enum hf_error hf_extended_master_secret_take(const struct hf_extension_reading *reading, struct hf_span payload,
                                             struct hf_client_hello_facts *facts)
{
    (void)reading;
    struct hf_wire_nothing nothing;
    HF_TRY(hf_wire_read_nothing(payload, &nothing));
    facts->extended_master_secret = true;
    return HF_OK;
}

bool hf_extended_master_secret_reply(const struct hf_server_answer *answer, enum hf_extension_place place,
                                     struct hf_writer *payload)
{
    (void)place, (void)payload;
    return answer->extended_master_secret;
}

enum hf_error hf_extended_master_secret_check(const struct hf_extension_reading *reading, struct hf_span payload,
                                              struct hf_server_hello_facts *facts)
{
    (void)reading;
    struct hf_wire_nothing nothing;
    HF_TRY(hf_wire_read_nothing(payload, &nothing));
    facts->extended_master_secret = true;
    return HF_OK;
}
