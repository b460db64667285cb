/* The current config: <handfast/current.h>. Whoever loads a pointer to something counted can find it freed before he
 * has counted himself in. So the word that says which config is current also counts those who came for it, and both
 * are read and changed by one atomic addition. Who has taken adds one to his slot's balance; who replaces takes away
 * from it as many as had come. It is at zero when all who came have taken, and whoever brings it there clears the slot.
 * Before a replacement the balance cannot be brought to zero: takers raise it from zero up. */
#include <handfast/current.h>

#include "config/config.h"

#include <stdatomic.h>

#define SLOTS      64u                 /* the current one, and 63 that are being left */
#define SLOT_OF(w) ((w) & (SLOTS - 1)) /* low bits of the word: the slot; above them: who came */
#define COME       ((uint_least64_t)SLOTS)
#define COME_OF(w) ((int_least64_t)((w) / SLOTS))

struct slot {
    atomic_bool used;
    struct hf_config *config;     /* held; written while no other thread can see the slot */
    atomic_int_least64_t balance; /* see above; zero in a slot that is not used */
};

struct hf_current {
    struct hf_allocator allocator;
    atomic_uint_least64_t word;
    struct slot slots[SLOTS];
};

static void clear(struct slot *slot)
{
    hf_config_drop(slot->config);
    slot->config = NULL;
    atomic_store_explicit(&slot->used, false, memory_order_release);
}

/* A slot of nobody, taken for this config; NULL: there is none. */
static struct slot *fill_slot(struct hf_current *current, struct hf_config *config)
{
    for (size_t i = 0; i < SLOTS; i++) {
        struct slot *slot = &current->slots[i];
        bool used = false;
        if (!atomic_compare_exchange_strong_explicit(&slot->used, &used, true, memory_order_acquire,
                                                     memory_order_relaxed))
            continue;
        slot->config = hf_config_hold(config);
        return slot;
    }
    return NULL;
}

struct hf_current *hf_current_new(struct hf_config *config)
{
    if (config == NULL)
        return NULL;
    struct hf_current *current = hf_allocation_new(&config->allocator, sizeof *current);
    if (current == NULL)
        return NULL;
    current->allocator = config->allocator;
    for (size_t i = 0; i < SLOTS; i++) {
        atomic_init(&current->slots[i].used, false);
        atomic_init(&current->slots[i].balance, 0);
    }
    const struct slot *first = fill_slot(current, config);
    atomic_init(&current->word, (uint_least64_t)(first - current->slots));
    return current;
}

void hf_current_free(struct hf_current *current)
{
    if (current == NULL)
        return;
    const struct hf_allocator allocator = current->allocator;
    for (size_t i = 0; i < SLOTS; i++)
        hf_config_drop(current->slots[i].config);
    hf_allocation_free(&allocator, current);
}

struct hf_config *hf_current_take(struct hf_current *current)
{
    uint_least64_t word = atomic_fetch_add_explicit(&current->word, COME, memory_order_acquire);
    struct slot *slot = &current->slots[SLOT_OF(word)];
    struct hf_config *config = hf_config_hold(slot->config);
    if (atomic_fetch_add_explicit(&slot->balance, 1, memory_order_acq_rel) == -1)
        clear(slot);
    return config;
}

static bool is_of_a_kind(const struct hf_config *one, const struct hf_config *other)
{
    return one->role == other->role && hf_config_transport(one) == hf_config_transport(other);
}

enum hf_error hf_current_replace(struct hf_current *current, struct hf_config *config)
{
    if (config == NULL)
        return HF_ERR_wrong_call;
    struct hf_config *before = hf_current_take(current);
    bool fits = is_of_a_kind(before, config);
    hf_config_drop(before);
    if (!fits)
        return HF_ERR_wrong_call;
    const struct slot *next = fill_slot(current, config);
    if (next == NULL)
        return HF_ERR_no_memory;
    uint_least64_t word =
        atomic_exchange_explicit(&current->word, (uint_least64_t)(next - current->slots), memory_order_acq_rel);
    struct slot *slot = &current->slots[SLOT_OF(word)];
    int_least64_t come = COME_OF(word);
    if (atomic_fetch_sub_explicit(&slot->balance, come, memory_order_acq_rel) == come)
        clear(slot);
    return HF_OK;
}
