/* Fuzzes the reader of certificates and of PEM. What was read must lie inside the input, and everything that prints,
 * compares or walks must take whatever the reader accepted. */
#include <stdint.h>

#include "base/text.h"
#include "certificate/certificate.h"
#include "certificate/general_name.h"
#include "certificate/name.h"
#include "certificate/oid.h"
#include "certificate/pem.h"
#include "support/demand.h"
#include "trust/constraints.h"
#include "trust/names.h"
#include "trust/spiffe.h"

static void need_inside(struct hf_span part, struct hf_span whole)
{
    demand(part.len == 0 || (part.data >= whole.data && part.data + part.len <= whole.data + whole.len));
}

static void walk(const struct hf_certificate *certificate)
{
    char line[512];
    struct hf_text text = hf_text_of(line, sizeof(line));
    hf_name_print(certificate->subject, &text);
    hf_general_name_print_all(certificate->subject_alt_names, &text);
    hf_oid_print(certificate->unknown_critical, &text);
    demand(hf_name_equal(certificate->subject, certificate->subject));
    demand(hf_name_is_within(certificate->issuer, certificate->issuer));
    if (hf_name_equal(certificate->subject, certificate->issuer))
        demand(hf_name_hash(certificate->subject) == hf_name_hash(certificate->issuer));
    struct hf_constraints_violation violation;
    (void)!hf_constraints_check(certificate, certificate, &violation);
    (void)!hf_names_check(certificate, "www.example.com");
    (void)!hf_names_check(certificate, "10.0.0.1");
    need_inside(hf_spiffe_of(certificate), certificate->der);
}

static void try_certificate(struct hf_span der)
{
    struct hf_certificate certificate;
    struct hf_certificate_flaw flaw = {0};
    if (hf_certificate_read(der, &certificate, &flaw) != HF_OK) {
        demand(flaw.field != NULL && flaw.what != NULL);
        return;
    }
    const struct hf_span parts[] = {certificate.tbs,
                                    certificate.serial,
                                    certificate.issuer,
                                    certificate.subject,
                                    certificate.signature,
                                    certificate.key.raw,
                                    certificate.key.modulus,
                                    certificate.key.exponent,
                                    certificate.key.point,
                                    certificate.subject_alt_names,
                                    certificate.permitted_subtrees,
                                    certificate.excluded_subtrees,
                                    certificate.authority_key_id,
                                    certificate.subject_key_id,
                                    certificate.issuer_url,
                                    certificate.unknown_critical};
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        need_inside(parts[i], der);
    walk(&certificate);
}

static void try_pem(struct hf_span text)
{
    struct hf_pem pem = hf_pem_of(text);
    struct hf_pem_block block;
    enum hf_pem_found found = hf_pem_next(&pem, &block);
    for (; found != HF_PEM_NONE; found = hf_pem_next(&pem, &block)) {
        if (found != HF_PEM_BLOCK)
            continue;
        struct hf_buffer der;
        struct hf_buffer again;
        unsigned line = 0;
        hf_buffer_init(&der, &hf_allocation_standard, 65536);
        hf_buffer_init(&again, &hf_allocation_standard, 131072);
        if (hf_pem_decode(&block, &der, &line) == HF_OK) {
            demand(hf_pem_write("CERTIFICATE", hf_buffer_span(&der), &again) == HF_OK);
            try_certificate(hf_buffer_span(&der));
        }
        (void)hf_pem_is_encrypted(&block);
        hf_buffer_release(&der);
        hf_buffer_release(&again);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    try_certificate(hf_span_of(data, size));
    try_pem(hf_span_of(data, size));
    return 0;
}
