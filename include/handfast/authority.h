/* A private CA as a library: make the CA, issue and renew certificates for mutual TLS.
 *
 * One root signs two issuers: one for servers, one for clients. Each issuer's extended key usage holds its one purpose,
 * so that no client certificate can act as a server or the other way round, however its leaf is written.
 * Every certificate is verified up to the root before it is handed out.
 *
 * Nothing here reads a clock or a file: dates and bytes are arguments, results are PEM texts. An authority may be used
 * by one thread at a time. RFC 5280. */
#ifndef HANDFAST_AUTHORITY_H
#define HANDFAST_AUTHORITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <handfast/failure.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The kind of a new key. */
enum hf_authority_key {
    HF_AUTHORITY_P256 = 0, /* ECDSA; the default, accepted everywhere */
    HF_AUTHORITY_P384,
    HF_AUTHORITY_P521,
    HF_AUTHORITY_ED25519,
    HF_AUTHORITY_RSA2048,
    HF_AUTHORITY_RSA4096,
    HF_AUTHORITY_MLDSA44, /* post-quantum (RFC 9881), for TLS 1.3 only; the three need libcrypto 3.5 or later */
    HF_AUTHORITY_MLDSA65,
    HF_AUTHORITY_MLDSA87
};

/* The kind by its name: "p256" "p384" "p521" "ed25519" "rsa2048" "rsa4096" "mldsa44" "mldsa65"
 * "mldsa87". Returns 0, or -1 for an unknown name. */
int hf_authority_key_by_name(const char *name, enum hf_authority_key *ret_key);

/* The three certificates of a CA, and the two roles of those it issues. */
enum hf_authority_role { HF_AUTHORITY_ROOT = 0, HF_AUTHORITY_SERVER = 1, HF_AUTHORITY_CLIENT = 2 };

/* "root", "server", "client". Static. */
const char *hf_authority_role_name(enum hf_authority_role role);

/* From when to when a certificate is valid: seconds since 1970, UTC, both included. */
struct hf_authority_validity {
    int64_t not_before_s;
    int64_t not_after_s;
};

/* [now - 5 minutes, now + days]: the backdating forgives clocks that differ a little. */
struct hf_authority_validity hf_authority_validity_days(int64_t now_s, unsigned days);

/* What a new CA is to be. */
struct hf_authority_settings {
    const char *name; /* of the CA, and the trust domain of its clients' SPIFFE IDs: letters, digits, '-', '.' and '_';
                         1 to 48 characters */
    enum hf_authority_key key;
    struct hf_authority_validity validity;
    const char *const *permitted; /* name constraints for servers: DNS domains (with all below them) and IP addresses or
                                     ranges ("10.0.0.0/8"); none: no constraint. Clients are always constrained to
                                     URIs of host `name`. */
    size_t permitted_count;
};

struct hf_authority;

/* Makes a root and its two issuers, with new keys. Free with hf_authority_free. */
enum hf_error hf_authority_new(const struct hf_authority_settings *settings, struct hf_authority **ret_authority,
                               struct hf_failure *ret_failure);

/* Opens a CA by its root certificate (PEM text of `root_len` bytes); it can issue once an issuer is added. */
enum hf_error hf_authority_open(const char *root, size_t root_len, struct hf_authority **ret_authority,
                                struct hf_failure *ret_failure);

/* PEM bytes of a certificate (or chain, or file holding both) and its key. pass is NULL when the key is not encrypted;
 * key is NULL for "a new key", where that is possible. All borrowed for the call. */
struct hf_authority_pair {
    const char *certificate;
    size_t certificate_len;
    const char *key;
    size_t key_len;
    const char *pass;
};

/* Adds an issuer with its key to an opened CA; its own extended key usage says for which role. */
enum hf_error hf_authority_add_issuer(struct hf_authority *authority, const struct hf_authority_pair *issuer,
                                      struct hf_failure *ret_failure);

