/* What a config has when nothing was said: groups and key shares, with hybrids where libcrypto has ML-KEM (3.5) and
 * without. The handshakes of the hybrids are here too: they are the longest hellos there are. RFC 9846 4.3.8. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "config/config.h"
#include "support/lab_check.h"

/* Whether this machine's libcrypto has a group; says so if not. */
static bool has_group(const char *name)
{
    struct hf_failure failure;
    struct hf_config *config = lab_config(HF_CLIENT, &(struct lab_side){.groups = name}, &failure);
    if (config == NULL) {
        assert_int_equal(failure.error, HF_ERR_unsupported_here);
        print_message("%s: libcrypto lacks it (ML-KEM came with OpenSSL 3.5), not tried\n", name);
    }
    hf_config_drop(config);
    return config != NULL;
}

static void assert_shares(const struct lab_side *side, const char *wanted)
{
    struct hf_failure failure;
    struct hf_config *config = lab_config(HF_CLIENT, side, &failure);
    char names[256] = "";
    assert_non_null(config);
    for (size_t i = 0; i < config->key_share_count; i++) {
        const size_t len = strlen(names);
        (void)snprintf(names + len, sizeof names - len, "%s%s", i == 0 ? "" : ":", config->key_share_groups[i]->name);
    }
    assert_string_equal(names, wanted);
    hf_config_drop(config);
}

static void one_share(struct hf_builder *builder)
{
    hf_builder_key_shares(builder, 1);
}

static void three_shares(struct hf_builder *builder)
{
    hf_builder_key_shares(builder, 3);
}

static void shares_by_name(struct hf_builder *builder)
{
    hf_builder_key_share_groups(builder, "secp384r1:x25519");
}

static void no_shares(struct hf_builder *builder)
{
    hf_builder_key_share_groups(builder, "");
}

static void a_share_of_no_group(struct hf_builder *builder)
{
    hf_builder_key_share_groups(builder, "x448");
}

static void a_share_of_four(struct hf_builder *builder)
{
    hf_builder_key_share_groups(builder, "x25519:secp256r1:secp384r1:secp521r1");
}

static void shares_that_are_named(void **state)
{
    (void)state;
    struct hf_failure failure = {0};
    const char *groups = "x25519:secp256r1:secp384r1";
    assert_shares(&(struct lab_side){.groups = groups, .more = shares_by_name}, "x25519:secp384r1");
    assert_shares(&(struct lab_side){.groups = groups, .more = no_shares}, "");
    assert_null(lab_config(HF_CLIENT, &(struct lab_side){.groups = groups, .more = a_share_of_no_group}, &failure));
    assert_int_equal(failure.error, HF_ERR_setting_invalid);
    assert_null(lab_config(HF_CLIENT, &(struct lab_side){.more = a_share_of_four}, &failure));
    assert_int_equal(failure.error, HF_ERR_setting_invalid);
    groups = "secp384r1:secp384r1:secp384r1:secp384r1:x25519"; /* of a group there is one share */
    assert_null(lab_config(HF_CLIENT, &(struct lab_side){.groups = groups, .more = shares_by_name}, &failure));
    assert_int_equal(failure.error, HF_ERR_setting_invalid);
    groups = "x25519:secp256r1:secp384r1";
    /* Without any the server asks for one. */
    struct lab_pair pair;
    struct hf_session_info info;
    lab_pair_open(&pair, &(struct lab_side){.groups = groups, .more = no_shares}, NULL);
    (void)lab_pair_run(&pair);
    hf_session_info(pair.client, &info);
    assert_true(info.opened && info.hello_retried);
    lab_pair_close(&pair);
}

static void suites_that_are_equal(void **state)
{
    (void)state;
    struct hf_failure failure = {0};
    const struct lab_side side = {
        .suites = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384 | TLS_CHACHA20_POLY1305_SHA256:"
                  "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256|TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"};
    static const bool joined[] = {false, false, true, false, true};
    struct hf_config *config = lab_config(HF_SERVER, &side, &failure);
    assert_non_null(config);
    assert_int_equal(config->suite_count, HF_COUNT(joined));
    for (size_t i = 0; i < HF_COUNT(joined); i++)
        assert_int_equal(config->suite_joined[i], joined[i]);
    hf_config_drop(config);
}

static void groups_by_default(void **state)
{
    (void)state;
    struct hf_failure failure;
    struct hf_config *config = lab_config(HF_CLIENT, &(struct lab_side){0}, &failure);
    assert_non_null(config);
    assert_string_equal(hf_config_groups(config), has_group("X25519MLKEM768")
                                                      ? "X25519MLKEM768:x25519:secp256r1:secp384r1:secp521r1:x448"
                                                      : "x25519:secp256r1:secp384r1:secp521r1:x448");
    hf_config_drop(config);
}

