/* Certificates for tests, by libcrypto. Nothing of src/ makes them, so a mistake of ours cannot hide in both. */
#define _POSIX_C_SOURCE 200809L

#include "support/make_certificate.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#define NEED(what)                                                                                                     \
    do {                                                                                                               \
        if (!(what)) {                                                                                                 \
            fprintf(stderr, "make_certificate: line %d: %s\n", __LINE__, #what);                                       \
            ERR_print_errors_fp(stderr);                                                                               \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

#define DAY 86400

enum { KEYS_MAX = 256 };

static struct {
    enum make_certificate_key kind;
    unsigned number;
    EVP_PKEY *key;
} keys[KEYS_MAX];
static size_t keys_count;
static pthread_mutex_t keys_lock = PTHREAD_MUTEX_INITIALIZER;

static void free_keys(void)
{
    for (size_t i = 0; i < keys_count; i++)
        EVP_PKEY_free(keys[i].key);
    keys_count = 0;
}

static EVP_PKEY *new_rsa(const char *type, unsigned bits)
{
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    NEED(context != NULL && EVP_PKEY_keygen_init(context) == 1);
    NEED(EVP_PKEY_CTX_set_rsa_keygen_bits(context, (int)bits) == 1);
    NEED(EVP_PKEY_generate(context, &key) == 1);
    EVP_PKEY_CTX_free(context);
    return key;
}

static EVP_PKEY *new_key(enum make_certificate_key kind)
{
    switch (kind) {
    case MAKE_KEY_P256:
        return EVP_EC_gen("P-256");
    case MAKE_KEY_P384:
        return EVP_EC_gen("P-384");
    case MAKE_KEY_P521:
        return EVP_EC_gen("P-521");
    case MAKE_KEY_SECP256K1:
        return EVP_EC_gen("secp256k1");
    case MAKE_KEY_ED25519:
        return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    case MAKE_KEY_ED448:
        return EVP_PKEY_Q_keygen(NULL, NULL, "ED448");
    case MAKE_KEY_RSA1024:
        return new_rsa("RSA", 1024);
    case MAKE_KEY_RSA2048:
        return new_rsa("RSA", 2048);
    case MAKE_KEY_RSA3072:
        return new_rsa("RSA", 3072);
    case MAKE_KEY_RSA_PSS2048:
        return new_rsa("RSA-PSS", 2048);
    }
    return NULL;
}

EVP_PKEY *make_certificate_key(enum make_certificate_key kind, unsigned number)
{
    pthread_mutex_lock(&keys_lock);
    EVP_PKEY *key = NULL;
    for (size_t i = 0; i < keys_count && key == NULL; i++)
        if (keys[i].kind == kind && keys[i].number == number)
            key = keys[i].key;
    if (key == NULL) {
        if (keys_count == 0)
            atexit(free_keys);
        NEED(keys_count < KEYS_MAX);
        key = new_key(kind);
        NEED(key != NULL);
        keys[keys_count].kind = kind;
        keys[keys_count].number = number;
        keys[keys_count++].key = key;
    }
    pthread_mutex_unlock(&keys_lock);
    return key;
}

static unsigned hash_text(unsigned hash, const char *text)
{
    for (; text != NULL && *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * 16777619U;
    return hash;
}

/* RSA keys are few: their making takes long. */
static EVP_PKEY *key_of(const struct make_certificate_of *of)
{
    unsigned number = of->key_number;
    bool slow = of->key >= MAKE_KEY_RSA2048 && of->key <= MAKE_KEY_RSA_PSS2048;
    if (number == 0)
        number = hash_text(2166136261U, of->subject) % (slow ? 3 : 100) + 1000;
    return make_certificate_key(of->key, number);
}

static X509_NAME *name_of(const char *text)
{
    X509_NAME *name = X509_NAME_new();
    NEED(name != NULL);
    char copy[512];
    NEED(snprintf(copy, sizeof(copy), "%s", text == NULL ? "" : text) < (int)sizeof(copy));
    char *rest = copy;
    for (char *part = strtok_r(copy, ",", &rest); part != NULL; part = strtok_r(NULL, ",", &rest)) {
        part += strspn(part, " ");
        char *value = strchr(part, '=');
        NEED(value != NULL);
        *value++ = '\0';
        NEED(X509_NAME_add_entry_by_txt(name, part, MBSTRING_UTF8, (const unsigned char *)value, -1, -1, 0) == 1);
    }
    return name;
}

static void set_time(ASN1_TIME *into, int64_t time_s, int64_t otherwise)
{
    NEED(ASN1_TIME_set(into, (time_t)(time_s != 0 ? time_s : otherwise)) != NULL);
    /* RFC 5280 4.1.2.5: UTCTime until 2049; ASN1_TIME_set does that. */
}

static void set_serial(X509 *x509, const struct make_certificate_of *of)
{
    BIGNUM *number = NULL;
    char derived[32];
    unsigned hash = hash_text(hash_text(2166136261U, of->subject), of->issuer_name);
    if (of->issuer != NULL)
        hash = (hash ^ (unsigned)X509_subject_name_hash(of->issuer->x509)) * 16777619U;
    snprintf(derived, sizeof(derived), "5A%08X%08X", hash, (unsigned)(of->not_before_s ^ of->not_after_s));
    NEED(BN_hex2bn(&number, of->serial != NULL ? of->serial : derived) != 0);
    NEED(BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x509)) != NULL);
    BN_free(number);
}

static void add_config(X509 *x509, X509V3_CTX *context, int nid, const char *value)
{
    if (value == NULL || *value == '\0')
        return;
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, context, nid, value);
    NEED(extension != NULL);
    NEED(X509_add_ext(x509, extension, -1) == 1);
    X509_EXTENSION_free(extension);
}

static void add_raw(X509 *x509, const struct make_certificate_extension *raw)
{
    long len = 0;
    unsigned char *bytes = OPENSSL_hexstr2buf(raw->hex, &len);
    ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
    ASN1_OBJECT *oid = OBJ_txt2obj(raw->oid, 1);
    NEED(bytes != NULL && value != NULL && oid != NULL);
    NEED(ASN1_OCTET_STRING_set(value, bytes, (int)len) == 1);
    X509_EXTENSION *extension = X509_EXTENSION_create_by_OBJ(NULL, oid, raw->critical, value);
    NEED(extension != NULL && X509_add_ext(x509, extension, -1) == 1);
    X509_EXTENSION_free(extension);
    ASN1_OBJECT_free(oid);
    ASN1_OCTET_STRING_free(value);
    OPENSSL_free(bytes);
}

static void add_basic_constraints(X509 *x509, X509V3_CTX *context, const struct make_certificate_of *of)
{
    char text[64];
    if (of->basic_constraints != NULL) {
        add_config(x509, context, NID_basic_constraints, of->basic_constraints);
        return;
    }
    if (!of->ca || of->no_basic_constraints)
        return;
    if (of->has_path_len)
        snprintf(text, sizeof(text), "critical,CA:TRUE,pathlen:%d", of->path_len);
    else
        snprintf(text, sizeof(text), "critical,CA:TRUE");
    add_config(x509, context, NID_basic_constraints, text);
}

static void add_key_ids(X509 *x509, X509V3_CTX *context, const struct make_certificate_of *of)
{
    if (!of->no_subject_key_id)
        add_config(x509, context, NID_subject_key_identifier, "hash");
    if (of->authority_key_id != NULL) {
        AUTHORITY_KEYID *id = AUTHORITY_KEYID_new();
        NEED(id != NULL && (id->keyid = ASN1_OCTET_STRING_new()) != NULL);
        NEED(ASN1_OCTET_STRING_set(id->keyid, of->authority_key_id, 20) == 1);
        NEED(X509_add1_ext_i2d(x509, NID_authority_key_identifier, id, 0, X509V3_ADD_APPEND) == 1);
        AUTHORITY_KEYID_free(id);
    } else if (!of->no_authority_key_id && of->issuer != NULL && X509_get0_subject_key_id(of->issuer->x509) != NULL) {
        add_config(x509, context, NID_authority_key_identifier, "keyid");
    }
}

static void add_extensions(X509 *x509, const struct make_certificate_of *of)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, of->issuer != NULL ? of->issuer->x509 : x509, x509, NULL, NULL, 0);
    X509V3_set_ctx_nodb(&context);
    add_basic_constraints(x509, &context, of);
    const char *usage = of->ca ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature";
    add_config(x509, &context, NID_key_usage, of->key_usage != NULL ? of->key_usage : usage);
    add_config(x509, &context, NID_ext_key_usage, of->ekus);
    add_config(x509, &context, NID_subject_alt_name, of->sans);
    add_config(x509, &context, NID_name_constraints, of->name_constraints);
    add_key_ids(x509, &context, of);
    for (size_t i = 0; i < sizeof(of->extensions) / sizeof(of->extensions[0]) && of->extensions[i].oid != NULL; i++)
        add_raw(x509, &of->extensions[i]);
}

