/* Paths: every check has a chain that passes it and a chain that fails it, and each failure is the one that tells most.
 * Certificates are made by libcrypto (support/make_certificate.h); the clock stands at MAKE_CERTIFICATE_NOW. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "crypto/toolbox.h"
#include "support/make_certificate.h"
#include "support/test_allocator.h"
#include "trust/trust.h"
#include "trust/verdict.h"

#define NOW MAKE_CERTIFICATE_NOW
#define DAY INT64_C(86400)

static struct hf_toolbox *toolbox;

/* Makes what is described, and keeps it until the test's end. */
static struct make_certificate *made[64];
static size_t made_count;

static struct make_certificate *make(struct make_certificate_of of)
{
    assert_true(made_count < HF_COUNT(made));
    return made[made_count++] = make_certificate(&of);
}
#define MAKE(...) make((struct make_certificate_of){__VA_ARGS__})

static int forget(void **state)
{
    (void)state;
    while (made_count > 0)
        make_certificate_free(made[--made_count]);
    return 0;
}

static struct make_certificate *root(void)
{
    return MAKE(.subject = "CN=Lab Root,O=Lab", .ca = true);
}

/* One verification. Certificates end with NULL. */
struct question {
    struct make_certificate *trusted[4];
    struct make_certificate *sent[8];
    enum hf_purpose purpose; /* 0: server */
    const char *name;
    int64_t now_s;
    const struct hf_trust_policy *policy;
};

static enum hf_error ask(const struct question *question, struct hf_verdict *ret_verdict)
{
    struct hf_trust *trust = hf_trust_new(&hf_allocation_standard);
    struct hf_span spans[8];
    struct hf_trust_question real = {.certificates = spans,
                                     .purpose = question->purpose != 0 ? question->purpose : HF_PURPOSE_SERVER,
                                     .name = question->name,
                                     .now_s = question->now_s != 0 ? question->now_s : NOW,
                                     .toolbox = toolbox,
                                     .allocator = &hf_allocation_standard,
                                     .policy = question->policy};
    for (size_t i = 0; i < HF_COUNT(question->trusted) && question->trusted[i] != NULL; i++)
        assert_int_equal(hf_trust_add_der(trust, make_certificate_span(question->trusted[i])), HF_OK);
    assert_int_equal(hf_trust_prepare(trust, toolbox), HF_OK);
    while (real.certificate_count < 8 && question->sent[real.certificate_count] != NULL) {
        spans[real.certificate_count] = make_certificate_span(question->sent[real.certificate_count]);
        real.certificate_count++;
    }
    enum hf_error error = hf_trust_verify(trust, &real, ret_verdict);
    assert_int_equal(error, ret_verdict->error);
    if (error == HF_OK) /* it borrows from the trust, which goes now: what was sent stays */
        assert_true(ret_verdict->chain_count >= 1);
    else
        assert_int_equal(ret_verdict->chain_count, 0);
    hf_trust_free(trust);
    return error;
}

static void expect_at(int line, const struct question *question, enum hf_error wanted, int depth)
{
    struct hf_verdict verdict;
    enum hf_error error = ask(question, &verdict);
    if (error != wanted || verdict.depth != (wanted == HF_OK ? -1 : depth))
        fail_msg("line %d: %s at depth %d (wanted \"%s\", got \"%s\"), expected %s at depth %d", line,
                 hf_error_name(error), verdict.depth, verdict.wanted, verdict.got, hf_error_name(wanted), depth);
}
#define EXPECT(error, depth, ...) expect_at(__LINE__, &(struct question){__VA_ARGS__}, error, depth)
#define ACCEPT(...)               EXPECT(HF_OK, -1, __VA_ARGS__)

static void chains_verify_in_any_order(void **state)
{
    (void)state;
    struct make_certificate *ca = root();
    struct make_certificate *one = MAKE(.subject = "CN=One", .issuer = ca, .ca = true);
    struct make_certificate *two = MAKE(.subject = "CN=Two", .issuer = one, .ca = true);
    struct make_certificate *leaf = MAKE(.subject = "CN=leaf", .issuer = two, .sans = "DNS:a.lan");
    struct make_certificate *direct = MAKE(.subject = "CN=direct", .issuer = ca);
    ACCEPT(.trusted = {ca}, .sent = {direct});
    ACCEPT(.trusted = {ca}, .sent = {leaf, two, one});
    ACCEPT(.trusted = {ca}, .sent = {leaf, one, two});
    ACCEPT(.trusted = {ca}, .sent = {leaf, ca, two, one, direct, two});
    ACCEPT(.trusted = {one}, .sent = {leaf, two});
    struct hf_verdict verdict;
    assert_int_equal(ask(&(struct question){.trusted = {ca}, .sent = {leaf, one, two}}, &verdict), HF_OK);
    assert_int_equal(verdict.chain_count, 4);
    assert_true(hf_span_equal(verdict.chain[0], make_certificate_span(leaf)));
    assert_true(hf_span_equal(verdict.chain[1], make_certificate_span(two)));
    assert_true(hf_span_equal(verdict.chain[2], make_certificate_span(one)));
    assert_int_equal(verdict.signature_checks, 3);
}

