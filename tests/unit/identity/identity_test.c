/* Identities from PEM: the good ones, and what is said of the others (table of failures, H23 and H24). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "certificate/certificate.h"
#include "crypto/public_key.h"
#include "crypto/toolbox.h"
#include "identity/identity.h"
#include "support/private_ca.h"
#include "support/test_allocator.h"

static struct {
    struct hf_toolbox *toolbox;
    struct hf_authority *ca;
    struct hf_authority_issued server;
    struct hf_authority_issued client;
} all;

static int set_up(void **state)
{
    (void)state;
    assert_int_equal(hf_toolbox_new(&hf_allocation_standard, &all.toolbox), HF_OK);
    all.ca = hf_private_ca_new("lab", HF_AUTHORITY_P256);
    all.server = hf_private_ca_issue(all.ca, HF_AUTHORITY_SERVER, "api.lan", 0, 90);
    all.client = hf_private_ca_issue(all.ca, HF_AUTHORITY_CLIENT, "billing", 0, 90);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    hf_authority_issued_wipe(&all.server);
    hf_authority_issued_wipe(&all.client);
    hf_authority_free(all.ca);
    hf_toolbox_free(all.toolbox);
    return 0;
}

static enum hf_error make(const char *chain, const char *key, struct hf_identity **identity, struct hf_failure *failure)
{
    struct hf_identity_files files = {.chain = hf_span_of_text(chain), .key = hf_span_of_text(key)};
    return hf_identity_new_pem(all.toolbox, &hf_allocation_standard, &files, identity, failure);
}

static void test_good_pair(void **state)
{
    (void)state;
    struct hf_identity *identity = NULL;
    struct hf_failure failure;
    assert_int_equal(make(all.client.chain_pem, all.client.key_pem, &identity, &failure), HF_OK);
    assert_int_equal(identity->chain_count, 2);
    assert_int_equal(identity->purposes, HF_IDENTITY_FOR_CLIENT);
    assert_string_equal(identity->subject, "CN=billing");
    assert_int_equal(identity->schemes13.count, 1);
    assert_int_equal(identity->schemes13.items[0], 0x0403);
    assert_true(identity->schemes12.count >= 3);
    hf_identity_free(identity);
}

static void test_schemes_preferred_and_limited(void **state)
{
    (void)state;
    static const uint16_t wanted[] = {0x0804, 0x0503, 0x0403};
    static const uint16_t other[] = {0x0804};
    struct hf_identity *identity = NULL;
    struct hf_failure failure;
    assert_int_equal(make(all.client.chain_pem, all.client.key_pem, &identity, &failure), HF_OK);
    hf_identity_limit_schemes(identity, wanted, HF_COUNT(wanted));
    assert_int_equal(identity->schemes12.count, 2);
    assert_int_equal(identity->schemes12.items[0], 0x0403); /* its own order */
    assert_false(hf_identity_prefer_schemes(identity, other, HF_COUNT(other)));
    assert_true(hf_identity_prefer_schemes(identity, wanted, HF_COUNT(wanted)));
    assert_int_equal(identity->schemes12.count, 2);
    assert_int_equal(identity->schemes12.items[0], 0x0503); /* the order asked for */
    assert_int_equal(identity->schemes13.count, 1);
    hf_identity_limit_schemes(identity, other, HF_COUNT(other)); /* no longer */
    assert_int_equal(identity->schemes12.count, 2);
    assert_int_equal(identity->key_type, HF_KEY_P256);
    hf_identity_free(identity);
}

static void test_key_and_chain_in_one_file(void **state)
{
    (void)state;
    char both[8192];
    snprintf(both, sizeof(both), "%s%s", all.server.key_pem, all.server.chain_pem);
    struct hf_identity *identity = NULL;
    struct hf_failure failure;
    assert_int_equal(make(both, both, &identity, &failure), HF_OK);
    assert_int_equal(identity->purposes, HF_IDENTITY_FOR_SERVER);
    hf_identity_free(identity);
}

