/* Groups: shares before preference, retries, lengths, TLS 1.2. RFC 9846 4.2.4, 4.3.7, 4.3.8; RFC 8422 4, 5.4. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "base/writer.h"
#include "negotiate/group.h"
#include "support/hello_bodies.h"

static struct hf_config config;
static struct hf_failure failure;
static uint8_t shares_room[4096];
static struct hf_writer shares;

static int set_up(void **state)
{
    (void)state;
    hello_config(&config);
    shares = hf_writer_of(shares_room, sizeof shares_room);
    return 0;
}

static void add_share(uint16_t group, size_t len)
{
    static const uint8_t zeros[2048];
    hf_writer_u16(&shares, group);
    hf_writer_vector(&shares, 2, hf_span_of(zeros, len));
}

static struct hf_client_hello_facts hello_of(const char *groups, size_t len)
{
    struct hf_client_hello_facts hello = {.groups = hf_span_of(groups, len), .shares = hf_writer_span(&shares)};
    hf_extension_set_add(&hello.present, HF_ROW_supported_groups);
    hf_extension_set_add(&hello.present, HF_ROW_key_share);
    return hello;
}

static enum hf_error choose13(const struct hf_client_hello_facts *hello, struct hf_negotiate_group_choice *choice)
{
    *choice = (struct hf_negotiate_group_choice){0};
    return hf_negotiate_group_choose13(&config, hello, choice, &failure);
}

static void test_share_before_preference(void **state)
{
    (void)state;
    struct hf_negotiate_group_choice choice;
    add_share(0x0018, 97);
    add_share(0x0017, 65);
    const struct hf_client_hello_facts hello = hello_of("\x00\x1d\x00\x17\x00\x18", 6);
    assert_int_equal(choose13(&hello, &choice), HF_OK);
    assert_int_equal(choice.group->id, 0x0017); /* our best of those with a share, not x25519 */
    assert_int_equal(choice.share.len, 65);
}

static void test_order_before_share(void **state)
{
    (void)state;
    struct hf_negotiate_group_choice choice;
    add_share(0x0017, 65);
    const struct hf_client_hello_facts hello = hello_of("\x00\x17\x00\x1d", 4);
    config.groups_in_order = true;
    assert_int_equal(choose13(&hello, &choice), HF_OK);
    assert_int_equal(choice.group->id, 0x001d); /* our first, by a HelloRetryRequest */
    assert_int_equal(choice.share.len, 0);
}

/* RFC 8422 5.3: no key on a curve that was not offered. */
static void test_curve_of_the_leaf(void **state)
{
    (void)state;
    assert_int_equal(hf_negotiate_group_check_leaf12(&config, HF_KEY_P256, &failure), HF_OK);
    assert_int_equal(hf_negotiate_group_check_leaf12(&config, HF_KEY_RSA, &failure), HF_OK);
    config.group_count = 1; /* a hybrid */
    assert_int_equal(hf_negotiate_group_check_leaf12(&config, HF_KEY_P256, &failure), HF_ERR_illegal_parameter);
    assert_int_equal(hf_negotiate_group_check_leaf12(&config, HF_KEY_ED25519, &failure), HF_OK);
}

static void test_retry(void **state)
{
    (void)state;
    struct hf_negotiate_group_choice choice;
    add_share(0x2a2a, 1);
    const struct hf_client_hello_facts hello = hello_of("\x2a\x2a\x00\x17\x00\x1d", 6);
    assert_int_equal(choose13(&hello, &choice), HF_OK);
    assert_int_equal(choice.group->id, 0x001d); /* our order */
    assert_int_equal(choice.share.len, 0);
}

static void test_none(void **state)
{
    (void)state;
    struct hf_negotiate_group_choice choice;
    const struct hf_client_hello_facts hello = hello_of("\x01\x00\x0a\x0a", 4);
    assert_int_equal(choose13(&hello, &choice), HF_ERR_no_common_group);
    assert_string_equal(failure.got, "the client offers ffdhe2048");
    assert_non_null(strstr(failure.wanted, "x25519, secp256r1"));
}

static void test_missing(void **state)
{
    (void)state;
    struct hf_negotiate_group_choice choice;
    struct hf_client_hello_facts hello = hello_of("\x00\x1d", 2);
    hello.present = (struct hf_extension_set){0};
    assert_int_equal(choose13(&hello, &choice), HF_ERR_missing_extension);
    hf_extension_set_add(&hello.present, HF_ROW_supported_groups);
    assert_int_equal(choose13(&hello, &choice), HF_ERR_missing_extension);
    assert_non_null(strstr(failure.where, "key_share"));
    hf_extension_set_add(&hello.present, HF_ROW_key_share);
    assert_int_equal(choose13(&hello, &choice), HF_OK);
}

static void test_share_length(void **state)
{
    (void)state;
    struct hf_negotiate_group_choice choice;
    add_share(0x001d, 31);
    const struct hf_client_hello_facts hello = hello_of("\x00\x1d", 2);
    assert_int_equal(choose13(&hello, &choice), HF_ERR_bad_key_share);
    assert_string_equal(failure.wanted, "32 bytes for x25519");
    assert_string_equal(failure.got, "31 bytes");
}

