/* Rules of admission: what each kind and each group fits, how stars stop, what is no rule and where; and which rule it
 * was. The peer has many names; each row is a rule and whether it fits. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/must.h"
#include "crypto/toolbox.h"
#include "support/make_certificate.h"
#include "support/test_allocator.h"
#include "trust/admission.h"
#include "trust/peer.h"
#include "trust/rule_match.h"

static struct hf_toolbox *toolbox;
static struct make_certificate *root, *leaf;
static struct hf_peer *peer;
static char pin[65];

static int begin(void **state)
{
    (void)state;
    if (hf_toolbox_new(&hf_allocation_standard, &toolbox) != HF_OK)
        return -1;
    root = make_certificate(&(struct make_certificate_of){.subject = "O=Lab,CN=Lab Root", .ca = true});
    leaf = make_certificate(&(struct make_certificate_of){
        .subject = "O=Lab,CN=billing",
        .issuer = root,
        .sans = "URI:spiffe://example.org/ns/prod/sa/pay,DNS:Pay.svc.local,DNS:a.b.svc.local,email:ops@lab.example,"
                "IP:10.0.0.5"});
    const struct hf_span chain[] = {make_certificate_span(leaf), make_certificate_span(root)};
    if (hf_peer_new(&hf_allocation_standard, toolbox, chain, 2, &peer) != HF_OK)
        return -1;
    for (size_t i = 0; i < 32; i++)
        (void)snprintf(pin + 2 * i, 3, "%02X", hf_peer_key_fingerprint(peer)[i]);
    return 0;
}

static int end(void **state)
{
    (void)state;
    hf_peer_drop(peer);
    make_certificate_free(leaf);
    make_certificate_free(root);
    hf_toolbox_free(toolbox);
    return 0;
}

static struct hf_failure failure;
static const char *fitting;

static enum hf_error judge_with(const char *rules, const struct hf_allocator *allocator, bool common_names)
{
    static char kept[512];
    failure = (struct hf_failure){.depth = -1};
    struct hf_admission *admission = hf_admission_new(allocator);
    if (admission == NULL)
        return HF_ERR_no_memory;
    if (common_names)
        hf_admission_allow_common_names(admission);
    const char *rule = "";
    enum hf_error error = hf_admission_add(admission, hf_span_of_text(rules), "rules.txt", &failure);
    if (error == HF_OK)
        error = hf_admission_judge(admission, peer, &rule, &failure);
    (void)snprintf(kept, sizeof kept, "%s", rule);
    fitting = kept;
    hf_admission_free(admission);
    return error;
}

static enum hf_error judge(const char *rules)
{
    return judge_with(rules, &hf_allocation_standard, false);
}

static const struct {
    const char *rule;
    bool fits;
} rows[] = {
    {"spiffe://example.org/ns/prod/sa/pay", true},
    {"spiffe://example.org/ns/*/sa/pay", true},
    {"spiffe://example.org/ns/*/sa/*", true},
    {"spiffe://example.org/ns/*", false}, /* a star stops at a slash */
    {"spiffe://example.org/**", true},
    {"spiffe://example.org/**/pay", true},
    {"spiffe://example.org/ns/p*d/sa/pay", true},
    {"spiffe://example.com/**", false},
    {"spiffe://EXAMPLE.org/ns/prod/sa/pay", false},
    {"spiffe://**", true},
    {"uri:spiffe://example.org/ns/prod/sa/pay", true},
    {"uri:**pay", true},
    {"dns:pay.svc.local", true},
    {"dns:PAY.SVC.LOCAL", true},
    {"dns:*.svc.local", true},
    {"dns:*.b.svc.local", true},
    {"dns:*.local", false}, /* a star stops at a dot */
    {"dns:**.local", true},
    {"dns:svc.local", false},
    {"dns:pay.svc.local.evil", false},
    {"email:ops@lab.example", true},
    {"email:*@lab.example", true},
    {"email:*@LAB.example", false},
    {"email:ops*", false}, /* a star stops at the at */
    {"ip:10.0.0.5", true},
    {"ip:10.0.*", true},
    {"ip:10.0.0.50", false},
    {"issuer:\"CN=Lab Root, O=Lab\"", true},
    {"issuer:\"CN=Lab Root, *\"", true},
    {"issuer:\"CN=billing, O=Lab\"", false}, /* the leaf is nobody's issuer */
    {"issuer:\"CN=Other\"", false},
    {"all(dns:*.svc.local, issuer:\"CN=Lab Root*\")", true},
    {"all(dns:*.svc.local, issuer:\"CN=Other*\")", false},
    {"any(dns:nobody, email:*@lab.example)", true},
    {"any(dns:nobody, email:nobody@lab.example)", false},
    {"not(dns:nobody)", true},
    {"not(dns:pay.svc.local)", false},
    {"all(spiffe://example.org/**, not(any(dns:x, uri:spiffe://example.org/ns/test/**)))", true},
    {"all(not(not(dns:pay.svc.local)), any(all(dns:x), all(dns:pay.svc.local)))", true},
    {" all( \n dns:pay.svc.local # by its name\n , not( ip:127.0.0.1 ) ) ", true},
    {"dns:\"pay.svc.local\"", true},
};

