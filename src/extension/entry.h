/* What stands beside one certificate in TLS 1.3's Certificate, of either end: RFC 9846 4.5.1, 4.5.1.1. */
#ifndef HF_EXTENSION_ENTRY_H
#define HF_EXTENSION_ENTRY_H

#include "base/writer.h"
#include "error/error.h"
#include "extension/set.h"
#include "identity/identity.h"

/* Spans are borrowed: when read, from the block. */
struct hf_certificate_entry {
    struct hf_span ocsp; /* an OCSPResponse (RFC 6960), DER; empty: none */
    struct hf_span scts; /* a SignedCertificateTimestampList (RFC 6962 3.3); empty: none */
};

/* Writes the extensions of an entry, with the length of their block in front. `credential`: a DelegatedCredential (RFC
 * 9345 4), beside an end-entity certificate; empty: none. */
void hf_extension_write_certificate_entry(const struct hf_certificate_entry *entry, struct hf_span credential,
                                          struct hf_writer *body);

/* The body of a Certificate message of ours: the chain of the identity, with those of its papers that `papers` (enum
 * hf_identity_paper) names; without an identity (NULL) an empty one. hf_identity_room and the context suffice. */
void hf_extension_write_certificate13(const struct hf_identity *identity, unsigned papers, struct hf_span context,
                                      struct hf_writer *body);

/* Reads them: `block` is the inside of the vector, `asked` what our hello or CertificateRequest had. Unknown ones, and
 * those that were not asked for, are unsolicited. */
HF_MUST enum hf_error hf_extension_read_certificate_entry(struct hf_span block, struct hf_extension_set asked,
                                                          struct hf_certificate_entry *ret_entry,
                                                          struct hf_failure *ret_failure);

/* The DelegatedCredential of a block that was read well; empty: none. It was looked at for its syntax. */
struct hf_span hf_extension_entry_credential(struct hf_span block);

#endif