static void plain_groups_have_one_share(void **state)
{
    (void)state;
    assert_shares(&(struct lab_side){.groups = "x25519:secp256r1:secp384r1"}, "x25519");
    assert_shares(&(struct lab_side){.groups = "secp384r1"}, "secp384r1");
    assert_shares(&(struct lab_side){.groups = "x25519:secp256r1", .more = three_shares}, "x25519:secp256r1");
    assert_shares(&(struct lab_side){.groups = "secp256r1:x25519:x448:secp384r1", .more = three_shares},
                  "secp256r1:x25519:x448");
}

static void a_plain_share_goes_with_a_hybrid(void **state)
{
    (void)state;
    if (!has_group("X25519MLKEM768"))
        skip();
    assert_shares(&(struct lab_side){0}, "X25519MLKEM768:x25519");
    assert_shares(&(struct lab_side){.more = one_share}, "X25519MLKEM768");
    assert_shares(&(struct lab_side){.more = three_shares}, "X25519MLKEM768:x25519:secp256r1");
    assert_shares(&(struct lab_side){.groups = "X25519MLKEM768"}, "X25519MLKEM768");
    assert_shares(&(struct lab_side){.groups = "X25519MLKEM768:SecP256r1MLKEM768:secp256r1:x25519"},
                  "X25519MLKEM768:secp256r1");
    assert_shares(&(struct lab_side){.groups = "x25519:X25519MLKEM768"}, "x25519");
    assert_shares(&(struct lab_side){.groups = "MLKEM1024:secp384r1"}, "MLKEM1024:secp384r1");
    assert_shares(&(struct lab_side){.more = hf_builder_datagrams}, "x25519"); /* the hello fits one datagram */
    assert_shares(&(struct lab_side){.groups = "X25519MLKEM768", .more = hf_builder_datagrams}, "X25519MLKEM768");
}

/* A TLS 1.3 handshake of these sides, by so many bytes at a time: the group, and whether it took a retry. */
static void assert_group(const struct lab_side *client, const struct lab_side *server, size_t room, const char *group,
                         bool retried)
{
    struct lab_pair pair;
    struct hf_session_info info;
    lab_pair_open(&pair, client, server);
    (void)lab_pair_run_cut(&pair, room);
    lab_assert_open(&pair);
    hf_session_info(pair.client, &info);
    assert_int_equal(info.version, HF_TLS13);
    assert_string_equal(info.group, group);
    assert_int_equal(info.hello_retried, retried);
    assert_string_equal(hf_peer_spiffe_id(hf_peer(pair.server)), "spiffe://lab/billing");
    lab_assert_data(&pair, pair.client, pair.server);
    lab_assert_data(&pair, pair.server, pair.client);
    lab_pair_close(&pair);
}

static void groups_with_ml_kem_open_mutually(void **state)
{
    (void)state;
    static const char *const with_kem[] = {"X25519MLKEM768", "SecP256r1MLKEM768", "SecP384r1MLKEM1024",
                                           "MLKEM512",       "MLKEM768",          "MLKEM1024"};
    size_t runs = 0;
    for (size_t i = 0; i < sizeof with_kem / sizeof with_kem[0]; i++) {
        char second[64];
        if (!has_group(with_kem[i]))
            continue;
        const struct lab_side only = {.groups = with_kem[i]};
        assert_group(&only, &only, 1 << 14, with_kem[i], /* retried= */ false);
        assert_group(&only, &only, 1, with_kem[i], /* retried= */ false);
        (void)snprintf(second, sizeof second, "secp521r1:%s", with_kem[i]);
        assert_group(&(struct lab_side){.groups = second}, &only, 1 << 14, with_kem[i], /* retried= */ true);
        runs++;
    }
    if (runs == 0)
        skip();
    assert_int_equal(runs, sizeof with_kem / sizeof with_kem[0]); /* ML-KEM comes in all sizes or not at all */
}

static void defaults_take_the_hybrid_and_spare_old_servers_the_retry(void **state)
{
    (void)state;
    const struct lab_side plain = {.groups = "x25519:secp256r1"};
    if (!has_group("X25519MLKEM768"))
        skip();
    assert_group(NULL, NULL, 1 << 14, "X25519MLKEM768", /* retried= */ false);
    assert_group(NULL, &plain, 1 << 14, "x25519", /* retried= */ false);
    assert_group(&plain, NULL, 1 << 14, "x25519", /* retried= */ false);
    assert_group(&(struct lab_side){.more = one_share}, &plain, 1 << 14, "x25519", /* retried= */ true);
    assert_group(NULL, &(struct lab_side){.groups = "secp384r1"}, 1 << 14, "secp384r1", /* retried= */ true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(groups_by_default),
        cmocka_unit_test(shares_that_are_named),
        cmocka_unit_test(suites_that_are_equal),
        cmocka_unit_test(plain_groups_have_one_share),
        cmocka_unit_test(a_plain_share_goes_with_a_hybrid),
        cmocka_unit_test(groups_with_ml_kem_open_mutually),
        cmocka_unit_test(defaults_take_the_hybrid_and_spare_old_servers_the_retry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
