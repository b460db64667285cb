/* What a file holds, by its first bytes and labels (table of failures, H24). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "certificate/sniff.h"

#define BLOCK(label)     "-----BEGIN " label "-----\nAAAA\n-----END " label "-----\n"
#define FILE_OF(literal) literal, sizeof(literal) - 1

static const struct {
    const char *bytes;
    size_t len;
    enum hf_sniffed sniffed;
} files[] = {
    {FILE_OF(""), HF_SNIFFED_EMPTY},
    {FILE_OF(BLOCK("CERTIFICATE")), HF_SNIFFED_CERTIFICATES},
    {FILE_OF("Bag Attributes\n" BLOCK("CERTIFICATE") BLOCK("CERTIFICATE")), HF_SNIFFED_CERTIFICATES},
    {FILE_OF(BLOCK("PRIVATE KEY")), HF_SNIFFED_KEY},
    {FILE_OF(BLOCK("EC PARAMETERS") BLOCK("EC PRIVATE KEY")), HF_SNIFFED_KEY},
    {FILE_OF(BLOCK("ENCRYPTED PRIVATE KEY")), HF_SNIFFED_KEY},
    {FILE_OF(BLOCK("RSA PRIVATE KEY") BLOCK("CERTIFICATE")), HF_SNIFFED_BOTH},
    {FILE_OF(BLOCK("CERTIFICATE REQUEST")), HF_SNIFFED_REQUEST},
    {FILE_OF(BLOCK("PUBLIC KEY")), HF_SNIFFED_PUBLIC_KEY},
    {FILE_OF(BLOCK("OPENSSH PRIVATE KEY")), HF_SNIFFED_OPENSSH},
    {FILE_OF(BLOCK("X509 CRL")), HF_SNIFFED_PEM_OTHER},
    {FILE_OF("-----BEGIN CERTIFICATE-----\nAAAA\n"), HF_SNIFFED_PEM_BROKEN},
    {FILE_OF("\x30\x82\x02\x00\x30\x82\x01\x00"), HF_SNIFFED_DER_CERTIFICATE},
    {FILE_OF("\x30\x81\x87\x02\x01\x00\x30\x13"), HF_SNIFFED_DER_KEY},
    {FILE_OF("\x30\x77\x02\x01\x01\x04\x20"), HF_SNIFFED_DER_KEY},
    {FILE_OF("\x30\x82\x05\x00\x02\x01\x03\x30"), HF_SNIFFED_PKCS12},
    {FILE_OF("\x30\x82\x05\x00\x06\x09\x2a\x86"), HF_SNIFFED_PKCS7},
    {FILE_OF("\x30\x82"), HF_SNIFFED_BINARY},
    {FILE_OF("\x30\x82\x05\x00\x04\x09\x2a\x86"), HF_SNIFFED_BINARY},
    {FILE_OF("\xfe\xed\xfe\xed\x00\x00"), HF_SNIFFED_JKS},
    {FILE_OF("<!DOCTYPE html>\n"), HF_SNIFFED_HTML},
    {FILE_OF("<html>"), HF_SNIFFED_HTML},
    {FILE_OF("0 is text\n"), HF_SNIFFED_TEXT},
    {FILE_OF("hello\r\n\tthere\n"), HF_SNIFFED_TEXT},
    {FILE_OF("a\0b"), HF_SNIFFED_BINARY},
};

static void test_each_kind(void **state)
{
    (void)state;
    for (size_t i = 0; i < HF_COUNT(files); i++) {
        enum hf_sniffed sniffed = hf_sniff(hf_span_of(files[i].bytes, files[i].len));
        if (sniffed != files[i].sniffed)
            fail_msg("case %zu is told as %s, not as %s", i, hf_sniff_name(sniffed), hf_sniff_name(files[i].sniffed));
    }
}

/* Every beginning of every file is told as something, with words for it. */
static void test_every_truncation(void **state)
{
    (void)state;
    for (size_t i = 0; i < HF_COUNT(files); i++) {
        for (size_t len = 0; len <= files[i].len; len++) {
            enum hf_sniffed sniffed = hf_sniff(hf_span_of(files[i].bytes, len));
            assert_true(hf_sniff_name(sniffed)[0] != '\0');
            assert_non_null(hf_sniff_remedy(sniffed));
        }
    }
    assert_string_equal(hf_sniff_name((enum hf_sniffed)99), "unknown");
    assert_string_equal(hf_sniff_remedy((enum hf_sniffed)99), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_each_kind), cmocka_unit_test(test_every_truncation)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