static void every_key_and_signature_verifies(void **state)
{
    (void)state;
    static const enum make_certificate_key keys[] = {MAKE_KEY_P256,       MAKE_KEY_P384,  MAKE_KEY_P521,
                                                     MAKE_KEY_ED25519,    MAKE_KEY_ED448, MAKE_KEY_RSA2048,
                                                     MAKE_KEY_RSA_PSS2048};
    static const char *const hashes[] = {"sha256", "sha384", "sha512"};
    for (size_t i = 0; i < HF_COUNT(keys); i++) {
        for (size_t j = 0; j < HF_COUNT(hashes); j++) {
            struct make_certificate *ca = MAKE(.subject = "CN=Root", .ca = true, .key = keys[i]);
            struct make_certificate *leaf = MAKE(.subject = "CN=leaf", .issuer = ca, .hash = hashes[j], .key = keys[i]);
            ACCEPT(.trusted = {ca}, .sent = {leaf});
            struct make_certificate *damaged =
                MAKE(.subject = "CN=leaf", .issuer = ca, .hash = hashes[j], .damage_signature = true);
            EXPECT(HF_ERR_bad_certificate_signature, 0, .trusted = {ca}, .sent = {damaged});
            forget(NULL);
        }
    }
    struct make_certificate *ca = MAKE(.subject = "CN=Root", .ca = true, .key = MAKE_KEY_RSA2048);
    ACCEPT(.trusted = {ca}, .sent = {MAKE(.subject = "CN=leaf", .issuer = ca, .pss = true)});
    EXPECT(HF_ERR_bad_certificate_signature, 0, .trusted = {ca},
           .sent = {MAKE(.subject = "CN=leaf", .issuer = ca, .pss = true, .damage_signature = true)});
}

/* H1, H2, H3, H4 */
static void issuers_that_are_not_trusted(void **state)
{
    (void)state;
    struct make_certificate *ca = root();
    struct make_certificate *other = MAKE(.subject = "CN=Other Root", .ca = true);
    struct make_certificate *leaf = MAKE(.subject = "CN=leaf", .issuer = other);
    EXPECT(HF_ERR_unknown_issuer, 0, .trusted = {ca}, .sent = {leaf});
    EXPECT(HF_ERR_unknown_issuer, 0, .trusted = {NULL}, .sent = {leaf});
    EXPECT(HF_ERR_unknown_issuer, 1, .trusted = {ca}, .sent = {leaf, other});

    struct make_certificate *between = MAKE(.subject = "CN=Between", .issuer = ca, .ca = true);
    struct make_certificate *below = MAKE(.subject = "CN=below", .issuer = between);
    EXPECT(HF_ERR_unknown_issuer, 0, .trusted = {ca}, .sent = {below});
    EXPECT(HF_ERR_incomplete_chain, 0, .trusted = {ca}, .sent = {below, ca});
    struct make_certificate *says =
        MAKE(.subject = "CN=says", .issuer = between,
             .extensions = {
                 {"1.3.6.1.5.5.7.1.1", false, "301c301a06082b06010505073002860e687474703a2f2f782f612e637274"}});
    EXPECT(HF_ERR_incomplete_chain, 0, .trusted = {ca}, .sent = {says});

    EXPECT(HF_ERR_self_signed, 0, .trusted = {ca}, .sent = {MAKE(.subject = "CN=alone")});

    struct make_certificate *again = MAKE(.subject = "CN=Lab Root,O=Lab", .ca = true, .key_number = 77);
    struct make_certificate *newer = MAKE(.subject = "CN=newer", .issuer = again);
    EXPECT(HF_ERR_issuer_key_differs, 0, .trusted = {ca}, .sent = {newer});
    EXPECT(HF_ERR_issuer_key_differs, 1, .trusted = {ca}, .sent = {newer, again});
    ACCEPT(.trusted = {ca, again}, .sent = {newer});
}

