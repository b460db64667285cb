/* The extensions of a certificate (RFC 5280 4.2): those that matter to us are read, the others passed by.
 * hf_certificate_read_extensions, declared in certificate/certificate.h, is what this file gives most of all. */
#ifndef HF_CERTIFICATE_EXTENSIONS_H
#define HF_CERTIFICATE_EXTENSIONS_H

#include "certificate/certificate.h"

/* More than this many in one certificate are refused: finding duplicates is quadratic. */
#define HF_EXTENSIONS_COUNT_MAX 64

/* One Extension, of a certificate or of a CRL, in its bytes. */
struct hf_extension_bytes {
    struct hf_span oid;
    bool critical;
    struct hf_span value;
};

/* The next one; false at the end of the list, and at one that is not DER, which spoils the list. */
HF_MUST bool hf_certificate_next_extension(struct hf_der *list, struct hf_extension_bytes *ret_extension);

/* The value of authorityKeyIdentifier, which CRLs have, too: its keyIdentifier only. */
HF_MUST bool hf_certificate_read_authority_key_id(struct hf_der *der, struct hf_span *ret_key_id);

#endif
