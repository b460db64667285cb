#include "crypto/hpke_key.h"

#include "crypto/key_exchange.h"
#include "crypto/key_file.h"
#include "crypto/toolbox_parts.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/x509.h>

/* libcrypto's name of a KEM's keys, and of the curve where there are several, as it takes it and as it says it. */
struct row {
    uint16_t kem;
    enum hf_key_exchange_id exchange;
    const char *libcrypto;
    const char *group;
    const char *spoken;
    size_t private_len;
};

static const struct row rows[] = {
    {HF_HPKE_KEM_P256, HF_KEY_EXCHANGE_P256, "EC", "P-256", "prime256v1", 32},
    {HF_HPKE_KEM_P384, HF_KEY_EXCHANGE_P384, "EC", "P-384", "secp384r1", 48},
    {HF_HPKE_KEM_P521, HF_KEY_EXCHANGE_P521, "EC", "P-521", "secp521r1", 66},
    {HF_HPKE_KEM_X25519, HF_KEY_EXCHANGE_X25519, "X25519", NULL, NULL, 32},
    {HF_HPKE_KEM_X448, HF_KEY_EXCHANGE_X448, "X448", NULL, NULL, 56},
};

void hf_hpke_key_wipe(struct hf_hpke_key *key)
{
    hf_wipe(key, sizeof *key);
}

static const struct row *row_of_kem(uint16_t kem)
{
    for (size_t i = 0; i < HF_COUNT(rows); i++)
        if (rows[i].kem == kem)
            return &rows[i];
    return NULL;
}

static const struct row *row_of_key(EVP_PKEY *key)
{
    char group[32] = "";
    if (EVP_PKEY_is_a(key, "EC") && EVP_PKEY_get_group_name(key, group, sizeof group, NULL) != 1)
        return NULL;
    for (size_t i = 0; i < HF_COUNT(rows); i++)
        if (EVP_PKEY_is_a(key, rows[i].libcrypto) &&
            (rows[i].spoken == NULL || hf_span_equal(hf_span_of_text(group), hf_span_of_text(rows[i].spoken))))
            return &rows[i];
    return NULL;
}

enum hf_error hf_hpke_key_of(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator, uint16_t kem,
                             struct hf_span private_bytes, struct hf_hpke_key *ret_key)
{
    const struct row *row = row_of_kem(kem);
    HF_WIPED_HPKE_KEY struct hf_hpke_key key = {.kem = kem};
    struct hf_key_exchange *pair;
    if (row == NULL || private_bytes.len != row->private_len)
        return HF_ERR_unsupported_key;
    enum hf_error error = hf_key_exchange_from_private(toolbox, allocator, row->exchange, private_bytes, &pair);
    if (error != HF_OK)
        return error == HF_ERR_no_memory ? error : HF_ERR_unsupported_key;
    struct hf_span share = hf_key_exchange_share(pair);
    bool fits = hf_span_copy(private_bytes, key.private_bytes, sizeof key.private_bytes) &&
                hf_span_copy(share, key.public_bytes, sizeof key.public_bytes);
    key.private_len = private_bytes.len;
    key.public_len = share.len;
    hf_key_exchange_free(pair);
    if (!fits)
        return HF_ERR_internal;
    *ret_key = key;
    return HF_OK;
}

/* The private half as RFC 9180 7.1.2 has it: a number of the group's length, or the bytes that it is. */
static bool write_private(EVP_PKEY *key, const struct row *row, uint8_t *into)
{
    size_t len = row->private_len;
    BIGNUM *number = NULL;
    if (row->group == NULL)
        return EVP_PKEY_get_raw_private_key(key, into, &len) == 1 && len == row->private_len;
    bool done = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &number) == 1 &&
                BN_bn2binpad(number, into, (int)len) == (int)len;
    BN_clear_free(number);
    return done;
}

static bool write_public(EVP_PKEY *key, const struct row *row, uint8_t *into)
{
    const size_t len = hf_hpke_public_len(row->kem);
    size_t got = 0;
    return EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, into, len, &got) == 1 && got == len;
}

enum hf_error hf_hpke_key_read_pem(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                   struct hf_span pem, struct hf_hpke_key *ret_key)
{
    EVP_PKEY *read = NULL;
    uint8_t private_bytes[HF_HPKE_PRIVATE_MAX];
    HF_TRY(hf_key_file_read(pem, hf_span_of(NULL, 0), &read));
    const struct row *row = row_of_key(read);
    bool written = row != NULL && write_private(read, row, private_bytes);
    enum hf_error error = hf_toolbox_forget(HF_ERR_unsupported_key);
    if (written)
        error = hf_hpke_key_of(toolbox, allocator, row->kem, hf_span_of(private_bytes, row->private_len), ret_key);
    hf_wipe(private_bytes, sizeof private_bytes);
    EVP_PKEY_free(read);
    return error;
}

static enum hf_error append_pkcs8(EVP_PKEY *key, struct hf_buffer *pkcs8)
{
    unsigned char *der = NULL;
    PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
    int len = info == NULL ? 0 : i2d_PKCS8_PRIV_KEY_INFO(info, &der);
    bool added = len > 0 && hf_buffer_append(pkcs8, hf_span_of(der, (size_t)len));
    if (len > 0)
        OPENSSL_clear_free(der, (size_t)len);
    PKCS8_PRIV_KEY_INFO_free(info);
    return added ? HF_OK : hf_toolbox_forget(HF_ERR_no_memory);
}

enum hf_error hf_hpke_key_generate(uint16_t kem, struct hf_hpke_key *ret_key, struct hf_buffer *pkcs8)
{
    const struct row *row = row_of_kem(kem);
    HF_WIPED_HPKE_KEY struct hf_hpke_key key = {.kem = kem};
    if (row == NULL)
        return HF_ERR_unsupported_key;
    EVP_PKEY *made = row->group == NULL ? EVP_PKEY_Q_keygen(NULL, NULL, row->libcrypto)
                                        : EVP_PKEY_Q_keygen(NULL, NULL, row->libcrypto, row->group);
    if (made == NULL)
        return hf_toolbox_forget(HF_ERR_crypto_failed);
    key.private_len = row->private_len;
    key.public_len = hf_hpke_public_len(kem);
    bool written = write_private(made, row, key.private_bytes) && write_public(made, row, key.public_bytes);
    enum hf_error error = written ? append_pkcs8(made, pkcs8) : hf_toolbox_forget(HF_ERR_crypto_failed);
    EVP_PKEY_free(made);
    if (error == HF_OK)
        *ret_key = key;
    return error;
}
