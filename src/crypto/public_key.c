/* Public keys from numbers: EC by a template and the encoded point, the others by their parts. Every part is checked
 * before libcrypto sees it, and the kind before each verification, so that a key never serves another algorithm. */
#include "crypto/public_key.h"

#include "base/must.h"
#include "base/writer.h"
#include "crypto/signing.h"
#include "crypto/toolbox_parts.h"

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/rsa.h>

enum {
    RSA_BITS_MIN = 512, /* below, nothing can be signed; what is weak, a policy above judges */
    RSA_BITS_MAX = 16384,
    EXPONENT_MAX = 8 /* bytes: longer ones only make a peer's keys dear to verify with */
};

struct hf_public_key {
    const struct hf_toolbox *toolbox;
    const struct hf_allocator *allocator;
    EVP_PKEY *key;
    enum hf_key_type type;
    size_t bits;
};

/* What is fixed for a type with a point; point_len 0 for RSA. */
struct form {
    enum hf_template template;
    size_t point_len;
    size_t bits;
    bool curve;
};

static const struct form forms[] = {
    [HF_KEY_NONE] = {HF_TEMPLATE_NONE, 0, 0, false},
    [HF_KEY_RSA] = {HF_TEMPLATE_RSA, 0, 0, false},
    [HF_KEY_RSA_PSS] = {HF_TEMPLATE_RSA, 0, 0, false},
    [HF_KEY_P256] = {HF_TEMPLATE_P256, 65, 256, true},
    [HF_KEY_P384] = {HF_TEMPLATE_P384, 97, 384, true},
    [HF_KEY_P521] = {HF_TEMPLATE_P521, 133, 521, true},
    [HF_KEY_ED25519] = {HF_TEMPLATE_ED25519, 32, 256, false},
    [HF_KEY_ED448] = {HF_TEMPLATE_ED448, 57, 456, false},
    /* What is weak is judged in bits: here those of the public key, as none of the three is weak. */
    [HF_KEY_ML_DSA_44] = {HF_TEMPLATE_ML_DSA_44, 1312, (size_t)1312 * 8, false},
    [HF_KEY_ML_DSA_65] = {HF_TEMPLATE_ML_DSA_65, 1952, (size_t)1952 * 8, false},
    [HF_KEY_ML_DSA_87] = {HF_TEMPLATE_ML_DSA_87, 2592, (size_t)2592 * 8, false},
};

/* Makes a key from numbers, with no name looked up. */
static enum hf_error from_numbers(EVP_PKEY *template, OSSL_PARAM *numbers, EVP_PKEY **ret_key)
{
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, template, NULL);
    if (context == NULL)
        return hf_toolbox_forget(HF_ERR_no_memory);
    bool made =
        EVP_PKEY_fromdata_init(context) > 0 && EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, numbers) > 0;
    EVP_PKEY_CTX_free(context);
    if (!made)
        return hf_toolbox_forget(HF_ERR_bad_certificate_encoding);
    *ret_key = key;
    return HF_OK;
}

/* A curve's point: libcrypto checks the curve's equation, and the cofactor is 1. */
static enum hf_error read_point(EVP_PKEY *template, struct hf_span point, EVP_PKEY **ret_key)
{
    if (point.data[0] != 4) /* RFC 5480 2.2: compressed points are not done in TLS (RFC 8422 5.1.2) */
        return HF_ERR_bad_certificate_encoding;
    EVP_PKEY *key = EVP_PKEY_dup(template);
    if (key == NULL)
        return hf_toolbox_forget(HF_ERR_no_memory);
    if (EVP_PKEY_set1_encoded_public_key(key, point.data, point.len) != 1) {
        EVP_PKEY_free(key);
        return hf_toolbox_forget(HF_ERR_bad_certificate_encoding);
    }
    *ret_key = key;
    return HF_OK;
}

static enum hf_error read_raw(EVP_PKEY *template, struct hf_span point, EVP_PKEY **ret_key)
{
    OSSL_PARAM numbers[] = {
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)(uintptr_t)point.data, point.len),
        OSSL_PARAM_construct_end()};
    return from_numbers(template, numbers, ret_key);
}

static struct hf_span without_zeros(struct hf_span number)
{
    size_t zeros = 0;
    while (zeros < number.len && number.data[zeros] == 0)
        zeros++;
    return hf_span_part(number, zeros, number.len - zeros);
}

/* Bits of a number without leading zeros. */
static size_t bits_of(struct hf_span number)
{
    size_t bits = number.len * 8;
    if (number.len == 0)
        return 0;
    for (uint8_t top = number.data[0]; (top & 0x80) == 0; top = (uint8_t)(top << 1))
        bits--;
    return bits;
}

/* libcrypto's parameters want numbers in the machine's order of bytes. */
static void to_native(struct hf_span number, uint8_t *into)
{
    static const uint16_t probe = 1;
    bool little = *(const uint8_t *)&probe == 1;
    for (size_t i = 0; i < number.len; i++)
        into[i] = number.data[little ? number.len - 1 - i : i];
}

static bool is_odd(struct hf_span number)
{
    return number.len > 0 && (number.data[number.len - 1] & 1) == 1;
}

