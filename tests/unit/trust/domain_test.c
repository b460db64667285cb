/* Trust domains: an anchor of one proves identities of that domain and nothing else, and an identity needs an anchor of
 * its own domain. Certificates are made by libcrypto; the clock stands at MAKE_CERTIFICATE_NOW. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "crypto/toolbox.h"
#include "support/make_certificate.h"
#include "support/test_allocator.h"
#include "trust/trust.h"

static struct hf_toolbox *toolbox;

enum { RED, BLUE, PLAIN, CAS };
static struct make_certificate *cas[CAS];

static int make_cas(void **state)
{
    (void)state;
    static const char *const subjects[CAS] = {"CN=Red", "CN=Blue", "CN=Plain"};
    assert_int_equal(hf_toolbox_new(&hf_allocation_standard, &toolbox), HF_OK);
    for (size_t i = 0; i < CAS; i++)
        cas[i] = make_certificate(&(struct make_certificate_of){.subject = subjects[i], .ca = true});
    return 0;
}

static int free_cas(void **state)
{
    (void)state;
    for (size_t i = 0; i < CAS; i++)
        make_certificate_free(cas[i]);
    hf_toolbox_free(toolbox);
    return 0;
}

/* A set of anchors: of red.org, of blue.org and of no domain, as far as asked for. */
static struct hf_trust *trust_of(bool red, bool blue, bool plain)
{
    const bool wanted[CAS] = {red, blue, plain};
    static const char *const domains[CAS] = {"red.org", "blue.org", ""};
    struct hf_trust *trust = hf_trust_new(&hf_allocation_standard);
    for (size_t i = 0; i < CAS; i++) {
        if (!wanted[i])
            continue;
        assert_int_equal(hf_trust_set_domain(trust, hf_span_of_text(domains[i])), HF_OK);
        assert_int_equal(hf_trust_add_der(trust, make_certificate_span(cas[i])), HF_OK);
    }
    return trust;
}

static enum hf_error ask(const struct hf_trust *trust, const struct make_certificate *leaf,
                         struct hf_verdict *ret_verdict)
{
    const struct hf_span sent = make_certificate_span(leaf);
    const struct hf_trust_question question = {.certificates = &sent,
                                               .certificate_count = 1,
                                               .purpose = HF_PURPOSE_CLIENT,
                                               .now_s = MAKE_CERTIFICATE_NOW,
                                               .toolbox = toolbox,
                                               .allocator = &hf_allocation_standard};
    return hf_trust_verify(trust, &question, ret_verdict);
}

struct row {
    int issuer;
    const char *sans;
    enum hf_error with_all;   /* anchors of both domains, and one of none */
    enum hf_error with_plain; /* the same anchors, none of a domain: no domain is looked at */
};

static void identities_end_at_their_own_domain(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {RED, "URI:spiffe://red.org/pay", HF_OK, HF_OK},
        {BLUE, "URI:spiffe://blue.org/pay", HF_OK, HF_OK},
        {BLUE, "URI:spiffe://red.org/pay", HF_ERR_trust_domain_wrong, HF_OK},
        {RED, "URI:spiffe://blue.org/pay", HF_ERR_trust_domain_wrong, HF_OK},
        {RED, "URI:spiffe://red.org.evil/pay", HF_ERR_trust_domain_wrong, HF_OK},
        {RED, "URI:spiffe://red/pay", HF_ERR_trust_domain_wrong, HF_OK},
        {PLAIN, "URI:spiffe://red.org/pay", HF_ERR_trust_domain_wrong, HF_OK},
        {PLAIN, "URI:spiffe://green.org/pay", HF_ERR_trust_domain_wrong, HF_OK}, /* of no domain that was given */
        {PLAIN, "DNS:a.lan", HF_OK, HF_OK},
        {RED, "DNS:a.lan", HF_ERR_trust_domain_wrong, HF_OK}, /* it proves nothing else */
        {RED, "URI:https://red.org/pay", HF_ERR_trust_domain_wrong, HF_OK},
        /* URIs of the scheme that make no ID would else slip through where no domain is asked for */
        {PLAIN, "URI:spiffe://red.org/pay,URI:spiffe://red.org/other", HF_ERR_trust_domain_wrong, HF_OK},
        {PLAIN, "URI:SPIFFE://red.org/pay", HF_ERR_trust_domain_wrong, HF_OK},
        {RED, "URI:spiffe://red.org/pay,URI:https://a.lan/", HF_ERR_trust_domain_wrong, HF_OK},
    };
    for (size_t i = 0; i < HF_COUNT(rows); i++) {
        struct make_certificate *leaf = make_certificate(
            &(struct make_certificate_of){.subject = "CN=leaf", .issuer = cas[rows[i].issuer], .sans = rows[i].sans});
        struct hf_verdict verdict;
        struct hf_trust *trust = trust_of(true, true, true);
        if (ask(trust, leaf, &verdict) != rows[i].with_all)
            fail_msg("row %zu: %s", i, hf_error_name(verdict.error));
        assert_int_equal(verdict.depth, rows[i].with_all == HF_OK ? -1 : 0);
        hf_trust_free(trust);
        trust = hf_trust_new(&hf_allocation_standard);
        assert_int_equal(hf_trust_add_der(trust, make_certificate_span(cas[rows[i].issuer])), HF_OK);
        assert_int_equal(ask(trust, leaf, &verdict), rows[i].with_plain);
        hf_trust_free(trust);
        make_certificate_free(leaf);
    }
}

