/* Names as people type them (RFC 5280 4.2.1.6, 4.2.1.10). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "authority/host_name.h"

static void test_valid_and_not(void **state)
{
    (void)state;
    static const char *const good[] = {
        "api.lan",  "localhost", "*.api.lan", "_x.lan", "10.0.0.5", "::1", "fd00::1", "a-b.c", "xn--bcher-kva.example",
        "1host.lan"};
    static const char *const bad[] = {"",        ".",      "a..b",      "-a.lan", "a-.lan",   "a b",         "*",  "*.",
                                      "a.*.lan", "10.0.0", "300.1.1.1", "a.lan.", "http://a", "k\xc3\xb6ln", "a/b"};
    for (size_t i = 0; i < HF_COUNT(good); i++) {
        if (!hf_host_name_is_valid(good[i]))
            fail_msg("refused: %s", good[i]);
    }
    for (size_t i = 0; i < HF_COUNT(bad); i++) {
        if (hf_host_name_is_valid(bad[i]))
            fail_msg("taken: %s", bad[i]);
    }
}

static void expect(void (*write)(struct hf_writer *, const char *), const char *text, const char *wanted, size_t len)
{
    uint8_t bytes[256];
    struct hf_writer writer = hf_writer_of(bytes, sizeof(bytes));
    write(&writer, text);
    assert_true(hf_writer_end(&writer));
    assert_int_equal(writer.len, len);
    assert_memory_equal(bytes, wanted, len);
}

static void test_written(void **state)
{
    (void)state;
    expect(hf_host_name_write, "a.b",
           "\x82\x03"
           "a.b",
           5);
    expect(hf_host_name_write, "10.0.0.5", "\x87\x04\x0a\x00\x00\x05", 6);
    expect(hf_host_name_write_subtree, "*.lan",
           "\x30\x05\x82\x03"
           "lan",
           7);
    expect(hf_host_name_write_subtree, ".lan",
           "\x30\x05\x82\x03"
           "lan",
           7);
    expect(hf_host_name_write_subtree, "10.9.8.7/12", "\x30\x0a\x87\x08\x0a\x00\x00\x00\xff\xf0\x00\x00", 12);
    expect(hf_host_name_write_subtree, "10.9.8.7", "\x30\x0a\x87\x08\x0a\x09\x08\x07\xff\xff\xff\xff", 12);
}

static void test_bad_subtrees_spoil(void **state)
{
    (void)state;
    static const char *const bad[] = {"",           "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/x",
                                      "fd00::/129", "10.0.0/8",    "a b",       "10.0.0.0/4294967304"};
    for (size_t i = 0; i < HF_COUNT(bad); i++) {
        uint8_t bytes[256];
        struct hf_writer writer = hf_writer_of(bytes, sizeof(bytes));
        hf_host_name_write_subtree(&writer, bad[i]);
        if (hf_writer_end(&writer))
            fail_msg("taken: %s", bad[i]);
    }
}

static void test_labels(void **state)
{
    (void)state;
    assert_true(hf_host_name_is_label("acme.example-1_x", true, 48));
    assert_false(hf_host_name_is_label("Acme", true, 48));
    assert_true(hf_host_name_is_label("Acme", false, 48));
    assert_false(hf_host_name_is_label("", false, 48));
    assert_false(hf_host_name_is_label("..", false, 48));
    assert_false(hf_host_name_is_label("a/b", false, 48));
    assert_false(hf_host_name_is_label("abcd", false, 3));
    assert_true(hf_host_name_is_label("abc", false, 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_valid_and_not), cmocka_unit_test(test_written),
                                       cmocka_unit_test(test_bad_subtrees_spoil), cmocka_unit_test(test_labels)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
