/* Each block carries its size in front, so that bytes can be counted; the front keeps the block aligned for any type.
 */
#include "support/test_allocator.h"

#include <stdalign.h>
#include <stdlib.h>

union front {
    size_t size;
    max_align_t align;
};

static void *allocate(void *context, size_t size)
{
    struct hf_test_allocator *test = context;
    test->count++;
    if (test->fail_at != 0 && (test->count == test->fail_at || (test->fail_after_too && test->count > test->fail_at)))
        return NULL;
    union front *front = malloc(sizeof *front + size);
    if (front == NULL)
        abort();
    front->size = size;
    test->live++;
    test->live_bytes += size;
    if (test->live_bytes > test->peak_bytes)
        test->peak_bytes = test->live_bytes;
    return front + 1;
}

static void release(void *context, void *memory)
{
    struct hf_test_allocator *test = context;
    if (memory == NULL)
        return;
    union front *front = (union front *)memory - 1;
    test->live--;
    test->live_bytes -= front->size;
    free(front);
}

void hf_test_allocator_init(struct hf_test_allocator *test, size_t fail_at)
{
    *test = (struct hf_test_allocator){.allocator = {allocate, release, test}, .fail_at = fail_at};
}

bool hf_test_allocator_failed(const struct hf_test_allocator *test)
{
    return test->fail_at != 0 && test->count >= test->fail_at;
}
