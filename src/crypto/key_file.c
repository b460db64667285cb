/* Finds the first private key in a PEM text and reads it, whichever of the five usual forms it has. The forms' errors
 * are told apart, because "encrypted" and "wrong pass phrase" have other remedies than "not a key". */
#include "crypto/key_file.h"

#include "crypto/toolbox_parts.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include <limits.h>

/* One PEM block, as libcrypto hands it out. */
struct block {
    char *name;
    char *header;
    unsigned char *data;
    long len;
};

static void block_free(struct block *block)
{
    OPENSSL_free(block->name);
    OPENSSL_free(block->header);
    OPENSSL_clear_free(block->data, (size_t)block->len);
    *block = (struct block){NULL, NULL, NULL, 0};
}

static bool is_named(const struct block *block, const char *name)
{
    return hf_span_equal(hf_span_of_text(block->name), hf_span_of_text(name));
}

/* "PRIVATE KEY", or anything that ends in " PRIVATE KEY". */
static bool is_key(const struct block *block)
{
    struct hf_span name = hf_span_of_text(block->name);
    struct hf_span end = hf_span_of_text(" PRIVATE KEY");
    if (is_named(block, "PRIVATE KEY"))
        return true;
    return name.len > end.len && hf_span_equal(hf_span_part(name, name.len - end.len, end.len), end);
}

/* Whether libcrypto failed because it has not the cipher that the key is encrypted with, rather than for the pass
 * phrase: a key from old tools may need its "legacy" provider. */
static bool cipher_is_missing(void)
{
    static const struct {
        int library;
        int reason;
    } signs[] = {
        {ERR_LIB_EVP, EVP_R_UNKNOWN_CIPHER},
        {ERR_LIB_EVP, EVP_R_UNKNOWN_PBE_ALGORITHM},
        {ERR_LIB_EVP, EVP_R_UNSUPPORTED_CIPHER},
        {ERR_LIB_PEM, PEM_R_UNSUPPORTED_ENCRYPTION},
    };
    for (unsigned long code = ERR_get_error(); code != 0; code = ERR_get_error()) {
        if (ERR_GET_REASON(code) == ERR_R_UNSUPPORTED)
            return true;
        for (size_t i = 0; i < HF_COUNT(signs); i++) {
            if (ERR_GET_LIB(code) == signs[i].library && ERR_GET_REASON(code) == signs[i].reason)
                return true;
        }
    }
    return false;
}

static enum hf_error from_pkcs8(PKCS8_PRIV_KEY_INFO *info, EVP_PKEY **ret_key)
{
    EVP_PKEY *key = EVP_PKCS82PKEY(info);
    if (key == NULL) /* well-formed outside: most often an algorithm or curve that libcrypto has not */
        return cipher_is_missing() ? HF_ERR_unsupported_key : HF_ERR_file_malformed;
    *ret_key = key;
    return HF_OK;
}

/* RFC 5958 2. */
static enum hf_error read_pkcs8(const struct block *block, EVP_PKEY **ret_key)
{
    const unsigned char *at = block->data;
    PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, block->len);
    bool whole = info != NULL && at == block->data + block->len;
    enum hf_error error = whole ? from_pkcs8(info, ret_key) : HF_ERR_file_malformed;
    PKCS8_PRIV_KEY_INFO_free(info);
    return error;
}

static enum hf_error decrypt_pkcs8(const X509_SIG *envelope, struct hf_span pass, EVP_PKEY **ret_key)
{
    if (pass.data == NULL)
        return HF_ERR_key_encrypted;
    if (pass.len > INT_MAX)
        return HF_ERR_pass_phrase_wrong;
    PKCS8_PRIV_KEY_INFO *info = PKCS8_decrypt(envelope, (const char *)pass.data, (int)pass.len);
    if (info == NULL)
        return cipher_is_missing() ? HF_ERR_unsupported_here : HF_ERR_pass_phrase_wrong;
    enum hf_error error = from_pkcs8(info, ret_key);
    PKCS8_PRIV_KEY_INFO_free(info);
    return error;
}