static void rules_fit_or_do_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < HF_COUNT(rows); i++) {
        enum hf_error error = judge(rows[i].rule);
        if (error != (rows[i].fits ? HF_OK : HF_ERR_not_admitted))
            fail_msg("%s: %s", rows[i].rule, hf_error_name(error));
    }
}

static void a_key_can_be_pinned(void **state)
{
    (void)state;
    char rule[128];
    (void)snprintf(rule, sizeof rule, "spki-sha256:%s", pin);
    assert_int_equal(judge(rule), HF_OK);
    rule[13] = rule[13] == '0' ? '1' : '0';
    assert_int_equal(judge(rule), HF_ERR_not_admitted);
}

/* RFC 9525 2: off unless it is asked for by name. */
static void common_names_are_off(void **state)
{
    (void)state;
    assert_int_equal(judge("cn:billing"), HF_ERR_setting_invalid);
    assert_non_null(strstr(failure.wanted, "common names"));
    assert_int_equal(judge_with("cn:billing", &hf_allocation_standard, true), HF_OK);
    assert_int_equal(judge_with("cn:b*g", &hf_allocation_standard, true), HF_OK);
    assert_int_equal(judge_with("cn:other", &hf_allocation_standard, true), HF_ERR_not_admitted);
}

static const struct {
    const char *rules;
    const char *wanted;
    const char *got;
    const char *where;
} flaws[] = {
    {"", "a rule", "the end", "line 1"},
    {"# nothing\n", "a rule", "the end", "line 2"},
    {"host:a", "dns:", "host:a", "line 1"},
    {"dns:a\n\ndns:", "a pattern", "the end", "line 3"},
    {"all(dns:a", "a closing parenthesis", "the end", "line 1"},
    {"all(dns:a dns:b)", "a comma or", "dns:b)", "line 1"},
    {"all()", "dns:", ")", "line 1"},
    {"all(dns:a,)", "dns:", ")", "line 1"},
    {"not(dns:a, dns:b)", "a closing parenthesis", ", dns:b)", "line 1"},
    {"dns:a)", "the end of the rule", ")", "line 1"},
    {"issuer:\"CN=a", "a closing quote", "\"CN=a", "line 1"},
    {"spki-sha256:12", "64 hexadecimal digits", "the end", "line 1"},
    {"not(not(not(not(not(not(not(not(not(not(not(not(not(not(not(not(not(dns:a", "16 deep", "not(dns:a", "line 1"},
};

