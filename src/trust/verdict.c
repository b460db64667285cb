/* A verdict's facts, moved into the public struct that explains failures. */
#include "trust/verdict.h"

#include "base/text.h"
#include "certificate/name.h"

void hf_verdict_name_certificate(struct hf_span der, struct hf_failure *failure)
{
    struct hf_certificate certificate;
    struct hf_text subject = hf_text_of(failure->subject, sizeof(failure->subject));
    struct hf_text serial = hf_text_of(failure->serial, sizeof(failure->serial));
    if (der.len == 0 || hf_certificate_read(der, &certificate, NULL) != HF_OK)
        return;
    hf_name_print(certificate.subject, &subject);
    hf_text_add_hex(&serial, certificate.serial);
}

void hf_trust_fill_failure(const struct hf_verdict *verdict, struct hf_failure *failure)
{
    failure->error = verdict->error;
    failure->depth = verdict->depth;
    failure->since_s = verdict->since_s;
    hf_verdict_name_certificate(verdict->certificate, failure);
    (void)hf_span_copy(hf_span_of(verdict->wanted, sizeof(verdict->wanted)), failure->wanted, sizeof(failure->wanted));
    (void)hf_span_copy(hf_span_of(verdict->got, sizeof(verdict->got)), failure->got, sizeof(failure->got));
    (void)hf_span_copy(hf_span_of(verdict->hint, sizeof(verdict->hint)), failure->hint, sizeof(failure->hint));
}
