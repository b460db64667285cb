/* CRLs and OCSP responses of any bytes: what is accepted can be walked to its end, and lies within the bytes. */
#include <stdint.h>
#include <stdlib.h>

#include "certificate/crl.h"
#include "certificate/ocsp.h"

static void look_into_crl(struct hf_span der)
{
    struct hf_crl crl;
    struct hf_crl_entry entry;
    struct hf_certificate_flaw flaw = {.field = NULL, .what = NULL};
    if (hf_crl_read(der, &crl, &flaw) != HF_OK) {
        if (flaw.field == NULL || flaw.what == NULL)
            abort();
        return;
    }
    if (crl.tbs.len + crl.signature.len > der.len || crl.issuer.len == 0)
        abort();
    const struct hf_span serial = hf_span_of("\x77", 1);
    if (hf_crl_find(&crl, serial, &entry) &&
        (!hf_span_equal(entry.serial, serial) || !hf_crl_reason_name(entry.reason)))
        abort();
}

static void look_into_ocsp(struct hf_span der)
{
    struct hf_ocsp ocsp;
    struct hf_ocsp_answer answer;
    size_t count = 0;
    if (hf_ocsp_read(der, &ocsp) != HF_OK || ocsp.status != 0)
        return;
    struct hf_der each = hf_der_of(ocsp.answers);
    while (hf_ocsp_next(&each, &answer))
        count++;
    if (count == 0 || !hf_der_end(&each) || ocsp.tbs.len > der.len)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    look_into_crl(hf_span_of(data, size));
    look_into_ocsp(hf_span_of(data, size));
    return 0;
}
