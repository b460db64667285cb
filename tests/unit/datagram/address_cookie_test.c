/* Cookies: bound to address, hello, content and key; keys change. RFC 6347 4.2.1, RFC 9147 5.1. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "base/allocation.h"
#include "datagram/address_cookie.h"

static struct hf_toolbox *toolbox;
static unsigned fills;

static enum hf_error fill(void *context, uint8_t *into, size_t len)
{
    (void)context;
    memset(into, (int)++fills, len);
    return HF_OK;
}

static enum hf_error fill_nothing(void *context, uint8_t *into, size_t len)
{
    (void)context;
    (void)into;
    (void)len;
    return HF_ERR_crypto_failed;
}

static const struct hf_random some = {.fill = fill};
static const struct hf_random none = {.fill = fill_nothing};

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

static const struct hf_address_cookie_subject subject = {
    .address = {(const uint8_t *)"192.0.2.1:5", 11},
    .hello = {{(const uint8_t *)"random", 6}, {(const uint8_t *)"suites", 6}},
};

struct made {
    uint8_t bytes[HF_ADDRESS_COOKIE_MAX];
    size_t len;
};

static struct made make(const struct hf_address_cookie_keys *keys, const char *content)
{
    struct made made;
    struct hf_writer writer = hf_writer_of(made.bytes, sizeof made.bytes);
    assert_int_equal(hf_address_cookie_make(keys, toolbox, &subject, hf_span_of(content, strlen(content)), &writer),
                     HF_OK);
    made.len = writer.len;
    return made;
}

static bool holds(const struct hf_address_cookie_keys *keys, const struct made *made,
                  const struct hf_address_cookie_subject *of)
{
    struct hf_span content;
    return hf_address_cookie_check(keys, toolbox, of, hf_span_of(made->bytes, made->len), &content);
}

static void a_cookie_brings_its_content_back(void **state)
{
    (void)state;
    struct hf_address_cookie_keys keys = {0};
    struct hf_span content;
    assert_int_equal(hf_address_cookie_rotate(&keys, &some, 1000), HF_OK);
    struct made made = make(&keys, "what was chosen");
    assert_true(hf_address_cookie_check(&keys, toolbox, &subject, hf_span_of(made.bytes, made.len), &content));
    assert_int_equal(content.len, 15);
    assert_memory_equal(content.data, "what was chosen", 15);
}

static void any_changed_byte_spoils_it(void **state)
{
    (void)state;
    struct hf_address_cookie_keys keys = {0};
    assert_int_equal(hf_address_cookie_rotate(&keys, &some, 1000), HF_OK);
    struct made made = make(&keys, "content");
    for (size_t i = 0; i < made.len; i++) {
        made.bytes[i] ^= 1;
        assert_false(holds(&keys, &made, &subject));
        made.bytes[i] ^= 1;
    }
    for (; made.len > 0; made.len--) {
        struct made cut = made;
        cut.len--;
        assert_false(holds(&keys, &cut, &subject));
    }
}

static void it_is_for_one_address_and_one_hello(void **state)
{
    (void)state;
    struct hf_address_cookie_keys keys = {0};
    assert_int_equal(hf_address_cookie_rotate(&keys, &some, 1000), HF_OK);
    struct made made = make(&keys, "");
    struct hf_address_cookie_subject other = subject;
    assert_true(holds(&keys, &made, &other));
    other.address = hf_span_of("192.0.2.1:6", 11);
    assert_false(holds(&keys, &made, &other));
    other = subject;
    other.hello[0] = hf_span_of("rando2", 6);
    assert_false(holds(&keys, &made, &other));
    other = subject;
    other.hello[1] = hf_span_of("suite2", 6);
    assert_false(holds(&keys, &made, &other));
    other = subject;
    other.address.len--; /* the same bytes, cut elsewhere */
    other.hello[0] = hf_span_of("5random", 7);
    assert_false(holds(&keys, &made, &other));
}

static void keys_change_and_the_last_one_counts_on(void **state)
{
    (void)state;
    struct hf_address_cookie_keys keys = {0};
    uint64_t now_ms = 1000;
    assert_int_equal(hf_address_cookie_rotate(&keys, &some, now_ms), HF_OK);
    struct made made = make(&keys, "");
    assert_int_equal(hf_address_cookie_rotate(&keys, &some, now_ms + HF_ADDRESS_COOKIE_ROTATE_MS - 1), HF_OK);
    assert_int_equal(keys.newest, 1);
    assert_int_equal(hf_address_cookie_rotate(&keys, &some, now_ms + HF_ADDRESS_COOKIE_ROTATE_MS), HF_OK);
    assert_int_equal(keys.newest, 2);
    assert_true(holds(&keys, &made, &subject));
    assert_int_equal(hf_address_cookie_rotate(&keys, &some, now_ms + 2 * HF_ADDRESS_COOKIE_ROTATE_MS), HF_OK);
    assert_false(holds(&keys, &made, &subject));
}

static void a_cookie_of_a_quiet_time_ago_is_too_old(void **state)
{
    (void)state;
    struct hf_address_cookie_keys keys = {0};
    assert_int_equal(hf_address_cookie_rotate(&keys, &some, 1000), HF_OK);
    struct made made = make(&keys, "");
    assert_int_equal(hf_address_cookie_rotate(&keys, &some, 1000 + 2 * (uint64_t)HF_ADDRESS_COOKIE_ROTATE_MS), HF_OK);
    assert_false(holds(&keys, &made, &subject));
    assert_int_equal(hf_address_cookie_rotate(&keys, &none, 1000 + 4 * (uint64_t)HF_ADDRESS_COOKIE_ROTATE_MS),
                     HF_ERR_crypto_failed);
}

static void what_a_retry_said_is_read_as_written(void **state)
{
    (void)state;
    uint8_t bytes[HF_ADDRESS_COOKIE_MAX];
    struct hf_writer writer = hf_writer_of(bytes, sizeof bytes);
    const struct hf_address_cookie_retry retry = {
        .suite = 0x1301,
        .group = 29,
        .asked_share = true,
        .first_hello = {.bytes = {1, 2, 3}, .len = 48},
        .lasting = {.bytes = {4, 5, 6}, .len = 32},
    };
    struct hf_address_cookie_retry read;
    hf_address_cookie_retry_write(&retry, &writer);
    struct hf_span whole = hf_writer_span(&writer);
    assert_true(hf_address_cookie_retry_read(whole, &read));
    assert_int_equal(read.suite, 0x1301);
    assert_int_equal(read.group, 29);
    assert_true(read.asked_share);
    assert_int_equal(read.first_hello.len, 48);
    assert_memory_equal(read.first_hello.bytes, retry.first_hello.bytes, 48);
    assert_memory_equal(read.lasting.bytes, retry.lasting.bytes, 32);
    for (size_t len = 0; len < whole.len; len++)
        assert_false(hf_address_cookie_retry_read(hf_span_part(whole, 0, len), &read));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cookie_brings_its_content_back),
        cmocka_unit_test(any_changed_byte_spoils_it),
        cmocka_unit_test(it_is_for_one_address_and_one_hello),
        cmocka_unit_test(keys_change_and_the_last_one_counts_on),
        cmocka_unit_test(a_cookie_of_a_quiet_time_ago_is_too_old),
        cmocka_unit_test(what_a_retry_said_is_read_as_written),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