/* RFC 5958 3. */
static enum hf_error read_encrypted_pkcs8(const struct block *block, struct hf_span pass, EVP_PKEY **ret_key)
{
    const unsigned char *at = block->data;
    X509_SIG *envelope = d2i_X509_SIG(NULL, &at, block->len);
    bool whole = envelope != NULL && at == block->data + block->len;
    enum hf_error error = whole ? decrypt_pkcs8(envelope, pass, ret_key) : HF_ERR_file_malformed;
    X509_SIG_free(envelope);
    return error;
}

/* libcrypto asks for the pass phrase: what it was given here, and never a terminal. */
static int give_pass(char *into, int room, int writing, void *context)
{
    const struct hf_span *pass = context;
    (void)writing;
    return room >= 0 && hf_span_copy(*pass, into, (size_t)room) ? (int)pass->len : -1;
}

/* The old way: the cipher stands in the block's header (RFC 1421 4.6). Decrypts in place. */
static enum hf_error decrypt_old(struct block *block, struct hf_span pass, bool *ret_encrypted)
{
    EVP_CIPHER_INFO cipher;
    if (PEM_get_EVP_CIPHER_INFO(block->header, &cipher) != 1)
        return cipher_is_missing() ? HF_ERR_unsupported_here : HF_ERR_file_malformed;
    *ret_encrypted = cipher.cipher != NULL;
    if (cipher.cipher == NULL)
        return HF_OK;
    if (pass.data == NULL)
        return HF_ERR_key_encrypted;
    long len = block->len;
    if (PEM_do_header(&cipher, block->data, &len, give_pass, &pass) != 1)
        return cipher_is_missing() ? HF_ERR_unsupported_here : HF_ERR_pass_phrase_wrong;
    block->len = len;
    return HF_OK;
}

/* PKCS#1 (RFC 8017 A.1.2) and SEC1 (RFC 5915 3). A wrong pass phrase can decrypt to garbage by chance, so what cannot
 * be read after decryption counts as a wrong pass phrase. */
static enum hf_error read_old(struct block *block, int type, struct hf_span pass, EVP_PKEY **ret_key)
{
    bool encrypted = false;
    HF_TRY(decrypt_old(block, pass, &encrypted));
    const unsigned char *at = block->data;
    EVP_PKEY *key = d2i_PrivateKey_ex(type, NULL, &at, block->len, NULL, NULL);
    if (key == NULL || at != block->data + block->len) {
        EVP_PKEY_free(key);
        return encrypted ? HF_ERR_pass_phrase_wrong : HF_ERR_file_malformed;
    }
    *ret_key = key;
    return HF_OK;
}

static enum hf_error read_block(struct block *block, struct hf_span pass, EVP_PKEY **ret_key)
{
    if (is_named(block, "PRIVATE KEY"))
        return read_pkcs8(block, ret_key);
    if (is_named(block, "ENCRYPTED PRIVATE KEY"))
        return read_encrypted_pkcs8(block, pass, ret_key);
    if (is_named(block, "RSA PRIVATE KEY"))
        return read_old(block, EVP_PKEY_RSA, pass, ret_key);
    if (is_named(block, "EC PRIVATE KEY"))
        return read_old(block, EVP_PKEY_EC, pass, ret_key);
    return HF_ERR_unsupported_key;
}

static enum hf_error read_first(BIO *source, struct hf_span pass, EVP_PKEY **ret_key)
{
    struct block block = {NULL, NULL, NULL, 0};
    while (PEM_read_bio(source, &block.name, &block.header, &block.data, &block.len) == 1) {
        bool found = is_key(&block);
        enum hf_error error = found ? read_block(&block, pass, ret_key) : HF_OK;
        block_free(&block);
        if (found)
            return error;
    }
    return HF_ERR_file_malformed;
}

enum hf_error hf_key_file_read(struct hf_span pem, struct hf_span pass, EVP_PKEY **ret_key)
{
    if (pem.len == 0 || pem.len > INT_MAX)
        return HF_ERR_file_malformed;
    BIO *source = BIO_new_mem_buf(pem.data, (int)pem.len);
    if (source == NULL)
        return hf_toolbox_forget(HF_ERR_no_memory);
    ERR_clear_error();
    enum hf_error error = read_first(source, pass, ret_key);
    BIO_free(source);
    return hf_toolbox_forget(error);
}
