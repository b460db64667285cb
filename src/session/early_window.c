/* A table of short rows: a name has its place in one of them, wherever a name is over. Names are digests of tickets
 * that opened and of hellos whose binder was right, so nobody can fill a row at will. */
#include "session/early_window.h"

#include "base/reader.h"
#include "base/span.h"
#include "crypto/lock.h"

enum { NAME_LEN = 32 };

struct entry {
    uint64_t until_ms; /* 0: free */
    uint8_t name[NAME_LEN];
};

struct hf_early_window {
    struct hf_allocator allocator;
    struct hf_early_guard guard;
    struct hf_lock *lock;
    struct entry rows[HF_EARLY_WINDOW_ROWS][HF_EARLY_WINDOW_IN_ROW];
};

static struct entry *row_of(struct hf_early_window *window, struct hf_span name)
{
    struct hf_reader reader = hf_reader_of(name);
    return window->rows[hf_reader_u32(&reader) % HF_EARLY_WINDOW_ROWS];
}

static bool remember(struct hf_early_window *window, struct hf_span name, uint64_t now_ms, uint64_t until_ms)
{
    struct entry *row = row_of(window, name);
    struct entry *room = NULL;
    for (size_t i = 0; i < HF_EARLY_WINDOW_IN_ROW; i++) {
        if (row[i].until_ms < now_ms)
            room = &row[i];
        else if (hf_span_equal(hf_span_of(row[i].name, NAME_LEN), name))
            return false;
    }
    if (room == NULL || !hf_span_copy(name, room->name, NAME_LEN))
        return false;
    room->until_ms = until_ms;
    return true;
}

static bool first(void *context, const uint8_t name[NAME_LEN], uint64_t now_ms, uint64_t until_ms)
{
    struct hf_early_window *window = context;
    if (!hf_lock_take(window->lock))
        return false;
    bool is_first = remember(window, hf_span_of(name, NAME_LEN), now_ms, until_ms);
    hf_lock_give(window->lock);
    return is_first;
}

/* An id that no other window has, also not this one's before the program was started anew. */
static enum hf_error make_id(const struct hf_random *random, uint64_t *ret_id)
{
    uint8_t bytes[sizeof *ret_id];
    HF_TRY(random->fill(random->context, bytes, sizeof bytes));
    struct hf_reader reader = hf_reader_of(hf_span_of(bytes, sizeof bytes));
    *ret_id = hf_reader_u64(&reader) | 1; /* 0 is none */
    return HF_OK;
}

enum hf_error hf_early_window_new(const struct hf_allocator *allocator, const struct hf_random *random,
                                  struct hf_early_window **ret_window)
{
    struct hf_early_window *window = hf_allocation_new(allocator, sizeof *window);
    if (window == NULL)
        return HF_ERR_no_memory;
    window->allocator = *allocator;
    window->guard = (struct hf_early_guard){.first = first, .context = window};
    enum hf_error error = make_id(random, &window->guard.id);
    if (error == HF_OK)
        error = hf_lock_new(&window->lock);
    if (error != HF_OK) {
        hf_early_window_free(window);
        return error;
    }
    *ret_window = window;
    return HF_OK;
}

void hf_early_window_free(struct hf_early_window *window)
{
    if (window == NULL)
        return;
    const struct hf_allocator allocator = window->allocator;
    hf_lock_free(window->lock);
    hf_allocation_free(&allocator, window);
}

const struct hf_early_guard *hf_early_window_guard(const struct hf_early_window *window)
{
    return &window->guard;
}
