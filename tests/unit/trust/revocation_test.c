/* Revocation of a path: root, intermediate, leaf; each row is what was given and what comes of it. CRLs and OCSP
 * responses are made by libcrypto (support/make_revocation.h). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "base/must.h"
#include "certificate/crl.h"
#include "certificate/ocsp.h"
#include "crypto/toolbox.h"
#include "support/make_revocation.h"
#include "support/test_allocator.h"
#include "trust/revocation.h"
#include "trust/verified_cache.h"

#define NOW MAKE_CERTIFICATE_NOW
#define DAY INT64_C(86400)

static struct hf_toolbox *toolbox;
static struct make_certificate *root, *intermediate, *leaf, *other, *twin, *stapling, *delegate, *stranger;
static struct make_revocation *made[64];
static size_t made_count;

static struct make_revocation *keep(struct make_revocation *one)
{
    assert_true(made_count < HF_COUNT(made));
    return made[made_count++] = one;
}
#define CRL(...)  keep(make_crl(&(struct make_crl_of){__VA_ARGS__}))
#define OCSP(...) keep(make_ocsp(&(struct make_ocsp_of){__VA_ARGS__}))

struct row {
    struct make_revocation *crls[5];      /* ends with NULL */
    struct make_revocation *responses[3]; /* likewise */
    struct make_revocation *staple;       /* of the leaf */
    bool staple_asked;
    struct make_certificate *of; /* NULL: leaf */
    bool off, soft;
    int64_t age_max_s;
};

static struct hf_revocation *set_of(const struct row *row, const struct hf_allocator *allocator)
{
    const char *flaw = NULL;
    struct hf_revocation *set = hf_revocation_new(allocator);
    enum hf_error error = set == NULL ? HF_ERR_no_memory : HF_OK;
    for (size_t i = 0; error == HF_OK && i < HF_COUNT(row->crls) && row->crls[i] != NULL; i++)
        error = hf_revocation_add_crl(set, make_revocation_span(row->crls[i]), &flaw);
    for (size_t i = 0; error == HF_OK && i < HF_COUNT(row->responses) && row->responses[i] != NULL; i++)
        error = hf_revocation_add_ocsp(set, make_revocation_span(row->responses[i]), &flaw);
    if (error == HF_OK) {
        enum hf_revocation_mode mode = row->soft ? HF_REVOCATION_SOFT : HF_REVOCATION_HARD;
        hf_revocation_set(set, row->off ? HF_REVOCATION_OFF : mode, row->age_max_s);
        return set;
    }
    assert_int_equal(error, HF_ERR_no_memory);
    hf_revocation_free(set);
    return NULL;
}

static enum hf_error ask_with(const struct row *row, const struct hf_allocator *allocator,
                              struct hf_verdict *ret_verdict)
{
    struct hf_revocation *set = set_of(row, allocator);
    if (set == NULL)
        return HF_ERR_no_memory;
    struct hf_trust *trust = hf_trust_new(&hf_allocation_standard);
    assert_int_equal(hf_trust_add_der(trust, make_certificate_span(root)), HF_OK);
    const struct hf_span sent[] = {make_certificate_span(row->of != NULL ? row->of : leaf),
                                   make_certificate_span(intermediate)};
    const struct hf_span staples[2] = {row->staple != NULL ? make_revocation_span(row->staple) : hf_span_of(NULL, 0)};
    const struct hf_trust_question question = {.certificates = sent,
                                               .certificate_count = 2,
                                               .staples = row->staple_asked || row->staple != NULL ? staples : NULL,
                                               .revocation = set,
                                               .purpose = HF_PURPOSE_SERVER,
                                               .now_s = NOW,
                                               .toolbox = toolbox,
                                               .allocator = allocator};
    enum hf_error error = hf_trust_verify(trust, &question, ret_verdict);
    hf_trust_free(trust);
    hf_revocation_free(set);
    return error;
}

static struct hf_verdict verdict;

static void expect_at(int line, const struct row *row, enum hf_error wanted, const char *told)
{
    enum hf_error error = ask_with(row, &hf_allocation_standard, &verdict);
    const char *got = error == HF_OK ? verdict.revocation.told : verdict.got;
    if (error != wanted || strstr(got, told) == NULL)
        fail_msg("line %d: %s, \"%s\", expected %s, \"%s\"", line, hf_error_name(error), got, hf_error_name(wanted),
                 told);
}
#define EXPECT(error, told, ...) expect_at(__LINE__, &(struct row){__VA_ARGS__}, error, told)
#define GOOD(told, ...)          EXPECT(HF_OK, told, __VA_ARGS__)
#define REVOKED(told, ...)       EXPECT(HF_ERR_certificate_revoked, told, __VA_ARGS__)
#define UNKNOWN(told, ...)       EXPECT(HF_ERR_revocation_unknown, told, __VA_ARGS__)

