/* The cache of verified chains: what it recognises, and one test for each way in which an entry must not be used. That
 * signatures were checked, the verdict's count tells. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/must.h"
#include "crypto/toolbox.h"
#include "support/make_certificate.h"
#include "support/test_allocator.h"
#include "trust/verified_cache.h"

#define NOW MAKE_CERTIFICATE_NOW
#define DAY INT64_C(86400)

static struct hf_toolbox *toolbox;
static struct make_certificate *root, *intermediate, *leaf;
static struct hf_trust *trust;
static struct hf_span chain[2];

static struct make_certificate *make_leaf(const char *subject)
{
    return make_certificate(&(struct make_certificate_of){.subject = subject,
                                                          .issuer = intermediate,
                                                          .sans = "DNS:a.lan,IP:10.0.0.5",
                                                          .not_before_s = NOW - 10 * DAY,
                                                          .not_after_s = NOW + 30 * DAY});
}

static int begin(void **state)
{
    (void)state;
    root = make_certificate(&(struct make_certificate_of){.subject = "CN=Root", .ca = true});
    intermediate = make_certificate(&(struct make_certificate_of){.subject = "CN=Middle",
                                                                  .issuer = root,
                                                                  .ca = true,
                                                                  .not_before_s = NOW - 5 * DAY,
                                                                  .not_after_s = NOW + 20 * DAY});
    leaf = make_leaf("CN=leaf");
    chain[0] = make_certificate_span(leaf);
    chain[1] = make_certificate_span(intermediate);
    trust = hf_trust_new(&hf_allocation_standard);
    return hf_toolbox_new(&hf_allocation_standard, &toolbox) == HF_OK &&
                   hf_trust_add_der(trust, make_certificate_span(root)) == HF_OK
               ? 0
               : -1;
}

static int end(void **state)
{
    (void)state;
    hf_trust_free(trust);
    hf_toolbox_free(toolbox);
    make_certificate_free(leaf);
    make_certificate_free(intermediate);
    make_certificate_free(root);
    return 0;
}

static struct hf_trust_question question_of(void)
{
    return (struct hf_trust_question){.certificates = chain,
                                      .certificate_count = HF_COUNT(chain),
                                      .purpose = HF_PURPOSE_SERVER,
                                      .name = "a.lan",
                                      .now_s = NOW,
                                      .toolbox = toolbox,
                                      .allocator = &hf_allocation_standard};
}

static struct hf_verified_rules rules_of(const char *state)
{
    return (struct hf_verified_rules){trust, hf_span_of_text(state)};
}

static struct hf_verified_cache *new_cache(size_t entries)
{
    struct hf_verified_cache *cache = NULL;
    assert_int_equal(hf_verified_cache_new(&hf_allocation_standard, entries, &cache), HF_OK);
    return cache;
}

/* Asks, and tells how many signatures were checked for it: -1 when the answer was a failure. */
static int ask(struct hf_verified_cache *cache, const struct hf_verified_rules *rules,
               const struct hf_trust_question *question, enum hf_error wanted)
{
    struct hf_verdict verdict;
    struct hf_verified *verified = NULL;
    enum hf_error error = hf_verified_cache_verify(cache, rules, question, &verdict, &verified);
    assert_int_equal(error, wanted);
    assert_int_equal(verdict.error, wanted);
    assert_true((verified != NULL) == (error == HF_OK));
    hf_verified_drop(verified);
    return error == HF_OK ? (int)verdict.signature_checks : -1;
}

/* A cache that has seen the chain, and a question that may then be changed. */
struct bench {
    struct hf_verified_cache *cache;
    struct hf_verified_rules rules;
    struct hf_trust_question question;
};

static void set_up(struct bench *bench)
{
    *bench = (struct bench){new_cache(8), rules_of("rules"), question_of()};
    assert_int_equal(ask(bench->cache, &bench->rules, &bench->question, HF_OK), 2);
    assert_int_equal(ask(bench->cache, &bench->rules, &bench->question, HF_OK), 0);
}