static void test_retried(void **state)
{
    (void)state;
    struct hf_span share = {0};
    const struct hf_group *group = hf_group_find(0x0017);
    struct hf_client_hello_facts hello = hello_of("\x00\x17", 2);
    assert_int_equal(hf_negotiate_group_choose_retried(group, &hello, &share, &failure), HF_ERR_illegal_parameter);
    add_share(0x0017, 65);
    hello = hello_of("\x00\x17", 2);
    assert_int_equal(hf_negotiate_group_choose_retried(group, &hello, &share, &failure), HF_OK);
    assert_int_equal(share.len, 65);
    assert_int_equal(hf_negotiate_group_choose_retried(hf_group_find(0x001d), &hello, &share, &failure),
                     HF_ERR_illegal_parameter); /* another group than asked for */
    add_share(0x001d, 32);
    hello = hello_of("\x00\x17\x00\x1d", 4);
    assert_int_equal(hf_negotiate_group_choose_retried(group, &hello, &share, &failure), HF_ERR_illegal_parameter);
    set_up(NULL);
    add_share(0x0017, 64);
    hello = hello_of("\x00\x17", 2);
    assert_int_equal(hf_negotiate_group_choose_retried(group, &hello, &share, &failure), HF_ERR_bad_key_share);
    hello.present = (struct hf_extension_set){0};
    assert_int_equal(hf_negotiate_group_choose_retried(group, &hello, &share, &failure), HF_ERR_missing_extension);
}

static void test_12(void **state)
{
    (void)state;
    const struct hf_group *group = NULL;
    struct hf_client_hello_facts hello = hello_of("\x11\xec\x00\x18\x00\x17", 6);
    assert_int_equal(hf_negotiate_group_choose12(&config, &hello, &group, &failure), HF_OK);
    assert_int_equal(group->id, 0x0017);
    hello = hello_of("\x11\xec", 2); /* hybrids are for 1.3 */
    assert_int_equal(hf_negotiate_group_choose12(&config, &hello, &group, &failure), HF_ERR_no_common_group);
    hello = (struct hf_client_hello_facts){0};
    assert_int_equal(hf_negotiate_group_choose12(&config, &hello, &group, &failure), HF_OK);
    assert_int_equal(group->id, 0x0017); /* a client that names none: secp256r1, though x25519 stands before it */
    config.groups[0] = hf_group_find(0x001e);
    config.group_count = 1;
    assert_int_equal(hf_negotiate_group_choose12(&config, &hello, &group, &failure), HF_OK);
    assert_int_equal(group->id, 0x001e);
    config.group_count = 0;
    assert_int_equal(hf_negotiate_group_choose12(&config, &hello, &group, &failure), HF_ERR_no_common_group);
}

static void test_checks_of_a_client(void **state)
{
    (void)state;
    static const uint8_t bytes[1120];
    const struct hf_group *group = NULL;
    struct hf_hello_share share = {.group = 0x11ec, .key_exchange = hf_span_of(bytes, 1120)};
    assert_int_equal(hf_negotiate_group_check13(&config, &share, &group, &failure), HF_OK);
    share.key_exchange.len = 1119;
    assert_int_equal(hf_negotiate_group_check13(&config, &share, &group, &failure), HF_ERR_bad_key_share);
    share.group = 0x0100;
    assert_int_equal(hf_negotiate_group_check13(&config, &share, &group, &failure), HF_ERR_illegal_parameter);
    assert_int_equal(hf_negotiate_group_check12(&config, 0x001d, &group, &failure), HF_OK);
    assert_int_equal(group->id, 0x001d);
    assert_int_equal(hf_negotiate_group_check12(&config, 0x11ec, &group, &failure), HF_ERR_illegal_parameter);
    assert_int_equal(hf_negotiate_group_check12(&config, 0x0016, &group, &failure), HF_ERR_illegal_parameter);
    assert_int_equal(hf_negotiate_group_check_retry(&config, 0x0018, &group, &failure), HF_OK);
    assert_int_equal(group->id, 0x0018);
    assert_int_equal(hf_negotiate_group_check_retry(&config, 0x2a2a, &group, &failure), HF_ERR_illegal_parameter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_share_before_preference, set_up),
        cmocka_unit_test_setup(test_order_before_share, set_up),
        cmocka_unit_test_setup(test_curve_of_the_leaf, set_up),
        cmocka_unit_test_setup(test_retry, set_up),
        cmocka_unit_test_setup(test_none, set_up),
        cmocka_unit_test_setup(test_missing, set_up),
        cmocka_unit_test_setup(test_share_length, set_up),
        cmocka_unit_test_setup(test_retried, set_up),
        cmocka_unit_test_setup(test_12, set_up),
        cmocka_unit_test_setup(test_checks_of_a_client, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
