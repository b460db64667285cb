/* SRTP's profiles, agreed on over datagrams in both versions, and the keys that both ends export for it. RFC 5764. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "extension/use_srtp.h"
#include "registry/srtp_profile.h"
#include "support/lab_check.h"
#include "support/test_hex.h"

enum { KEYS_LEN = 2 * (16 + 14) }; /* RFC 5764 4.2: a key and a salt for each side */

static void both_profiles(struct hf_builder *builder)
{
    hf_builder_datagrams(builder);
    hf_builder_srtp(builder, "SRTP_AES128_CM_HMAC_SHA1_80:SRTP_AEAD_AES_128_GCM");
}

static void gcm_first(struct hf_builder *builder)
{
    hf_builder_datagrams(builder);
    hf_builder_srtp(builder, "srtp_aead_aes_128_gcm:SRTP_AES128_CM_HMAC_SHA1_80");
}

static void only_short_tags(struct hf_builder *builder)
{
    hf_builder_datagrams(builder);
    hf_builder_srtp(builder, "SRTP_AES128_CM_HMAC_SHA1_32");
}

static void over_streams(struct hf_builder *builder)
{
    hf_builder_srtp(builder, "SRTP_AES128_CM_HMAC_SHA1_80");
}

static void unknown_name(struct hf_builder *builder)
{
    hf_builder_datagrams(builder);
    hf_builder_srtp(builder, "SRTP_NULL_HMAC_SHA1_80");
}

static void assert_profile(struct lab_pair *pair, const char *wanted)
{
    struct hf_connection *ends[] = {pair->client, pair->server};
    uint8_t keys[2][KEYS_LEN];
    for (int i = 0; i < 2; i++) {
        struct hf_session_info info;
        hf_session_info(ends[i], &info);
        assert_true(info.opened);
        assert_string_equal(info.srtp_profile, wanted);
        assert_int_equal(hf_export(ends[i], "EXTRACTOR-dtls_srtp", NULL, 0, keys[i], KEYS_LEN), HF_OK);
    }
    assert_memory_equal(keys[0], keys[1], KEYS_LEN);
}

static void the_server_s_order_counts(void **state)
{
    (void)state;
    for (int is_13 = 0; is_13 < 2; is_13++) {
        const struct lab_side client = {.more = both_profiles, .max = is_13 ? HF_TLS13 : HF_TLS12};
        struct lab_pair pair;
        lab_pair_open(&pair, &client, &(struct lab_side){.more = gcm_first});
        (void)lab_pair_run(&pair);
        assert_profile(&pair, "SRTP_AEAD_AES_128_GCM");
        lab_pair_close(&pair);
    }
}

static void without_one_in_common_there_is_none(void **state)
{
    (void)state;
    struct lab_pair pair;
    lab_pair_open(&pair, &(struct lab_side){.more = both_profiles}, &(struct lab_side){.more = only_short_tags});
    (void)lab_pair_run(&pair);
    assert_profile(&pair, "");
    lab_pair_close(&pair);
}

static enum hf_error judge_answer(const char *hex, uint16_t *ret_profile)
{
    struct hf_config config = {.srtp_count = 1};
    struct hf_failure failure = {0};
    struct hf_server_hello_facts facts = {0};
    const struct hf_client_offer offer = {.config = &config};
    const struct hf_extension_reading reading = {.offer = &offer, .failure = &failure};
    struct hf_test_hex bytes = hf_test_hex_of(hex);
    config.srtp_profiles[0] = hf_srtp_profile_find(1);
    enum hf_error error = hf_use_srtp_check(&reading, hf_test_hex_span(&bytes), &facts);
    *ret_profile = facts.srtp_profile;
    return error;
}

static void answers_are_of_what_was_offered(void **state)
{
    (void)state;
    uint16_t profile;
    assert_int_equal(judge_answer("0002 0001 00", &profile), HF_OK);
    assert_int_equal(profile, 1);
    static const char *const wrong[] = {"0002 0002 00", "0004 0001 0001 00", "0002 0001 01 aa"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(judge_answer(wrong[i], &profile), HF_ERR_illegal_parameter);
        assert_int_equal(profile, 0);
    }
    assert_int_equal(judge_answer("0000 00", &profile), HF_ERR_decode_error);
}

static void wrong_settings_are_refused(void **state)
{
    (void)state;
    struct hf_failure failure;
    assert_null(lab_config(HF_CLIENT, &(struct lab_side){.more = over_streams}, &failure));
    assert_string_equal(failure.wanted, "connections over datagrams");
    assert_null(lab_config(HF_CLIENT, &(struct lab_side){.more = unknown_name}, &failure));
    assert_string_equal(failure.got, "SRTP_NULL_HMAC_SHA1_80");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_server_s_order_counts),
        cmocka_unit_test(without_one_in_common_there_is_none),
        cmocka_unit_test(answers_are_of_what_was_offered),
        cmocka_unit_test(wrong_settings_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