/* The root's list: it says that the intermediate is fine. */
static struct make_revocation *of_root(void)
{
    return CRL(.issuer = root);
}

static void crls_decide(void **state)
{
    (void)state;
    GOOD("does not list it", .crls = {of_root(), CRL(.issuer = intermediate)});
    assert_int_equal(verdict.revocation.state, HF_REVOCATION_GOOD);
    assert_true(verdict.revocation.until_s == NOW + 10 * DAY);
    REVOKED("(keyCompromise), says the CRL of CN=Issuing",
            .crls = {of_root(), CRL(.issuer = intermediate, .revoked = {{leaf, 1}})});
    assert_int_equal(verdict.depth, 0);
    assert_true(verdict.since_s == NOW - DAY);
    REVOKED("of CN=Root", .crls = {CRL(.issuer = root, .revoked = {{intermediate, 0}}), CRL(.issuer = intermediate)});
    assert_int_equal(verdict.depth, 1);
    GOOD("", .crls = {of_root(), CRL(.issuer = intermediate, .revoked = {{other, 1}})});
    /* the same number, but of another issuer */
    GOOD("", .crls = {CRL(.issuer = root, .revoked = {{twin, 1}}), CRL(.issuer = intermediate)});
    UNKNOWN("neither CRL nor OCSP", .crls = {of_root()});
    UNKNOWN("neither CRL nor OCSP", .crls = {CRL(.issuer = intermediate)});
    assert_int_equal(verdict.depth, 1);
    assert_non_null(strstr(verdict.wanted, "CN=Root"));
}

static void crls_that_may_not_be_believed(void **state)
{
    (void)state;
    static const struct {
        struct make_crl_of of;
        const char *told;
    } rows[] = {
        {{.next_update_s = NOW - 1}, "is not current"},
        {{.this_update_s = NOW + DAY}, "is not current"},
        {{.next_update_s = -1}, "is not current"},
        {{.number = -1}, "no number"},
        {{.number_critical = true}, "critical"},
        {{.version_1 = true}, "no number"},
        {{.critical_oid = "1.2.3.4"}, "critical extension"},
        {{.scope = "indirectCRL:TRUE"}, "is indirect"},
        {{.scope = "onlysomereasons:keyCompromise"}, "some reasons"},
        {{.scope = "onlyCA:TRUE"}, "neither"},
        {{.scope = "onlyAA:TRUE"}, "neither"},
        {{.scope = "fullname:URI:http://a.lan/other.crl"}, "neither"},
        {{.base_number = 1, .number = 2}, "neither"}, /* a delta to nothing */
        {{.damage_signature = true}, "signature"},
        {{.hash = "sha1"}, "signature"},
    };
    for (size_t i = 0; i < HF_COUNT(rows); i++) {
        struct make_crl_of of = rows[i].of;
        of.issuer = intermediate;
        const struct row row = {.crls = {of_root(), keep(make_crl(&of))}};
        expect_at(__LINE__, &row, HF_ERR_revocation_unknown, rows[i].told);
    }
    UNKNOWN("signature", .crls = {of_root(), CRL(.issuer = intermediate, .key_of = stranger)});
    GOOD("", .crls = {of_root(), CRL(.issuer = intermediate, .scope = "onlyuser:TRUE")});
    GOOD("", .crls = {of_root(), CRL(.issuer = intermediate, .scope = "fullname:URI:http://a.lan/a.crl")}, .of = other);
    GOOD("", .crls = {of_root(), CRL(.issuer = intermediate, .next_update_s = -1)}, .age_max_s = 2 * DAY);
    UNKNOWN("is not current", .crls = {of_root(), CRL(.issuer = intermediate)}, .age_max_s = DAY / 2);
}

/* A list that revokes is believed for longer than one that does not; a newer one takes its place. */
static void several_crls(void **state)
{
    (void)state;
    struct make_revocation *old = CRL(.issuer = intermediate, .revoked = {{leaf, 6}}, .next_update_s = NOW - 1);
    REVOKED("certificateHold", .crls = {of_root(), old});
    GOOD("", .crls = {of_root(), old, CRL(.issuer = intermediate, .number = 2)});
    GOOD("", .crls = {of_root(), CRL(.issuer = intermediate, .number = 2), old});
    REVOKED("", .crls = {of_root(), old, CRL(.issuer = intermediate, .number = 2, .scope = "onlyuser:TRUE")});
}

