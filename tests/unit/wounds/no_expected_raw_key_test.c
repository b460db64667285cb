/* A peer proves itself by a raw public key, and nobody said which key to expect: "verify the peer" must fail then.
 * OpenSSL's clients took any key and went on as if verified (CVE-2024-12797). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "engine/connection.h"
#include "support/lab_check.h"
#include "support/raw_lab.h"

static void server_has_key(struct hf_builder *builder)
{
    raw_lab_identity(builder, LAB_SERVER);
    hf_builder_own_certificate_types(builder, "raw:x509");
}

static void client_has_key(struct hf_builder *builder)
{
    raw_lab_identity(builder, LAB_CLIENT);
    hf_builder_own_certificate_types(builder, "raw");
}

static void takes_keys_and_knows_none(struct hf_builder *builder)
{
    hf_builder_peer_certificate_types(builder, "raw:x509");
}

static void takes_any_and_judges_none(struct hf_builder *builder)
{
    hf_builder_any_raw_key(builder);
}

/* Each other's, taken the wrong way round. */
static void knows_another(struct hf_builder *builder)
{
    raw_lab_trust(builder, LAB_CLIENT);
}

static void server_knows_another(struct hf_builder *builder)
{
    raw_lab_trust(builder, LAB_SERVER);
}

static void such_a_config_is_not_made(void **state)
{
    (void)state;
    void (*const wrong[])(struct hf_builder * builder) = {takes_keys_and_knows_none, takes_any_and_judges_none};
    for (size_t i = 0; i < 2; i++)
        for (int role = 0; role < 2; role++) {
            struct hf_failure failure = {0};
            assert_null(lab_config((enum hf_role)role, &(struct lab_side){.more = wrong[i]}, &failure));
            assert_int_equal(failure.error, HF_ERR_setting_invalid);
        }
}

static void assert_stranger(const struct lab_side *client, const struct lab_side *server, bool of_client)
{
    struct lab_pair pair;
    lab_pair_open(&pair, client, server);
    (void)lab_pair_run(&pair);
    lab_assert_failed(of_client ? pair.client : pair.server,
                      &(struct lab_failure){HF_ERR_raw_key_unknown, HF_BY_US, HF_ALERT_bad_certificate});
    lab_pair_close(&pair);
}

static void another_key_than_the_expected_is_refused(void **state)
{
    (void)state;
    for (int v = 0; v < 2; v++) {
        assert_stranger(&(struct lab_side){.max = lab_versions[v], .more = knows_another},
                        &(struct lab_side){.more = server_has_key}, /* of_client= */ true);
        assert_stranger(&(struct lab_side){.max = lab_versions[v], .more = client_has_key},
                        &(struct lab_side){.more = server_knows_another}, /* of_client= */ false);
    }
}

/* As if the builder had let it pass: the list of known keys is emptied, and nobody will judge. */
static void with_no_expected_key_the_handshake_fails(void **state)
{
    (void)state;
    for (int v = 0; v < 2; v++) {
        struct lab_pair pair;
        lab_pair_open(&pair, &(struct lab_side){.max = lab_versions[v], .more = knows_another},
                      &(struct lab_side){.more = server_has_key});
        struct hf_config *config = pair.client->handshake.config;
        hf_raw_keys_free(config->raw_keys, &config->allocator);
        config->raw_keys = NULL;
        config->any_raw_key = true; /* and verdict_outside is not: there is no one to ask */
        (void)lab_pair_run(&pair);
        lab_assert_failed(pair.client,
                          &(struct lab_failure){HF_ERR_raw_key_unknown, HF_BY_US, HF_ALERT_bad_certificate});
        lab_pair_close(&pair);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(such_a_config_is_not_made),
        cmocka_unit_test(another_key_than_the_expected_is_refused),
        cmocka_unit_test(with_no_expected_key_the_handshake_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