static int ask_again(struct bench *bench, enum hf_error wanted)
{
    int checks = ask(bench->cache, &bench->rules, &bench->question, wanted);
    hf_verified_cache_free(bench->cache);
    return checks;
}

static void what_was_verified_costs_no_signature_check(void **state)
{
    (void)state;
    struct bench bench;
    struct hf_verdict verdict;
    struct hf_verified *first = NULL, *second = NULL;
    set_up(&bench);
    assert_int_equal(hf_verified_cache_verify(bench.cache, &bench.rules, &bench.question, &verdict, &first), HF_OK);
    assert_int_equal(hf_verified_cache_verify(bench.cache, &bench.rules, &bench.question, &verdict, &second), HF_OK);
    assert_ptr_equal(first, second);
    assert_string_equal(hf_peer_subject(first->peer), "CN=leaf");
    assert_int_equal(hf_public_key_type(first->key), HF_KEY_P256);
    assert_int_equal(first->begins_s, NOW - 5 * DAY); /* the intermediate's, which are the narrower ones */
    assert_int_equal(first->ends_s, NOW + 20 * DAY);
    hf_verified_drop(second);
    hf_verified_cache_free(bench.cache); /* what is held outlives the cache */
    assert_string_equal(hf_peer_dns(first->peer, 0), "a.lan");
    hf_verified_drop(first);
}

static void without_a_cache_each_is_verified(void **state)
{
    (void)state;
    struct hf_verified_rules rules = rules_of("rules");
    struct hf_trust_question question = question_of();
    assert_int_equal(ask(NULL, &rules, &question, HF_OK), 2);
    assert_int_equal(ask(NULL, &rules, &question, HF_OK), 2);
}

static void other_rules_are_another_entry(void **state)
{
    (void)state;
    struct bench bench;
    set_up(&bench);
    bench.rules = rules_of("rulez"); /* other anchors, other revocation: whatever the caller digests */
    assert_int_equal(ask_again(&bench, HF_OK), 2);
    set_up(&bench);
    struct hf_trust *nobody = hf_trust_new(&hf_allocation_standard);
    bench.rules = (struct hf_verified_rules){nobody, hf_span_of_text("no anchors")};
    assert_int_equal(ask_again(&bench, HF_ERR_unknown_issuer), -1);
    hf_trust_free(nobody);
}

static void another_purpose_is_another_entry(void **state)
{
    (void)state;
    struct bench bench;
    set_up(&bench);
    bench.question.purpose = HF_PURPOSE_CLIENT;
    assert_int_equal(ask_again(&bench, HF_OK), 2);
    set_up(&bench);
    bench.question.leaf_decrypts = true; /* the leaf's keyUsage has no keyEncipherment */
    assert_int_equal(ask_again(&bench, HF_ERR_key_usage_wrong), -1);
}

static void another_policy_is_another_entry(void **state)
{
    (void)state;
    struct hf_trust_policy policies[7];
    for (size_t i = 0; i < HF_COUNT(policies); i++)
        policies[i] = hf_trust_policy_default;
    policies[0].rsa_bits_min++;
    policies[1].rsa_bits_max--;
    policies[2].allow_sha1 = true;
    policies[3].depth_max--;
    policies[4].signature_checks_max--;
    policies[5].steps_max--;
    policies[6].allow_loose_profile = true;
    for (size_t i = 0; i < HF_COUNT(policies); i++) {
        struct bench bench;
        set_up(&bench);
        bench.question.policy = &policies[i];
        assert_int_equal(ask_again(&bench, HF_OK), 2);
    }
}

