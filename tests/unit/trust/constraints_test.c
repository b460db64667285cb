/* Name constraints (RFC 5280 4.2.1.10), form by form, with the known ways around them. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "support/make_certificate.h"
#include "trust/constraints.h"

static enum hf_error check(const char *constraints, const char *subject, const char *sans)
{
    struct make_certificate *ca = make_certificate(
        &(struct make_certificate_of){.subject = "CN=CA", .ca = true, .name_constraints = constraints});
    struct make_certificate *leaf =
        make_certificate(&(struct make_certificate_of){.subject = subject, .issuer = ca, .sans = sans});
    struct hf_certificate read_ca;
    struct hf_certificate read_leaf;
    struct hf_constraints_violation violation;
    assert_int_equal(hf_certificate_read(make_certificate_span(ca), &read_ca, NULL), HF_OK);
    assert_int_equal(hf_certificate_read(make_certificate_span(leaf), &read_leaf, NULL), HF_OK);
    enum hf_error error = hf_constraints_check(&read_ca, &read_leaf, &violation);
    make_certificate_free(leaf);
    make_certificate_free(ca);
    return error;
}

static const struct {
    const char *constraints;
    const char *subject;
    const char *sans;
    bool fine;
} form_cases[] = {
    {"permitted;DNS:a.example", "CN=x", "DNS:a.example", true},
    {"permitted;DNS:a.example", "CN=x", "DNS:b.A.EXAMPLE", true},
    {"permitted;DNS:a.example", "CN=x", "DNS:ba.example", false},
    {"permitted;DNS:a.example", "CN=x", "DNS:example", false},
    {"permitted;DNS:.a.example", "CN=x", "DNS:b.a.example", true},
    {"permitted;DNS:.a.example", "CN=x", "DNS:a.example", false},
    {"permitted;DNS:a.example", "CN=x", "DNS:*.a.example", true},
    {"permitted;DNS:b.a.example", "CN=x", "DNS:*.a.example", false},
    {"permitted;DNS:a.example", "CN=x", "IP:10.0.0.5", true}, /* another form is free */
    {"permitted;DNS:a.example", "CN=x", NULL, true},
    {"permitted;DNS:a.example,permitted;DNS:b.example", "CN=x", "DNS:b.example,DNS:a.example", true},
    {"excluded;DNS:a.example", "CN=x", "DNS:b.example", true},
    {"excluded;DNS:a.example", "CN=x", "DNS:a.example", false},
    {"excluded;DNS:a.example", "CN=x", "DNS:A.example", false},
    {"excluded;DNS:a.example", "CN=x", "DNS:a.example.", false},
    {"excluded;DNS:s.a.example", "CN=x", "DNS:*.a.example", false},
    {"excluded;DNS:s.b.example", "CN=x", "DNS:*.a.example", true},
    {"permitted;DNS:example,excluded;DNS:a.example", "CN=x", "DNS:b.a.example", false},
    {"permitted;IP:10.0.0.0/255.0.0.0", "CN=x", "IP:10.1.2.3", true},
    {"permitted;IP:10.0.0.0/255.0.0.0", "CN=x", "IP:11.1.2.3", false},
    {"permitted;IP:10.0.0.0/255.0.0.0", "CN=x", "IP:::1", false},
    {"excluded;IP:10.0.0.0/255.0.0.0", "CN=x", "IP:10.1.2.3", false},
    {"excluded;IP:10.0.0.0/255.0.0.0", "CN=x", "IP:::1", true},
    {"permitted;IP:2001:db8:0:0:0:0:0:0/ffff:ffff:0:0:0:0:0:0", "CN=x", "IP:2001:db8::1", true},
    {"permitted;IP:2001:db8:0:0:0:0:0:0/ffff:ffff:0:0:0:0:0:0", "CN=x", "IP:2001:db9::1", false},
    {"permitted;DNS:a.example", "CN=x", "DNS:.a.example", false}, /* no name at all */
    {"permitted;DNS:a.example", "CN=x", "DNS:b..a.example", false},
    {"permitted;DNS:a.example", "CN=x", "DNS:*.*.a.example", false},
    {"permitted;email:b.example", "CN=x", "email:a@c@b.example", false},
    {"excluded;email:c.example", "CN=x", "email:a@c@b.example", false},
    {"permitted;email:a@b.example", "CN=x", "email:a@B.example", true},
    {"permitted;email:a@b.example", "CN=x", "email:A@b.example", false},
    {"permitted;email:b.example", "CN=x", "email:z@b.example", true},
    {"permitted;email:b.example", "CN=x", "email:z@c.b.example", false},
    {"permitted;email:.b.example", "CN=x", "email:z@c.b.example", true},
    {"permitted;email:.b.example", "CN=x", "email:z@b.example", false},
    {"permitted;email:b.example", "CN=x,emailAddress=z@c.example", NULL, false},
    {"permitted;email:b.example", "CN=x,emailAddress=z@b.example", NULL, true},
    {"excluded;email:b.example", "CN=x", "email:broken", false},
    {"permitted;URI:b.example", "CN=x", "URI:spiffe://b.example/x", true},
    {"permitted;URI:b.example", "CN=x", "URI:https://u:p@B.example:8443/x?y#z", true},
    {"permitted;URI:b.example", "CN=x", "URI:https://c.b.example/", false},
    {"permitted;URI:.b.example", "CN=x", "URI:https://c.b.example/", true},
    {"permitted;URI:.b.example", "CN=x", "URI:https://b.example/", false},
    {"permitted;URI:b.example", "CN=x", "URI:https://evil.example/@b.example", false},
    {"permitted;URI:b.example", "CN=x", "URI:https://evil.example?@b.example", false},
    {"permitted;URI:b.example", "CN=x", "URI:https://b.example@evil.example/", false},
    {"permitted;URI:b.example", "CN=x", "URI:urn:b.example", false},
    {"excluded;URI:b.example", "CN=x", "URI:https://10.0.0.1/", false}, /* cannot be judged: RFC 5280 */
    {"excluded;URI:b.example", "CN=x", "URI:https://[::1]/", false},
    {"excluded;URI:b.example", "CN=x", "URI:https://c.example/", true},
};