/* A pinned leaf is an anchor too, and belongs where it was put. */
static void a_leaf_that_is_its_own_anchor_is_judged_alike(void **state)
{
    (void)state;
    struct make_certificate *leaf =
        make_certificate(&(struct make_certificate_of){.subject = "CN=self", .sans = "URI:spiffe://red.org/pay"});
    struct hf_verdict verdict;
    for (int i = 0; i < 3; i++) {
        static const char *const domains[] = {"red.org", "blue.org", ""};
        struct hf_trust *trust = trust_of(false, true, false);
        assert_int_equal(hf_trust_set_domain(trust, hf_span_of_text(domains[i])), HF_OK);
        assert_int_equal(hf_trust_add_der(trust, make_certificate_span(leaf)), HF_OK);
        assert_int_equal(ask(trust, leaf, &verdict), i == 0 ? HF_OK : HF_ERR_trust_domain_wrong);
        hf_trust_free(trust);
    }
    make_certificate_free(leaf);
}

static void both_domains_are_told(void **state)
{
    (void)state;
    struct make_certificate *leaf = make_certificate(
        &(struct make_certificate_of){.subject = "CN=leaf", .issuer = cas[BLUE], .sans = "URI:spiffe://red.org/pay"});
    struct make_certificate *two = make_certificate(&(struct make_certificate_of){
        .subject = "CN=two", .issuer = cas[BLUE], .sans = "URI:spiffe://red.org/a,URI:spiffe://red.org/b"});
    struct make_certificate *plain =
        make_certificate(&(struct make_certificate_of){.subject = "CN=plain", .issuer = cas[BLUE]});
    struct hf_trust *trust = trust_of(true, true, true);
    struct hf_verdict verdict;
    assert_int_equal(ask(trust, leaf, &verdict), HF_ERR_trust_domain_wrong);
    assert_string_equal(verdict.wanted, "a CA of the trust domain red.org");
    assert_string_equal(verdict.got, "CN=Blue, a CA of the trust domain blue.org");
    assert_int_equal(ask(trust, two, &verdict), HF_ERR_trust_domain_wrong);
    assert_string_equal(verdict.wanted, "one SPIFFE ID, as the only URI");
    assert_int_equal(ask(trust, plain, &verdict), HF_ERR_trust_domain_wrong);
    assert_string_equal(verdict.wanted, "a CA of no trust domain, as the certificate has no SPIFFE ID");
    hf_trust_free(trust);
    make_certificate_free(leaf);
    make_certificate_free(two);
    make_certificate_free(plain);
}