static void names_are_judged_each_time(void **state)
{
    (void)state;
    static const uint8_t address[] = {10, 0, 0, 5}, other_address[] = {10, 0, 0, 6};
    struct bench bench;
    set_up(&bench);
    bench.question.name = "10.0.0.5"; /* another name of the same leaf */
    assert_int_equal(ask_again(&bench, HF_OK), 0);
    set_up(&bench);
    bench.question.name = "b.lan";
    assert_int_equal(ask_again(&bench, HF_ERR_name_mismatch), -1);
    set_up(&bench);
    bench.question.address = hf_span_of(address, sizeof address);
    assert_int_equal(ask_again(&bench, HF_OK), 0);
    set_up(&bench);
    bench.question.address = hf_span_of(other_address, sizeof other_address);
    assert_int_equal(ask_again(&bench, HF_ERR_address_mismatch), -1);
}

static void dates_are_judged_each_time(void **state)
{
    (void)state;
    struct bench bench;
    set_up(&bench);
    bench.question.now_s = NOW + 20 * DAY; /* the last second */
    assert_int_equal(ask_again(&bench, HF_OK), 0);
    set_up(&bench);
    bench.question.now_s = NOW + 20 * DAY + 1;
    assert_int_equal(ask_again(&bench, HF_ERR_issuer_expired), -1);
    set_up(&bench);
    bench.question.now_s = NOW + 30 * DAY + 1;
    assert_int_equal(ask_again(&bench, HF_ERR_certificate_expired), -1);
    set_up(&bench);
    bench.question.now_s = NOW - 5 * DAY;
    assert_int_equal(ask_again(&bench, HF_OK), 0);
    set_up(&bench);
    bench.question.now_s = NOW - 5 * DAY - 1;
    assert_int_equal(ask_again(&bench, HF_ERR_certificate_not_yet_valid), -1);
}

static void other_bytes_are_another_entry(void **state)
{
    (void)state;
    struct bench bench;
    uint8_t changed[2048];
    set_up(&bench);
    assert_true(hf_span_copy(chain[0], changed, sizeof changed));
    changed[chain[0].len - 1] ^= 1; /* in the signature */
    struct hf_span other[] = {hf_span_of(changed, chain[0].len), chain[1]};
    bench.question.certificates = other;
    assert_int_equal(ask_again(&bench, HF_ERR_bad_certificate_signature), -1);
    set_up(&bench);
    struct hf_span twice[] = {chain[0], chain[1], chain[1]};
    bench.question.certificates = twice;
    bench.question.certificate_count = HF_COUNT(twice);
    assert_int_equal(ask_again(&bench, HF_OK), 2);
    set_up(&bench);
    bench.question.certificate_count = 1;
    assert_int_equal(ask_again(&bench, HF_ERR_unknown_issuer), -1);
}

static void staples_are_judged_each_time(void **state)
{
    (void)state;
    struct bench bench;
    struct hf_span none[HF_COUNT(chain)] = {{0}}, some[HF_COUNT(chain)] = {{0}};
    some[1] = hf_span_of_text("a response");
    set_up(&bench);
    bench.question.staples = none; /* asked for, and none came */
    assert_int_equal(ask(bench.cache, &bench.rules, &bench.question, HF_OK), 2);
    assert_int_equal(ask(bench.cache, &bench.rules, &bench.question, HF_OK), 0);
    bench.question.staples = some;
    assert_int_equal(ask(bench.cache, &bench.rules, &bench.question, HF_OK), 2);
    assert_int_equal(ask_again(&bench, HF_OK), 2);
}

static void a_failure_is_not_remembered(void **state)
{
    (void)state;
    struct hf_verified_cache *cache = new_cache(8);
    struct hf_verified_rules rules = rules_of("rules");
    struct hf_trust_question question = question_of();
    question.now_s = NOW + 100 * DAY;
    assert_int_equal(ask(cache, &rules, &question, HF_ERR_certificate_expired), -1);
    question.now_s = NOW;
    assert_int_equal(ask(cache, &rules, &question, HF_OK), 2);
    hf_verified_cache_free(cache);
}

