/* Steady randomness for fuzzers: libcrypto's generator replaced by one that starts over at each input, so that one
 * input always means one run, keys and signatures included. Never linked into anything but fuzzers. */
#ifndef HF_FUZZ_STEADY_H
#define HF_FUZZ_STEADY_H

/* Takes libcrypto's place; once a program. */
void steady_install(void);

/* Starts the sequence over. */
void steady_restart(void);

#endif
