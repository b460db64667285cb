/* A verdict on a peer's certificates, put into the words of a failure. */
#ifndef HF_TRUST_VERDICT_H
#define HF_TRUST_VERDICT_H

#include "trust/trust.h"

/* Fills error, depth, since_s, subject, serial, wanted, got, hint; leaves by, of, alert, where alone. */
void hf_trust_fill_failure(const struct hf_verdict *verdict, struct hf_failure *failure);

/* The same for any certificate that a failure is about (one of our own that expired, say): subject and serial. */
void hf_verdict_name_certificate(struct hf_span der, struct hf_failure *failure);

#endif
