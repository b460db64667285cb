/* Names in lists: whole, without regard to case, never empty. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "registry/row_name.h"

static bool is(const char *name, const char *list)
{
    return hf_row_name_is(hf_span_of_text(name), list);
}

static void test_names(void **state)
{
    (void)state;
    assert_true(is("a", "a"));
    assert_true(is("A", "a"));
    assert_true(is("b-C", "a,B-c"));
    assert_true(is("d", "a,b,d"));
    assert_false(is("a,b", "a,b"));
    assert_false(is("ab", "a,b"));
    assert_false(is("", "a"));
    assert_false(is("", ""));
    assert_false(is("", "a,,b"));
    assert_false(is("a", ""));
    assert_false(is("@", "`")); /* letters only differ in case */
    assert_false(is("[", "{"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
