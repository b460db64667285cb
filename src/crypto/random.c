/* RAND_bytes: libcrypto seeds it from the kernel and reseeds after a fork. */
#include "crypto/random.h"

#include "base/secret.h"
#include "crypto/toolbox_parts.h"

#include <openssl/rand.h>

#include <limits.h>

static enum hf_error fill(void *context, uint8_t *into, size_t len)
{
    (void)context;
    if (len > INT_MAX || RAND_bytes(into, (int)len) != 1) {
        hf_wipe(into, len);
        return hf_toolbox_forget(HF_ERR_crypto_failed);
    }
    return HF_OK;
}

const struct hf_random hf_random_system = {fill, NULL};
