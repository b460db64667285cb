/* Small arrays in ascending order of epochs. RFC 9147 4.2.1, 4.2.2. */
#include "datagram/epoch.h"

static void drop_read(struct hf_epoch_reads *reads, size_t at)
{
    hf_record_free(reads->of[at].protection);
    for (size_t i = at + 1; i < reads->count && i < HF_EPOCHS_MAX; i++)
        reads->of[i - 1] = reads->of[i];
    reads->count--;
}

static void drop_write(struct hf_epoch_writes *writes, size_t at)
{
    hf_record_free(writes->of[at].protection);
    for (size_t i = at + 1; i < writes->count && i < HF_EPOCHS_MAX; i++)
        writes->of[i - 1] = writes->of[i];
    writes->count--;
}

void hf_epoch_turn_read(struct hf_epoch_reads *reads, uint16_t epoch, struct hf_record_protection *protection,
                        uint64_t now_ms)
{
    if (reads->count == HF_EPOCHS_MAX)
        drop_read(reads, 0);
    if (reads->count > 0)
        hf_epoch_current_read(reads)->until_ms = now_ms + HF_EPOCH_KEPT_MS;
    reads->of[reads->count++] = (struct hf_epoch_read){.epoch = epoch, .protection = protection};
}

void hf_epoch_turn_write(struct hf_epoch_writes *writes, uint16_t epoch, struct hf_record_protection *protection)
{
    if (writes->count == HF_EPOCHS_MAX)
        drop_write(writes, 0);
    writes->of[writes->count++] = (struct hf_epoch_write){.epoch = epoch, .protection = protection};
}

struct hf_epoch_read *hf_epoch_current_read(struct hf_epoch_reads *reads)
{
    return &reads->of[reads->count - 1];
}

struct hf_epoch_write *hf_epoch_current_write(struct hf_epoch_writes *writes)
{
    return &writes->of[writes->count - 1];
}

struct hf_epoch_read *hf_epoch_find_read(struct hf_epoch_reads *reads, uint16_t epoch)
{
    for (size_t i = 0; i < reads->count; i++)
        if (reads->of[i].epoch == epoch)
            return &reads->of[i];
    return NULL;
}

struct hf_epoch_write *hf_epoch_find_write(struct hf_epoch_writes *writes, uint16_t epoch)
{
    for (size_t i = 0; i < writes->count; i++)
        if (writes->of[i].epoch == epoch)
            return &writes->of[i];
    return NULL;
}

struct hf_epoch_read *hf_epoch_find_bits(struct hf_epoch_reads *reads, uint16_t bits)
{
    for (size_t i = reads->count; i > 0; i--) {
        struct hf_epoch_read *one = &reads->of[i - 1];
        if (one->epoch != 0 && (one->epoch & 3) == bits)
            return one;
    }
    return NULL;
}

void hf_epoch_retire_reads(struct hf_epoch_reads *reads, uint16_t first, uint64_t now_ms)
{
    for (size_t i = reads->count; i > 1; i--) {
        const struct hf_epoch_read *one = &reads->of[i - 2];
        if (one->epoch < first || one->until_ms <= now_ms)
            drop_read(reads, i - 2);
    }
}

void hf_epoch_turn_back_write(struct hf_epoch_writes *writes)
{
    if (writes->count > 1)
        drop_write(writes, writes->count - 1);
}

void hf_epoch_retire_writes(struct hf_epoch_writes *writes, uint16_t first)
{
    while (writes->count > 1 && writes->of[0].epoch < first)
        drop_write(writes, 0);
}

void hf_epoch_release(struct hf_epoch_reads *reads, struct hf_epoch_writes *writes)
{
    while (reads->count > 0)
        drop_read(reads, 0);
    while (writes->count > 0)
        drop_write(writes, 0);
}
