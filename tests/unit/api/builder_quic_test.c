/* What a config of QUIC must have and may not have. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <handfast/quic.h>

#include <string.h>

#include "config/config.h"
#include "support/quic_lab.h"

static void no_protocol(struct hf_builder *builder)
{
    hf_builder_quic(builder);
}

static void quic(struct hf_builder *builder)
{
    hf_builder_quic(builder);
    hf_builder_alpn(builder, "hq");
}

static void both(struct hf_builder *builder)
{
    hf_builder_datagrams(builder);
    quic(builder);
}

static void both_the_other_way(struct hf_builder *builder)
{
    quic(builder);
    hf_builder_datagrams(builder);
}

static void short_tags(struct hf_builder *builder)
{
    quic(builder);
    hf_builder_suites(builder, "TLS_AES_128_GCM_SHA256:TLS_AES_128_CCM_8_SHA256");
}

static void short_records(struct hf_builder *builder)
{
    quic(builder);
    hf_builder_record_size_limit(builder, 1000);
}

static void short_fragments(struct hf_builder *builder)
{
    quic(builder);
    hf_builder_max_fragment_length(builder, 512);
}

static void old_version(struct hf_builder *builder)
{
    quic(builder);
    hf_builder_versions(builder, HF_TLS12, HF_TLS12);
}

static void media(struct hf_builder *builder)
{
    quic(builder);
    hf_builder_srtp(builder, "SRTP_AEAD_AES_128_GCM");
}

static void asked_later(struct hf_builder *builder)
{
    quic(builder);
    hf_builder_post_handshake_auth(builder, HF_POST_HANDSHAKE_AUTH_ON);
}

static void ids(struct hf_builder *builder)
{
    quic(builder);
    hf_builder_connection_ids(builder, 4);
}

static void context_only(struct hf_builder *builder)
{
    hf_builder_quic_early_context(builder, "x", 1);
}

static void what_does_not_go_together_is_refused(void **state)
{
    (void)state;
    static const struct {
        void (*more)(struct hf_builder *builder);
        const char *where;
    } cases[] = {
        {no_protocol, "hf_builder_alpn"},
        {both, "hf_builder_quic"},
        {both_the_other_way, "hf_builder_datagrams"},
        {short_tags, "hf_builder_suites"},
        {short_records, "hf_builder_record_size_limit"},
        {short_fragments, "hf_builder_max_fragment_length"},
        {old_version, "hf_builder_versions"},
        {media, "hf_builder_srtp"},
        {asked_later, "hf_builder_post_handshake_auth"},
        {ids, "hf_builder_connection_ids"},
        {context_only, "hf_builder_quic_early_context"},
    };
    for (size_t i = 0; i < HF_COUNT(cases); i++) {
        const struct lab_side side = {.more = cases[i].more};
        struct hf_failure failure = {0};
        assert_null(lab_config(HF_CLIENT, &side, &failure));
        assert_int_equal(failure.error, HF_ERR_setting_invalid);
        assert_string_equal(failure.where, cases[i].where);
    }
}

static void it_is_tls13_only(void **state)
{
    (void)state;
    struct hf_config *config = quic_lab_config(HF_CLIENT, NULL);
    assert_int_equal(config->min_version, HF_TLS13);
    assert_int_equal(config->max_version, HF_TLS13);
    hf_config_drop(config);
}

static void each_kind_has_its_own_call(void **state)
{
    (void)state;
    static const uint8_t many[2049];
    const struct lab_side plain = {0};
    struct hf_failure failure = {0};
    struct hf_config *config = quic_lab_config(HF_SERVER, NULL);
    struct hf_quic_beginning beginning = {.now_ms = LAB_NOW_MS};
    assert_null(hf_connection_new(config, NULL, LAB_NOW_MS, &failure));
    assert_int_equal(failure.error, HF_ERR_setting_invalid);
    beginning.parameters = many;
    beginning.parameters_len = sizeof many;
    assert_null(hf_quic_connection_new(config, &beginning, &failure));
    assert_int_equal(failure.error, HF_ERR_setting_invalid);
    hf_config_drop(config);
    config = lab_config(HF_SERVER, &plain, &failure);
    beginning.parameters_len = 1;
    assert_null(hf_quic_connection_new(config, &beginning, &failure));
    assert_int_equal(failure.error, HF_ERR_setting_invalid);
    hf_config_drop(config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_does_not_go_together_is_refused),
        cmocka_unit_test(it_is_tls13_only),
        cmocka_unit_test(each_kind_has_its_own_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
