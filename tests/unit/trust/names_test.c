/* Names of hosts and addresses (RFC 9525 6.3, 6.4), and SPIFFE IDs beside them in spiffe_test.c. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "support/make_certificate.h"
#include "trust/names.h"

static void dns_names_match(void **state)
{
    (void)state;
    static const struct {
        const char *presented;
        const char *wanted;
        bool match;
    } cases[] = {
        {"a.lan", "a.lan", true},
        {"A.LaN", "a.lAn", true},
        {"a.lan", "a.lan.", true},
        {"a.lan.", "a.lan", false}, /* presented names have no trailing dot */
        {"a.lan", "b.lan", false},
        {"a.lan", "a.lan.evil", false},
        {"a.lan", "xa.lan", false},
        {"*.example.com", "www.example.com", true},
        {"*.EXAMPLE.com", "WWW.example.com.", true},
        {"*.example.com", "example.com", false},
        {"*.example.com", "a.b.example.com", false},
        {"*.example.com", ".example.com", false},
        {"w*.example.com", "www.example.com", false},
        {"www.*.com", "www.example.com", false},
        {"*", "lan", false},
        {"*.", "lan.", false},
        {"*.com", "example.com", false},
        {"*.lan", "a.lan", false},
        {"*.*.com", "a.b.com", false},
        {"*.example.com", "*.example.com", false},
        {"xn--bcher-kva.example", "xn--bcher-kva.example", true},
        {"*.example", "xn--bcher-kva.example", false},
        {"*.de.example", "xn--bcher-kva.de.example", true},
        {"a_b.lan", "a_b.lan", true},
        {"", "", false},
        {"localhost", "localhost", true},
        {"*.0.0.1", "127.0.0.1", true}, /* matched as a name only: hf_names_check takes such a text for an address */
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        bool match = hf_names_match_dns(hf_span_of_text(cases[i].presented), hf_span_of_text(cases[i].wanted));
        if (match != cases[i].match)
            fail_msg("%s for %s: %d", cases[i].presented, cases[i].wanted, match);
    }
}

static void names_of_hosts_have_a_form(void **state)
{
    (void)state;
    static const char *const good[] = {"a", "a.b", "a-b.c", "xn--a.b", "1.2.3", "a.b.", "a_b"};
    static const char *const bad[] = {
        "",     ".",     ".a",
        "a..b", "-a.b",  "a-.b",
        "a b",  "a/b",   "\xc3\xbc.de",
        "*.a",  "a.b..", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_true(hf_names_is_dns(hf_span_of_text(good[i])));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(hf_names_is_dns(hf_span_of_text(bad[i])));
    char label[255];
    memset(label, 'a', sizeof(label));
    for (size_t i = 1; i < sizeof(label); i += 2)
        label[i] = '.';
    assert_true(hf_names_is_dns(hf_span_of(label, 253)));
    assert_false(hf_names_is_dns(hf_span_of(label, 255)));
}

static void addresses_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t len;
        uint8_t bytes[16];
    } cases[] = {
        {"10.0.0.5", 4, {10, 0, 0, 5}},
        {"255.255.255.255", 4, {255, 255, 255, 255}},
        {"::", 16, {0}},
        {"::1", 16, {[15] = 1}},
        {"[::1]", 16, {[15] = 1}},
        {"2001:db8::5", 16, {0x20, 0x01, 0x0d, 0xb8, [15] = 5}},
        {"1:2:3:4:5:6:7:8", 16, {0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8}},
        {"1:2:3:4:5:6:7::", 16, {0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 0}},
        {"::ffff:10.0.0.5", 16, {[10] = 0xff, 0xff, 10, 0, 0, 5}},
        {"FE80::ABCD", 16, {0xfe, 0x80, [14] = 0xab, 0xcd}},
        {"", 0, {0}},
        {"10.0.0", 0, {0}},
        {"10.0.0.256", 0, {0}},
        {"10.0.0.05", 0, {0}},
        {"10.0.0.5.", 0, {0}},
        {"10.0.0.5.6", 0, {0}},
        {"1:2:3:4:5:6:7", 0, {0}},
        {"1:2:3:4:5:6:7:8:9", 0, {0}},
        {"1::2::3", 0, {0}},
        {":::", 0, {0}},
        {"1:", 0, {0}},
        {":1", 0, {0}},
        {"::12345", 0, {0}},
        {"::g", 0, {0}},
        {"fe80::1%eth0", 0, {0}},
        {"10.0.0.5::", 0, {0}},
        {"a.lan", 0, {0}},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint8_t address[16] = {0};
        size_t len = 0;
        bool read = hf_names_read_address(cases[i].text, address, &len);
        if (read != (cases[i].len > 0) || len != cases[i].len || memcmp(address, cases[i].bytes, len) != 0)
            fail_msg("%s", cases[i].text);
    }
}

static enum hf_error check(const char *sans, const char *wanted)
{
    struct hf_certificate leaf;
    struct make_certificate *made =
        make_certificate(&(struct make_certificate_of){.subject = "CN=a.lan", .sans = sans});
    assert_int_equal(hf_certificate_read(make_certificate_span(made), &leaf, NULL), HF_OK);
    enum hf_error error = hf_names_check(&leaf, wanted);
    make_certificate_free(made);
    return error;
}

static void only_subject_alternative_names_count(void **state)
{
    (void)state;
    assert_int_equal(check("DNS:b.lan,DNS:a.lan", "a.lan"), HF_OK);
    assert_int_equal(check("DNS:b.lan", "a.lan"), HF_ERR_name_mismatch);
    assert_int_equal(check(NULL, "a.lan"), HF_ERR_no_subject_alt_name);
    assert_int_equal(check("email:a@a.lan", "a.lan"), HF_ERR_no_subject_alt_name);
    assert_int_equal(check("URI:https://a.lan/", "a.lan"), HF_ERR_name_mismatch);
    assert_int_equal(check("IP:10.0.0.5", "10.0.0.5"), HF_OK);
    assert_int_equal(check("IP:10.0.0.5", "a.lan"), HF_ERR_name_mismatch);
    assert_int_equal(check("DNS:10.0.0.5", "10.0.0.5"), HF_ERR_address_mismatch);
    assert_int_equal(check("DNS:*.0.0.5", "10.0.0.5"), HF_ERR_address_mismatch);
    assert_int_equal(check("IP:::1", "[::1]"), HF_OK);
    assert_int_equal(check("IP:::ffff:10.0.0.5", "10.0.0.5"), HF_ERR_address_mismatch);
    assert_int_equal(check(NULL, "10.0.0.5"), HF_ERR_no_subject_alt_name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dns_names_match),
        cmocka_unit_test(names_of_hosts_have_a_form),
        cmocka_unit_test(addresses_are_read),
        cmocka_unit_test(only_subject_alternative_names_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
