/* Which association's deadline is first: a heap. Looking takes no time, changing one takes the logarithm of their
 * number. Room for each is made when it is born, so that changing never fails. */
#ifndef HF_LISTENER_DEADLINES_H
#define HF_LISTENER_DEADLINES_H

#include "base/allocation.h"
#include "base/must.h"
#include "error/error.h"

struct hf_association;

/* Lies in the association. */
struct hf_deadline_entry {
    uint64_t due_ms; /* UINT64_MAX: never; then it is not in the heap */
    size_t place;    /* from 1; 0: not in the heap */
    struct hf_association *of;
};

struct hf_deadlines {
    const struct hf_allocator *allocator;
    struct hf_deadline_entry **heap; /* the first is due first */
    size_t count;
    size_t room;
};

void hf_deadlines_init(struct hf_deadlines *deadlines, const struct hf_allocator *allocator);

/* Makes room for `count` entries in all. HF_ERR_no_memory. */
HF_MUST enum hf_error hf_deadlines_reserve(struct hf_deadlines *deadlines, size_t count);

/* Puts, moves, or (UINT64_MAX) takes out an entry. */
void hf_deadlines_set(struct hf_deadlines *deadlines, struct hf_deadline_entry *entry, uint64_t due_ms);

/* The one that is due first; NULL: none. */
struct hf_deadline_entry *hf_deadlines_first(const struct hf_deadlines *deadlines);

void hf_deadlines_release(struct hf_deadlines *deadlines);

#endif
