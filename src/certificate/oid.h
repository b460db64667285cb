/* Object identifiers: compared with constants of ours, and printed (X.690 8.19). */
#ifndef HF_CERTIFICATE_OID_H
#define HF_CERTIFICATE_OID_H

#include "base/text.h"
#include "certificate/der.h"

/* Whether the content of an OBJECT IDENTIFIER is well-formed: not empty, last byte ends a number, none begins with 80.
 */
HF_MUST bool hf_oid_check(struct hf_span oid);

/* Adds "1.2.840.10045.4.3.2"; numbers over 2^56 stand as "?". */
void hf_oid_print(struct hf_span oid, struct hf_text *text);

/* Takes an OBJECT IDENTIFIER: its content. A malformed one spoils the reader. */
struct hf_span hf_oid_take(struct hf_der *der);

/* The span over a string literal that holds an OID's content. */
#define HF_OID(literal) hf_span_of(literal, sizeof(literal) - 1)

#endif
