/* Fetches everything once and makes the templates of keys. Whatever the minimum of TLS needs must be there; the rest
 * may be missing and is then not offered (RFC 9846 9.1). */
#include "crypto/toolbox.h"

#include "base/must.h"
#include "crypto/toolbox_parts.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/params.h>

/* One way to make a template: by name, with a group where there is one. */
struct recipe {
    enum hf_template at;
    const char *type;
    const char *group;
    size_t raw_len; /* of a raw public key, for the types that have one */
    bool required;
};

/* The longest raw public key: ML-DSA-87's (FIPS 204 4). */
#define RAW_LEN_MAX 2592

static const struct recipe recipes[] = {
    {HF_TEMPLATE_P256, "EC", "P-256", 0, true},
    {HF_TEMPLATE_P384, "EC", "P-384", 0, true},
    {HF_TEMPLATE_P521, "EC", "P-521", 0, false},
    {HF_TEMPLATE_X25519, "X25519", NULL, 32, false},
    {HF_TEMPLATE_X448, "X448", NULL, 56, false},
    {HF_TEMPLATE_ED25519, "ED25519", NULL, 32, false},
    {HF_TEMPLATE_ED448, "ED448", NULL, 57, false},
    {HF_TEMPLATE_ML_DSA_44, "ML-DSA-44", NULL, 1312, false},
    {HF_TEMPLATE_ML_DSA_65, "ML-DSA-65", NULL, 1952, false},
    {HF_TEMPLATE_ML_DSA_87, "ML-DSA-87", NULL, RAW_LEN_MAX, false},
    {HF_TEMPLATE_RSA, "RSA", NULL, 0, true},
    {HF_TEMPLATE_ML_KEM_512, "ML-KEM-512", NULL, 0, false},
    {HF_TEMPLATE_ML_KEM_768, "ML-KEM-768", NULL, 0, false},
    {HF_TEMPLATE_ML_KEM_1024, "ML-KEM-1024", NULL, 0, false},
    {HF_TEMPLATE_FFDHE2048, "DH", "ffdhe2048", 0, false},
    {HF_TEMPLATE_FFDHE3072, "DH", "ffdhe3072", 0, false},
    {HF_TEMPLATE_FFDHE4096, "DH", "ffdhe4096", 0, false},
    {HF_TEMPLATE_FFDHE6144, "DH", "ffdhe6144", 0, false},
    {HF_TEMPLATE_FFDHE8192, "DH", "ffdhe8192", 0, false},
};

static const char *const hash_names[] = {NULL, "SHA1", "SHA256", "SHA384", "SHA512"};

static const char *const aead_names[] = {
    NULL,
#define HF_AEAD(symbol, name, libcrypto_name, key_len, tag_len, seal_limit, failure_limit) libcrypto_name,
#include "crypto/aeads.def"
#undef HF_AEAD
};

static const char *const block_names[HF_BLOCK_CIPHER_COUNT] = {NULL, "AES-128-CBC", "AES-256-CBC", "DES-EDE3-CBC"};

static EVP_PKEY *make_template(const struct recipe *recipe);
static bool fill(struct hf_toolbox *toolbox);

enum hf_error hf_toolbox_forget(enum hf_error error)
{
    ERR_clear_error();
    return error;
}

enum hf_error hf_toolbox_new(const struct hf_allocator *allocator, struct hf_toolbox **ret_toolbox)
{
    struct hf_toolbox *toolbox = hf_allocation_new(allocator, sizeof *toolbox);
    if (toolbox == NULL)
        return HF_ERR_no_memory;
    toolbox->allocator = allocator;
    enum hf_error error = fill(toolbox) ? hf_aead_multi_new(allocator, &toolbox->multi) : HF_ERR_crypto_failed;
    if (error != HF_OK) {
        hf_toolbox_free(toolbox);
        return hf_toolbox_forget(error);
    }
    *ret_toolbox = toolbox;
    return hf_toolbox_forget(HF_OK);
}