/* Gives the issuer of a role (HF_AUTHORITY_SERVER or HF_AUTHORITY_CLIENT) a new certificate for the name and the key
 * that it has: what it issued stays valid, with the new certificate in the chain. Of `settings`, validity (an end past
 * the root's is cut to it) and, for servers, permitted and permitted_count count; no clock is read, so dates that are
 * over are fine. The root must have its key here, as hf_authority_new leaves it: HF_ERR_setting_invalid without, and
 * for another role or an empty validity. When it fails the issuer is as it was; otherwise the text that
 * hf_authority_certificate_pem gave for the role is gone. RFC 5280 4.2.1.1. */
enum hf_error hf_authority_renew_issuer(struct hf_authority *authority, enum hf_authority_role role,
                                        const struct hf_authority_settings *settings, struct hf_failure *ret_failure);

/* Wipes the keys. NULL is fine. */
void hf_authority_free(struct hf_authority *authority);

/* The name of the CA. Lives as long as the authority. */
const char *hf_authority_name(const struct hf_authority *authority);

/* The certificate of a role, as PEM text; NULL when this authority does not have it. The root is what peers trust.
 * Lives as long as the authority. */
const char *hf_authority_certificate_pem(const struct hf_authority *authority, enum hf_authority_role role);

/* The private key of a role as PEM text (PKCS#8), encrypted when pass is not NULL. Free with hf_authority_text_free,
 * which wipes it. */
enum hf_error hf_authority_key_pem(const struct hf_authority *authority, enum hf_authority_role role, const char *pass,
                                   char **ret_pem);

/* Wipes and frees a text of this header. NULL is fine. */
void hf_authority_text_free(char *text);

/* What a new certificate is to be. */
struct hf_authority_wish {
    enum hf_authority_role role; /* HF_AUTHORITY_SERVER or HF_AUTHORITY_CLIENT */
    const char *name;            /* becomes the common name; for a server also its first subject alternative name (DNS
                                    or IP address); for a client the path of its SPIFFE ID: spiffe://<ca>/<name> */
    const char *const *names;    /* further DNS names and IP addresses of a server; none for a client */
    size_t names_count;
    enum hf_authority_key key;
    struct hf_authority_validity validity; /* must overlap the issuer's; an end past the issuer's is cut to it */
    const char *pass;                      /* encrypts the new key; NULL: it is not encrypted */
    bool delegates;                        /* it permits delegated credentials (<handfast/delegation.h>); a renewed
                                              certificate does as the old one did */
    bool unfit_without_names;              /* false, unless it is to be seen how clients refuse it: a server's
                                              certificate has its common name only, which is no host's name
                                              (RFC 9525 2). Of a client, and in hf_authority_renew, it says nothing */
};

/* A certificate just issued. Texts are owned: give back with hf_authority_issued_wipe. */
struct hf_authority_issued {
    char *chain_pem; /* leaf first, then the issuer: what the holder sends */
    char *key_pem;   /* NULL when the old key was kept */
    int64_t not_before_s;
    int64_t not_after_s;
    char serial[44];    /* hexadecimal */
    char subject[160];  /* safe to print */
    char identity[320]; /* the subject alternative names, as "DNS:a.lan, IP:10.0.0.5" */
};

/* Issues a certificate with a new key and verifies it up to the root for its role before returning it. */
enum hf_error hf_authority_issue(const struct hf_authority *authority, const struct hf_authority_wish *wish,
                                 struct hf_authority_issued *ret_issued, struct hf_failure *ret_failure);

/* Issues a certificate anew: the same role, subject and subject alternative names as `old`, which this CA must have
 * issued (it may have expired). With old->key that key is kept; without, a new one of kind wish->key is made, encrypted
 * with wish->pass when that is not NULL. Of `wish`, key, validity and pass count. */
enum hf_error hf_authority_renew(const struct hf_authority *authority, const struct hf_authority_pair *old,
                                 const struct hf_authority_wish *wish, struct hf_authority_issued *ret_issued,
                                 struct hf_failure *ret_failure);

/* Wipes and frees the texts. */
void hf_authority_issued_wipe(struct hf_authority_issued *issued);

#ifdef __cplusplus
}
#endif
#endif
