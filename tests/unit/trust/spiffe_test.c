/* The syntax of SPIFFE IDs (SPIFFE-ID 2). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "trust/spiffe.h"

static void ids_have_a_form(void **state)
{
    (void)state;
    static const char *const good[] = {"spiffe://lab",   "spiffe://lab/x", "spiffe://a.b-c_d/X/y.z/_",
                                       "spiffe://l/...", "spiffe://l/.x",  "spiffe://l/..x"};
    static const char *const bad[] = {"",
                                      "spiffe://",
                                      "spiffe:///x",
                                      "spiffe:/lab/x",
                                      "SPIFFE://lab/x",
                                      "https://lab/x",
                                      "spiffe://Lab/x",
                                      "spiffe://lab:1/x",
                                      "spiffe://u@lab/x",
                                      "spiffe://lab/",
                                      "spiffe://lab/x/",
                                      "spiffe://lab//x",
                                      "spiffe://lab/.",
                                      "spiffe://lab/../x",
                                      "spiffe://lab/x?y",
                                      "spiffe://lab/x#y",
                                      "spiffe://lab/%41",
                                      "spiffe://lab/a b",
                                      "spiffe://lab/\xc3\xbc"};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        if (!hf_spiffe_is_id(hf_span_of_text(good[i])))
            fail_msg("%s", good[i]);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (hf_spiffe_is_id(hf_span_of_text(bad[i])))
            fail_msg("%s", bad[i]);
    assert_true(hf_span_equal(hf_spiffe_domain(hf_span_of_text("spiffe://a.b/c")), hf_span_of_text("a.b")));
    assert_true(hf_span_equal(hf_spiffe_domain(hf_span_of_text("spiffe://a.b")), hf_span_of_text("a.b")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(ids_have_a_form)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
