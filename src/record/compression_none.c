/* Built without zlib: nothing is compressed, and the switch says so. */
#include "record/compression.h"

bool hf_record_compression_available(void)
{
    return false;
}

enum hf_error hf_record_compression_new(const struct hf_allocator *allocator, bool seals,
                                        struct hf_record_protection *inner,
                                        struct hf_record_protection **ret_protection)
{
    (void)allocator, (void)seals, (void)ret_protection;
    hf_record_free(inner);
    return HF_ERR_unsupported_here;
}