/* Whoever was given as trusted is, whether it is a CA or not. */
static void a_leaf_can_be_trusted_itself(void **state)
{
    (void)state;
    struct make_certificate *alone = MAKE(.subject = "CN=alone", .sans = "DNS:a.lan", .ekus = "serverAuth");
    struct make_certificate *leaf = MAKE(.subject = "CN=leaf", .issuer = root());
    ACCEPT(.trusted = {alone}, .sent = {alone}, .name = "a.lan");
    ACCEPT(.trusted = {leaf}, .sent = {leaf});
    EXPECT(HF_ERR_name_mismatch, 0, .trusted = {alone}, .sent = {alone}, .name = "b.lan");
    EXPECT(HF_ERR_wrong_purpose, 0, .trusted = {alone}, .sent = {alone}, .purpose = HF_PURPOSE_CLIENT);
    EXPECT(HF_ERR_certificate_expired, 0, .trusted = {alone}, .sent = {alone}, .now_s = NOW + 1000 * DAY);
    struct make_certificate *twin = MAKE(.subject = "CN=alone", .sans = "DNS:a.lan", .key_number = 9);
    EXPECT(HF_ERR_issuer_key_differs, 0, .trusted = {alone}, .sent = {twin});
}

static void time_is_kept(void **state)
{
    (void)state;
    struct make_certificate *ca = root();
    struct make_certificate *leaf =
        MAKE(.subject = "CN=leaf", .issuer = ca, .not_before_s = NOW - 10, .not_after_s = NOW + 10);
    ACCEPT(.trusted = {ca}, .sent = {leaf}, .now_s = NOW - 10);
    ACCEPT(.trusted = {ca}, .sent = {leaf}, .now_s = NOW + 10);
    EXPECT(HF_ERR_certificate_not_yet_valid, 0, .trusted = {ca}, .sent = {leaf}, .now_s = NOW - 11);
    EXPECT(HF_ERR_certificate_expired, 0, .trusted = {ca}, .sent = {leaf}, .now_s = NOW + 11);
    struct make_certificate *old = MAKE(.subject = "CN=Old", .issuer = ca, .ca = true, .not_after_s = NOW - 1);
    struct make_certificate *below = MAKE(.subject = "CN=below", .issuer = old);
    EXPECT(HF_ERR_issuer_expired, 1, .trusted = {ca}, .sent = {below, old});
    struct make_certificate *gone = MAKE(.subject = "CN=Gone", .ca = true, .not_after_s = NOW - 1);
    EXPECT(HF_ERR_issuer_expired, 1, .trusted = {gone}, .sent = {MAKE(.subject = "CN=x", .issuer = gone)});
    struct make_certificate *young = MAKE(.subject = "CN=Young", .issuer = ca, .ca = true, .not_before_s = NOW + 1);
    EXPECT(HF_ERR_certificate_not_yet_valid, 1, .trusted = {ca},
           .sent = {MAKE(.subject = "CN=y", .issuer = young), young});
    struct hf_verdict verdict;
    (void)!ask(&(struct question){.trusted = {ca}, .sent = {leaf}, .now_s = NOW + 11}, &verdict);
    assert_int_equal(verdict.since_s, NOW + 10);
}

/* H10: an expired cross-signed root stands beside a good path. */
static void another_path_is_found(void **state)
{
    (void)state;
    struct make_certificate *old = MAKE(.subject = "CN=Old Root", .ca = true, .not_after_s = NOW - DAY);
    struct make_certificate *fresh = MAKE(.subject = "CN=New Root", .ca = true);
    struct make_certificate *cross =
        MAKE(.subject = "CN=New Root", .issuer = old, .ca = true, .not_after_s = NOW - DAY);
    struct make_certificate *between = MAKE(.subject = "CN=Between", .issuer = fresh, .ca = true);
    struct make_certificate *leaf = MAKE(.subject = "CN=leaf", .issuer = between);
    ACCEPT(.trusted = {old, fresh}, .sent = {leaf, between, cross});
    EXPECT(HF_ERR_issuer_expired, 2, .trusted = {old}, .sent = {leaf, between, cross});
    /* two CAs of one name and one key, one of them without the right to issue */
    struct make_certificate *poor = MAKE(.subject = "CN=Between", .issuer = fresh, .basic_constraints = "CA:FALSE");
    ACCEPT(.trusted = {fresh}, .sent = {leaf, poor, between});
    EXPECT(HF_ERR_issuer_not_ca, 1, .trusted = {fresh}, .sent = {leaf, poor});
    struct hf_verdict verdict;
    assert_int_equal(ask(&(struct question){.trusted = {old, fresh}, .sent = {leaf, between, cross}}, &verdict), HF_OK);
    assert_int_equal(verdict.chain_count, 3);
}

