/* base/span.h: equality, parts that clip, copies that fit or do nothing. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/span.h"

static void equality(void **state)
{
    (void)state;
    struct hf_span abc = hf_span_of_text("abc");
    assert_true(hf_span_equal(abc, hf_span_of("abcd", 3)));
    assert_false(hf_span_equal(abc, hf_span_of_text("abd")));
    assert_false(hf_span_equal(abc, hf_span_of_text("ab")));
    assert_true(hf_span_equal(hf_span_of(NULL, 0), hf_span_of("x", 0)));
    assert_false(hf_span_equal(hf_span_of(NULL, 0), abc));
}

static void texts(void **state)
{
    (void)state;
    assert_int_equal(hf_span_of_text(NULL).len, 0);
    assert_int_equal(hf_span_of_text("").len, 0);
    assert_int_equal(hf_span_of_text("four").len, 4);
}

static void parts_clip(void **state)
{
    (void)state;
    struct hf_span span = hf_span_of_text("abcdef");
    assert_true(hf_span_equal(hf_span_part(span, 2, 2), hf_span_of_text("cd")));
    assert_true(hf_span_equal(hf_span_part(span, 4, 99), hf_span_of_text("ef")));
    assert_true(hf_span_equal(hf_span_part(span, 1, SIZE_MAX), hf_span_of_text("bcdef")));
    assert_int_equal(hf_span_part(span, 6, 1).len, 0);
    assert_int_equal(hf_span_part(span, SIZE_MAX, SIZE_MAX).len, 0);
    assert_int_equal(hf_span_part(hf_span_of(NULL, 0), 3, 3).len, 0);
}

static void case_is_folded_for_ascii_only(void **state)
{
    (void)state;
    assert_true(hf_span_equal_folded(hf_span_of_text("AZaz09-._"), hf_span_of_text("azAZ09-._")));
    assert_false(hf_span_equal_folded(hf_span_of_text("a"), hf_span_of_text("ab")));
    assert_false(hf_span_equal_folded(hf_span_of_text("@"), hf_span_of_text("`"))); /* the neighbours of A and a */
    assert_false(hf_span_equal_folded(hf_span_of_text("["), hf_span_of_text("{"))); /* ... and of Z and z */
    assert_false(hf_span_equal_folded(hf_span_of_text("\xc4"), hf_span_of_text("\xe4")));
    assert_true(hf_span_equal_folded(hf_span_of(NULL, 0), hf_span_of_text("")));
}

static void copies_fit_or_do_nothing(void **state)
{
    (void)state;
    char into[4] = "...";
    assert_false(hf_span_copy(hf_span_of_text("abcde"), into, sizeof into));
    assert_string_equal(into, "...");
    assert_true(hf_span_copy(hf_span_of("abc", 4), into, sizeof into));
    assert_string_equal(into, "abc");
    assert_true(hf_span_copy(hf_span_of(NULL, 0), into, 0));
    assert_string_equal(into, "abc");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equality),
        cmocka_unit_test(texts),
        cmocka_unit_test(parts_clip),
        cmocka_unit_test(case_is_folded_for_ascii_only),
        cmocka_unit_test(copies_fit_or_do_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