void hf_toolbox_free(struct hf_toolbox *toolbox)
{
    if (toolbox == NULL)
        return;
    for (size_t i = 0; i < HF_COUNT(toolbox->hashes); i++)
        EVP_MD_free(toolbox->hashes[i]);
    for (size_t i = 0; i < HF_COUNT(toolbox->aeads); i++)
        EVP_CIPHER_free(toolbox->aeads[i]);
    hf_aead_multi_free(toolbox->multi);
    for (size_t i = 0; i < HF_COUNT(toolbox->blocks); i++)
        EVP_CIPHER_free(toolbox->blocks[i]);
    EVP_MAC_free(toolbox->hmac);
    for (size_t i = 0; i < HF_COUNT(toolbox->templates); i++)
        EVP_PKEY_free(toolbox->templates[i]);
    hf_allocation_free(toolbox->allocator, toolbox);
}

/* SHA-1 may be missing (a strict provider), the SHA-2 hashes may not. */
static bool fill(struct hf_toolbox *toolbox)
{
    bool whole = true;
    for (size_t i = HF_HASH_SHA1; i < HF_COUNT(hash_names); i++) {
        toolbox->hashes[i] = EVP_MD_fetch(NULL, hash_names[i], NULL);
        whole = whole && (toolbox->hashes[i] != NULL || i == HF_HASH_SHA1);
    }
    for (size_t i = 1; i < HF_COUNT(aead_names); i++)
        toolbox->aeads[i] = EVP_CIPHER_fetch(NULL, aead_names[i], NULL);
    whole = whole && toolbox->aeads[HF_AEAD_AES_128_GCM] != NULL;
    for (size_t i = 1; i < HF_COUNT(block_names); i++)
        toolbox->blocks[i] = EVP_CIPHER_fetch(NULL, block_names[i], NULL);
    toolbox->hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    for (size_t i = 0; i < HF_COUNT(recipes); i++) {
        EVP_PKEY *made = make_template(&recipes[i]);
        toolbox->templates[recipes[i].at] = made;
        whole = whole && (made != NULL || !recipes[i].required);
    }
    return whole;
}

/* The parameters of a curve or a field, without a point. */
static EVP_PKEY *make_group(EVP_PKEY_CTX *context, const char *group)
{
    EVP_PKEY *made = NULL;
    if (EVP_PKEY_paramgen_init(context) <= 0 || EVP_PKEY_CTX_set_group_name(context, group) <= 0 ||
        EVP_PKEY_generate(context, &made) <= 0)
        return NULL;
    return made;
}

/* A public key from numbers: any will do that have the right form, because a template is never used as a key. */
static EVP_PKEY *make_public(EVP_PKEY_CTX *context, OSSL_PARAM *numbers)
{
    EVP_PKEY *made = NULL;
    if (EVP_PKEY_fromdata_init(context) <= 0 || EVP_PKEY_fromdata(context, &made, EVP_PKEY_PUBLIC_KEY, numbers) <= 0)
        return NULL;
    return made;
}

static EVP_PKEY *make_rsa(EVP_PKEY_CTX *context)
{
    uint8_t modulus[64]; /* in the machine's byte order; all the same bytes, so the order does not matter */
    uint32_t exponent = 65537;
    for (size_t i = 0; i < sizeof modulus; i++)
        modulus[i] = 0xa5;
    OSSL_PARAM numbers[] = {OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_N, modulus, sizeof modulus),
                            OSSL_PARAM_construct_uint32(OSSL_PKEY_PARAM_RSA_E, &exponent), OSSL_PARAM_construct_end()};
    return make_public(context, numbers);
}

static EVP_PKEY *make_raw(EVP_PKEY_CTX *context, size_t len)
{
    uint8_t point[RAW_LEN_MAX] = {9};
    OSSL_PARAM numbers[] = {OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, len),
                            OSSL_PARAM_construct_end()};
    return make_public(context, numbers);
}

static EVP_PKEY *make_generated(EVP_PKEY_CTX *context)
{
    EVP_PKEY *made = NULL;
    if (EVP_PKEY_keygen_init(context) <= 0 || EVP_PKEY_generate(context, &made) <= 0)
        return NULL;
    return made;
}

static EVP_PKEY *make_template(const struct recipe *recipe)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, recipe->type, NULL);
    EVP_PKEY *made = NULL;
    if (context == NULL)
        return NULL;
    if (recipe->group != NULL)
        made = make_group(context, recipe->group);
    else if (recipe->at == HF_TEMPLATE_RSA)
        made = make_rsa(context);
    else if (recipe->raw_len > 0)
        made = make_raw(context, recipe->raw_len);
    else
        made = make_generated(context);
    EVP_PKEY_CTX_free(context);
    return made;
}
