/* Fuzzes the opening of tickets, both ways in: as bytes from a client, of which none may open that our keys did not
 * seal; and as what our keys did seal, which is read strictly and written again as it was. */
#include <stdint.h>

#include "crypto/random.h"
#include "session/ticket.h"
#include "support/demand.h"

static struct hf_ticket_keys *keys;

static const struct hf_ticket_tools *tools(void)
{
    static struct hf_ticket_tools made = {.allocator = &hf_allocation_standard, .random = &hf_random_system};
    static const uint8_t name[HF_TICKET_KEY_NAME_LEN] = "a fuzzer's key..";
    static const uint8_t key[HF_TICKET_KEY_LEN] = {0};
    if (made.toolbox == NULL) {
        keys = hf_ticket_keys_new();
        demand(keys != NULL && hf_ticket_keys_add(keys, name, key) == HF_OK);
        made.toolbox = demand_toolbox();
    }
    return &made;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hf_span bytes = hf_span_of(data, size);
    HF_WIPED_TICKET struct hf_ticket ticket = {0};
    enum hf_ticket_keys_age age;
    const struct hf_ticket_tools *with = tools();
    demand(hf_ticket_open(bytes, keys, with, &ticket, &age) == HF_OK);
    demand(age == HF_TICKET_KEYS_NONE); /* no fuzzer forges AES-GCM */
    if (hf_ticket_read(bytes, &ticket) != HF_OK)
        return 0;
    uint8_t plain[HF_TICKET_PLAIN_MAX];
    uint8_t sealed[HF_TICKET_MAX];
    struct hf_writer again = hf_writer_of(plain, sizeof plain);
    struct hf_writer outside = hf_writer_of(sealed, sizeof sealed);
    hf_ticket_write(&ticket, &again);
    demand(hf_writer_end(&again) && hf_span_equal(hf_writer_span(&again), bytes));
    demand(hf_ticket_seal(&ticket, keys, with, &outside) == HF_OK);
    demand(hf_ticket_open(hf_writer_span(&outside), keys, with, &ticket, &age) == HF_OK);
    demand(age == HF_TICKET_KEYS_NEWEST);
    return 0;
}
