/* The toolbox holds every algorithm of libcrypto that the library uses, fetched once.
 * Fetching costs more than many a hash, so nothing is fetched per connection or per message.
 * It never changes after hf_toolbox_new, lives in the config, and is shared by all threads. */
#ifndef HF_CRYPTO_TOOLBOX_H
#define HF_CRYPTO_TOOLBOX_H

#include "base/allocation.h"
#include "error/error.h"

struct hf_toolbox;

/* The allocator must outlive the toolbox. Fails with HF_ERR_no_memory, or with HF_ERR_crypto_failed when libcrypto
 * lacks something that TLS cannot do without. What is optional (ML-KEM, X448, ...) is asked for where it is used. */
HF_MUST enum hf_error hf_toolbox_new(const struct hf_allocator *allocator, struct hf_toolbox **ret_toolbox);

/* NULL is fine. Everything made with the toolbox must be gone before. */
void hf_toolbox_free(struct hf_toolbox *toolbox);

#endif