static void every_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(form_cases) / sizeof(form_cases[0]); i++) {
        enum hf_error error = check(form_cases[i].constraints, form_cases[i].subject, form_cases[i].sans);
        if (error != (form_cases[i].fine ? HF_OK : HF_ERR_name_constraint))
            fail_msg("%s against %s %s: %s", form_cases[i].constraints, form_cases[i].subject,
                     form_cases[i].sans == NULL ? "" : form_cases[i].sans, hf_error_name(error));
    }
}

/* nameConstraints as DER: permitted directoryName O=Lab; permitted registeredID. */
static enum hf_error check_raw(const char *hex, const char *subject, const char *sans)
{
    struct make_certificate *ca = make_certificate(
        &(struct make_certificate_of){.subject = "CN=CA", .ca = true, .extensions = {{"2.5.29.30", true, hex}}});
    struct make_certificate *leaf =
        make_certificate(&(struct make_certificate_of){.subject = subject, .issuer = ca, .sans = sans});
    struct hf_certificate read_ca;
    struct hf_certificate read_leaf;
    struct hf_constraints_violation violation;
    assert_int_equal(hf_certificate_read(make_certificate_span(ca), &read_ca, NULL), HF_OK);
    assert_int_equal(hf_certificate_read(make_certificate_span(leaf), &read_leaf, NULL), HF_OK);
    enum hf_error error = hf_constraints_check(&read_ca, &read_leaf, &violation);
    make_certificate_free(leaf);
    make_certificate_free(ca);
    return error;
}

#define DIRECTORY "3016a0143012a410300e310c300a060355040a0c034c6162"
#define REGISTERED                                                                                                     \
    "3008a0063004"                                                                                                     \
    "88022a03"

static void directories_and_unknown_forms(void **state)
{
    (void)state;
    assert_int_equal(check_raw(DIRECTORY, "O=Lab,CN=x", NULL), HF_OK);
    assert_int_equal(check_raw(DIRECTORY, "O=lab ,CN=x", NULL), HF_OK);
    assert_int_equal(check_raw(DIRECTORY, "O=Other,CN=x", NULL), HF_ERR_name_constraint);
    assert_int_equal(check_raw(DIRECTORY, "CN=x,O=Lab", NULL), HF_ERR_name_constraint);
    assert_int_equal(check_raw(DIRECTORY, NULL, "DNS:a.lan"), HF_OK); /* an empty subject is no directoryName */
    assert_int_equal(check_raw(REGISTERED, "CN=x", "DNS:a.lan"), HF_OK);
    assert_int_equal(check_raw(REGISTERED, "CN=x", "RID:1.2.3"), HF_ERR_name_constraint);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form),
        cmocka_unit_test(directories_and_unknown_forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
