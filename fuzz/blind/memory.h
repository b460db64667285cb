/* Memory that may fail, for the targets without cryptography. */
#ifndef HF_FUZZ_BLIND_MEMORY_H
#define HF_FUZZ_BLIND_MEMORY_H

#include <handfast/allocator.h>

#include <stdbool.h>

/* malloc, until told otherwise. */
extern const struct hf_allocator memory_allocator;

/* The nth allocation from now on fails, or it and all behind it; 0: none does. */
void memory_fail(unsigned nth, bool for_good);

#endif
