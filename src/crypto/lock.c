/* The lock over libcrypto's: always taken for writing, so that its readers' side is never needed. struct hf_lock is
 * never defined: it is libcrypto's object under another name. */
#include "crypto/lock.h"

#include <openssl/crypto.h>

enum hf_error hf_lock_new(struct hf_lock **ret_lock)
{
    CRYPTO_RWLOCK *lock = CRYPTO_THREAD_lock_new();
    if (lock == NULL)
        return HF_ERR_no_memory;
    *ret_lock = (struct hf_lock *)lock;
    return HF_OK;
}

void hf_lock_free(struct hf_lock *lock)
{
    CRYPTO_THREAD_lock_free(lock);
}

bool hf_lock_take(struct hf_lock *lock)
{
    return CRYPTO_THREAD_write_lock(lock) == 1;
}

void hf_lock_give(struct hf_lock *lock)
{
    (void)CRYPTO_THREAD_unlock(lock);
}
