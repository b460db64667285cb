/* Seeds of the listeners' targets: a client that comes through the cookie to an open association,
 * and then from another address. */
#ifndef HF_FUZZ_SEED_CROWD_H
#define HF_FUZZ_SEED_CROWD_H

#include <handfast/connection.h>

#include <stddef.h>
#include <stdint.h>

/* What the client sends to a listener of this config, as support/listening.h reads it. Returns the length. */
size_t crowd_record(struct hf_config *of_listener, struct hf_config *of_client, uint8_t *into, size_t room);

/* Writes a seed, or ends the program. */
void crowd_save(const char *folder, const char *target, const char *name, const uint8_t *bytes, size_t len);

#endif
