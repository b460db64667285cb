/* A private key is libcrypto's key and a signing context that is copied for each signature: the copy costs less than a
 * new one, and lets threads share the key. Nothing of the key leaves but by hf_private_key_write_pem. */
#include "crypto/private_key.h"

#include "base/must.h"
#include "base/secret.h"
#include "crypto/key_file.h"
#include "crypto/signing.h"
#include "crypto/toolbox_parts.h"

#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

enum { RSA_BITS_MIN = 2048, RSA_BITS_MAX = 16384 };

struct hf_private_key {
    const struct hf_toolbox *toolbox;
    const struct hf_allocator *allocator;
    EVP_PKEY *key;
    EVP_PKEY_CTX *signer; /* ready to sign; each signature works on a copy, so threads may share the key. NULL for those
                            that sign messages whole */
    enum hf_key_type type;
    size_t bits;
};

/* libcrypto's names of the types, and of the curves in both spellings. */
struct type_name {
    enum hf_key_type type;
    const char *libcrypto;
    const char *group;  /* as libcrypto takes it */
    const char *spoken; /* as libcrypto says it */
    size_t bits;        /* 0: asked of the key */
};

static const struct type_name type_names[] = {
    {HF_KEY_RSA, "RSA", NULL, NULL, 0},
    {HF_KEY_RSA_PSS, "RSA-PSS", NULL, NULL, 0},
    {HF_KEY_P256, "EC", "P-256", "prime256v1", 256},
    {HF_KEY_P384, "EC", "P-384", "secp384r1", 384},
    {HF_KEY_P521, "EC", "P-521", "secp521r1", 521},
    {HF_KEY_ED25519, "ED25519", NULL, NULL, 256},
    {HF_KEY_ED448, "ED448", NULL, NULL, 456},
    {HF_KEY_ML_DSA_44, "ML-DSA-44", NULL, NULL, (size_t)1312 * 8},
    {HF_KEY_ML_DSA_65, "ML-DSA-65", NULL, NULL, (size_t)1952 * 8},
    {HF_KEY_ML_DSA_87, "ML-DSA-87", NULL, NULL, (size_t)2592 * 8},
};

static const struct type_name *row_of_type(enum hf_key_type type)
{
    for (size_t i = 0; i < HF_COUNT(type_names); i++) {
        if (type_names[i].type == type)
            return &type_names[i];
    }
    return NULL;
}

static const struct type_name *row_of_key(EVP_PKEY *key)
{
    char group[32] = "";
    if (EVP_PKEY_is_a(key, "EC") && EVP_PKEY_get_group_name(key, group, sizeof group, NULL) != 1)
        return NULL;
    for (size_t i = 0; i < HF_COUNT(type_names); i++) {
        const struct type_name *row = &type_names[i];
        if (EVP_PKEY_is_a(key, row->libcrypto) &&
            (row->spoken == NULL || hf_span_equal(hf_span_of_text(group), hf_span_of_text(row->spoken))))
            return row;
    }
    return NULL;
}

/* Points are written uncompressed and curves by name, whatever the file said, so that keys compare by their bytes
 * (RFC 5480 2.1.1, 2.2). A file whose public half is not the private one's is refused here: it would match a
 * certificate and then sign what nobody can verify. */
static enum hf_error settle_ec(EVP_PKEY *key)
{
    if (EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "uncompressed") != 1 ||
        EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_ENCODING, "named_curve") != 1)
        return HF_ERR_crypto_failed;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    if (context == NULL)
        return HF_ERR_no_memory;
    bool paired = EVP_PKEY_pairwise_check(context) == 1;
    EVP_PKEY_CTX_free(context);
    return paired ? HF_OK : HF_ERR_file_malformed;
}

static enum hf_error settle(struct hf_private_key *key)
{
    const struct type_name *row = row_of_key(key->key);
    if (row == NULL)
        return HF_ERR_unsupported_key;
    key->type = row->type;
    key->bits = row->bits > 0 ? row->bits : (size_t)EVP_PKEY_get_bits(key->key);
    if (row->bits == 0 && key->bits > RSA_BITS_MAX)
        return HF_ERR_unsupported_key;
    if (row->group != NULL)
        HF_TRY(settle_ec(key->key));
    if (hf_signing_is_whole(key->type))
        return HF_OK;
    key->signer = EVP_PKEY_CTX_new_from_pkey(NULL, key->key, NULL);
    if (key->signer == NULL)
        return HF_ERR_no_memory;
    return EVP_PKEY_sign_init(key->signer) > 0 ? HF_OK : HF_ERR_crypto_failed;
}

/* Takes `made` over, also on failure. */
static enum hf_error wrap(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator, EVP_PKEY *made,
                          struct hf_private_key **ret_key)
{
    struct hf_private_key *key = hf_allocation_new(allocator, sizeof *key);
    if (key == NULL) {
        EVP_PKEY_free(made);
        return HF_ERR_no_memory;
    }
    key->toolbox = toolbox;
    key->allocator = allocator;
    key->key = made;
    enum hf_error error = settle(key);
    if (error != HF_OK) {
        hf_private_key_free(key);
        return hf_toolbox_forget(error);
    }
    *ret_key = key;
    return hf_toolbox_forget(HF_OK);
}

enum hf_error hf_private_key_read_pem(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                      struct hf_span pem, struct hf_span pass, struct hf_private_key **ret_key)
{
    EVP_PKEY *made = NULL;
    HF_TRY(hf_key_file_read(pem, pass, &made));
    return wrap(toolbox, allocator, made, ret_key);
}

