/* X.501 names (RFC 5280 4.1.2.4): printed for people, and compared as RFC 5280 7.1 and RFC 4518 ask at the least:
 * byte for byte, or, for PrintableString and UTF8String, ASCII letters without regard to case and runs of spaces as
 * one. Every `name` is a whole Name element that hf_name_check accepted (certificates are read with it). */
#ifndef HF_CERTIFICATE_NAME_H
#define HF_CERTIFICATE_NAME_H

#include "base/text.h"
#include "certificate/der.h"

/* Whether it is a well-formed Name. */
HF_MUST bool hf_name_check(struct hf_span name);

bool hf_name_is_empty(struct hf_span name);
bool hf_name_equal(struct hf_span a, struct hf_span b);

/* Whether `name` begins with all of `base` (directoryName constraints, RFC 5280 4.2.1.10). An empty base takes all. */
bool hf_name_is_within(struct hf_span base, struct hf_span name);

/* Equal names have equal hashes. For look-up tables; not keyed. */
uint64_t hf_name_hash(struct hf_span name);

/* Adds "CN=billing, O=Example, C=SE", most specific first; "(no name)" when empty. Safe to print. */
void hf_name_print(struct hf_span name, struct hf_text *text);

/* The value of the last commonName, as it stands; empty when there is none. */
struct hf_span hf_name_common_name(struct hf_span name);

/* The value of the last emailAddress likewise. */
struct hf_span hf_name_email(struct hf_span name);

#endif