static void deltas_add_and_take_back(void **state)
{
    (void)state;
    struct make_revocation *base = CRL(.issuer = intermediate, .number = 5);
    struct make_revocation *held = CRL(.issuer = intermediate, .number = 5, .revoked = {{leaf, 6}});
    struct make_revocation *stale = CRL(.issuer = intermediate, .number = 5, .next_update_s = NOW - 1);
    struct make_revocation *adds = CRL(.issuer = intermediate, .number = 7, .base_number = 5, .revoked = {{leaf, 1}});
    struct make_revocation *removes =
        CRL(.issuer = intermediate, .number = 8, .base_number = 4, .revoked = {{leaf, 8}});
    REVOKED("the delta CRL", .crls = {of_root(), base, adds});
    GOOD("", .crls = {of_root(), held, removes});
    GOOD("", .crls = {of_root(), adds, held, removes}); /* the newest delta */
    GOOD("the delta CRL", .crls = {of_root(), stale, removes});
    /* deltas that begin later, or are no newer than the list */
    GOOD("",
         .crls = {of_root(), base, CRL(.issuer = intermediate, .number = 9, .base_number = 6, .revoked = {{leaf, 1}})});
    GOOD("",
         .crls = {of_root(), base, CRL(.issuer = intermediate, .number = 5, .base_number = 5, .revoked = {{leaf, 1}})});
    GOOD("", .crls = {of_root(), base,
                      CRL(.issuer = intermediate, .number = 7, .base_number = 5, .revoked = {{leaf, 1}},
                          .next_update_s = NOW - 1)});
    GOOD("", .crls = {of_root(), base,
                      CRL(.issuer = intermediate, .number = 7, .base_number = 5, .revoked = {{leaf, 1}},
                          .scope = "onlyuser:TRUE")});
}

static void a_ca_without_crl_sign_signs_none(void **state)
{
    (void)state;
    struct make_certificate *ca = make_certificate(&(struct make_certificate_of){
        .subject = "CN=Bare", .issuer = root, .ca = true, .key_usage = "critical,keyCertSign"});
    struct make_certificate *below = make_certificate(&(struct make_certificate_of){.subject = "CN=x", .issuer = ca});
    struct make_certificate *usual = intermediate;
    intermediate = ca;
    UNKNOWN("lacks cRLSign", .crls = {of_root(), CRL(.issuer = ca)}, .of = below);
    intermediate = usual;
    make_certificate_free(below);
    make_certificate_free(ca);
}

static void ocsp_decides(void **state)
{
    (void)state;
    struct make_revocation *crl = of_root();
    GOOD("says good", .crls = {crl}, .responses = {OCSP(.entries = {{.certificate = leaf, .issuer = intermediate}})});
    GOOD("says good", .crls = {crl},
         .responses = {OCSP(.entries = {{.certificate = leaf, .issuer = intermediate, .hash = "sha256"}})});
    GOOD("says good", .crls = {crl},
         .responses = {OCSP(.entries = {{.certificate = leaf, .issuer = intermediate}}, .by_key = true)});
    REVOKED(
        "(keyCompromise), says the OCSP response", .crls = {crl},
        .responses = {OCSP(.entries = {{.certificate = leaf, .issuer = intermediate, .status = MAKE_OCSP_REVOKED}})});
    UNKNOWN(
        "does not know it", .crls = {crl},
        .responses = {OCSP(.entries = {{.certificate = leaf, .issuer = intermediate, .status = MAKE_OCSP_UNKNOWN}})});
    UNKNOWN("is not current", .crls = {crl},
            .responses = {OCSP(.entries = {{.certificate = leaf, .issuer = intermediate, .next_update_s = NOW - 1}})});
    UNKNOWN("is not current", .crls = {crl},
            .responses = {OCSP(.entries = {{.certificate = leaf,
                                            .issuer = intermediate,
                                            .this_update_s = NOW - 2 * DAY,
                                            .next_update_s = -1}})});
    GOOD("", .crls = {crl},
         .responses = {
             OCSP(.entries = {
                      {.certificate = leaf, .issuer = intermediate, .this_update_s = NOW - 60, .next_update_s = -1}})});
    UNKNOWN("signature", .crls = {crl},
            .responses = {OCSP(.entries = {{.certificate = leaf, .issuer = intermediate}}, .damage_signature = true)});
    UNKNOWN("status 3", .crls = {crl},
            .responses = {OCSP(.entries = {{.certificate = leaf, .issuer = intermediate}}, .response_status = 3)});
    /* one source that revokes is enough */
    REVOKED("CRL", .crls = {crl, CRL(.issuer = intermediate, .revoked = {{leaf, 1}})},
            .responses = {OCSP(.entries = {{.certificate = leaf, .issuer = intermediate}})});
}

