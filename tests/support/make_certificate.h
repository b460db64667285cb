/* Makes certificates for tests, with libcrypto's X509 API, independent of the code under test.
 * Fill a struct with designated initializers; what is left zero has a sensible default:
 *
 *     struct make_certificate *ca = make_certificate(&(struct make_certificate_of){.subject = "CN=Lab Root", .ca =
 * true}); struct make_certificate *leaf = make_certificate(&(struct make_certificate_of){ .subject = "CN=billing",
 * .issuer = ca, .sans = "DNS:billing.lan,IP:10.0.0.5", .ekus = "serverAuth"});
 *     ... leaf->der, leaf->len, leaf->key (EVP_PKEY) ...
 *     make_certificate_free(leaf);
 *
 * Any failure aborts: a test that cannot make its certificates is broken. */
#ifndef HF_TESTS_SUPPORT_MAKE_CERTIFICATE_H
#define HF_TESTS_SUPPORT_MAKE_CERTIFICATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/span.h"

/* 2026-11-23 12:00:00 UTC: what tests take for now. Defaults of dates lie around it. */
#define MAKE_CERTIFICATE_NOW INT64_C(1795435200)

enum make_certificate_key {
    MAKE_KEY_P256 = 0,
    MAKE_KEY_P384,
    MAKE_KEY_P521,
    MAKE_KEY_ED25519,
    MAKE_KEY_ED448,
    MAKE_KEY_RSA2048,
    MAKE_KEY_RSA3072,
    MAKE_KEY_RSA1024,
    MAKE_KEY_RSA_PSS2048, /* id-RSASSA-PSS key */
    MAKE_KEY_SECP256K1    /* a curve that we do not do */
};

/* Keys are made once per kind and `key_number` and then shared: making RSA keys is slow. */
struct make_certificate {
    uint8_t *der;
    size_t len;
    X509 *x509;
    EVP_PKEY *key; /* borrowed from the cache */
};

struct make_certificate_of {
    const char *subject;                   /* "CN=billing,O=Example"; NULL: an empty name */
    const struct make_certificate *issuer; /* NULL: self-signed */
    const char *issuer_name;               /* overrides the issuer's name in the certificate */
    enum make_certificate_key key;
    unsigned key_number;               /* another key of the same kind; 0 derives one from the subject */
    int64_t not_before_s, not_after_s; /* 0: 30 days before MAKE_CERTIFICATE_NOW, 90 days after it (CA: 10 years) */
    const char *serial;                /* hexadecimal; NULL: derived from subject and issuer */
    int version;                       /* 1 or 3; 0: 3 */

    bool ca;                   /* basicConstraints CA:TRUE critical, keyCertSign and cRLSign */
    bool no_basic_constraints; /* with ca: leave basicConstraints out */
    bool has_path_len;
    int path_len;
    const char *basic_constraints; /* OpenSSL's config syntax ("critical,CA:TRUE"): overrides the above */
    const char *key_usage;         /* config syntax; NULL: by `ca`, "critical,digitalSignature" for leaves; "" : none */
    const char *ekus;              /* "serverAuth,clientAuth"; NULL or "": no extension */
    const char *sans;              /* "DNS:a,IP:10.0.0.5,URI:spiffe://x/y,email:a@b"; NULL: no extension */
    const char *name_constraints;  /* "critical,permitted;DNS:corp.example" */
    bool no_subject_key_id;        /* SKI and AKI are there by default */
    bool no_authority_key_id;
    const uint8_t *authority_key_id; /* overrides: 20 bytes */

    const char *hash;      /* "sha256" by default; "sha1", "sha384", "md5" */
    bool pss;              /* sign with RSA-PSS */
    bool damage_signature; /* flip a bit of it */

    /* Extensions as they are: DER of the value in hexadecimal. Ends with an entry whose oid is NULL. */
    struct make_certificate_extension {
        const char *oid; /* "1.2.3.4" */
        bool critical;
        const char *hex;
    } extensions[4];
};

struct make_certificate *make_certificate(const struct make_certificate_of *of);
void make_certificate_free(struct make_certificate *certificate);

/* A key of a kind, from the cache: number 1, 2, ... Freed at exit. */
EVP_PKEY *make_certificate_key(enum make_certificate_key kind, unsigned number);

struct hf_span make_certificate_span(const struct make_certificate *certificate);

/* The certificate, or its key (PKCS#8), as PEM: NUL-terminated, to be freed with free(). */
char *make_certificate_pem(const struct make_certificate *certificate);
char *make_certificate_key_pem(const struct make_certificate *certificate);

#endif
