/* Encrypted Client Hello in the builder, and the making of keys: what is refused, and that it says so. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include <handfast/listener.h>

#include "base/must.h"
#include "support/ech_lab.h"
#include "support/lab.h"

static struct hf_failure failure;

static struct hf_config *finish(struct hf_builder *builder)
{
    failure = (struct hf_failure){.error = HF_OK};
    return hf_builder_finish(builder, LAB_NOW_S, &failure);
}

static struct hf_builder *client(void)
{
    struct hf_builder *builder = hf_builder_new(HF_CLIENT);
    hf_builder_anonymous(builder);
    hf_builder_trust_pem(builder, lab_root(), strlen(lab_root()));
    return builder;
}

static struct hf_builder *server(void)
{
    const struct lab_identity *identity = lab_identity(LAB_SERVER, MAKE_KEY_P256);
    struct hf_builder *builder = hf_builder_new(HF_SERVER);
    hf_builder_identity_pem(builder, identity->chain, strlen(identity->chain), identity->key, strlen(identity->key));
    hf_builder_client_auth(builder, HF_CLIENT_AUTH_NONE);
    return builder;
}

static void assert_refused(struct hf_builder *builder, enum hf_error error, const char *where)
{
    assert_null(finish(builder));
    if (failure.error != error || strstr(failure.where, where) == NULL)
        fail_msg("%s at %s", hf_error_name(failure.error), failure.where);
}

static void assert_fine(struct hf_builder *builder)
{
    struct hf_config *config = finish(builder);
    if (config == NULL)
        fail_msg("%s at %s", hf_error_name(failure.error), failure.where);
    hf_config_drop(config);
}

static void add(struct hf_builder *builder, const char *pem, bool retry)
{
    hf_builder_ech_pem(builder, pem, strlen(pem), retry);
}

static void calls_are_for_their_role(void **state)
{
    struct hf_builder *builder;
    const struct hf_span list = ech_lab_list(ECH_LAB_PUBLIC);
    (void)state;
    hf_builder_ech_configs(builder = server(), list.data, list.len);
    assert_refused(builder, HF_ERR_setting_invalid, "hf_builder_ech_configs");
    hf_builder_ech_demand(builder = server());
    assert_refused(builder, HF_ERR_setting_invalid, "hf_builder_ech_demand");
    hf_builder_ech_grease(builder = server(), true);
    assert_refused(builder, HF_ERR_setting_invalid, "hf_builder_ech_grease");
    add(builder = client(), ech_lab_pem(ECH_LAB_PUBLIC), true);
    assert_refused(builder, HF_ERR_setting_invalid, "hf_builder_ech_pem");
    hf_builder_ech_backend(builder = client());
    assert_refused(builder, HF_ERR_setting_invalid, "hf_builder_ech_backend");
}

static void a_demand_is_kept(void **state)
{
    struct hf_builder *builder = client();
    const struct hf_span list = ech_lab_list(ECH_LAB_PUBLIC);
    uint8_t unknown[] = {0, 9, 0xba, 0xdd, 0, 5, 1, 2, 3, 4, 5};
    (void)state;
    hf_builder_ech_demand(builder);
    assert_refused(builder, HF_ERR_setting_invalid, "hf_builder_ech_demand");
    builder = client();
    hf_builder_ech_configs(builder, unknown, sizeof unknown);
    hf_builder_ech_demand(builder);
    assert_refused(builder, HF_ERR_setting_invalid, "hf_builder_ech_demand");
    builder = client();
    hf_builder_ech_configs(builder, unknown, sizeof unknown);
    assert_fine(builder); /* without: the name goes out in the clear */
    builder = client();
    hf_builder_ech_configs(builder, list.data, list.len);
    hf_builder_ech_demand(builder);
    hf_builder_versions(builder, HF_TLS12, HF_TLS12);
    assert_refused(builder, HF_ERR_setting_invalid, "hf_builder_ech_demand");
    builder = client();
    hf_builder_ech_configs(builder, list.data, list.len - 1);
    assert_refused(builder, HF_ERR_setting_invalid, "hf_builder_ech_configs");
}

