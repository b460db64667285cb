#include "quic/secret.h"

struct hf_quic_secret_holder *hf_quic_secret_of(struct hf_record_protection *protection)
{
    return (struct hf_quic_secret_holder *)protection;
}

static enum hf_error secret_seal(struct hf_record_protection *protection, const struct hf_record_content *content,
                                 struct hf_writer *into)
{
    (void)protection, (void)content, (void)into;
    return HF_ERR_internal;
}

static enum hf_error secret_open(struct hf_record_protection *protection, const struct hf_record_wire *wire,
                                 uint8_t *into, struct hf_record_content *ret_content)
{
    (void)protection, (void)wire, (void)into, (void)ret_content;
    return HF_ERR_internal;
}

static void secret_free(struct hf_record_protection *protection)
{
    struct hf_quic_secret_holder *holder = hf_quic_secret_of(protection);
    hf_allocation_wipe(holder->allocator, holder, sizeof *holder);
}

static const struct hf_record_methods secret_methods = {.seal = secret_seal, .open = secret_open, .free = secret_free};

enum hf_error hf_quic_secret_new(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                 const struct hf_protection_wish *wish, struct hf_record_protection **ret_protection)
{
    (void)toolbox;
    struct hf_quic_secret_holder *holder = hf_allocation_new(allocator, sizeof *holder);
    if (holder == NULL)
        return HF_ERR_no_memory;
    holder->protection = (struct hf_record_protection){.methods = &secret_methods};
    holder->allocator = allocator;
    holder->suite = wish->suite;
    holder->is_ours = wish->seals;
    holder->secret = wish->keys->secret;
    *ret_protection = &holder->protection;
    return HF_OK;
}