static void the_least_used_is_forgotten(void **state)
{
    (void)state;
    struct hf_verified_cache *cache = new_cache(HF_VERIFIED_ROW);
    struct hf_trust_question question = question_of();
    static const char *const states[] = {"0", "1", "2", "3", "4", "5", "6", "7", "8"};
    struct hf_verified_rules first = rules_of(states[0]);
    for (size_t i = 0; i < HF_VERIFIED_ROW; i++) {
        struct hf_verified_rules rules = rules_of(states[i]);
        assert_int_equal(ask(cache, &rules, &question, HF_OK), 2);
    }
    assert_int_equal(ask(cache, &first, &question, HF_OK), 0);
    struct hf_verified_rules last = rules_of(states[HF_VERIFIED_ROW]), second = rules_of(states[1]);
    assert_int_equal(ask(cache, &last, &question, HF_OK), 2);
    assert_int_equal(ask(cache, &first, &question, HF_OK), 0);
    assert_int_equal(ask(cache, &last, &question, HF_OK), 0);
    assert_int_equal(ask(cache, &second, &question, HF_OK), 2);
    hf_verified_cache_free(cache);
}

static void long_lists_are_verified_each_time(void **state)
{
    (void)state;
    struct bench bench;
    struct hf_span many[HF_VERIFIED_PRESENTED_MAX + 1];
    set_up(&bench);
    many[0] = chain[0];
    for (size_t i = 1; i < HF_COUNT(many); i++)
        many[i] = chain[1];
    bench.question.certificates = many;
    bench.question.certificate_count = HF_COUNT(many);
    assert_int_equal(ask(bench.cache, &bench.rules, &bench.question, HF_OK), 2);
    assert_int_equal(ask(bench.cache, &bench.rules, &bench.question, HF_OK), 2);
    bench.question.certificate_count--;
    assert_int_equal(ask(bench.cache, &bench.rules, &bench.question, HF_OK), 2);
    assert_int_equal(ask(bench.cache, &bench.rules, &bench.question, HF_OK), 0);
    hf_verified_cache_free(bench.cache);
}

static void allocations_may_fail(void **state)
{
    (void)state;
    for (size_t nth = 1;; nth++) {
        struct hf_test_allocator test;
        struct hf_verified_cache *cache = NULL;
        struct hf_verified *verified = NULL;
        struct hf_verdict verdict;
        struct hf_verified_rules rules = rules_of("rules");
        struct hf_trust_question question = question_of();
        hf_test_allocator_init(&test, nth);
        question.allocator = &test.allocator;
        enum hf_error error = hf_verified_cache_new(&test.allocator, 8, &cache);
        if (error == HF_OK)
            error = hf_verified_cache_verify(cache, &rules, &question, &verdict, &verified);
        assert_int_equal(error, hf_test_allocator_failed(&test) ? HF_ERR_no_memory : HF_OK);
        hf_verified_drop(verified);
        hf_verified_cache_free(cache);
        assert_int_equal(test.live, 0);
        if (!hf_test_allocator_failed(&test))
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_verified_costs_no_signature_check),
        cmocka_unit_test(without_a_cache_each_is_verified),
        cmocka_unit_test(other_rules_are_another_entry),
        cmocka_unit_test(another_purpose_is_another_entry),
        cmocka_unit_test(another_policy_is_another_entry),
        cmocka_unit_test(names_are_judged_each_time),
        cmocka_unit_test(dates_are_judged_each_time),
        cmocka_unit_test(other_bytes_are_another_entry),
        cmocka_unit_test(staples_are_judged_each_time),
        cmocka_unit_test(a_failure_is_not_remembered),
        cmocka_unit_test(the_least_used_is_forgotten),
        cmocka_unit_test(long_lists_are_verified_each_time),
        cmocka_unit_test(allocations_may_fail),
    };
    return cmocka_run_group_tests_name("trust/verified_cache", tests, begin, end);
}