static void only_cas_issue(void **state)
{
    (void)state;
    struct make_certificate *ca = root();
    struct make_certificate *plain = MAKE(.subject = "CN=Plain", .issuer = ca, .key_usage = "keyCertSign");
    EXPECT(HF_ERR_issuer_not_ca, 1, .trusted = {ca}, .sent = {MAKE(.subject = "CN=a", .issuer = plain), plain});
    struct make_certificate *off = MAKE(.subject = "CN=Off", .issuer = ca, .basic_constraints = "critical,CA:FALSE");
    EXPECT(HF_ERR_issuer_not_ca, 1, .trusted = {ca}, .sent = {MAKE(.subject = "CN=a", .issuer = off), off});
    struct make_certificate *mute = MAKE(.subject = "CN=Mute", .issuer = ca, .ca = true, .key_usage = "cRLSign");
    EXPECT(HF_ERR_key_usage_wrong, 1, .trusted = {ca}, .sent = {MAKE(.subject = "CN=a", .issuer = mute), mute});
    struct make_certificate *free_to = MAKE(.subject = "CN=Free", .issuer = ca, .ca = true, .key_usage = "");
    ACCEPT(.trusted = {ca}, .sent = {MAKE(.subject = "CN=a", .issuer = free_to), free_to});
    struct make_certificate *bare = MAKE(.subject = "CN=Bare", .ca = true, .no_basic_constraints = true);
    EXPECT(HF_ERR_issuer_not_ca, 1, .trusted = {bare}, .sent = {MAKE(.subject = "CN=a", .issuer = bare)});
    struct make_certificate *v1 = MAKE(.subject = "CN=V1", .version = 1);
    ACCEPT(.trusted = {v1}, .sent = {MAKE(.subject = "CN=a", .issuer = v1)});
    struct make_certificate *v1_between = MAKE(.subject = "CN=V1b", .issuer = ca, .version = 1);
    EXPECT(HF_ERR_issuer_not_ca, 1, .trusted = {ca},
           .sent = {MAKE(.subject = "CN=a", .issuer = v1_between), v1_between});
}

static void path_length_is_kept(void **state)
{
    (void)state;
    struct make_certificate *ca = MAKE(.subject = "CN=Zero", .ca = true, .has_path_len = true, .path_len = 0);
    struct make_certificate *one = MAKE(.subject = "CN=One", .issuer = ca, .ca = true);
    ACCEPT(.trusted = {ca}, .sent = {MAKE(.subject = "CN=a", .issuer = ca)});
    EXPECT(HF_ERR_path_too_long, 2, .trusted = {ca}, .sent = {MAKE(.subject = "CN=a", .issuer = one), one});
    /* self-issued certificates, as of a CA that changes its key, do not count */
    struct make_certificate *self = MAKE(.subject = "CN=Zero", .issuer = ca, .ca = true, .key_number = 5);
    ACCEPT(.trusted = {ca}, .sent = {MAKE(.subject = "CN=a", .issuer = self), self});
    /* a CA as leaf does not count either */
    ACCEPT(.trusted = {ca},
           .sent = {MAKE(.subject = "CN=a", .issuer = ca, .ca = true, .key_usage = "digitalSignature,keyCertSign")});
}

static void usage_and_purpose_are_kept(void **state)
{
    (void)state;
    struct make_certificate *ca = root();
    EXPECT(HF_ERR_key_usage_wrong, 0, .trusted = {ca},
           .sent = {MAKE(.subject = "CN=a", .issuer = ca, .key_usage = "keyEncipherment")});
    ACCEPT(.trusted = {ca}, .sent = {MAKE(.subject = "CN=a", .issuer = ca, .key_usage = "")});
    struct make_certificate *server = MAKE(.subject = "CN=s", .issuer = ca, .ekus = "serverAuth");
    struct make_certificate *client = MAKE(.subject = "CN=c", .issuer = ca, .ekus = "clientAuth");
    ACCEPT(.trusted = {ca}, .sent = {server});
    ACCEPT(.trusted = {ca}, .sent = {client}, .purpose = HF_PURPOSE_CLIENT);
    EXPECT(HF_ERR_wrong_purpose, 0, .trusted = {ca}, .sent = {client});
    EXPECT(HF_ERR_wrong_purpose, 0, .trusted = {ca}, .sent = {server}, .purpose = HF_PURPOSE_CLIENT);
    EXPECT(HF_ERR_wrong_purpose, 0, .trusted = {ca},
           .sent = {MAKE(.subject = "CN=m", .issuer = ca, .ekus = "emailProtection")});
    ACCEPT(.trusted = {ca}, .sent = {MAKE(.subject = "CN=any", .issuer = ca, .ekus = "anyExtendedKeyUsage")});
    struct make_certificate *servers = MAKE(.subject = "CN=Servers", .issuer = ca, .ca = true, .ekus = "serverAuth");
    struct make_certificate *below = MAKE(.subject = "CN=b", .issuer = servers, .ekus = "serverAuth,clientAuth");
    ACCEPT(.trusted = {ca}, .sent = {below, servers});
    EXPECT(HF_ERR_wrong_purpose, 1, .trusted = {ca}, .sent = {below, servers}, .purpose = HF_PURPOSE_CLIENT);
    EXPECT(HF_ERR_wrong_purpose, 1, .trusted = {servers}, .sent = {below}, .purpose = HF_PURPOSE_CLIENT);
}

