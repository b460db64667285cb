/* What the toolbox holds, for the files of crypto/ only: fetched algorithms, and one template of each type of key.
 * A template is a public key that nobody uses: contexts and copies made from it need no fetch, which makes a key from a
 * peer's bytes three to four times cheaper than by name (P-256 on libcrypto 3.0: 4.7 us against 19.7). */
#ifndef HF_CRYPTO_TOOLBOX_PARTS_H
#define HF_CRYPTO_TOOLBOX_PARTS_H

#include "crypto/aead.h"
#include "crypto/aead_multi.h"
#include "crypto/block_cipher.h"
#include "crypto/hash.h"
#include "crypto/toolbox.h"

#include <openssl/evp.h>

enum hf_template {
    HF_TEMPLATE_NONE = 0,
    HF_TEMPLATE_P256,
    HF_TEMPLATE_P384,
    HF_TEMPLATE_P521,
    HF_TEMPLATE_X25519,
    HF_TEMPLATE_X448,
    HF_TEMPLATE_ED25519,
    HF_TEMPLATE_ED448,
    HF_TEMPLATE_ML_DSA_44,
    HF_TEMPLATE_ML_DSA_65,
    HF_TEMPLATE_ML_DSA_87,
    HF_TEMPLATE_RSA,
    HF_TEMPLATE_ML_KEM_512,
    HF_TEMPLATE_ML_KEM_768,
    HF_TEMPLATE_ML_KEM_1024,
    HF_TEMPLATE_FFDHE2048,
    HF_TEMPLATE_FFDHE3072,
    HF_TEMPLATE_FFDHE4096,
    HF_TEMPLATE_FFDHE6144,
    HF_TEMPLATE_FFDHE8192,
    HF_TEMPLATE_COUNT
};

struct hf_toolbox {
    const struct hf_allocator *allocator;
    EVP_MD *hashes[HF_HASH_SHA512 + 1];
    EVP_CIPHER *aeads[HF_AEAD_COUNT];          /* NULL where libcrypto lacks it */
    struct hf_aead_multi *multi;               /* NULL where ipsec-mb is missing or no faster */
    EVP_CIPHER *blocks[HF_BLOCK_CIPHER_COUNT]; /* likewise */
    EVP_MAC *hmac;                             /* for MACs over a hidden length; NULL where libcrypto lacks it */
    EVP_PKEY *templates[HF_TEMPLATE_COUNT];    /* likewise; read only, so threads may share them */
};

/* Drops what libcrypto left in its per-thread queue of errors, and returns `error`: failures are told by value here. */
enum hf_error hf_toolbox_forget(enum hf_error error);

#endif