static void lists_come_as_text_too(void **state)
{
    const char *pem = ech_lab_pem(ECH_LAB_PUBLIC);
    struct hf_builder *builder = client();
    (void)state;
    hf_builder_ech_configs_text(builder, pem, strlen(pem));
    hf_builder_ech_demand(builder);
    assert_fine(builder);
    const char *from = strstr(pem, "-----BEGIN ECHCONFIG-----\n") + 26;
    builder = client();
    hf_builder_ech_configs_text(builder, from, (size_t)(strstr(from, "-----END") - from));
    hf_builder_ech_demand(builder);
    assert_fine(builder);
    builder = client();
    hf_builder_ech_configs_text(builder, "not base64!", 11);
    assert_refused(builder, HF_ERR_setting_invalid, "hf_builder_ech_configs_text");
}

static void keys_belong_to_their_configurations(void **state)
{
    static char mixed[2 * HF_ECH_PEM_MAX];
    const char *one = ech_lab_pem(ECH_LAB_PUBLIC), *other = ech_lab_pem(ECH_LAB_OTHER);
    struct hf_builder *builder = server();
    (void)state;
    add(builder, one, true);
    add(builder, other, false);
    assert_fine(builder);
    add(builder = server(), one, false); /* nobody is told of it */
    assert_refused(builder, HF_ERR_setting_invalid, "hf_builder_ech_key");
    const char *list = strstr(other, "-----BEGIN ECHCONFIG");
    const size_t key_len = (size_t)(strstr(one, "-----BEGIN ECHCONFIG") - one);
    memcpy(mixed, one, key_len);
    strcpy(mixed + key_len, list);
    add(builder = server(), mixed, true);
    assert_refused(builder, HF_ERR_key_mismatch, "hf_builder_ech_pem");
    mixed[key_len] = '\0';
    add(builder = server(), mixed, true);
    assert_refused(builder, HF_ERR_file_malformed, "hf_builder_ech_pem");
    add(builder = server(), list, true);
    assert_refused(builder, HF_ERR_file_malformed, "hf_builder_ech_pem");
    hf_builder_ech_file(builder = server(), "/nowhere/ech.pem", true);
    assert_refused(builder, HF_ERR_file_unreadable, "/nowhere/ech.pem");
    hf_builder_ech_key(builder = server(), "x", 1, "y", 1, true);
    assert_refused(builder, HF_ERR_setting_invalid, "hf_builder_ech_key");
    add(builder = server(), one, true);
    hf_builder_versions(builder, HF_TLS12, HF_TLS12);
    assert_refused(builder, HF_ERR_setting_invalid, "hf_builder_ech_key");
    add(builder = server(), one, true);
    hf_builder_ech_backend(builder);
    assert_refused(builder, HF_ERR_setting_invalid, "hf_builder_ech_backend");
}

/* Whoever asks for a cookie has not opened the hello, nor looked whether somebody in front did. */
static void a_listener_that_asks_for_cookies_confirms_none(void **state)
{
    const struct hf_listener_limits limits = {.skip_cookies = true};
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct hf_builder *builder = server();
        hf_builder_datagrams(builder);
        if (i == 0)
            add(builder, ech_lab_pem(ECH_LAB_PUBLIC), true);
        else
            hf_builder_ech_backend(builder);
        struct hf_config *config = finish(builder);
        assert_non_null(config);
        assert_null(hf_listener_new(config, NULL, &failure));
        assert_int_equal(failure.error, HF_ERR_setting_invalid);
        assert_non_null(strstr(failure.wanted, "skip_cookies"));
        struct hf_listener *listener = hf_listener_new(config, &limits, &failure);
        assert_non_null(listener);
        hf_listener_free(listener);
        hf_config_drop(config);
    }
}

static void wishes_are_judged(void **state)
{
    static const char *const wrong[] = {"", "a_b", "127.0.0.1", "a..b"};
    char pem[HF_ECH_PEM_MAX];
    (void)state;
    for (size_t i = 0; i < HF_COUNT(wrong); i++)
        assert_int_equal(hf_ech_generate(&(struct hf_ech_wish){.public_name = wrong[i]}, pem, sizeof pem),
                         HF_ERR_setting_invalid);
    const struct hf_ech_wish wish = {.public_name = "public.example", .any_id = true};
    assert_int_equal(hf_ech_generate(&wish, pem, 100), HF_ERR_wrong_call);
    assert_int_equal(hf_ech_generate(&wish, pem, sizeof pem), HF_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_are_for_their_role),
        cmocka_unit_test(a_demand_is_kept),
        cmocka_unit_test(lists_come_as_text_too),
        cmocka_unit_test(keys_belong_to_their_configurations),
        cmocka_unit_test(a_listener_that_asks_for_cookies_confirms_none),
        cmocka_unit_test(wishes_are_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
