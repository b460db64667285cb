/* Memory that may fail: the configs' allocator, so that an input says which of a connection's allocations fails. */
#include "blind/memory.h"

#include <stdlib.h>

static unsigned left;    /* allocations until one fails; 0: none fails */
static bool is_for_good; /* all behind it fail, too */

static void *allocate(void *context, size_t size)
{
    (void)context;
    if (left > 1) {
        left--;
    } else if (left == 1) {
        left = is_for_good ? 1 : 0;
        return NULL;
    }
    return malloc(size);
}

static void release(void *context, void *memory)
{
    (void)context;
    free(memory);
}

const struct hf_allocator memory_allocator = {.allocate = allocate, .release = release};

void memory_fail(unsigned nth, bool for_good)
{
    left = nth;
    is_for_good = for_good;
}
