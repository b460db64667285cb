/* Each rule of the profile: a certificate that breaks it, and one beside it that does not. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "support/make_certificate.h"
#include "trust/profile.h"

#define KEY_ID_HEX "0414000102030405060708090a0b0c0d0e0f10111213"

static const struct {
    struct make_certificate_of of;
    const char *wanted; /* begins so; NULL: nothing is broken */
} rows[] = {
    {{.subject = "CN=x", .sans = "DNS:a.lan"}, NULL},
    {{.subject = "CN=x", .no_subject_key_id = true, .no_authority_key_id = true}, NULL},
    {{.subject = "CN=x", .no_subject_key_id = true, .extensions = {{"2.5.29.14", true, KEY_ID_HEX}}},
     "key identifiers"},
    {{.subject = "CN=x", .no_subject_key_id = true, .extensions = {{"2.5.29.14", false, KEY_ID_HEX}}}, NULL},
    {{.subject = "CN=x", .no_authority_key_id = true, .extensions = {{"2.5.29.35", true, "30038001aa"}}},
     "key identifiers"},
    {{.subject = "CN=x",
      .extensions = {{"1.3.6.1.5.5.7.1.1", true, "301c301a06082b06010505073002860e687474703a2f2f782f612e637274"}}},
     "key identifiers"},
    {{.subject = "CN=x", .key_usage = "critical,digitalSignature,keyCertSign"}, "keyUsage"},
    {{.subject = "CN=x", .ca = true, .key_usage = "critical,digitalSignature,keyCertSign"}, NULL},
    {{.subject = "CN=x", .name_constraints = "critical,permitted;DNS:a.lan"}, "no nameConstraints"},
    {{.subject = "CN=x", .ca = true, .name_constraints = "critical,permitted;DNS:a.lan"}, NULL},
    {{.sans = "DNS:a.lan"}, "a subjectAltName"},
    {{.extensions = {{"2.5.29.17", true, "30078205612e6c616e"}}}, NULL},
    {{.subject = "CN=x", .ca = true, .extensions = {{"2.5.29.36", false, "3003800100"}}}, "policyConstraints"},
    {{.subject = "CN=x", .ca = true, .extensions = {{"2.5.29.36", true, "3003800100"}}}, NULL},
};

static void rules_are_kept(void **state)
{
    (void)state;
    struct make_certificate *issuer = make_certificate(&(struct make_certificate_of){.subject = "CN=CA", .ca = true});
    for (size_t i = 0; i < HF_COUNT(rows); i++) {
        struct make_certificate_of of = rows[i].of;
        of.issuer = issuer;
        struct make_certificate *made = make_certificate(&of);
        struct hf_certificate read;
        assert_int_equal(hf_certificate_read(make_certificate_span(made), &read, NULL), HF_OK);
        const struct hf_profile_rule *broken = hf_profile_check(&read);
        if (rows[i].wanted == NULL ? broken != NULL
                                   : broken == NULL || strncmp(broken->wanted, rows[i].wanted, strlen(rows[i].wanted)))
            fail_msg("row %zu: %s", i, broken == NULL ? "nothing is broken" : broken->wanted);
        make_certificate_free(made);
    }
    make_certificate_free(issuer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rules_are_kept)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