static void constraints_are_kept(void **state)
{
    (void)state;
    struct make_certificate *ca =
        MAKE(.subject = "CN=Root", .ca = true, .name_constraints = "critical,permitted;DNS:corp.example");
    ACCEPT(.trusted = {ca}, .sent = {MAKE(.subject = "CN=a", .issuer = ca, .sans = "DNS:a.corp.example")});
    EXPECT(HF_ERR_name_constraint, 0, .trusted = {ca},
           .sent = {MAKE(.subject = "CN=a", .issuer = ca, .sans = "DNS:a.corp.example,DNS:evil.example")});
    struct make_certificate *between = MAKE(.subject = "CN=Between", .issuer = ca, .ca = true);
    EXPECT(HF_ERR_name_constraint, 0, .trusted = {ca},
           .sent = {MAKE(.subject = "CN=a", .issuer = between, .sans = "DNS:evil.example"), between});
    /* a CA within is bound too; a self-issued one is not, but what is below it is */
    struct make_certificate *out = MAKE(.subject = "CN=Out", .issuer = ca, .ca = true, .sans = "DNS:evil.example");
    EXPECT(HF_ERR_name_constraint, 1, .trusted = {ca}, .sent = {MAKE(.subject = "CN=a", .issuer = out), out});
    struct make_certificate *self =
        MAKE(.subject = "CN=Root", .issuer = ca, .ca = true, .sans = "DNS:evil.example", .key_number = 8);
    ACCEPT(.trusted = {ca}, .sent = {MAKE(.subject = "CN=a", .issuer = self), self});
}

static void weak_things_are_refused(void **state)
{
    (void)state;
    struct hf_trust_policy lax = hf_trust_policy_default;
    lax.allow_sha1 = true;
    lax.rsa_bits_min = 1024;
    struct make_certificate *ca = root();
    struct make_certificate *small = MAKE(.subject = "CN=small", .issuer = ca, .key = MAKE_KEY_RSA1024);
    EXPECT(HF_ERR_weak_key, 0, .trusted = {ca}, .sent = {small});
    ACCEPT(.trusted = {ca}, .sent = {small}, .policy = &lax);
    struct make_certificate *small_ca = MAKE(.subject = "CN=Small", .ca = true, .key = MAKE_KEY_RSA1024);
    EXPECT(HF_ERR_weak_key, 1, .trusted = {small_ca}, .sent = {MAKE(.subject = "CN=a", .issuer = small_ca)});
    struct make_certificate *sha1 = MAKE(.subject = "CN=sha1", .issuer = ca, .hash = "sha1");
    EXPECT(HF_ERR_weak_signature, 0, .trusted = {ca}, .sent = {sha1});
    struct make_certificate *rsa_ca = MAKE(.subject = "CN=R", .ca = true, .key = MAKE_KEY_RSA2048, .hash = "sha1");
    ACCEPT(.trusted = {rsa_ca},
           .sent = {MAKE(.subject = "CN=a", .issuer = rsa_ca)}); /* an anchor's own does not count */
    ACCEPT(.trusted = {rsa_ca}, .sent = {MAKE(.subject = "CN=a", .issuer = rsa_ca, .hash = "sha1")}, .policy = &lax);
    EXPECT(HF_ERR_weak_signature, 0, .trusted = {rsa_ca},
           .sent = {MAKE(.subject = "CN=a", .issuer = rsa_ca, .hash = "md5")}, .policy = &lax);
    struct make_certificate *curve = MAKE(.subject = "CN=k1", .issuer = ca, .key = MAKE_KEY_SECP256K1);
    EXPECT(HF_ERR_unsupported_key, 0, .trusted = {ca}, .sent = {curve});
    struct hf_trust_policy small_max = hf_trust_policy_default;
    small_max.rsa_bits_max = 2048;
    struct make_certificate *large = MAKE(.subject = "CN=L", .ca = true, .key = MAKE_KEY_RSA3072);
    EXPECT(HF_ERR_weak_key, 1, .trusted = {large}, .sent = {MAKE(.subject = "CN=a", .issuer = large)},
           .policy = &small_max);
}

