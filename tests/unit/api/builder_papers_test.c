/* What may go beside a certificate, and what the builder says to the rest. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "support/lab.h"

static const uint8_t list[] = {0, 3, 0, 1, 7};
static uint8_t long_bytes[32001];

static void a_good_pair(struct hf_builder *builder)
{
    hf_builder_identity_ocsp(builder, 1, long_bytes, 32000);
    hf_builder_identity_ocsp(builder, 1, long_bytes, 1); /* in the place of the first */
    hf_builder_identity_scts(builder, 1, list, sizeof list);
}

static void no_bytes(struct hf_builder *builder)
{
    hf_builder_identity_ocsp(builder, 0, long_bytes, 0);
}

static void too_many_bytes(struct hf_builder *builder)
{
    hf_builder_identity_ocsp(builder, 0, long_bytes, sizeof long_bytes);
}

static void beyond_the_chain(struct hf_builder *builder)
{
    hf_builder_identity_ocsp(builder, 2, long_bytes, 1);
}

static void no_list(struct hf_builder *builder)
{
    hf_builder_identity_scts(builder, 0, list, sizeof list - 1);
}

static const char *refusal_of(void (*more)(struct hf_builder *builder), struct hf_failure *failure)
{
    *failure = (struct hf_failure){0};
    struct hf_config *config = lab_config(HF_SERVER, &(struct lab_side){.more = more}, failure);
    hf_config_drop(config);
    return config == NULL ? failure->where : NULL;
}

static void papers_are_checked(void **state)
{
    (void)state;
    struct hf_failure failure;
    assert_null(refusal_of(a_good_pair, &failure));
    void (*const wrong[])(struct hf_builder * builder) = {no_bytes, too_many_bytes, beyond_the_chain};
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(refusal_of(wrong[i], &failure), "hf_builder_identity_ocsp");
        assert_int_equal(failure.error, HF_ERR_setting_invalid);
    }
    assert_string_equal(refusal_of(no_list, &failure), "hf_builder_identity_scts");
    assert_int_equal(failure.error, HF_ERR_setting_invalid);
}

static void without_an_identity_there_is_nothing_to_staple_to(void **state)
{
    (void)state;
    struct hf_builder *builder = hf_builder_new(HF_CLIENT);
    struct hf_failure failure = {0};
    hf_builder_identity_scts(builder, 0, list, sizeof list);
    assert_null(hf_builder_finish(builder, LAB_NOW_S, &failure));
    assert_int_equal(failure.error, HF_ERR_setting_invalid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(papers_are_checked),
        cmocka_unit_test(without_an_identity_there_is_nothing_to_staple_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
