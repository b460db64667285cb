/* SPIFFE bundles as they are published: a JWK Set (RFC 7517) whose entries hold the CAs of a trust domain (SPIFFE Trust
 * Domain and Bundle 4, X509-SVID 6). Read with jansson; without it (jwks_none.c) bundles must be PEM. */
#ifndef HF_CLI_JWKS_H
#define HF_CLI_JWKS_H

#include <stdbool.h>

#include "file.h"

/* Whether the file is JSON rather than PEM or DER: its first byte that is no blank is a brace. */
bool hf_jwks_is_one(const struct hf_file *file);

/* The certificates of its x509-svid entries as PEM, to be freed; entries of other uses are passed by, as the standard
 * has it. NULL, and *ret_failure, which names `path`: it is no JWK Set, or has none of them. */
char *hf_jwks_pem(const struct hf_file *file, const char *path, struct hf_failure *ret_failure);

#endif