static EVP_PKEY *generate(const struct type_name *row, unsigned rsa_bits)
{
    EVP_PKEY *made = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, row->libcrypto, NULL);
    bool ready = context != NULL && EVP_PKEY_keygen_init(context) > 0;
    if (ready && row->group != NULL)
        ready = EVP_PKEY_CTX_set_group_name(context, row->group) > 0;
    if (ready && row->bits == 0)
        ready = EVP_PKEY_CTX_set_rsa_keygen_bits(context, (int)rsa_bits) > 0;
    if (ready && EVP_PKEY_generate(context, &made) <= 0)
        made = NULL;
    EVP_PKEY_CTX_free(context);
    return made;
}

enum hf_error hf_private_key_generate(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                      enum hf_key_type type, unsigned rsa_bits, struct hf_private_key **ret_key)
{
    const struct type_name *row = row_of_type(type);
    if (row == NULL || (row->bits == 0 && (rsa_bits < RSA_BITS_MIN || rsa_bits > RSA_BITS_MAX)))
        return HF_ERR_setting_invalid;
    EVP_PKEY *made = generate(row, rsa_bits);
    if (made == NULL)
        return hf_toolbox_forget(HF_ERR_crypto_failed);
    return wrap(toolbox, allocator, made, ret_key);
}

void hf_private_key_free(struct hf_private_key *key)
{
    if (key == NULL)
        return;
    EVP_PKEY_CTX_free(key->signer);
    EVP_PKEY_free(key->key);
    hf_allocation_free(key->allocator, key);
}

enum hf_key_type hf_private_key_type(const struct hf_private_key *key)
{
    return key->type;
}

size_t hf_private_key_bits(const struct hf_private_key *key)
{
    return key->bits;
}

size_t hf_private_key_signature_max(const struct hf_private_key *key)
{
    return (size_t)EVP_PKEY_get_size(key->key);
}

enum hf_error hf_private_key_write_pem(const struct hf_private_key *key, struct hf_buffer *into)
{
    char *data = NULL;
    enum hf_error error = HF_ERR_crypto_failed;
    BIO *sink = BIO_new(BIO_s_secmem()); /* wiped when freed */
    if (sink == NULL)
        return hf_toolbox_forget(HF_ERR_no_memory);
    if (PEM_write_bio_PKCS8PrivateKey(sink, key->key, NULL, NULL, 0, NULL, NULL) == 1) {
        long len = BIO_get_mem_data(sink, &data);
        error = len > 0 && hf_buffer_append(into, hf_span_of(data, (size_t)len)) ? HF_OK : HF_ERR_no_memory;
    }
    BIO_free(sink);
    return hf_toolbox_forget(error);
}

enum hf_error hf_private_key_spki(const struct hf_private_key *key, struct hf_buffer *into)
{
    unsigned char *der = NULL;
    int len = i2d_PUBKEY(key->key, &der);
    if (len <= 0)
        return hf_toolbox_forget(HF_ERR_crypto_failed);
    bool fits = hf_buffer_append(into, hf_span_of(der, (size_t)len));
    OPENSSL_free(der);
    return hf_toolbox_forget(fits ? HF_OK : HF_ERR_no_memory);
}

static enum hf_error sign_whole(const struct hf_private_key *key, struct hf_span message, struct hf_signature_room room,
                                size_t *ret_len)
{
    size_t len = room.room;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context == NULL)
        return hf_toolbox_forget(HF_ERR_no_memory);
    bool done = EVP_DigestSignInit_ex(context, NULL, NULL, NULL, NULL, key->key, NULL) == 1 &&
                EVP_DigestSign(context, room.into, &len, message.data, message.len) == 1;
    EVP_MD_CTX_free(context);
    if (!done)
        return hf_toolbox_forget(HF_ERR_signer_failed);
    *ret_len = len;
    return HF_OK;
}

static enum hf_error sign_digest(const struct hf_private_key *key, struct hf_signature_kind kind,
                                 const struct hf_digest *digest, struct hf_signature_room room, size_t *ret_len)
{
    size_t len = room.room;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_dup(key->signer);
    if (context == NULL)
        return hf_toolbox_forget(HF_ERR_no_memory);
    bool done = hf_signing_set(context, key->toolbox, kind) &&
                EVP_PKEY_sign(context, room.into, &len, digest->bytes, digest->len) > 0;
    EVP_PKEY_CTX_free(context);
    if (!done)
        return hf_toolbox_forget(HF_ERR_signer_failed);
    *ret_len = len;
    return HF_OK;
}

enum hf_error hf_private_key_sign(const struct hf_private_key *key, struct hf_signature_kind kind,
                                  struct hf_span message, struct hf_signature_room room, size_t *ret_len)
{
    struct hf_digest digest = {0};
    if (kind.key != key->type || !hf_signature_kind_sound(kind) || room.room < hf_private_key_signature_max(key))
        return HF_ERR_wrong_call;
    if (hf_signing_is_whole(key->type))
        return sign_whole(key, message, room, ret_len);
    HF_TRY(hf_hash_once(key->toolbox, kind.hash, &message, 1, &digest));
    return sign_digest(key, kind, &digest, room, ret_len);
}

enum hf_error hf_private_key_decrypt_raw(const struct hf_private_key *key, struct hf_span ciphertext, uint8_t *into)
{
    size_t len = hf_private_key_signature_max(key);
    size_t got = len;
    if (key->type != HF_KEY_RSA)
        return HF_ERR_wrong_call;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key->key, NULL);
    if (context == NULL)
        return hf_toolbox_forget(HF_ERR_no_memory);
    bool done = EVP_PKEY_decrypt_init(context) > 0 && EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING) > 0 &&
                EVP_PKEY_decrypt(context, into, &got, ciphertext.data, ciphertext.len) > 0 && got == len;
    EVP_PKEY_CTX_free(context);
    return hf_toolbox_forget(done ? HF_OK : HF_ERR_crypto_failed);
}