static void what_is_no_rule_is_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < HF_COUNT(flaws); i++) {
        assert_int_equal(judge(flaws[i].rules), HF_ERR_setting_invalid);
        if (strstr(failure.wanted, flaws[i].wanted) == NULL || strcmp(failure.got, flaws[i].got) != 0 ||
            strstr(failure.where, flaws[i].where) == NULL || strstr(failure.where, "rules.txt") == NULL)
            fail_msg("%s: wanted %s, got %s, %s", flaws[i].rules, failure.wanted, failure.got, failure.where);
    }
}

static void the_rule_that_fits_is_told(void **state)
{
    (void)state;
    assert_int_equal(judge("dns:nobody\n# comment\nany(dns:x,\n    ip:10.0.0.5)\ndns:**"), HF_OK);
    assert_string_equal(fitting, "any(dns:x,\n    ip:10.0.0.5)");
    assert_int_equal(judge("dns:nobody ip:1.2.3.4"), HF_ERR_not_admitted);
    assert_string_equal(failure.wanted, "one of 2 rules: dns:nobody; ip:1.2.3.4");
    assert_non_null(strstr(failure.got, "uri:spiffe://example.org/ns/prod/sa/pay, dns:Pay.svc.local"));
    assert_non_null(strstr(failure.got, "issuer:\"CN=Lab Root"));
}

/* A text with a flaw leaves nothing behind; without any rule everybody is admitted. */
static void a_flawed_text_adds_nothing(void **state)
{
    (void)state;
    const char *rule = NULL;
    struct hf_admission *admission = hf_admission_new(&hf_allocation_standard);
    assert_int_equal(hf_admission_add(admission, hf_span_of_text("dns:a\nnonsense"), "x", &failure),
                     HF_ERR_setting_invalid);
    assert_int_equal(hf_admission_count(admission), 0);
    assert_int_equal(hf_admission_judge(admission, peer, &rule, &failure), HF_OK);
    assert_string_equal(rule, "");
    for (size_t i = 0; i < HF_ADMISSION_RULES_MAX; i++)
        assert_int_equal(hf_admission_add(admission, hf_span_of_text("dns:a"), "x", &failure), HF_OK);
    assert_int_equal(hf_admission_add(admission, hf_span_of_text("dns:a"), "x", &failure), HF_ERR_setting_invalid);
    hf_admission_free(admission);
}

static void stars_match_in_little_time(void **state)
{
    (void)state;
    char name[2048];
    memset(name, 'a', sizeof name);
    struct hf_span long_name = hf_span_of(name, sizeof name);
    assert_false(hf_rule_match_pattern(hf_span_of_text("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b"), long_name, 0, false));
    assert_false(hf_rule_match_pattern(hf_span_of_text("**a**a**a**a**a**a**a**a**a**b"), long_name, '/', false));
    assert_true(hf_rule_match_pattern(hf_span_of_text("**a*"), long_name, '/', false));
    assert_true(hf_rule_match_pattern(hf_span_of_text("*"), hf_span_of_text(""), '/', false));
    assert_false(hf_rule_match_pattern(hf_span_of_text(""), hf_span_of_text("a"), '/', false));
}

static void allocations_may_fail(void **state)
{
    (void)state;
    for (size_t n = 1;; n++) {
        struct hf_test_allocator failing;
        hf_test_allocator_init(&failing, n);
        enum hf_error error = judge_with("dns:x all(dns:y, dns:z) dns:pay.svc.local", &failing.allocator, false);
        assert_int_equal(failing.live, 0);
        assert_int_equal(error, hf_test_allocator_failed(&failing) ? HF_ERR_no_memory : HF_OK);
        if (error == HF_OK)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_fit_or_do_not),        cmocka_unit_test(a_key_can_be_pinned),
        cmocka_unit_test(common_names_are_off),       cmocka_unit_test(what_is_no_rule_is_told),
        cmocka_unit_test(the_rule_that_fits_is_told), cmocka_unit_test(a_flawed_text_adds_nothing),
        cmocka_unit_test(stars_match_in_little_time), cmocka_unit_test(allocations_may_fail),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