static void critical_extensions_must_be_known(void **state)
{
    (void)state;
    struct make_certificate *ca = root();
    EXPECT(HF_ERR_unknown_critical_extension, 0, .trusted = {ca},
           .sent = {MAKE(.subject = "CN=a", .issuer = ca, .extensions = {{"1.2.3.4", true, "0500"}})});
    ACCEPT(.trusted = {ca},
           .sent = {MAKE(.subject = "CN=a", .issuer = ca, .extensions = {{"1.2.3.4", false, "0500"}})});
    struct make_certificate *odd =
        MAKE(.subject = "CN=Odd", .issuer = ca, .ca = true, .extensions = {{"1.2.3.4", true, "0500"}});
    EXPECT(HF_ERR_unknown_critical_extension, 1, .trusted = {ca},
           .sent = {MAKE(.subject = "CN=b", .issuer = odd), odd});
}

static void names_are_kept(void **state)
{
    (void)state;
    struct make_certificate *ca = root();
    struct make_certificate *leaf = MAKE(.subject = "CN=a.lan", .issuer = ca, .sans = "DNS:a.lan,IP:10.0.0.5");
    struct make_certificate *bare = MAKE(.subject = "CN=a.lan", .issuer = ca);
    ACCEPT(.trusted = {ca}, .sent = {leaf}, .name = "A.lan");
    ACCEPT(.trusted = {ca}, .sent = {leaf}, .name = "10.0.0.5");
    EXPECT(HF_ERR_name_mismatch, 0, .trusted = {ca}, .sent = {leaf}, .name = "b.lan");
    EXPECT(HF_ERR_address_mismatch, 0, .trusted = {ca}, .sent = {leaf}, .name = "10.0.0.6");
    EXPECT(HF_ERR_no_subject_alt_name, 0, .trusted = {ca}, .sent = {bare}, .name = "a.lan");
    /* the more fundamental failure is told */
    EXPECT(HF_ERR_unknown_issuer, 0, .trusted = {NULL}, .sent = {leaf}, .name = "b.lan");
}

static void unreadable_certificates(void **state)
{
    (void)state;
    struct make_certificate *ca = root();
    struct make_certificate *between = MAKE(.subject = "CN=Between", .issuer = ca, .ca = true);
    struct make_certificate *leaf = MAKE(.subject = "CN=leaf", .issuer = between);
    struct make_certificate *direct = MAKE(.subject = "CN=direct", .issuer = ca);
    between->len--;
    EXPECT(HF_ERR_bad_certificate_encoding, 1, .trusted = {ca}, .sent = {leaf, between});
    ACCEPT(.trusted = {ca}, .sent = {direct, between});
    EXPECT(HF_ERR_bad_certificate_encoding, 0, .trusted = {ca}, .sent = {between, leaf});
    EXPECT(HF_ERR_certificate_missing, -1, .trusted = {ca}, .sent = {NULL});
    between->len++;
}