/* What the signer makes is a signature of the leaf's key. */
static void test_signer_signs(void **state)
{
    (void)state;
    struct hf_identity *identity = NULL;
    struct hf_failure failure;
    assert_int_equal(make(all.client.chain_pem, all.client.key_pem, &identity, &failure), HF_OK);
    uint8_t bytes[HF_SIGNER_ROOM];
    struct hf_writer signature = hf_writer_of(bytes, sizeof(bytes));
    struct hf_signer_request request = {.scheme = 0x0403, .message = hf_span_of_text("transcript")};
    assert_int_equal(identity->signer.begin(identity->signer.context, &request, &signature), HF_SIGNER_DONE);
    struct hf_public_key_parts parts = {.type = HF_KEY_P256, .point = identity->parsed[0].key.point};
    struct hf_public_key *key = NULL;
    assert_int_equal(hf_public_key_new(all.toolbox, &hf_allocation_standard, &parts, &key), HF_OK);
    struct hf_signature_kind kind = {HF_KEY_P256, HF_HASH_SHA256, HF_PADDING_NONE};
    struct hf_span made = hf_writer_span(&signature);
    assert_int_equal(hf_public_key_verify(key, kind, hf_span_of_text("transcript"), made), HF_OK);
    assert_int_not_equal(hf_public_key_verify(key, kind, hf_span_of_text("Transcript"), made), HF_OK);
    request.scheme = 0x0807; /* ed25519: not this key's */
    assert_int_equal(identity->signer.begin(identity->signer.context, &request, &signature), HF_SIGNER_FAILED);
    hf_public_key_free(key);
    hf_identity_free(identity);
}

static void test_wrong_order_names_the_leaf(void **state)
{
    (void)state;
    char chain[8192];
    snprintf(chain, sizeof(chain), "%s%s", hf_authority_certificate_pem(all.ca, HF_AUTHORITY_CLIENT),
             all.client.chain_pem);
    struct hf_identity *identity = NULL;
    struct hf_failure failure;
    assert_int_equal(make(chain, all.client.key_pem, &identity, &failure), HF_ERR_key_mismatch);
    assert_null(identity);
    assert_string_equal(failure.subject, "CN=lab Client CA");
    assert_non_null(strstr(failure.got, "#2 (CN=billing)"));
    assert_non_null(strstr(failure.got, "starts with a CA"));
    assert_non_null(strstr(failure.hint, "handfast cert sort"));
    assert_int_equal(hf_error_reason(failure.error), 23);
    struct hf_signer outside = {.begin = NULL};
    assert_int_equal(hf_identity_new_signer(all.toolbox, &hf_allocation_standard, hf_span_of_text(chain), outside,
                                            &identity, &failure),
                     HF_ERR_key_mismatch);
}

static void test_wrong_key(void **state)
{
    (void)state;
    struct hf_identity *identity = NULL;
    struct hf_failure failure;
    assert_int_equal(make(all.client.chain_pem, all.server.key_pem, &identity, &failure), HF_ERR_key_mismatch);
    assert_non_null(strstr(failure.got, "none of the 2 certificates"));
    assert_null(identity);
}

struct odd {
    const char *chain;
    const char *key;
    const char *got;
    const char *hint;
    const char *where;
};

