/* Where random bytes come from, so that tests and fuzzers can give their own.
 * The system's source is crypto/random.h; nothing else may be used on a real connection (RFC 9846 C.1). */
#ifndef HF_SEAM_RANDOM_H
#define HF_SEAM_RANDOM_H

#include "base/must.h"
#include "base/span.h"
#include "error/error.h"

/* fill writes `len` random bytes to `into`, or fails and then their content means nothing.
 * It may be called from any thread that uses a config made with it. */
struct hf_random {
    enum hf_error (*fill)(void *context, uint8_t *into, size_t len);
    void *context;
};

#endif
