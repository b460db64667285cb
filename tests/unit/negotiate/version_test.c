/* Versions: every meeting of two ranges, the fallback signal, the marks. RFC 9846 4.2.2, 4.2.3, 4.3.1; RFC 7507. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "negotiate/version.h"
#include "support/hello_bodies.h"

static struct hf_config config;
static struct hf_failure failure;

static void allow(uint16_t min, uint16_t max)
{
    hello_config(&config);
    config.min_version = min;
    config.max_version = max;
    memset(&failure, 0, sizeof failure);
}

static const struct {
    const char *story;
    uint16_t min, max;
    uint16_t legacy;
    const char *versions; /* bytes; NULL: no supported_versions */
    size_t versions_len;
    bool fallback;
    enum hf_error error;
    uint16_t chosen;
} meetings[] = {
    {"both have both", 0x0303, 0x0304, 0x0303, "\3\4\3\3", 4, false, HF_OK, 0x0304},
    {"the client's order does not count", 0x0303, 0x0304, 0x0303, "\3\3\3\4", 4, false, HF_OK, 0x0304},
    {"GREASE and the future", 0x0303, 0x0304, 0x0303, "\x1a\x1a\3\5\3\4", 6, false, HF_OK, 0x0304},
    {"a client of 1.2 with the extension", 0x0303, 0x0304, 0x0303, "\3\3", 2, false, HF_OK, 0x0303},
    {"a client of 1.2 without it", 0x0303, 0x0304, 0x0303, NULL, 0, false, HF_OK, 0x0303},
    {"legacy_version never means 1.3", 0x0303, 0x0304, 0x0304, NULL, 0, false, HF_OK, 0x0303},
    {"nor with a server of 1.3 only", 0x0304, 0x0304, 0x0304, NULL, 0, false, HF_ERR_no_common_version, 0},
    {"a server of 1.3 only", 0x0304, 0x0304, 0x0303, NULL, 0, false, HF_ERR_no_common_version, 0},
    {"a server of 1.2 only", 0x0303, 0x0303, 0x0303, "\3\4\3\3", 4, false, HF_OK, 0x0303},
    {"a client of 1.3 only there", 0x0303, 0x0303, 0x0303, "\3\4", 2, false, HF_ERR_no_common_version, 0},
    {"TLS 1.1", 0x0303, 0x0304, 0x0302, NULL, 0, false, HF_ERR_no_common_version, 0},
    {"SSL 3.0", 0x0303, 0x0304, 0x0300, NULL, 0, false, HF_ERR_no_common_version, 0},
    {"1.3 with legacy_version of SSL 3.0", 0x0303, 0x0304, 0x0300, "\3\4", 2, false, HF_ERR_no_common_version, 0},
    {"1.3 with legacy_version of 1.3", 0x0303, 0x0304, 0x0304, "\3\4", 2, false, HF_OK, 0x0304},
    {"1.3 with a legacy_version of nothing known", 0x0303, 0x0304, 0x1234, "\3\4", 2, false, HF_OK, 0x0304},
    {"only versions below", 0x0303, 0x0304, 0x0303, "\3\2\3\1", 4, false, HF_ERR_no_common_version, 0},
    {"a fallback that was needless", 0x0303, 0x0304, 0x0303, NULL, 0, true, HF_ERR_inappropriate_fallback, 0},
    {"a fallback to all we have", 0x0303, 0x0303, 0x0303, NULL, 0, true, HF_OK, 0x0303},
    {"the signal with our best", 0x0303, 0x0304, 0x0303, "\3\4", 2, true, HF_OK, 0x0304},
};

static void test_choose(void **state)
{
    (void)state;
    for (size_t i = 0; i < HF_COUNT(meetings); i++) {
        allow(meetings[i].min, meetings[i].max);
        struct hf_client_hello_facts hello = {.legacy_version = meetings[i].legacy, .fallback = meetings[i].fallback};
        if (meetings[i].versions != NULL) {
            hf_extension_set_add(&hello.present, HF_ROW_supported_versions);
            hello.versions = hf_span_of(meetings[i].versions, meetings[i].versions_len);
        }
        uint16_t version = 0;
        const enum hf_error error = hf_negotiate_version_choose(&config, &hello, &version, &failure);
        if (error != meetings[i].error || version != meetings[i].chosen)
            fail_msg("%s: %s, %04x", meetings[i].story, hf_error_name(error), version);
        assert_int_equal(failure.error, error);
    }
}

/* Versions of DTLS count down: what is older than 1.2 is above it, and what is still to come below (RFC 6347 4.1). */
static void test_datagrams_count_down(void **state)
{
    (void)state;
    static const uint16_t fine[] = {0xfefd, 0xfefc, 0xfe00, 0xfdff};
    static const uint16_t old[] = {0xfeff, 0xfefe, 0xffff};
    uint16_t version = 0;
    for (size_t i = 0; i < HF_COUNT(fine); i++) {
        allow(0x0303, 0x0304);
        config.transport = &hf_transport_datagram;
        const struct hf_client_hello_facts hello = {.legacy_version = fine[i]};
        assert_int_equal(hf_negotiate_version_choose(&config, &hello, &version, &failure), HF_OK);
        assert_int_equal(version, 0xfefd);
    }
    for (size_t i = 0; i < HF_COUNT(old); i++) {
        const struct hf_client_hello_facts hello = {.legacy_version = old[i]};
        assert_int_equal(hf_negotiate_version_choose(&config, &hello, &version, &failure), HF_ERR_no_common_version);
    }
}