/* GnuTLS CVE-2026-3832 */
static void the_entry_that_is_about_the_certificate_counts(void **state)
{
    (void)state;
    struct make_revocation *crl = of_root();
    REVOKED(
        "", .crls = {crl},
        .responses = {OCSP(.entries = {{.certificate = other, .issuer = intermediate},
                                       {.certificate = leaf, .issuer = intermediate, .status = MAKE_OCSP_REVOKED}})});
    GOOD("", .crls = {crl},
         .responses = {OCSP(.entries = {{.certificate = other, .issuer = intermediate, .status = MAKE_OCSP_REVOKED},
                                        {.certificate = leaf, .issuer = intermediate}})});
    UNKNOWN("about other certificates", .crls = {crl},
            .responses = {OCSP(.entries = {{.certificate = other, .issuer = intermediate}})});
    /* the same serial number of another issuer */
    UNKNOWN("about other certificates", .crls = {crl},
            .responses = {OCSP(.entries = {{.certificate = twin, .issuer = root}}, .responder = intermediate)});
    /* of two about it the newer */
    REVOKED(
        "", .crls = {crl},
        .responses = {OCSP(.entries = {{.certificate = leaf, .issuer = intermediate, .this_update_s = NOW - 2 * DAY},
                                       {.certificate = leaf, .issuer = intermediate, .status = MAKE_OCSP_REVOKED}})});
}

static void responders_are_authorised(void **state)
{
    (void)state;
    struct make_revocation *crl = of_root();
    struct make_certificate *of_root_only = make_certificate(
        &(struct make_certificate_of){.subject = "CN=Elsewhere", .issuer = root, .ekus = "OCSPSigning"});
    struct make_certificate *expired = make_certificate(&(struct make_certificate_of){
        .subject = "CN=Old", .issuer = intermediate, .ekus = "OCSPSigning", .not_after_s = NOW - 1});
    GOOD("", .crls = {crl},
         .responses = {OCSP(.entries = {{.certificate = leaf, .issuer = intermediate}}, .responder = delegate)});
    GOOD("", .crls = {crl},
         .responses = {
             OCSP(.entries = {{.certificate = leaf, .issuer = intermediate}}, .responder = delegate, .by_key = true)});
    UNKNOWN("did not authorise", .crls = {crl},
            .responses = {OCSP(.entries = {{.certificate = leaf, .issuer = intermediate}}, .responder = delegate,
                               .leave_out_responder = true)});
    UNKNOWN("did not authorise", .crls = {crl},
            .responses = {OCSP(.entries = {{.certificate = leaf, .issuer = intermediate}},
                               .responder = other)}); /* no id-kp-OCSPSigning */
    UNKNOWN("did not authorise", .crls = {crl},
            .responses = {OCSP(.entries = {{.certificate = leaf, .issuer = intermediate}}, .responder = of_root_only)});
    UNKNOWN("did not authorise", .crls = {crl},
            .responses = {OCSP(.entries = {{.certificate = leaf, .issuer = intermediate}}, .responder = expired)});
    UNKNOWN("did not authorise", .crls = {crl},
            .responses = {OCSP(.entries = {{.certificate = leaf, .issuer = intermediate}}, .responder = root)});
    make_certificate_free(expired);
    make_certificate_free(of_root_only);
}

static void staples_count(void **state)
{
    (void)state;
    struct make_revocation *good = OCSP(.entries = {{.certificate = leaf, .issuer = intermediate}});
    GOOD("says good", .crls = {of_root()}, .staple = good);
    REVOKED("", .staple = OCSP(.entries = {{.certificate = leaf, .issuer = intermediate, .status = MAKE_OCSP_REVOKED}}),
            .off = true);
    GOOD("says good", .staple = good, .off = true);
    GOOD("", .staple = OCSP(.entries = {{.certificate = other, .issuer = intermediate}}), .off = true);
    /* RFC 7633: a promise to staple is kept by a response that is good for something */
    EXPECT(HF_ERR_staple_missing, "neither", .of = stapling, .staple_asked = true, .off = true);
    EXPECT(HF_ERR_staple_missing, "about other", .of = stapling, .staple = good, .off = true);
    GOOD("", .of = stapling, .staple = OCSP(.entries = {{.certificate = stapling, .issuer = intermediate}}),
         .off = true);
    GOOD("", .of = stapling, .off = true);
}

