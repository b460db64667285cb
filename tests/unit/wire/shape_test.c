/* Descriptions tell the truth about the structs that the same rows made. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "wire/shape.h"

#include <string.h>

static void every_shape_is_described(void **state)
{
    (void)state;
    static const char *const names[] = {
#define HF_SHAPE(shape) #shape,
#include "wire/shapes.def"
    };
    for (int shape = 0; shape < HF_WIRE_SHAPES; shape++) {
        const struct hf_wire_description *description = hf_wire_shape_describe((enum hf_wire_shape)shape);
        assert_string_equal(description->name, names[shape]);
        assert_in_range(description->field_count, 1, 8);
        assert_in_range(description->size, 1, sizeof(union hf_wire_any));
    }
    assert_string_equal(hf_wire_shape_describe(HF_WIRE_SHAPES)->name, "opaque");
}

static void fields_lie_where_the_struct_has_them(void **state)
{
    (void)state;
    const struct hf_wire_description *hello = hf_wire_shape_describe(HF_WIRE_server_hello);
    assert_int_equal(hello->size, sizeof(struct hf_wire_server_hello));
    assert_int_equal(hello->field_count, 6);
    assert_string_equal(hello->fields[5].name, "extensions");
    assert_int_equal(hello->fields[5].offset, offsetof(struct hf_wire_server_hello, extensions));
    assert_int_equal(hello->fields[5].beside, offsetof(struct hf_wire_server_hello, has_extensions));
    assert_int_equal(hello->fields[5].item, HF_WIRE_extension);
    const struct hf_wire_description *keys = hf_wire_shape_describe(HF_WIRE_server_key_exchange);
    assert_int_equal(keys->fields[0].beside, offsetof(struct hf_wire_server_key_exchange, params_bytes));
}

/* Only the last field may take what is left, and an item takes no more than its own bytes. */
static void open_ends_stand_last(void **state)
{
    (void)state;
    for (int shape = 0; shape < HF_WIRE_SHAPES; shape++) {
        const struct hf_wire_description *description = hf_wire_shape_describe((enum hf_wire_shape)shape);
        for (size_t i = 0; i + 1 < description->field_count; i++) {
            assert_int_not_equal(description->fields[i].kind, HF_FIELD_REST);
            assert_int_not_equal(description->fields[i].kind, HF_FIELD_OPTIONAL);
        }
    }
}

/* What readers nest on the stack is what the grammar nests: an item's shape stands before the list's. */
static void shapes_nest_downwards(void **state)
{
    (void)state;
    for (int shape = 0; shape < HF_WIRE_SHAPES; shape++) {
        const struct hf_wire_description *description = hf_wire_shape_describe((enum hf_wire_shape)shape);
        for (size_t i = 0; i < description->field_count; i++) {
            enum hf_wire_field_kind kind = description->fields[i].kind;
            if (kind == HF_FIELD_ITEMS || kind == HF_FIELD_OPTIONAL || kind == HF_FIELD_PART)
                assert_true((int)description->fields[i].item < shape);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_shape_is_described),
        cmocka_unit_test(fields_lie_where_the_struct_has_them),
        cmocka_unit_test(open_ends_stand_last),
        cmocka_unit_test(shapes_nest_downwards),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
