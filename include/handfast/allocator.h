/* The allocator a caller may give to the library. */
#ifndef HANDFAST_ALLOCATOR_H
#define HANDFAST_ALLOCATOR_H

#include <stddef.h>

/* A pair of functions and their context. allocate returns NULL when there is no memory; release takes NULL.
 * Both may be called from any thread that uses an object made with this allocator, and must outlive all of them. */
struct hf_allocator {
    void *(*allocate)(void *context, size_t size);
    void (*release)(void *context, void *memory);
    void *context;
};

#endif
