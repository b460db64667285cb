/* --lock-memory: keys that reach neither swap nor a core dump. */
#ifndef HF_CLI_LOCK_H
#define HF_CLI_LOCK_H

#include <stdbool.h>

#include <handfast/failure.h>

/* Locks all memory of the process, present and to come, and lets nobody dump it. It is for the program to decide, and
 * not for the library: of a private key libcrypto has copies too, in memory that the whole process shares. Before any
 * key is read. False: *ret_failure has the limit that is in the way. */
bool hf_lock_memory(struct hf_failure *ret_failure);

#endif