static void sign(X509 *x509, EVP_PKEY *key, const struct make_certificate_of *of)
{
    bool edwards = EVP_PKEY_is_a(key, "ED25519") || EVP_PKEY_is_a(key, "ED448");
    const EVP_MD *hash = edwards ? NULL : EVP_get_digestbyname(of->hash != NULL ? of->hash : "sha256");
    NEED(edwards || hash != NULL);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *of_key = NULL;
    NEED(context != NULL && EVP_DigestSignInit(context, &of_key, hash, NULL, key) == 1);
    if (of->pss || EVP_PKEY_is_a(key, "RSA-PSS")) {
        NEED(EVP_PKEY_CTX_set_rsa_padding(of_key, RSA_PKCS1_PSS_PADDING) == 1);
        NEED(EVP_PKEY_CTX_set_rsa_pss_saltlen(of_key, RSA_PSS_SALTLEN_DIGEST) == 1);
    }
    NEED(X509_sign_ctx(x509, context) > 0);
    EVP_MD_CTX_free(context);
}

static void export(struct make_certificate *made, bool damage)
{
    int len = i2d_X509(made->x509, &made->der);
    NEED(len > 0);
    made->len = (size_t)len;
    if (!damage)
        return;
    /* The signature is the end of the DER. Its last byte is changed; the X509 is read again to match. */
    made->der[made->len - 1] ^= 1;
    const unsigned char *at = made->der;
    X509_free(made->x509);
    made->x509 = d2i_X509(NULL, &at, len);
    NEED(made->x509 != NULL);
}