/* RFC 8017 3.1: an odd modulus, an odd exponent of 3 or more. */
static enum hf_error read_rsa(EVP_PKEY *template, struct hf_span modulus, struct hf_span exponent, EVP_PKEY **ret_key)
{
    uint8_t modulus_native[RSA_BITS_MAX / 8];
    uint8_t exponent_native[EXPONENT_MAX];
    size_t bits = bits_of(modulus);
    if (!is_odd(modulus) || !is_odd(exponent) || bits_of(exponent) < 2)
        return HF_ERR_bad_certificate_encoding;
    if (bits < RSA_BITS_MIN || bits > RSA_BITS_MAX || exponent.len > EXPONENT_MAX)
        return HF_ERR_unsupported_key;
    to_native(modulus, modulus_native);
    to_native(exponent, exponent_native);
    OSSL_PARAM numbers[] = {OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_N, modulus_native, modulus.len),
                            OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_E, exponent_native, exponent.len),
                            OSSL_PARAM_construct_end()};
    return from_numbers(template, numbers, ret_key);
}

static enum hf_error read_parts(EVP_PKEY *template, const struct form *form, const struct hf_public_key_parts *parts,
                                EVP_PKEY **ret_key)
{
    if (form->point_len == 0)
        return read_rsa(template, without_zeros(parts->modulus), without_zeros(parts->exponent), ret_key);
    if (parts->point.len != form->point_len)
        return HF_ERR_bad_certificate_encoding;
    return form->curve ? read_point(template, parts->point, ret_key) : read_raw(template, parts->point, ret_key);
}

enum hf_error hf_public_key_new(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                const struct hf_public_key_parts *parts, struct hf_public_key **ret_key)
{
    const struct form *form = &forms[(size_t)parts->type < HF_COUNT(forms) ? parts->type : HF_KEY_NONE];
    EVP_PKEY *template = toolbox->templates[form->template];
    EVP_PKEY *made = NULL;
    if (template == NULL)
        return HF_ERR_unsupported_key;
    HF_TRY(read_parts(template, form, parts, &made));
    struct hf_public_key *key = hf_allocation_new(allocator, sizeof *key);
    if (key == NULL) {
        EVP_PKEY_free(made);
        return HF_ERR_no_memory;
    }
    key->toolbox = toolbox;
    key->allocator = allocator;
    key->key = made;
    key->type = parts->type;
    key->bits = form->bits > 0 ? form->bits : bits_of(without_zeros(parts->modulus));
    *ret_key = key;
    return HF_OK;
}

void hf_public_key_free(struct hf_public_key *key)
{
    if (key == NULL)
        return;
    EVP_PKEY_free(key->key);
    hf_allocation_free(key->allocator, key);
}

enum hf_key_type hf_public_key_type(const struct hf_public_key *key)
{
    return key->type;
}

bool hf_public_key_available(const struct hf_toolbox *toolbox, enum hf_key_type type)
{
    return (size_t)type < HF_COUNT(forms) && toolbox->templates[forms[type].template] != NULL;
}

size_t hf_public_key_bits(const struct hf_public_key *key)
{
    return key->bits;
}

/* Ed25519, Ed448 and ML-DSA take the message whole. */
static enum hf_error verify_whole(const struct hf_public_key *key, struct hf_span message, struct hf_span signature)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context == NULL)
        return hf_toolbox_forget(HF_ERR_no_memory);
    bool right = EVP_DigestVerifyInit_ex(context, NULL, NULL, NULL, NULL, key->key, NULL) == 1 &&
                 EVP_DigestVerify(context, signature.data, signature.len, message.data, message.len) == 1;
    EVP_MD_CTX_free(context);
    return right ? HF_OK : hf_toolbox_forget(HF_ERR_bad_signature);
}

static enum hf_error verify_digest(const struct hf_public_key *key, struct hf_signature_kind kind,
                                   const struct hf_digest *digest, struct hf_span signature)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key->key, NULL);
    if (context == NULL)
        return hf_toolbox_forget(HF_ERR_no_memory);
    bool right = EVP_PKEY_verify_init(context) > 0 && hf_signing_set(context, key->toolbox, kind) &&
                 EVP_PKEY_verify(context, signature.data, signature.len, digest->bytes, digest->len) == 1;
    EVP_PKEY_CTX_free(context);
    return right ? HF_OK : hf_toolbox_forget(HF_ERR_bad_signature);
}

enum hf_error hf_public_key_verify(const struct hf_public_key *key, struct hf_signature_kind kind,
                                   struct hf_span message, struct hf_span signature)
{
    struct hf_digest digest = {0};
    if (kind.key != key->type || !hf_signature_kind_sound(kind))
        return HF_ERR_wrong_signature_scheme;
    if (hf_signing_is_whole(key->type))
        return verify_whole(key, message, signature);
    HF_TRY(hf_hash_once(key->toolbox, kind.hash, &message, 1, &digest));
    return verify_digest(key, kind, &digest, signature);
}

enum hf_error hf_public_key_encrypt(const struct hf_public_key *key, struct hf_span plaintext, struct hf_writer *into)
{
    if (key->type != HF_KEY_RSA)
        return HF_ERR_unsupported_key;
    size_t len = (key->bits + 7) / 8;
    size_t got = len;
    uint8_t *room = hf_writer_room(into, len);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key->key, NULL);
    if (context == NULL)
        return hf_toolbox_forget(HF_ERR_no_memory);
    bool done = room != NULL && EVP_PKEY_encrypt_init(context) > 0 &&
                EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) > 0 &&
                EVP_PKEY_encrypt(context, room, &got, plaintext.data, plaintext.len) > 0 && got == len;
    EVP_PKEY_CTX_free(context);
    return hf_toolbox_forget(done ? HF_OK : HF_ERR_crypto_failed);
}
