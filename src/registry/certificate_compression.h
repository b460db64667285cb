/* The algorithms for certificates that this library knows, one row each in certificate_compressions.def. */
#ifndef HF_REGISTRY_CERTIFICATE_COMPRESSION_H
#define HF_REGISTRY_CERTIFICATE_COMPRESSION_H

#include <handfast/compression.h>

#include "base/span.h"

struct hf_certificate_compression_row {
    const char *name;
    bool available;                                /* this library was built with it */
    struct hf_certificate_compression compression; /* its context is to be a const struct hf_allocator * */
};

/* False: no row has this name. */
bool hf_certificate_compression_find_name(struct hf_span name, struct hf_certificate_compression_row *ret_row);

/* The name of a row; NULL: it has none, as those of applications. */
const char *hf_certificate_compression_name(uint16_t id);

#endif
