/* Signature schemes as PKCS#11 mechanisms. Hashes are made by the library, so that the mechanisms are those that every
 * token has; what comes back is brought into TLS' form. RFC 9846 4.3.3, PKCS#11 3.0. */
#include "parts.h"

#include <stdio.h>
#include <string.h>

/* DER of DigestInfo up to the digest: RFC 8017 9.2, note 1. */
static const unsigned char sha1_info[] = {0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e,
                                          0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14};
static const unsigned char sha256_info[] = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                            0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};
static const unsigned char sha384_info[] = {0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                            0x65, 0x03, 0x04, 0x02, 0x02, 0x05, 0x00, 0x04, 0x30};
static const unsigned char sha512_info[] = {0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                            0x65, 0x03, 0x04, 0x02, 0x03, 0x05, 0x00, 0x04, 0x40};

struct recipe {
    unsigned scheme;
    CK_KEY_TYPE key;
    CK_MECHANISM_TYPE mechanism;
    CK_MECHANISM_TYPE hash; /* of PSS */
    CK_ULONG mask;          /* of PSS: its mask generation function */
    const unsigned char *info;
    size_t info_len;
};

static const struct recipe recipes[] = {
    {.scheme = 0x0403, .key = CKK_EC, .mechanism = CKM_ECDSA},
    {.scheme = 0x0503, .key = CKK_EC, .mechanism = CKM_ECDSA},
    {.scheme = 0x0603, .key = CKK_EC, .mechanism = CKM_ECDSA},
    {.scheme = 0x0203, .key = CKK_EC, .mechanism = CKM_ECDSA},
    {.scheme = 0x0807, .key = CKK_EC_EDWARDS, .mechanism = CKM_EDDSA},
    {0x0804, CKK_RSA, CKM_RSA_PKCS_PSS, CKM_SHA256, CKG_MGF1_SHA256, NULL, 0},
    {0x0805, CKK_RSA, CKM_RSA_PKCS_PSS, CKM_SHA384, CKG_MGF1_SHA384, NULL, 0},
    {0x0806, CKK_RSA, CKM_RSA_PKCS_PSS, CKM_SHA512, CKG_MGF1_SHA512, NULL, 0},
    {0x0809, CKK_RSA, CKM_RSA_PKCS_PSS, CKM_SHA256, CKG_MGF1_SHA256, NULL, 0},
    {0x080a, CKK_RSA, CKM_RSA_PKCS_PSS, CKM_SHA384, CKG_MGF1_SHA384, NULL, 0},
    {0x080b, CKK_RSA, CKM_RSA_PKCS_PSS, CKM_SHA512, CKG_MGF1_SHA512, NULL, 0},
    {0x0401, CKK_RSA, CKM_RSA_PKCS, 0, 0, sha256_info, sizeof sha256_info},
    {0x0501, CKK_RSA, CKM_RSA_PKCS, 0, 0, sha384_info, sizeof sha384_info},
    {0x0601, CKK_RSA, CKM_RSA_PKCS, 0, 0, sha512_info, sizeof sha512_info},
    {0x0201, CKK_RSA, CKM_RSA_PKCS, 0, 0, sha1_info, sizeof sha1_info},
};

static const struct recipe *recipe_of(unsigned scheme)
{
    for (size_t i = 0; i < sizeof recipes / sizeof recipes[0]; i++)
        if (recipes[i].scheme == scheme)
            return &recipes[i];
    return NULL;
}

/* What goes into C_Sign. */
struct input {
    unsigned char bytes[128]; /* DigestInfo or digest: at most 19 and 64 bytes */
    const unsigned char *data;
    size_t len;
};

static bool prepare(const struct recipe *recipe, const struct hf_signature_wanted *wanted, struct input *ret_input)
{
    if (wanted->digest_len == 0) {
        ret_input->data = wanted->message;
        ret_input->len = wanted->message_len;
        return true;
    }
    if (recipe->info_len + wanted->digest_len > sizeof ret_input->bytes)
        return false;
    if (recipe->info_len > 0)
        memcpy(ret_input->bytes, recipe->info, recipe->info_len);
    memcpy(ret_input->bytes + recipe->info_len, wanted->digest, wanted->digest_len);
    ret_input->data = ret_input->bytes;
    ret_input->len = recipe->info_len + wanted->digest_len;
    return true;
}

