/* Steady randomness for fuzzers and tests of properties: libcrypto's generator replaced by one that starts over at each
 * input, so that one input always means one run, keys and signatures included. Never linked into anything else. */
#ifndef HF_TESTS_STEADY_H
#define HF_TESTS_STEADY_H

#include <stdint.h>

/* Takes libcrypto's place; once a program. */
void steady_install(void);

/* Starts the generator's own sequence over, and selects it. */
void steady_restart(void);

/* From here on numbers are of this sequence, which goes on where it was left, so that each of several has its own
 * whatever order they work in. It must live until another one is selected, or restart is called. */
void steady_select(uint64_t *sequence);

#endif
