/* The guard against replays of early data that a config has for itself: names that were seen, each until its time, in
 * bounded memory. RFC 9846 8.2: where there is no room early data is refused, never a name forgotten. Any thread. */
#ifndef HF_SESSION_EARLY_WINDOW_H
#define HF_SESSION_EARLY_WINDOW_H

#include "base/allocation.h"
#include "error/error.h"
#include "seam/early_guard.h"
#include "seam/random.h"

struct hf_early_window;

enum { HF_EARLY_WINDOW_ROWS = 2048, HF_EARLY_WINDOW_IN_ROW = 8 }; /* 16384 names */

/* HF_ERR_no_memory, HF_ERR_crypto_failed. */
HF_MUST enum hf_error hf_early_window_new(const struct hf_allocator *allocator, const struct hf_random *random,
                                          struct hf_early_window **ret_window);
void hf_early_window_free(struct hf_early_window *window);

/* Lives as long as the window. */
const struct hf_early_guard *hf_early_window_guard(const struct hf_early_window *window);

#endif
