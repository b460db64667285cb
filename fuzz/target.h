/* The prototypes that libFuzzer expects of a target; the build includes this page before every fuzz/<name>.c.
 * The input belongs to the caller; the result is 0; a target tells of a find by abort(). */
#ifndef HF_FUZZ_TARGET_H
#define HF_FUZZ_TARGET_H

#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *count, char ***arguments);

#endif