static void test_odd_files(void **state)
{
    (void)state;
    const char *chain = all.client.chain_pem;
    const char *key = all.client.key_pem;
    const struct odd odds[] = {
        {key, chain, "certificates", "swapped", "the private key"},
        {key, key, "a private key, and no certificate", "--cert", "the certificate chain"},
        {chain, chain, "certificates, and no private key", "--key", "the private key"},
        {"", key, "an empty file", "", "the certificate chain"},
        {chain, "", "an empty file", "", "the private key"},
        {"hello\n", key, "text without any PEM block", "", "the certificate chain"},
        {"<!DOCTYPE html>", key, "a web page", "", "the certificate chain"},
        {"\x30\x82\x01\x01\x02\x01\x03\x30", key, "PKCS#12", "openssl pkcs12", "the certificate chain"},
        {"\x30\x82\x01\x01\x30\x82\x01\x01", key, "DER", "openssl x509", "the certificate chain"},
        {chain, "\xfe\xed\xfe\xed", "Java key store", "keytool", "the private key"},
        {chain, "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n", "OpenSSH",
         "ssh-keygen", "the private key"},
        {"-----BEGIN CERTIFICATE-----\nMIIB\n", key, "", "", "the certificate chain"},
    };
    for (size_t i = 0; i < sizeof(odds) / sizeof(odds[0]); i++) {
        struct hf_identity *identity = NULL;
        struct hf_failure failure = {.error = HF_OK};
        assert_int_equal(make(odds[i].chain, odds[i].key, &identity, &failure), HF_ERR_file_malformed);
        assert_int_equal(failure.error, HF_ERR_file_malformed);
        assert_int_equal(failure.by, HF_BY_SETTINGS);
        if (strstr(failure.got, odds[i].got) == NULL || strstr(failure.hint, odds[i].hint) == NULL)
            fail_msg("case %zu: got \"%s\", hint \"%s\"", i, failure.got, failure.hint);
        assert_string_equal(failure.where, odds[i].where);
        assert_null(identity);
    }
}

static void test_certificate_that_is_not_der(void **state)
{
    (void)state;
    struct hf_identity *identity = NULL;
    struct hf_failure failure;
    assert_int_equal(make("-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n", all.client.key_pem,
                          &identity, &failure),
                     HF_ERR_bad_certificate_encoding);
    assert_non_null(strstr(failure.got, "certificate #1"));
}

static void test_encrypted_key(void **state)
{
    (void)state;
    struct hf_authority_wish wish = {.role = HF_AUTHORITY_CLIENT,
                                     .name = "vault",
                                     .validity = {HF_PRIVATE_CA_NOW, HF_PRIVATE_CA_NOW + 86400},
                                     .pass = "correct horse"};
    struct hf_authority_issued issued;
    struct hf_failure failure;
    assert_int_equal(hf_authority_issue(all.ca, &wish, &issued, &failure), HF_OK);
    assert_non_null(strstr(issued.key_pem, "BEGIN ENCRYPTED PRIVATE KEY"));
    struct hf_identity *identity = NULL;
    assert_int_equal(make(issued.chain_pem, issued.key_pem, &identity, &failure), HF_ERR_key_encrypted);
    struct hf_identity_files files = {.chain = hf_span_of_text(issued.chain_pem),
                                      .key = hf_span_of_text(issued.key_pem),
                                      .pass = hf_span_of_text("battery staple")};
    assert_int_equal(hf_identity_new_pem(all.toolbox, &hf_allocation_standard, &files, &identity, &failure),
                     HF_ERR_pass_phrase_wrong);
    files.pass = hf_span_of_text("correct horse");
    assert_int_equal(hf_identity_new_pem(all.toolbox, &hf_allocation_standard, &files, &identity, &failure), HF_OK);
    hf_identity_free(identity);
    hf_authority_issued_wipe(&issued);
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    struct hf_identity_files files = {.chain = hf_span_of_text(all.client.chain_pem),
                                      .key = hf_span_of_text(all.client.key_pem)};
    for (size_t n = 1;; n++) {
        struct hf_test_allocator test;
        hf_test_allocator_init(&test, n);
        struct hf_identity *identity = NULL;
        struct hf_failure failure = {.error = HF_OK};
        enum hf_error error = hf_identity_new_pem(all.toolbox, &test.allocator, &files, &identity, &failure);
        bool failed = hf_test_allocator_failed(&test);
        assert_int_equal(error != HF_OK, failed);
        if (failed)
            assert_int_equal(failure.error, HF_ERR_no_memory);
        hf_identity_free(identity);
        assert_int_equal(test.live, 0);
        if (!failed)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_pair),
        cmocka_unit_test(test_schemes_preferred_and_limited),
        cmocka_unit_test(test_key_and_chain_in_one_file),
        cmocka_unit_test(test_signer_signs),
        cmocka_unit_test(test_wrong_order_names_the_leaf),
        cmocka_unit_test(test_wrong_key),
        cmocka_unit_test(test_odd_files),
        cmocka_unit_test(test_certificate_that_is_not_der),
        cmocka_unit_test(test_encrypted_key),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
