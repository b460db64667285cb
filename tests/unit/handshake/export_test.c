/* Exported keying material (RFC 5705, RFC 9846 7.5) is the same at both ends, and differs where it must. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "support/lab_check.h"

enum { LEN = 48 };

static void assert_same(struct lab_pair *pair, const char *label, const char *context, uint8_t got[LEN])
{
    uint8_t other[LEN];
    size_t len = context == NULL ? 0 : strlen(context);
    assert_int_equal(hf_export(pair->client, label, context, len, got, LEN), HF_OK);
    assert_int_equal(hf_export(pair->server, label, context, len, other, LEN), HF_OK);
    assert_memory_equal(got, other, LEN);
}

static void both_ends_export_the_same(void **state)
{
    (void)state;
    for (int v = 0; v < 2; v++) {
        struct lab_pair pair;
        uint8_t none[LEN], empty[LEN], some[LEN], other_label[LEN];
        lab_pair_open(&pair, &(struct lab_side){.max = lab_versions[v]}, NULL);
        assert_int_equal(hf_export(pair.client, "EXPORTER-test", NULL, 0, none, LEN), HF_ERR_wrong_call);
        assert_int_equal(hf_export(pair.server, "EXPORTER-test", NULL, 0, none, LEN), HF_ERR_wrong_call);
        (void)lab_pair_run(&pair);
        assert_same(&pair, "EXPORTER-test", NULL, none);
        assert_same(&pair, "EXPORTER-test", "", empty);
        assert_same(&pair, "EXPORTER-test", "context", some);
        assert_same(&pair, "EXPORTER-other", NULL, other_label);
        assert_int_equal(memcmp(none, empty, LEN) == 0, lab_versions[v] == HF_TLS13); /* RFC 9846 7.5 */
        assert_memory_not_equal(none, some, LEN);
        assert_memory_not_equal(empty, some, LEN);
        assert_memory_not_equal(none, other_label, LEN);
        lab_pair_close(&pair);
    }
}

/* Channel binding by exporters (RFC 9266) rests on this: another connection has others. */
static void another_connection_exports_others(void **state)
{
    (void)state;
    struct lab_pair first, second;
    uint8_t one[LEN], two[LEN];
    lab_pair_open(&first, NULL, NULL);
    lab_pair_open(&second, NULL, NULL);
    (void)lab_pair_run(&first);
    (void)lab_pair_run(&second);
    assert_same(&first, "EXPORTER-Channel-Binding", "", one);
    assert_same(&second, "EXPORTER-Channel-Binding", "", two);
    assert_memory_not_equal(one, two, LEN);
    lab_pair_close(&first);
    lab_pair_close(&second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ends_export_the_same),
        cmocka_unit_test(another_connection_exports_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
