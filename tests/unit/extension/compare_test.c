/* What may change between the two ClientHellos around a HelloRetryRequest, and what may not. RFC 9846 4.2.2. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "base/allocation.h"
#include "extension/compare.h"
#include "support/hello_bodies.h"

static struct hf_toolbox *toolbox;

static int set_up(void **state)
{
    (void)state;
    return hf_toolbox_new(&hf_allocation_standard, &toolbox) == HF_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    hf_toolbox_free(toolbox);
    return 0;
}

/* By the first hello, and by its digest: both ways must judge alike. */
static enum hf_error judge(struct hf_span first, struct hf_span second, struct hf_failure *failure)
{
    struct hf_failure by_digest = {.error = HF_OK};
    struct hf_digest lasting;
    enum hf_error other = hf_extension_digest_lasting(toolbox, &hf_allocation_standard, first, &lasting);
    if (other == HF_OK)
        other = hf_extension_check_lasting(toolbox, &hf_allocation_standard, second, &lasting, &by_digest);
    const enum hf_error error = hf_extension_compare_hellos(first, second, failure);
    assert_int_equal(error, other);
    return error;
}

struct one {
    uint16_t type;
    const char *hex;
};

/* The first hello: groups, key_share, ALPN. */
static const struct {
    const char *story;
    enum hf_error error;
    const char *got;
    struct one extensions[5];
    size_t count;
} seconds[] = {
    {"the same", HF_OK, NULL, {{10, "0002 001d"}, {51, "0000"}, {16, "0003 02 6832"}}, 3},
    {"another share", HF_OK, NULL, {{10, "0002 001d"}, {51, "0005 001d 0001 aa"}, {16, "0003 02 6832"}}, 3},
    {"a cookie", HF_OK, NULL, {{10, "0002 001d"}, {51, "0000"}, {44, "0001 aa"}, {16, "0003 02 6832"}}, 4},
    {"padding", HF_OK, NULL, {{10, "0002 001d"}, {51, "0000"}, {16, "0003 02 6832"}, {21, "00"}}, 4},
    {"ECH anew", HF_OK, NULL, {{10, "0002 001d"}, {51, "0000"}, {16, "0003 02 6832"}, {0xfe0d, "01"}}, 4},
    {"another group",
     HF_ERR_hello_changed,
     "supported_groups",
     {{10, "0002 0017"}, {51, "0000"}, {16, "0003 02 6832"}},
     3},
    {"ALPN gone", HF_ERR_hello_changed, "application_layer_protocol_negotiation", {{10, "0002 001d"}, {51, "0000"}}, 2},
    {"a name more",
     HF_ERR_hello_changed,
     "server_name",
     {{10, "0002 001d"}, {51, "0000"}, {16, "0003 02 6832"}, {0, "0004 00 0001 61"}},
     4},
    {"another order", HF_OK, NULL, {{16, "0003 02 6832"}, {10, "0002 001d"}, {51, "0000"}}, 3},
};

static void test_extensions(void **state)
{
    (void)state;
    struct hello_bytes block = {.span = {0}};
    struct hello_bytes first;
    hello_add(&block, 10, "0002 001d");
    hello_add(&block, 51, "0000");
    hello_add(&block, 16, "0003 02 6832");
    hello_client_body(block.span, &first);
    for (size_t i = 0; i < HF_COUNT(seconds); i++) {
        struct hello_bytes other = {.span = {0}};
        struct hello_bytes second;
        for (size_t j = 0; j < seconds[i].count; j++)
            hello_add(&other, seconds[i].extensions[j].type, seconds[i].extensions[j].hex);
        hello_client_body(other.span, &second);
        struct hf_failure failure = {.error = HF_OK};
        const enum hf_error error = judge(first.span, second.span, &failure);
        if (error != seconds[i].error)
            fail_msg("%s: %s", seconds[i].story, hf_error_name(error));
        assert_int_equal(failure.error, error);
        if (seconds[i].got != NULL)
            assert_non_null(strstr(failure.got, seconds[i].got));
    }
}

/* Of very many extensions the order counts: nobody may keep us busy with all their pairs. */
static void test_many_keep_their_order(void **state)
{
    (void)state;
    for (uint16_t count = 64; count <= 65; count++) {
        struct hello_bytes block = {.span = {0}};
        struct hello_bytes other = {.span = {0}};
        struct hello_bytes first;
        struct hello_bytes second;
        struct hf_failure failure;
        for (uint16_t i = 0; i < count; i++) {
            hello_add(&block, (uint16_t)(0x4000 + i), "");
            hello_add(&other, (uint16_t)(0x4000 + (i + 1) % count), "");
        }
        hello_client_body(block.span, &first);
        hello_client_body(other.span, &second);
        assert_int_equal(judge(first.span, first.span, &failure), HF_OK);
        assert_int_equal(judge(first.span, second.span, &failure), count == 64 ? HF_OK : HF_ERR_hello_changed);
    }
}

static void test_early_data_only_goes(void **state)
{
    (void)state;
    struct hello_bytes without = {.span = {0}};
    struct hello_bytes with = {.span = {0}};
    struct hello_bytes first;
    struct hello_bytes second;
    struct hf_failure failure;
    hello_add(&without, 10, "0002 001d");
    hello_add(&with, 10, "0002 001d");
    hello_add(&with, 42, "");
    hello_client_body(without.span, &first);
    hello_client_body(with.span, &second);
    assert_int_equal(judge(second.span, first.span, &failure), HF_OK);
    assert_int_equal(judge(first.span, second.span, &failure), HF_ERR_hello_changed);
    assert_int_equal(judge(second.span, second.span, &failure), HF_ERR_hello_changed);
}

static void test_fields(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        const char *name;
    } fields[] = {{0, "legacy_version"}, {5, "random"}, {38, "cipher_suites"}, {44, "legacy_compression_methods"}};
    for (size_t i = 0; i < HF_COUNT(fields); i++) {
        struct hello_bytes first;
        struct hello_bytes second;
        struct hf_failure failure;
        hello_client_body((struct hf_span){0}, &first);
        hello_client_body((struct hf_span){0}, &second);
        second.data[fields[i].at] ^= 1;
        assert_int_equal(judge(first.span, second.span, &failure), HF_ERR_hello_changed);
        assert_non_null(strstr(failure.got, fields[i].name));
    }
}

static void test_unreadable(void **state)
{
    (void)state;
    struct hello_bytes first;
    struct hf_failure failure;
    hello_client_body((struct hf_span){0}, &first);
    const struct hf_span cut = hf_span_part(first.span, 0, 20);
    assert_int_equal(judge(first.span, cut, &failure), HF_ERR_decode_error);
    assert_int_equal(judge(cut, first.span, &failure), HF_ERR_decode_error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_extensions),           cmocka_unit_test(test_many_keep_their_order),
        cmocka_unit_test(test_early_data_only_goes), cmocka_unit_test(test_fields),
        cmocka_unit_test(test_unreadable),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
