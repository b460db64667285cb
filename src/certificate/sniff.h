/* What a file that should have held certificates or a key holds instead: looked up by its first bytes and its PEM
 * labels, so that a person is told "this is PKCS#12" and what to do, not "no start line" (table of failures, H24).
 * Only for explanations: nothing is decided by it. */
#ifndef HF_CERTIFICATE_SNIFF_H
#define HF_CERTIFICATE_SNIFF_H

#include "base/must.h"
#include "base/span.h"

enum hf_sniffed {
    HF_SNIFFED_EMPTY,
    HF_SNIFFED_CERTIFICATES, /* PEM: certificates, no key */
    HF_SNIFFED_KEY,          /* PEM: a private key, no certificate */
    HF_SNIFFED_BOTH,         /* PEM: both */
    HF_SNIFFED_REQUEST,      /* PEM: a certificate signing request */
    HF_SNIFFED_PUBLIC_KEY,   /* PEM: a public key only */
    HF_SNIFFED_OPENSSH,      /* a key of OpenSSH's own format */
    HF_SNIFFED_PEM_OTHER,    /* PEM of some other label */
    HF_SNIFFED_PEM_BROKEN,   /* a BEGIN line, but no block */
    HF_SNIFFED_DER_CERTIFICATE,
    HF_SNIFFED_DER_KEY,
    HF_SNIFFED_PKCS12,
    HF_SNIFFED_PKCS7,
    HF_SNIFFED_JKS,
    HF_SNIFFED_HTML,
    HF_SNIFFED_TEXT,
    HF_SNIFFED_BINARY
};

enum hf_sniffed hf_sniff(struct hf_span file);

/* "a PKCS#12 file (.p12, .pfx)"; and the command or step that mends it, "" when there is none. Static strings. */
const char *hf_sniff_name(enum hf_sniffed sniffed);
const char *hf_sniff_remedy(enum hf_sniffed sniffed);

#endif
