/* Allocation by the config's allocator. Everything but bytes comes out zeroed, so no field is ever read before it was
 * set, and sizes that overflow are refused here and nowhere else. */
#include "base/allocation.h"

#include "base/secret.h"

#include <stdlib.h>
#include <string.h>

static void *standard_allocate(void *context, size_t size)
{
    (void)context;
    return malloc(size);
}

static void standard_release(void *context, void *memory)
{
    (void)context;
    free(memory);
}

const struct hf_allocator hf_allocation_standard = {standard_allocate, standard_release, NULL};

void *hf_allocation_new(const struct hf_allocator *allocator, size_t size)
{
    if (size == 0)
        size = 1; /* so that NULL always means that there is no memory */
    void *memory = allocator->allocate(allocator->context, size);
    if (memory != NULL)
        memset(memory, 0, size);
    return memory;
}

uint8_t *hf_allocation_bytes(const struct hf_allocator *allocator, size_t size)
{
    return allocator->allocate(allocator->context, size == 0 ? 1 : size);
}

void *hf_allocation_array(const struct hf_allocator *allocator, size_t count, size_t size)
{
    if (count == 0 || size == 0)
        return hf_allocation_new(allocator, 1);
    if (count > SIZE_MAX / size)
        return NULL;
    return hf_allocation_new(allocator, count * size);
}

uint8_t *hf_allocation_copy(const struct hf_allocator *allocator, struct hf_span bytes)
{
    uint8_t *copy = hf_allocation_new(allocator, bytes.len == 0 ? 1 : bytes.len);
    if (copy != NULL && bytes.len > 0)
        memcpy(copy, bytes.data, bytes.len);
    return copy;
}

char *hf_allocation_text(const struct hf_allocator *allocator, const char *text)
{
    struct hf_span bytes = hf_span_of(text, strlen(text) + 1);
    return (char *)hf_allocation_copy(allocator, bytes);
}

void hf_allocation_free(const struct hf_allocator *allocator, void *memory)
{
    if (memory != NULL)
        allocator->release(allocator->context, memory);
}

void hf_allocation_wipe(const struct hf_allocator *allocator, void *memory, size_t size)
{
    if (memory == NULL)
        return;
    hf_wipe(memory, size);
    allocator->release(allocator->context, memory);
}
