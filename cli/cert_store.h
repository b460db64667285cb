/* A private CA on disk: one directory.
 *
 *     ca.pem        the root's certificate: what peers trust (--ca, --client-ca)
 *     ca.key        the root's key; only a new issuer needs it, so it may be kept elsewhere
 *     server-ca.pem server-ca.key    issue servers' certificates
 *     client-ca.pem client-ca.key    issue clients' certificates
 *     ledger.txt    one line for every certificate issued, written before the certificate itself
 */
#ifndef HF_CLI_CERT_STORE_H
#define HF_CLI_CERT_STORE_H

#include <stdbool.h>

#include <handfast/authority.h>

#define HF_CERT_STORE_DIRECTORY "ca"

/* Each of these returns false with *ret_failure filled. */

/* Writes a new CA: the directory appears complete or not at all; an empty one may be there already.
 * pass encrypts its keys; NULL: they are not encrypted. */
bool hf_cert_store_create(const char *directory, const struct hf_authority *authority, const char *pass,
                          struct hf_failure *ret_failure);

/* Opens a CA with those issuers whose keys are there. Free it with hf_authority_free. */
bool hf_cert_store_open(const char *directory, const char *pass, struct hf_authority **ret_authority,
                        struct hf_failure *ret_failure);

/* Whether there is a CA. */
bool hf_cert_store_exists(const char *directory);

/* Notes an issued certificate in the ledger. verb: "issued" or "renewed". */
bool hf_cert_store_note(const char *directory, const char *verb, const struct hf_authority_issued *issued,
                        const char *file, struct hf_failure *ret_failure);

#endif
