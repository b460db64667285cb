/* The key is taken out as plain PEM and read again by libcrypto, so that this file needs to know nothing of how
 * private_key.c keeps it; the plain text is wiped with its buffer. The rounds are OWASP's of 2023 for this PRF. */
#include "crypto/key_wrap.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

enum { PLAIN_MAX = 65536, PASS_MAX = 1024, ROUNDS = 600000, SALT_LEN = 16 };

/* libcrypto picks the salt when none is given; it takes over `algorithm` on success only. */
static X509_SIG *encrypt(const EVP_PKEY *key, struct hf_span pass)
{
    PKCS8_PRIV_KEY_INFO *plain = EVP_PKEY2PKCS8(key);
    X509_ALGOR *algorithm = PKCS5_pbe2_set_iv(EVP_aes_256_cbc(), ROUNDS, NULL, SALT_LEN, NULL, NID_hmacWithSHA256);
    X509_SIG *sealed = NULL;
    if (plain != NULL && algorithm != NULL)
        sealed = PKCS8_set0_pbe((const char *)pass.data, (int)pass.len, plain, algorithm);
    if (sealed == NULL)
        X509_ALGOR_free(algorithm);
    PKCS8_PRIV_KEY_INFO_free(plain);
    return sealed;
}

static enum hf_error write_out(const EVP_PKEY *key, struct hf_span pass, struct hf_buffer *into)
{
    X509_SIG *sealed = encrypt(key, pass);
    BIO *out = BIO_new(BIO_s_mem());
    enum hf_error error = HF_ERR_crypto_failed;
    if (sealed != NULL && out != NULL && PEM_write_bio_PKCS8(out, sealed) == 1) {
        char *text = NULL;
        long len = BIO_get_mem_data(out, &text);
        error = hf_buffer_append(into, hf_span_of(text, (size_t)len)) ? HF_OK : HF_ERR_no_memory;
    }
    BIO_free(out);
    X509_SIG_free(sealed);
    return error;
}

enum hf_error hf_key_wrap_pem(const struct hf_allocator *allocator, const struct hf_private_key *key,
                              struct hf_span pass, struct hf_buffer *into)
{
    if (pass.len == 0 || pass.len > PASS_MAX)
        return HF_ERR_setting_invalid;
    struct hf_buffer plain;
    hf_buffer_init(&plain, allocator, PLAIN_MAX);
    enum hf_error error = hf_private_key_write_pem(key, &plain);
    if (error == HF_OK) {
        struct hf_span text = hf_buffer_span(&plain);
        BIO *in = BIO_new_mem_buf(text.data, (int)text.len);
        EVP_PKEY *loaded = in == NULL ? NULL : PEM_read_bio_PrivateKey(in, NULL, NULL, NULL);
        error = loaded == NULL ? HF_ERR_crypto_failed : write_out(loaded, pass, into);
        EVP_PKEY_free(loaded);
        BIO_free(in);
    }
    hf_buffer_release(&plain);
    return error;
}
