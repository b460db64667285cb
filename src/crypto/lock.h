/* A lock: one thread at a time. libcrypto's own, so that the library needs no threads of its own to be safe among those
 * of its caller. Held for a few look-ups at most, and never while a caller's code runs. */
#ifndef HF_CRYPTO_LOCK_H
#define HF_CRYPTO_LOCK_H

#include <stdbool.h>

#include "base/must.h"
#include "error/error.h"

struct hf_lock;

/* Fails with HF_ERR_no_memory. */
HF_MUST enum hf_error hf_lock_new(struct hf_lock **ret_lock);

/* Nobody may hold it. NULL is fine. */
void hf_lock_free(struct hf_lock *lock);

/* Waits until nobody else holds it. False when the system cannot; then it is not held. */
HF_MUST bool hf_lock_take(struct hf_lock *lock);
void hf_lock_give(struct hf_lock *lock);

#endif