static void test_both_lists_are_told(void **state)
{
    (void)state;
    uint16_t version;
    allow(0x0304, 0x0304);
    struct hf_client_hello_facts hello = {.legacy_version = 0x0303};
    assert_int_equal(hf_negotiate_version_choose(&config, &hello, &version, &failure), HF_ERR_no_common_version);
    assert_string_equal(failure.wanted, "TLS 1.3 to TLS 1.3, which this side allows");
    assert_string_equal(failure.got, "the client offers TLS 1.2 at most");
    hf_extension_set_add(&hello.present, HF_ROW_supported_versions);
    hello.versions = hf_span_of("\x2a\x2a\3\3\3\2", 6);
    assert_int_equal(hf_negotiate_version_choose(&config, &hello, &version, &failure), HF_ERR_no_common_version);
    assert_string_equal(failure.got, "the client offers TLS 1.2, TLS 1.1");
}

static void test_offer(void **state)
{
    (void)state;
    struct hf_client_offer offer = {.config = &config};
    allow(0x0303, 0x0304);
    hf_negotiate_version_offer(&offer);
    assert_int_equal(offer.generations, HF_VERSION_BIT_12 | HF_VERSION_BIT_13);
    assert_int_equal(offer.version_count, 2);
    assert_int_equal(offer.versions[0], 0x0304);
    assert_int_equal(offer.versions[1], 0x0303);
    assert_int_equal(offer.legacy_version, 0x0303);
    allow(0x0303, 0x0303);
    hf_negotiate_version_offer(&offer);
    assert_int_equal(offer.generations, HF_VERSION_BIT_12);
    assert_int_equal(offer.version_count, 1);
}

static void test_check(void **state)
{
    (void)state;
    allow(0x0303, 0x0304);
    assert_int_equal(hf_negotiate_version_check(&config, 0x0303, &failure), HF_OK);
    assert_int_equal(hf_negotiate_version_check(&config, 0x0304, &failure), HF_OK);
    assert_int_equal(hf_negotiate_version_check(&config, 0x0302, &failure), HF_ERR_no_common_version);
    assert_non_null(strstr(failure.got, "TLS 1.1"));
    assert_int_equal(hf_negotiate_version_check(&config, 0x0305, &failure), HF_ERR_illegal_parameter);
    allow(0x0304, 0x0304);
    assert_int_equal(hf_negotiate_version_check(&config, 0x0303, &failure), HF_ERR_no_common_version);
    allow(0x0303, 0x0303);
    assert_int_equal(hf_negotiate_version_check(&config, 0x0304, &failure), HF_ERR_illegal_parameter);
}

static enum hf_error check_mark(uint16_t version, const uint8_t random[32])
{
    return hf_negotiate_version_check_mark(&config, version, hf_span_of(random, 32), &failure);
}

static void test_marks(void **state)
{
    (void)state;
    uint8_t random[32] = {0};
    allow(0x0303, 0x0304);
    assert_int_equal(check_mark(0x0303, random), HF_OK);
    hf_negotiate_version_mark(&config, 0x0304, random);
    assert_int_equal(random[24], 0); /* nothing to say */
    hf_negotiate_version_mark(&config, 0x0303, random);
    assert_memory_equal(random + 24, "DOWNGRD\1", 8);
    assert_int_equal(random[23], 0);
    assert_int_equal(check_mark(0x0303, random), HF_ERR_downgrade_detected);
    assert_int_equal(check_mark(0x0304, random), HF_OK);
    random[31] = 0;
    assert_int_equal(check_mark(0x0303, random), HF_ERR_downgrade_detected);
    random[31] = 2;
    assert_int_equal(check_mark(0x0303, random), HF_OK);
    random[31] = 1;
    allow(0x0303, 0x0303); /* a client that did not offer 1.3 does not mind */
    assert_int_equal(check_mark(0x0303, random), HF_OK);
    memset(random, 0, sizeof random); /* and a server that has no 1.3 marks nothing */
    hf_negotiate_version_mark(&config, 0x0303, random);
    assert_int_equal(random[24], 0);
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(hf_negotiate_version_name(0x0304), "TLS 1.3");
    assert_string_equal(hf_negotiate_version_name(0x0301), "TLS 1.0");
    assert_string_equal(hf_negotiate_version_name(0x0300), "SSL 3.0");
    assert_string_equal(hf_negotiate_version_name(0x0a0a), "unknown version");
    assert_int_equal(hf_negotiate_version_generation(0x0302), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_choose),
        cmocka_unit_test(test_both_lists_are_told),
        cmocka_unit_test(test_offer),
        cmocka_unit_test(test_check),
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_datagrams_count_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
