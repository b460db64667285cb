/* A client CA is constrained to names of its own, and a client comes with one that only looks like them: a URI of
 * another host, a DNS name in other case, a name with a trailing dot, a mailbox of another host. wolfSSL CVE-2026-5263,
 * GnuTLS CVE-2026-3833. RFC 5280 4.2.1.10. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "crypto/toolbox.h"
#include "support/make_certificate.h"
#include "trust/trust.h"

static const struct {
    const char *constraints;
    const char *sans;
    enum hf_error error;
} rows[] = {
    {"critical,permitted;URI:pay.example", "URI:spiffe://pay.example/ns/a", HF_OK},
    {"critical,permitted;URI:pay.example", "URI:spiffe://PAY.example/ns/a", HF_OK},
    {"critical,permitted;URI:pay.example", "URI:spiffe://evil.example/pay.example", HF_ERR_name_constraint},
    {"critical,permitted;URI:pay.example", "URI:spiffe://pay.example@evil.example/a", HF_ERR_name_constraint},
    {"critical,permitted;URI:pay.example", "URI:spiffe://a.pay.example/a", HF_ERR_name_constraint},
    {"critical,permitted;URI:.pay.example", "URI:spiffe://a.pay.example/a", HF_OK},
    {"critical,permitted;URI:pay.example", "URI:urn:uuid:0", HF_ERR_name_constraint}, /* no host: cannot be judged */
    {"critical,excluded;URI:bad.example", "URI:spiffe://BAD.example/a", HF_ERR_name_constraint},
    {"critical,excluded;URI:bad.example", "URI:spiffe://bad.example.:443/a", HF_ERR_name_constraint},
    {"critical,excluded;URI:bad.example", "URI:spiffe://10.0.0.5/a", HF_ERR_name_constraint},
    {"critical,excluded;DNS:bad.example", "DNS:BaD.eXaMpLe", HF_ERR_name_constraint},
    {"critical,excluded;DNS:BAD.example", "DNS:a.bad.EXAMPLE", HF_ERR_name_constraint},
    {"critical,excluded;DNS:bad.example", "DNS:bad.example.", HF_ERR_name_constraint},
    {"critical,excluded;email:bad.example", "email:a@BAD.example", HF_ERR_name_constraint},
    {"critical,permitted;email:pay.example", "email:a@evil.example", HF_ERR_name_constraint},
};

static enum hf_error verify(const struct hf_toolbox *toolbox, const char *constraints, const char *sans)
{
    struct hf_trust *trust = hf_trust_new(&hf_allocation_standard);
    struct make_certificate *ca = make_certificate(
        &(struct make_certificate_of){.subject = "CN=Clients", .ca = true, .name_constraints = constraints});
    struct make_certificate *leaf = make_certificate(
        &(struct make_certificate_of){.subject = "CN=client", .issuer = ca, .sans = sans, .ekus = "clientAuth"});
    struct hf_span sent = make_certificate_span(leaf);
    struct hf_trust_question question = {.certificates = &sent,
                                         .certificate_count = 1,
                                         .purpose = HF_PURPOSE_CLIENT,
                                         .now_s = MAKE_CERTIFICATE_NOW,
                                         .toolbox = toolbox,
                                         .allocator = &hf_allocation_standard};
    struct hf_verdict verdict;
    assert_int_equal(hf_trust_add_der(trust, make_certificate_span(ca)), HF_OK);
    enum hf_error error = hf_trust_verify(trust, &question, &verdict);
    hf_trust_free(trust);
    make_certificate_free(leaf);
    make_certificate_free(ca);
    return error;
}

static void constraints_of_a_client_ca_hold(void **state)
{
    (void)state;
    struct hf_toolbox *toolbox = NULL;
    assert_int_equal(hf_toolbox_new(&hf_allocation_standard, &toolbox), HF_OK);
    for (size_t i = 0; i < HF_COUNT(rows); i++) {
        enum hf_error error = verify(toolbox, rows[i].constraints, rows[i].sans);
        if (error != rows[i].error)
            fail_msg("%s under %s: %s", rows[i].sans, rows[i].constraints, hf_error_name(error));
    }
    hf_toolbox_free(toolbox);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(constraints_of_a_client_ca_hold)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