/* One name, two CAs, one for each domain: the search must go on from the wrong one to the right one. */
static void the_anchor_of_the_domain_is_found_among_namesakes(void **state)
{
    (void)state;
    struct make_certificate *old = make_certificate(
        &(struct make_certificate_of){.subject = "CN=Twin", .ca = true, .key_number = 7, .serial = "01"});
    struct make_certificate *young = make_certificate(
        &(struct make_certificate_of){.subject = "CN=Twin", .ca = true, .key_number = 7, .serial = "02"});
    struct make_certificate *leaf = make_certificate(
        &(struct make_certificate_of){.subject = "CN=leaf", .issuer = old, .sans = "URI:spiffe://red.org/pay"});
    struct hf_verdict verdict;
    for (int turn = 0; turn < 2; turn++) {
        struct hf_trust *trust = hf_trust_new(&hf_allocation_standard);
        assert_int_equal(hf_trust_set_domain(trust, hf_span_of_text("blue.org")), HF_OK);
        assert_int_equal(hf_trust_add_der(trust, make_certificate_span(turn == 0 ? old : young)), HF_OK);
        assert_int_equal(hf_trust_set_domain(trust, hf_span_of_text("red.org")), HF_OK);
        assert_int_equal(hf_trust_add_der(trust, make_certificate_span(turn == 0 ? young : old)), HF_OK);
        assert_int_equal(ask(trust, leaf, &verdict), HF_OK);
        assert_true(hf_span_equal(verdict.chain[1], make_certificate_span(turn == 0 ? young : old)));
        hf_trust_free(trust);
    }
    make_certificate_free(leaf);
    make_certificate_free(old);
    make_certificate_free(young);
}

static void a_certificate_belongs_to_one_domain(void **state)
{
    (void)state;
    struct hf_trust *trust = trust_of(true, false, true);
    assert_true(hf_span_equal(hf_trust_anchor_domain(trust, 0), hf_span_of_text("red.org")));
    assert_int_equal(hf_trust_anchor_domain(trust, 1).len, 0);
    assert_int_equal(hf_trust_anchor_domain(trust, 2).len, 0);
    assert_int_equal(hf_trust_add_der(trust, make_certificate_span(cas[RED])), HF_ERR_setting_invalid);
    assert_int_equal(hf_trust_set_domain(trust, hf_span_of_text("red.org")), HF_OK);
    assert_int_equal(hf_trust_add_der(trust, make_certificate_span(cas[RED])), HF_OK); /* known */
    assert_int_equal(hf_trust_add_der(trust, make_certificate_span(cas[PLAIN])), HF_ERR_setting_invalid);
    assert_int_equal(hf_trust_set_domain(trust, hf_span_of_text("blue.org")), HF_OK);
    assert_int_equal(hf_trust_add_der(trust, make_certificate_span(cas[RED])), HF_ERR_setting_invalid);
    assert_int_equal(hf_trust_count(trust), 2);
    static const char *const bad[] = {"Red.org", "red org", "spiffe://red.org", "red.org/x", "red:1"};
    for (size_t i = 0; i < HF_COUNT(bad); i++)
        assert_int_equal(hf_trust_set_domain(trust, hf_span_of_text(bad[i])), HF_ERR_setting_invalid);
    char long_name[257];
    memset(long_name, 'a', sizeof long_name);
    assert_int_equal(hf_trust_set_domain(trust, hf_span_of(long_name, 256)), HF_ERR_setting_invalid);
    assert_int_equal(hf_trust_set_domain(trust, hf_span_of(long_name, 255)), HF_OK);
    hf_trust_free(trust);
}

static void allocations_may_fail(void **state)
{
    (void)state;
    for (size_t nth = 1;; nth++) {
        struct hf_test_allocator test;
        hf_test_allocator_init(&test, nth);
        struct hf_trust *trust = hf_trust_new(&test.allocator);
        if (trust != NULL) {
            enum hf_error error = hf_trust_set_domain(trust, hf_span_of_text("red.org"));
            if (error == HF_OK)
                error = hf_trust_add_der(trust, make_certificate_span(cas[RED]));
            assert_int_equal(error, hf_test_allocator_failed(&test) ? HF_ERR_no_memory : HF_OK);
        }
        hf_trust_free(trust);
        assert_int_equal(test.live, 0);
        if (!hf_test_allocator_failed(&test))
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identities_end_at_their_own_domain),
        cmocka_unit_test(a_leaf_that_is_its_own_anchor_is_judged_alike),
        cmocka_unit_test(both_domains_are_told),
        cmocka_unit_test(the_anchor_of_the_domain_is_found_among_namesakes),
        cmocka_unit_test(a_certificate_belongs_to_one_domain),
        cmocka_unit_test(allocations_may_fail),
    };
    return cmocka_run_group_tests(tests, make_cas, free_cas);
}
