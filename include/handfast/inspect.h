/* Certificates as a person reads them: what is in a PEM file, and whether it will do for mutual TLS.
 * Nothing here reads a clock or a file. RFC 5280, RFC 7468. */
#ifndef HANDFAST_INSPECT_H
#define HANDFAST_INSPECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <handfast/failure.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One certificate. Texts live as long as the inspection, are never NULL and safe to print. */
struct hf_inspected {
    const char *subject; /* "CN=billing, O=Example" */
    const char *issuer;
    const char *serial;      /* hexadecimal */
    const char *fingerprint; /* SHA-256 of the DER, hexadecimal */
    const char *key;         /* "ECDSA P-256", "RSA 2048", "Ed25519" */
    const char *signature;   /* "ecdsa-with-SHA256"; the OID where it has no name here */
    int64_t not_before_s;    /* seconds since 1970, UTC */
    int64_t not_after_s;
    bool is_ca;
    int path_len;             /* -1: no limit, or not a CA */
    const char *const *names; /* subject alternative names: "DNS:a.lan", "IP:10.0.0.5", "URI:spiffe://ca/x" */
    size_t names_count;
    const char *const
        *purposes; /* extended key usages: "serverAuth", "clientAuth", others as OIDs; none: any purpose */
    size_t purposes_count;
};

struct hf_inspection;

/* Reads every certificate of a PEM file (`len` bytes). On failure *ret_failure says what the file holds instead.
 * Free with hf_inspection_free. */
enum hf_error hf_inspection_new(const char *pem, size_t len, struct hf_inspection **ret_inspection,
                                struct hf_failure *ret_failure);
void hf_inspection_free(struct hf_inspection *inspection);

size_t hf_inspection_count(const struct hf_inspection *inspection);

/* The certificate at `index`, 0 being the first of the file; NULL past the last. */
const struct hf_inspected *hf_inspection_at(const struct hf_inspection *inspection, size_t index);

enum hf_inspect_purpose { HF_INSPECT_ANY = 0, HF_INSPECT_SERVER, HF_INSPECT_CLIENT };

/* A CRL (PEM or DER) or an OCSP response (DER), and what explanations call it. All borrowed. */
struct hf_inspect_paper {
    const void *bytes;
    size_t len;
    const char *name;
};

/* What to check a chain against. NULL texts: not asked. All borrowed. */
struct hf_inspect_question {
    const char *key; /* PEM of the private key that must belong to the leaf */
    size_t key_len;
    const char *pass; /* opens the key */
    const char *ca;   /* PEM of trusted CAs up to which the chain must verify */
    size_t ca_len;
    enum hf_inspect_purpose purpose;
    const char *name; /* DNS name or IP address that the leaf must be for */
    int64_t now_s;
    const struct hf_inspect_paper
        *crls; /* with `ca`: of no certificate of the path may they say that it was revoked, */
    size_t crl_count;
    const struct hf_inspect_paper *responses; /* and of each but the trusted one they must say something, if any is
                                               * given: as by HF_REVOCATION_HARD (<handfast/config.h>) */
    size_t response_count;
};

/* Checks order, key, dates, purpose, and with `ca` the whole path and the name, as a peer would.
 * Writes what was found, worst first, at most `room` failures; *ret_count is how many. 0: all is well.
 * The result is an error only when the check itself could not be made. */
enum hf_error hf_inspection_check(const struct hf_inspection *inspection, const struct hf_inspect_question *question,
                                  struct hf_failure *ret_failures, size_t room, size_t *ret_count);

/* Rules of admission to be tried (docs/ADMISSION.md). */
struct hf_inspect_admission {
    const char *text; /* the rules, as in a file of them */
    size_t len;
    bool common_names; /* as hf_builder_admit_common_names */
};

/* Whether the rules would admit who presents these certificates, once they were proven: nothing of them is verified
 * here (hf_inspection_check does), issuer: looks at the certificates of the file. HF_OK, and into `room` bytes at
 * `rule` the rule that admits; not_admitted, and *ret_failure has the rules and the names; setting_invalid when a rule
 * is none. */
enum hf_error hf_inspection_admit(const struct hf_inspection *inspection, const struct hf_inspect_admission *rules,
                                  char *rule, size_t room, struct hf_failure *ret_failure);

/* Writes the chain again as PEM, leaf first, each followed by its issuer, without what does not belong to it.
 * `key` chooses the leaf when the file holds several; NULL: the one that issued no other.
 * Free with hf_authority_text_free. */
enum hf_error hf_inspection_sorted_pem(const struct hf_inspection *inspection,
                                       const struct hf_inspect_question *question, char **ret_pem,
                                       struct hf_failure *ret_failure);

#ifdef __cplusplus
}
#endif
#endif