/* Every certificate signed under every other: the number of paths is factorial, the work is not. */
static void a_thicket_is_cut_short(void **state)
{
    (void)state;
    enum { N = 5 };
    static const char *const names[N] = {"CN=T0", "CN=T1", "CN=T2", "CN=T3", "CN=T4"};
    struct make_certificate *selves[N];
    struct hf_span spans[HF_TRUST_PRESENTED_MAX];
    size_t count = 1;
    for (size_t i = 0; i < N; i++)
        selves[i] = MAKE(.subject = names[i], .ca = true);
    spans[0] = make_certificate_span(MAKE(.subject = "CN=leaf", .issuer = selves[0]));
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < N; j++)
            if (i != j)
                spans[count++] = make_certificate_span(MAKE(.subject = names[i], .issuer = selves[j], .ca = true));
    struct hf_trust *trust = hf_trust_new(&hf_allocation_standard);
    assert_int_equal(hf_trust_add_der(trust, make_certificate_span(root())), HF_OK);
    struct hf_trust_policy policy = hf_trust_policy_default;
    policy.steps_max = 500;
    struct hf_trust_question question = {.certificates = spans,
                                         .certificate_count = count,
                                         .purpose = HF_PURPOSE_SERVER,
                                         .now_s = NOW,
                                         .toolbox = toolbox,
                                         .allocator = &hf_allocation_standard,
                                         .policy = &policy};
    struct hf_verdict verdict;
    assert_int_equal(hf_trust_verify(trust, &question, &verdict), HF_ERR_path_search_exhausted);
    assert_true(verdict.signature_checks <= count * N);
    assert_true(verdict.steps <= 500 + 2 * count);
    policy.steps_max = 100000;
    policy.signature_checks_max = 10;
    assert_int_equal(hf_trust_verify(trust, &question, &verdict), HF_ERR_path_search_exhausted);
    assert_int_equal(verdict.signature_checks, 10);
    /* with an anchor in reach the thicket does no harm */
    policy = hf_trust_policy_default;
    assert_int_equal(hf_trust_add_der(trust, make_certificate_span(selves[3])), HF_OK);
    assert_int_equal(hf_trust_verify(trust, &question, &verdict), HF_OK);
    question.certificate_count = HF_TRUST_PRESENTED_MAX + 1;
    assert_int_equal(hf_trust_verify(trust, &question, &verdict), HF_ERR_too_many_certificates);
    hf_trust_free(trust);
}

static void depth_is_bounded(void **state)
{
    (void)state;
    struct hf_trust_policy policy = hf_trust_policy_default;
    struct make_certificate *ca = root();
    struct make_certificate *one = MAKE(.subject = "CN=One", .issuer = ca, .ca = true);
    struct make_certificate *two = MAKE(.subject = "CN=Two", .issuer = one, .ca = true);
    struct make_certificate *leaf = MAKE(.subject = "CN=leaf", .issuer = two);
    policy.depth_max = 2;
    ACCEPT(.trusted = {ca}, .sent = {leaf, two, one}, .policy = &policy);
    policy.depth_max = 1;
    EXPECT(HF_ERR_too_many_certificates, 1, .trusted = {ca}, .sent = {leaf, two, one}, .policy = &policy);
    policy.depth_max = 0;
    ACCEPT(.trusted = {ca}, .sent = {MAKE(.subject = "CN=direct", .issuer = ca)}, .policy = &policy);
    /* a CA's new key certified by its old one does not count (RFC 5280 6.1.4 (l)) */
    struct make_certificate *again = MAKE(.subject = "CN=One", .issuer = one, .ca = true, .key_number = 91);
    struct make_certificate *below = MAKE(.subject = "CN=below", .issuer = again);
    policy.depth_max = 1;
    ACCEPT(.trusted = {ca}, .sent = {below, again, one}, .policy = &policy);
    policy.depth_max = 0;
    EXPECT(HF_ERR_too_many_certificates, 1, .trusted = {ca}, .sent = {below, again, one}, .policy = &policy);
}

/* The profile and the policies are checked of a path, but not of its anchor. */
static void profile_and_policies_are_kept(void **state)
{
    (void)state;
    struct make_certificate *ca =
        MAKE(.subject = "CN=Lab Root,O=Lab", .ca = true, .extensions = {{"2.5.29.36", false, "3003800100"}});
    struct make_certificate *demands =
        MAKE(.subject = "CN=Strict", .issuer = ca, .ca = true,
             .extensions = {{"2.5.29.36", true, "3003800100"}, {"2.5.29.32", false, "3007300506032a0361"}});
    struct make_certificate *none = MAKE(.subject = "CN=none", .issuer = demands);
    struct make_certificate *named =
        MAKE(.subject = "CN=named", .issuer = demands, .extensions = {{"2.5.29.32", false, "3007300506032a0361"}});
    ACCEPT(.trusted = {ca}, .sent = {named, demands});
    EXPECT(HF_ERR_policy_missing, 0, .trusted = {ca}, .sent = {none, demands});
    struct hf_verdict verdict;
    assert_int_equal(ask(&(struct question){.trusted = {ca}, .sent = {none, demands}}, &verdict),
                     HF_ERR_policy_missing);
    assert_non_null(strstr(verdict.wanted, "CN=Strict"));
    struct make_certificate *loose =
        MAKE(.subject = "CN=x", .issuer = ca, .key_usage = "critical,digitalSignature,keyCertSign");
    EXPECT(HF_ERR_profile_broken, 0, .trusted = {ca}, .sent = {loose});
    struct hf_trust_policy lax = hf_trust_policy_default;
    lax.allow_loose_profile = true;
    ACCEPT(.trusted = {ca}, .sent = {loose}, .policy = &lax);
}

