/* A listener that anybody sends to, from sixteen addresses and at any time: it keeps no more connections than it may,
 * and whoever has not shown that it receives at its address is sent three times what came from there at most (RFC
 * 9147 5.1). The input is a list of datagrams: a byte whose low half is the address and whose high half the time that
 * passes, in units of 250 ms; two bytes for the length; the bytes. */
#ifndef HF_FUZZ_LISTENING_H
#define HF_FUZZ_LISTENING_H

#include <handfast/listener.h>

#include <stddef.h>
#include <stdint.h>

/* Plays the whole input with a listener of this config. Aborts where what is said above does not hold. */
void listening_play(struct hf_config *config, const uint8_t *data, size_t size);

#endif
