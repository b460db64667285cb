/* Early data in the builder: what does not go together is refused, and a server never goes without a guard. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <handfast/early.h>

#include <string.h>

#include "config/config.h"
#include "support/lab.h"

static void ask(struct hf_builder *builder)
{
    hf_builder_early_data(builder, 100);
}

static void ask_too_much(struct hf_builder *builder)
{
    hf_builder_early_data(builder, (1 << 24) + 1);
}

static bool first(void *context, const uint8_t name[32], uint64_t now_ms, uint64_t until_ms)
{
    (void)context, (void)name, (void)now_ms, (void)until_ms;
    return false;
}

static void with_own_guard(struct hf_builder *builder)
{
    hf_builder_early_data(builder, 100);
    hf_builder_early_guard(builder, &(struct hf_early_guard){.id = 7, .first = first});
}

static void with_guard_without_id(struct hf_builder *builder)
{
    hf_builder_early_guard(builder, &(struct hf_early_guard){.first = first});
}

static void assert_refused(enum hf_role role, const struct lab_side *side, const char *wanted)
{
    struct hf_failure failure = {0};
    assert_null(lab_config(role, side, &failure));
    assert_int_equal(failure.error, HF_ERR_setting_invalid);
    assert_non_null(strstr(failure.wanted, wanted));
}

static void wrong_settings_are_refused(void **state)
{
    (void)state;
    assert_refused(HF_CLIENT, &(struct lab_side){.more = ask_too_much}, "16 MiB");
    assert_refused(HF_SERVER, &(struct lab_side){.more = ask, .client_auth = HF_CLIENT_AUTH_NONE}, "certificate");
    assert_refused(HF_CLIENT, &(struct lab_side){.more = with_own_guard}, "a server");
    assert_refused(HF_SERVER, &(struct lab_side){.more = with_guard_without_id}, "an id");
}

static void a_server_has_a_guard(void **state)
{
    (void)state;
    struct hf_failure failure = {0};
    struct hf_config *config = lab_config(HF_SERVER, &(struct lab_side){.more = ask}, &failure);
    assert_true(config->early_guard.id != 0 && config->early_guard.first != NULL);
    hf_config_drop(config);
    config = lab_config(HF_SERVER, &(struct lab_side){.more = with_own_guard}, &failure);
    assert_true(config->early_guard.id == 7 && config->early_guard.first == first && config->early_window == NULL);
    hf_config_drop(config);
    config = lab_config(HF_SERVER, &(struct lab_side){0}, &failure); /* off unless asked for */
    assert_true(config->early_max == 0 && config->early_guard.id == 0 && config->early_window == NULL);
    hf_config_drop(config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_settings_are_refused),
        cmocka_unit_test(a_server_has_a_guard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