struct make_certificate *make_certificate(const struct make_certificate_of *of)
{
    struct make_certificate *made = calloc(1, sizeof(*made));
    NEED(made != NULL);
    made->key = key_of(of);
    made->x509 = X509_new();
    NEED(made->x509 != NULL && X509_set_version(made->x509, of->version == 1 ? 0 : 2) == 1);
    set_serial(made->x509, of);
    X509_NAME *subject = name_of(of->subject);
    X509_NAME *issuer = of->issuer_name != NULL ? name_of(of->issuer_name)
                        : of->issuer != NULL    ? X509_NAME_dup(X509_get_subject_name(of->issuer->x509))
                                                : name_of(of->subject);
    NEED(X509_set_subject_name(made->x509, subject) == 1 && X509_set_issuer_name(made->x509, issuer) == 1);
    X509_NAME_free(subject);
    X509_NAME_free(issuer);
    set_time(X509_getm_notBefore(made->x509), of->not_before_s, MAKE_CERTIFICATE_NOW - 30 * DAY);
    set_time(X509_getm_notAfter(made->x509), of->not_after_s, MAKE_CERTIFICATE_NOW + (of->ca ? 3650 : 90) * DAY);
    NEED(X509_set_pubkey(made->x509, made->key) == 1);
    if (of->version != 1)
        add_extensions(made->x509, of);
    sign(made->x509, of->issuer != NULL ? of->issuer->key : made->key, of);
    export(made, of->damage_signature);
    return made;
}

void make_certificate_free(struct make_certificate *certificate)
{
    if (certificate == NULL)
        return;
    X509_free(certificate->x509);
    OPENSSL_free(certificate->der);
    free(certificate);
}

struct hf_span make_certificate_span(const struct make_certificate *certificate)
{
    return hf_span_of(certificate->der, certificate->len);
}

static char *text_of(BIO *bio)
{
    char *data = NULL;
    long len = BIO_get_mem_data(bio, &data);
    char *text = calloc(1, (size_t)len + 1);
    NEED(text != NULL);
    memcpy(text, data, (size_t)len);
    BIO_free(bio);
    return text;
}

char *make_certificate_pem(const struct make_certificate *certificate)
{
    BIO *bio = BIO_new(BIO_s_mem());
    NEED(bio != NULL && PEM_write_bio(bio, "CERTIFICATE", "", certificate->der, (long)certificate->len) > 0);
    return text_of(bio);
}

char *make_certificate_key_pem(const struct make_certificate *certificate)
{
    BIO *bio = BIO_new(BIO_s_mem());
    NEED(bio != NULL && PEM_write_bio_PKCS8PrivateKey(bio, certificate->key, NULL, NULL, 0, NULL, NULL) == 1);
    return text_of(bio);
}
