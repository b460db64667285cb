/* How many descriptors the process may have open. */
#ifndef HF_CLI_DESCRIPTORS_H
#define HF_CLI_DESCRIPTORS_H

#include <stddef.h>

/* Raises the soft limit to `wanted`, if it is lower, as far as the hard one allows; how many there may be now. */
size_t hf_descriptors_raise(size_t wanted);

#endif
