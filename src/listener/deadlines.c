/* A binary heap; each entry knows its place. */
#include "listener/deadlines.h"

enum { ROOM_FIRST = 64 };

void hf_deadlines_init(struct hf_deadlines *deadlines, const struct hf_allocator *allocator)
{
    *deadlines = (struct hf_deadlines){.allocator = allocator};
}

enum hf_error hf_deadlines_reserve(struct hf_deadlines *deadlines, size_t count)
{
    size_t room = deadlines->room == 0 ? ROOM_FIRST : deadlines->room;
    if (count <= deadlines->room)
        return HF_OK;
    while (room < count)
        room *= 2;
    struct hf_deadline_entry **heap =
        hf_allocation_array(deadlines->allocator, room, sizeof(struct hf_deadline_entry *));
    if (heap == NULL)
        return HF_ERR_no_memory;
    for (size_t i = 0; i < deadlines->count; i++)
        heap[i] = deadlines->heap[i];
    hf_allocation_free(deadlines->allocator, deadlines->heap);
    deadlines->heap = heap;
    deadlines->room = room;
    return HF_OK;
}

static void place(struct hf_deadlines *deadlines, struct hf_deadline_entry *entry, size_t at)
{
    deadlines->heap[at - 1] = entry;
    entry->place = at;
}

/* Where an entry that is due then belongs, of the way from `at` to the top: the others step down. */
static size_t rise(struct hf_deadlines *deadlines, size_t at, uint64_t due_ms)
{
    for (; at > 1 && deadlines->heap[at / 2 - 1]->due_ms > due_ms; at /= 2)
        place(deadlines, deadlines->heap[at / 2 - 1], at);
    return at;
}

/* ... of the way from `at` downwards: the others step up. */
static size_t sink(struct hf_deadlines *deadlines, size_t at, uint64_t due_ms)
{
    for (size_t below = 2 * at; below <= deadlines->count; below = 2 * at) {
        if (below < deadlines->count && deadlines->heap[below]->due_ms < deadlines->heap[below - 1]->due_ms)
            below++;
        if (deadlines->heap[below - 1]->due_ms >= due_ms)
            break;
        place(deadlines, deadlines->heap[below - 1], at);
        at = below;
    }
    return at;
}

static void settle(struct hf_deadlines *deadlines, struct hf_deadline_entry *entry, size_t at)
{
    size_t risen = rise(deadlines, at, entry->due_ms);
    place(deadlines, entry, risen < at ? risen : sink(deadlines, at, entry->due_ms));
}

/* The last one takes its place. */
static void take_out(struct hf_deadlines *deadlines, struct hf_deadline_entry *entry)
{
    size_t at = entry->place;
    struct hf_deadline_entry *last = deadlines->heap[--deadlines->count];
    entry->place = 0;
    if (last != entry)
        settle(deadlines, last, at);
}

void hf_deadlines_set(struct hf_deadlines *deadlines, struct hf_deadline_entry *entry, uint64_t due_ms)
{
    if (entry->place != 0 && entry->due_ms == due_ms)
        return;
    entry->due_ms = due_ms;
    if (due_ms == UINT64_MAX) {
        if (entry->place != 0)
            take_out(deadlines, entry);
        return;
    }
    settle(deadlines, entry, entry->place != 0 ? entry->place : ++deadlines->count);
}

struct hf_deadline_entry *hf_deadlines_first(const struct hf_deadlines *deadlines)
{
    return deadlines->count == 0 ? NULL : deadlines->heap[0];
}

void hf_deadlines_release(struct hf_deadlines *deadlines)
{
    hf_allocation_free(deadlines->allocator, deadlines->heap);
    deadlines->heap = NULL;
    deadlines->count = 0;
    deadlines->room = 0;
}
