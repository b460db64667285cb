/* supported_groups, RFC 9846 4.3.7: the config's groups that fit what is offered. TLS 1.2 cannot do hybrids, but a
 * client that offers both generations lists them: the server's choice of version says which count. */
#include "extension/supported_groups.h"

#include "wire/read.h"

bool hf_supported_groups_offer(const struct hf_client_offer *offer, struct hf_writer *payload)
{
    const size_t list = hf_writer_open(payload, 2);
    hf_grease_write(&offer->grease, HF_GREASE_GROUP, payload);
    const size_t before = payload->len;
    for (size_t i = 0; i < offer->config->group_count; i++)
        if ((offer->config->groups[i]->versions & (offer->generations | offer->listed_too)) != 0)
            hf_writer_u16(payload, offer->config->groups[i]->id);
    const bool any = payload->len > before;
    hf_writer_close(payload, list, 2);
    return any;
}

enum hf_error hf_supported_groups_take(const struct hf_extension_reading *reading, struct hf_span payload,
                                       struct hf_client_hello_facts *facts)
{
    (void)reading;
    struct hf_wire_supported_groups list;
    HF_TRY(hf_wire_read_supported_groups(payload, &list));
    facts->groups = list.groups;
    return HF_OK;
}

/* In EncryptedExtensions a hint for later connections (RFC 9846 4.3.7). In ServerHello of 1.2 no RFC has it, but some
 * servers send it; clients of the world let it pass, and so it is read for its syntax only. */
enum hf_error hf_supported_groups_check(const struct hf_extension_reading *reading, struct hf_span payload,
                                        struct hf_server_hello_facts *facts)
{
    (void)reading;
    struct hf_wire_supported_groups list;
    HF_TRY(hf_wire_read_supported_groups(payload, &list));
    facts->groups = list.groups;
    return HF_OK;
}