static void soft_lets_in_and_says_so(void **state)
{
    (void)state;
    GOOD("neither CRL", .soft = true);
    assert_true(verdict.revocation.until_s == NOW);
    assert_int_equal(verdict.revocation.state, HF_REVOCATION_UNKNOWN);
    GOOD("of CN=Issuing: neither CRL", .crls = {CRL(.issuer = intermediate)}, .soft = true);
    GOOD("is not current", .crls = {CRL(.issuer = intermediate, .next_update_s = NOW - 1)}, .soft = true);
    REVOKED("", .crls = {CRL(.issuer = intermediate, .revoked = {{leaf, 1}})}, .soft = true);
    GOOD("", .crls = {CRL(.issuer = intermediate, .revoked = {{leaf, 1}})}, .off = true);
    assert_int_equal(verdict.revocation.state, HF_REVOCATION_NOT_CHECKED);
}

/* A remembered chain is good for as long as the lists are that said so. */
static void a_cache_forgets_with_the_lists(void **state)
{
    (void)state;
    const struct row row = {.crls = {of_root(), CRL(.issuer = intermediate, .next_update_s = NOW + DAY)}};
    const struct hf_span sent[] = {make_certificate_span(leaf), make_certificate_span(intermediate)};
    static const struct {
        int64_t now_s;
        unsigned checks;
        enum hf_error error;
    } times[] = {
        {NOW, 4, HF_OK}, {NOW + DAY, 0, HF_OK}, {NOW + DAY + 1, 3, HF_ERR_revocation_unknown}, {NOW, 0, HF_OK}};
    struct hf_verified_cache *cache = NULL;
    struct hf_revocation *set = set_of(&row, &hf_allocation_standard);
    struct hf_trust *trust = hf_trust_new(&hf_allocation_standard);
    assert_int_equal(hf_trust_add_der(trust, make_certificate_span(root)), HF_OK);
    assert_int_equal(hf_verified_cache_new(&hf_allocation_standard, 8, &cache), HF_OK);
    for (size_t i = 0; i < HF_COUNT(times); i++) {
        const struct hf_verified_rules rules = {trust, hf_span_of_text("state")};
        const struct hf_trust_question question = {.certificates = sent,
                                                   .certificate_count = 2,
                                                   .revocation = set,
                                                   .purpose = HF_PURPOSE_SERVER,
                                                   .now_s = times[i].now_s,
                                                   .toolbox = toolbox,
                                                   .allocator = &hf_allocation_standard};
        struct hf_verified *verified = NULL;
        assert_int_equal(hf_verified_cache_verify(cache, &rules, &question, &verdict, &verified), times[i].error);
        assert_int_equal(verdict.signature_checks, times[i].checks);
        if (verified != NULL)
            assert_int_equal(hf_peer_revocation(verified->peer), HF_REVOCATION_GOOD);
        hf_verified_drop(verified);
    }
    hf_verified_cache_free(cache);
    hf_trust_free(trust);
    hf_revocation_free(set);
}

static void work_is_counted(void **state)
{
    (void)state;
    GOOD("", .crls = {of_root(), CRL(.issuer = intermediate)});
    assert_int_equal(verdict.signature_checks, 4);
}

static void files_that_are_none(void **state)
{
    (void)state;
    const char *flaw = NULL;
    struct hf_revocation *set = hf_revocation_new(&hf_allocation_standard);
    assert_int_equal(hf_revocation_add_crl(set, hf_span_of_text("nothing"), &flaw), HF_ERR_file_malformed);
    assert_non_null(flaw);
    assert_int_equal(hf_revocation_add_crl(set, make_certificate_span(leaf), &flaw), HF_ERR_file_malformed);
    assert_int_equal(hf_revocation_add_ocsp(set, make_certificate_span(leaf), &flaw), HF_ERR_file_malformed);
    assert_int_equal(hf_revocation_count(set), 0);
    hf_revocation_free(set);
}

