/* The toolbox comes whole or not at all, and gives everything back. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "crypto/toolbox.h"
#include "support/test_allocator.h"

static void test_made_and_freed(void **state)
{
    struct hf_test_allocator test;
    struct hf_toolbox *toolbox = NULL;
    (void)state;
    hf_test_allocator_init(&test, 0);
    assert_int_equal(hf_toolbox_new(&test.allocator, &toolbox), HF_OK);
    assert_non_null(toolbox);
    hf_toolbox_free(toolbox);
    hf_toolbox_free(NULL);
    assert_int_equal(test.live, 0);
}

static void test_no_memory(void **state)
{
    struct hf_test_allocator test;
    struct hf_toolbox *toolbox = NULL;
    (void)state;
    hf_test_allocator_init(&test, 1);
    assert_int_equal(hf_toolbox_new(&test.allocator, &toolbox), HF_ERR_no_memory);
    assert_null(toolbox);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_made_and_freed),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