static CK_RV sign(struct hf_token_key *key, const struct recipe *recipe, const struct input *input,
                  struct hf_signature_made *made)
{
    CK_ULONG len = sizeof made->bytes;
    CK_RSA_PKCS_PSS_PARAMS pss = {recipe->hash, recipe->mask, (CK_ULONG)input->len}; /* salt as long as the hash */
    CK_MECHANISM mechanism = {recipe->mechanism, NULL, 0};
    if (recipe->mechanism == CKM_RSA_PKCS_PSS) {
        mechanism.pParameter = &pss;
        mechanism.ulParameterLen = sizeof pss;
    }
    pthread_mutex_lock(&key->lock);
    CK_RV rv = key->module->C_SignInit(key->session, &mechanism, key->object);
    if (rv == CKR_OK)
        rv = key->module->C_Sign(key->session, (unsigned char *)input->data, (CK_ULONG)input->len, made->bytes, &len);
    pthread_mutex_unlock(&key->lock);
    made->len = rv == CKR_OK ? len : 0;
    return rv;
}

/* Appends a number of `len` bytes as DER's INTEGER, which is signed and has no leading zeros (X.690 8.3). */
static unsigned char *put_integer(unsigned char *at, const unsigned char *number, size_t len)
{
    while (len > 1 && number[0] == 0) {
        number++;
        len--;
    }
    size_t sign = number[0] >= 0x80 ? 1 : 0;
    *at++ = 0x02;
    *at++ = (unsigned char)(len + sign);
    if (sign == 1)
        *at++ = 0;
    memcpy(at, number, len);
    return at + len;
}

/* Tokens give r and s side by side (PKCS#11 2.3.1); TLS has a SEQUENCE of them (RFC 3279 2.2.3). */
static bool encode_ecdsa(struct hf_signature_made *made)
{
    unsigned char content[160];
    size_t half = made->len / 2;
    if (made->len % 2 != 0 || half == 0 || half > 66) /* P-521 */
        return false;
    unsigned char *end = put_integer(put_integer(content, made->bytes, half), made->bytes + half, half);
    size_t len = (size_t)(end - content);
    unsigned char *at = made->bytes;
    *at++ = 0x30;
    if (len > 127)
        *at++ = 0x81;
    *at++ = (unsigned char)len;
    memcpy(at, content, len);
    made->len = (size_t)(at - made->bytes) + len;
    return true;
}

static const char *type_name(CK_KEY_TYPE type)
{
    return type == CKK_RSA ? "an RSA key" : type == CKK_EC ? "an EC key" : "a key of another kind";
}

bool hf_token_key_sign(struct hf_token_key *key, const struct hf_signature_wanted *wanted,
                       struct hf_signature_made *ret_made)
{
    const struct recipe *recipe = recipe_of(wanted->scheme);
    struct input input;
    char name[96];
    hf_token_name(key, name);
    ret_made->len = 0;
    if (recipe == NULL || !prepare(recipe, wanted, &input)) {
        (void)snprintf(ret_made->why, sizeof ret_made->why, "%s cannot be made with a token", wanted->scheme_name);
        return false;
    }
    if (key->type != recipe->key) {
        ret_made->wrong_key = true;
        (void)snprintf(ret_made->why, sizeof ret_made->why, "%s has %s, which makes no %s", name, type_name(key->type),
                       wanted->scheme_name);
        return false;
    }
    CK_RV rv = sign(key, recipe, &input, ret_made);
    if (rv != CKR_OK) {
        (void)snprintf(ret_made->why, sizeof ret_made->why, "%s made no %s: %s", name, wanted->scheme_name,
                       p11_kit_strerror(rv));
        return false;
    }
    if (recipe->key == CKK_EC && !encode_ecdsa(ret_made)) {
        (void)snprintf(ret_made->why, sizeof ret_made->why, "%s made an ECDSA signature of %zu bytes", name,
                       ret_made->len);
        return false;
    }
    return true;
}

static bool hold(void *context, const struct hf_signature_wanted *wanted, struct hf_signature_made *ret_made)
{
    return hf_token_key_sign(context, wanted, ret_made);
}

static void release(void *context)
{
    hf_token_key_free(context);
}

void hf_builder_identity_token(struct hf_builder *builder, const char *chain, size_t chain_len,
                               struct hf_token_key *key)
{
    hf_builder_identity_holder(builder, chain, chain_len,
                               &(struct hf_key_holder){.sign = hold, .release = release, .context = key});
}
