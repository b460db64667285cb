/* The extensions of a certificate (RFC 5280 4.2): those that matter to us are read, the others passed by.
 * hf_certificate_read_extensions, declared in certificate/certificate.h, is what this file gives most of all. */
#ifndef HF_CERTIFICATE_EXTENSIONS_H
#define HF_CERTIFICATE_EXTENSIONS_H

#include "certificate/certificate.h"

/* More than this many in one certificate are refused: finding duplicates is quadratic. */
#define HF_EXTENSIONS_COUNT_MAX 64

/* The value of authorityKeyIdentifier, which CRLs have, too: its keyIdentifier only. */
HF_MUST bool hf_certificate_read_authority_key_id(struct hf_der *der, struct hf_span *ret_key_id);

#endif