static void failures_say_what_was_found(void **state)
{
    (void)state;
    struct hf_verdict verdict;
    struct hf_failure failure = {0};
    struct make_certificate *ca = root();
    struct make_certificate *leaf =
        MAKE(.subject = "CN=billing", .issuer = ca, .sans = "DNS:a.lan,URI:spiffe://x/y", .serial = "0102ff");
    assert_int_equal(ask(&(struct question){.trusted = {ca}, .sent = {leaf}, .name = "b.lan"}, &verdict),
                     HF_ERR_name_mismatch);
    hf_trust_fill_failure(&verdict, &failure);
    assert_int_equal(failure.error, HF_ERR_name_mismatch);
    assert_string_equal(failure.subject, "CN=billing");
    assert_string_equal(failure.serial, "0102ff");
    assert_string_equal(failure.wanted, "b.lan");
    assert_string_equal(failure.got, "DNS:a.lan, URI:spiffe://x/y");
    struct make_certificate *other = MAKE(.subject = "CN=Other,O=Elsewhere", .ca = true);
    struct make_certificate *foreign = MAKE(.subject = "CN=foreign", .issuer = other);
    assert_int_equal(ask(&(struct question){.trusted = {ca}, .sent = {foreign}}, &verdict), HF_ERR_unknown_issuer);
    assert_non_null(strstr(verdict.wanted, "O=Lab, CN=Lab Root"));
    assert_non_null(strstr(verdict.got, "O=Elsewhere, CN=Other"));
    assert_non_null(strstr(verdict.hint, "O=Elsewhere, CN=Other"));
}

/* Every allocation of a verification fails in turn: no_memory or the right verdict, never another. */
static void allocations_may_fail(void **state)
{
    (void)state;
    struct make_certificate *ca = root();
    struct make_certificate *between = MAKE(.subject = "CN=Between", .issuer = ca, .ca = true);
    struct make_certificate *leaf = MAKE(.subject = "CN=leaf", .issuer = between);
    struct hf_trust *trust = hf_trust_new(&hf_allocation_standard);
    assert_int_equal(hf_trust_add_der(trust, make_certificate_span(ca)), HF_OK);
    struct hf_span spans[] = {make_certificate_span(leaf), make_certificate_span(between)};
    for (size_t nth = 1;; nth++) {
        struct hf_test_allocator test;
        hf_test_allocator_init(&test, nth);
        struct hf_trust_question question = {.certificates = spans,
                                             .certificate_count = 2,
                                             .purpose = HF_PURPOSE_SERVER,
                                             .now_s = NOW,
                                             .toolbox = toolbox,
                                             .allocator = &test.allocator};
        struct hf_verdict verdict;
        enum hf_error error = hf_trust_verify(trust, &question, &verdict);
        assert_int_equal(test.live, 0);
        assert_int_equal(error, hf_test_allocator_failed(&test) ? HF_ERR_no_memory : HF_OK);
        if (error == HF_OK)
            break;
        assert_true(nth < 100);
    }
    hf_trust_free(trust);
}

static int begin(void **state)
{
    (void)state;
    return hf_toolbox_new(&hf_allocation_standard, &toolbox) == HF_OK ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    hf_toolbox_free(toolbox);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(chains_verify_in_any_order, forget),
        cmocka_unit_test_teardown(every_key_and_signature_verifies, forget),
        cmocka_unit_test_teardown(issuers_that_are_not_trusted, forget),
        cmocka_unit_test_teardown(a_leaf_can_be_trusted_itself, forget),
        cmocka_unit_test_teardown(time_is_kept, forget),
        cmocka_unit_test_teardown(another_path_is_found, forget),
        cmocka_unit_test_teardown(only_cas_issue, forget),
        cmocka_unit_test_teardown(path_length_is_kept, forget),
        cmocka_unit_test_teardown(usage_and_purpose_are_kept, forget),
        cmocka_unit_test_teardown(constraints_are_kept, forget),
        cmocka_unit_test_teardown(weak_things_are_refused, forget),
        cmocka_unit_test_teardown(critical_extensions_must_be_known, forget),
        cmocka_unit_test_teardown(names_are_kept, forget),
        cmocka_unit_test_teardown(unreadable_certificates, forget),
        cmocka_unit_test_teardown(a_thicket_is_cut_short, forget),
        cmocka_unit_test_teardown(depth_is_bounded, forget),
        cmocka_unit_test_teardown(profile_and_policies_are_kept, forget),
        cmocka_unit_test_teardown(failures_say_what_was_found, forget),
        cmocka_unit_test_teardown(allocations_may_fail, forget),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