/* Every truncation of a CRL and of a response is refused, and nothing is read beyond its end. */
static void truncations_are_refused(void **state)
{
    (void)state;
    struct hf_crl crl;
    struct hf_ocsp ocsp;
    struct hf_span list = make_revocation_span(CRL(.issuer = intermediate, .revoked = {{leaf, 1}, {other, 0}}));
    struct hf_span response =
        make_revocation_span(OCSP(.entries = {{.certificate = leaf, .issuer = intermediate}}, .responder = delegate));
    for (size_t len = 0; len < list.len; len++)
        assert_int_equal(hf_crl_read(hf_span_part(list, 0, len), &crl, NULL), HF_ERR_bad_certificate_encoding);
    for (size_t len = 0; len < response.len; len++)
        assert_int_equal(hf_ocsp_read(hf_span_part(response, 0, len), &ocsp), HF_ERR_bad_certificate_encoding);
}

static void allocations_may_fail(void **state)
{
    (void)state;
    const struct row row = {.crls = {of_root(), CRL(.issuer = intermediate)},
                            .responses = {OCSP(.entries = {{.certificate = leaf, .issuer = intermediate}})}};
    for (size_t n = 1;; n++) {
        struct hf_test_allocator failing;
        hf_test_allocator_init(&failing, n);
        enum hf_error error = ask_with(&row, &failing.allocator, &verdict);
        assert_int_equal(failing.live, 0);
        assert_int_equal(error, hf_test_allocator_failed(&failing) ? HF_ERR_no_memory : HF_OK);
        if (error == HF_OK)
            break;
    }
}

static int forget(void **state)
{
    (void)state;
    while (made_count > 0)
        make_revocation_free(made[--made_count]);
    return 0;
}

static struct make_certificate *issue(const char *subject, const char *serial, const char *ekus)
{
    return make_certificate(
        &(struct make_certificate_of){.subject = subject, .issuer = intermediate, .serial = serial, .ekus = ekus});
}

static int begin(void **state)
{
    (void)state;
    root = make_certificate(&(struct make_certificate_of){.subject = "CN=Root", .ca = true});
    intermediate = make_certificate(&(struct make_certificate_of){.subject = "CN=Issuing", .issuer = root, .ca = true});
    leaf = issue("CN=leaf", "77", NULL);
    twin = make_certificate(&(struct make_certificate_of){.subject = "CN=twin", .issuer = root, .serial = "77"});
    other = make_certificate(&(struct make_certificate_of){
        .subject = "CN=other",
        .issuer = intermediate,
        .serial = "78",
        .extensions = {{"2.5.29.31", false, "301a3018a016a0148612687474703a2f2f612e6c616e2f612e63726c"}}});
    delegate = issue("CN=Responder", "79", "OCSPSigning");
    stranger = make_certificate(&(struct make_certificate_of){.subject = "CN=Issuing", .ca = true, .key_number = 99});
    stapling = make_certificate(&(struct make_certificate_of){
        .subject = "CN=stapling", .issuer = intermediate, .extensions = {{"1.3.6.1.5.5.7.1.24", false, "3003020105"}}});
    return hf_toolbox_new(&hf_allocation_standard, &toolbox) == HF_OK ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    struct make_certificate *all[] = {root, intermediate, leaf, other, twin, stapling, delegate, stranger};
    for (size_t i = 0; i < HF_COUNT(all); i++)
        make_certificate_free(all[i]);
    hf_toolbox_free(toolbox);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(crls_decide, forget),
        cmocka_unit_test_teardown(crls_that_may_not_be_believed, forget),
        cmocka_unit_test_teardown(several_crls, forget),
        cmocka_unit_test_teardown(deltas_add_and_take_back, forget),
        cmocka_unit_test_teardown(a_ca_without_crl_sign_signs_none, forget),
        cmocka_unit_test_teardown(ocsp_decides, forget),
        cmocka_unit_test_teardown(the_entry_that_is_about_the_certificate_counts, forget),
        cmocka_unit_test_teardown(responders_are_authorised, forget),
        cmocka_unit_test_teardown(staples_count, forget),
        cmocka_unit_test_teardown(soft_lets_in_and_says_so, forget),
        cmocka_unit_test_teardown(a_cache_forgets_with_the_lists, forget),
        cmocka_unit_test_teardown(work_is_counted, forget),
        cmocka_unit_test_teardown(files_that_are_none, forget),
        cmocka_unit_test_teardown(truncations_are_refused, forget),
        cmocka_unit_test_teardown(allocations_may_fail, forget),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
