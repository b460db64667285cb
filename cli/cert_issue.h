/* Certificates issued and renewed into files: what `handfast cert issue`, `renew` and `pair` share. */
#ifndef HF_CLI_CERT_ISSUE_H
#define HF_CLI_CERT_ISSUE_H

#include "cert_flags.h"

/* Issues one certificate with a new key and writes NAME.pem and NAME.key into flags->out. Says what it wrote.
 * Returns the exit status. */
int hf_cert_issue_one(const struct hf_authority *authority, const struct hf_cert_flags *flags,
                      const struct hf_authority_wish *wish);

/* Renews the certificate of a file in its place. */
int hf_cert_issue_again(const struct hf_authority *authority, const struct hf_cert_flags *flags, const char *path,
                        const char *pass);

/* The directory of the CA. */
const char *hf_cert_issue_directory(const struct hf_cert_flags *flags);

/* "billing.pem" has its key in "billing.key": fills HF_FILE_PATH_MAX bytes; false when they are too few. */
bool hf_cert_issue_key_beside(char *into, const char *path);

#endif
