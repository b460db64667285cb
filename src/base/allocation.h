/* Every allocation of the library goes through the config's allocator, so a caller can bound, count or fail it. */
#ifndef HF_BASE_ALLOCATION_H
#define HF_BASE_ALLOCATION_H

#include <handfast/allocator.h>

#include "base/must.h"
#include "base/span.h"

/* malloc and free. */
extern const struct hf_allocator hf_allocation_standard;

/* `size` bytes (of 0 one), zeroed; NULL when there is no memory. */
HF_MUST void *hf_allocation_new(const struct hf_allocator *allocator, size_t size);

/* `count` elements of `size` bytes, zeroed; NULL when there is no memory or the product overflows. An array of no
 * elements is one byte, so NULL always means failure. */
HF_MUST void *hf_allocation_array(const struct hf_allocator *allocator, size_t count, size_t size);

/* Bytes that are not zeroed, for those that are written before they are read: buffers. */
HF_MUST uint8_t *hf_allocation_bytes(const struct hf_allocator *allocator, size_t size);

/* A copy of the bytes; NULL when there is no memory. An empty span gives one zeroed byte. */
HF_MUST uint8_t *hf_allocation_copy(const struct hf_allocator *allocator, struct hf_span bytes);

/* A NUL-terminated copy of the text; NULL when there is no memory. */
HF_MUST char *hf_allocation_text(const struct hf_allocator *allocator, const char *text);

/* Gives memory back; NULL is fine. */
void hf_allocation_free(const struct hf_allocator *allocator, void *memory);

/* Wipes `size` bytes, then gives them back; NULL is fine. */
void hf_allocation_wipe(const struct hf_allocator *allocator, void *memory, size_t size);

#endif
