/* The digest of a policy: the same settings give the same, each setting that peers are judged by another. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "config/policy.h"
#include "support/lab.h"

static struct hf_digest digest_of(enum hf_role role, const struct lab_side *side)
{
    struct hf_failure failure;
    struct hf_config *config = lab_config(role, side, &failure);
    assert_non_null(config);
    struct hf_digest digest = config->policy;
    assert_int_equal(digest.len, 32);
    hf_config_drop(config);
    return digest;
}

static void admit_one(struct hf_builder *builder)
{
    hf_builder_admit(builder, "dns:a");
    hf_builder_admit(builder, "dns:b");
}

static void admit_other(struct hf_builder *builder)
{
    hf_builder_admit(builder, "dns:a");
    hf_builder_admit(builder, "dns:c");
}

static void admit_joined(struct hf_builder *builder)
{
    hf_builder_admit(builder, "dns:adns:b"); /* the same characters, cut elsewhere */
}

static void judge_outside(struct hf_builder *builder)
{
    hf_builder_verdict_outside(builder);
}

static void allow_without(struct hf_builder *builder)
{
    hf_builder_allow_without_extended_master_secret(builder);
}

static void trust_more(struct hf_builder *builder)
{
    hf_builder_trust_pem(builder, lab_other_root(), strlen(lab_other_root()));
}

static void trust_for_one_domain(struct hf_builder *builder)
{
    hf_builder_trust_domain_pem(builder, "red.org", lab_other_root(), strlen(lab_other_root()));
}

static void trust_for_another(struct hf_builder *builder)
{
    hf_builder_trust_domain_pem(builder, "blue.org", lab_other_root(), strlen(lab_other_root()));
}

static void ask_outside(struct hf_builder *builder)
{
    hf_builder_verdict_outside(builder);
    hf_builder_revocation(builder, HF_REVOCATION_HARD, 0);
}

static void ask_what_is_missing(struct hf_builder *builder)
{
    ask_outside(builder);
    hf_builder_revocation_outside(builder);
}

static void allow_sha1(struct hf_builder *builder)
{
    hf_builder_allow_sha1_chains(builder);
}

static void allow_short_keys(struct hf_builder *builder)
{
    hf_builder_rsa_bits_min(builder, 1024);
}

static void allow_long_chains(struct hf_builder *builder)
{
    hf_builder_max_intermediates(builder, 9);
}

static void each_setting_counts(void **state)
{
    (void)state;
    const struct lab_side sides[] = {
        {0},
        {.client_auth = HF_CLIENT_AUTH_REQUEST},
        {.client_auth = HF_CLIENT_AUTH_NONE},
        {.trusts_other = true},
        {.more = trust_more},
        {.more = trust_for_one_domain}, /* the same anchors, another meaning: a session must not survive that */
        {.more = trust_for_another},
        {.more = ask_outside},
        {.more = ask_what_is_missing},
        {.more = allow_sha1},
        {.more = allow_short_keys},
        {.more = allow_long_chains},
        {.more = admit_one},
        {.more = admit_other},
        {.more = admit_joined},
        {.more = judge_outside},
        {.more = allow_without},
        {.key = MAKE_KEY_ED25519},
    };
    struct hf_digest digests[HF_COUNT(sides)];
    for (size_t i = 0; i < HF_COUNT(sides); i++) {
        digests[i] = digest_of(HF_SERVER, &sides[i]);
        for (size_t j = 0; j < i; j++)
            assert_memory_not_equal(digests[i].bytes, digests[j].bytes, 32);
        struct hf_digest again = digest_of(HF_SERVER, &sides[i]);
        assert_memory_equal(again.bytes, digests[i].bytes, 32);
    }
    struct hf_digest client = digest_of(HF_CLIENT, &(struct lab_side){.who = LAB_CLIENT});
    assert_memory_not_equal(client.bytes, digests[0].bytes, 32);
}

static void what_judges_nobody_does_not_count(void **state)
{
    (void)state;
    struct hf_digest plain = digest_of(HF_SERVER, &(struct lab_side){0});
    struct hf_digest other = digest_of(HF_SERVER, &(struct lab_side){.alpn = "h2", .groups = "secp384r1"});
    assert_memory_equal(plain.bytes, other.bytes, 32);
}

static void each_name_has_its_own(void **state)
{
    (void)state;
    static const char *const names[][2] = {{NULL, NULL}, {"a", NULL},  {NULL, "a"},
                                           {"a", "b"},   {"ab", NULL}, {"a", "a"}};
    struct hf_failure failure;
    struct hf_config *config = lab_config(HF_SERVER, &(struct lab_side){0}, &failure);
    struct hf_digest digests[HF_COUNT(names)];
    struct hf_digest with_key;
    for (size_t i = 0; i < HF_COUNT(names); i++) {
        assert_int_equal(hf_policy_of(config, names[i][0], names[i][1], hf_span_of(NULL, 0), &digests[i]), HF_OK);
        assert_int_equal(hf_policy_of(config, names[i][0], names[i][1], hf_span_of_text("mark"), &with_key), HF_OK);
        assert_memory_not_equal(digests[i].bytes, with_key.bytes, 32);
        for (size_t j = 0; j < i; j++)
            assert_memory_not_equal(digests[i].bytes, digests[j].bytes, 32);
    }
    hf_config_drop(config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_setting_counts),
        cmocka_unit_test(what_judges_nobody_does_not_count),
        cmocka_unit_test(each_name_has_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
