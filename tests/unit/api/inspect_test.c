/* Inspection: chains out of order are found and put right; files that are none are named. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <handfast/inspect.h>

#include "support/private_ca.h"

static struct hf_authority *lab;
static struct hf_authority_issued client;

static int set_up(void **state)
{
    (void)state;
    lab = hf_private_ca_new("lab", HF_AUTHORITY_P256);
    client = hf_private_ca_issue(lab, HF_AUTHORITY_CLIENT, "billing", 0, 90);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    hf_authority_issued_wipe(&client);
    hf_authority_free(lab);
    return 0;
}

static struct hf_inspection *inspect(const char *pem)
{
    struct hf_inspection *inspection = NULL;
    struct hf_failure failure;
    assert_int_equal(hf_inspection_new(pem, strlen(pem), &inspection, &failure), HF_OK);
    return inspection;
}

static void test_what_is_told(void **state)
{
    (void)state;
    struct hf_inspection *inspection = inspect(client.chain_pem);
    assert_int_equal(hf_inspection_count(inspection), 2);
    const struct hf_inspected *leaf = hf_inspection_at(inspection, 0);
    assert_string_equal(leaf->subject, "CN=billing");
    assert_string_equal(leaf->issuer, "CN=lab Client CA");
    assert_string_equal(leaf->serial, client.serial);
    assert_int_equal(strlen(leaf->fingerprint), 64);
    assert_true(leaf->not_before_s == client.not_before_s && leaf->not_after_s == client.not_after_s);
    assert_false(leaf->is_ca);
    assert_int_equal(leaf->path_len, -1);
    assert_int_equal(leaf->names_count, 1);
    assert_string_equal(leaf->names[0], "URI:spiffe://lab/billing");
    assert_null(hf_inspection_at(inspection, 2));
    hf_inspection_free(inspection);
}

/* A file with root, issuer, a stranger and the leaf last. */
static void jumble(char *into, size_t room, const struct hf_authority *other)
{
    const char *leaf_end = strstr(client.chain_pem, "-----END CERTIFICATE-----\n");
    int leaf_len = (int)(leaf_end - client.chain_pem) + (int)strlen("-----END CERTIFICATE-----\n");
    snprintf(into, room, "%s%s%s%.*s", hf_authority_certificate_pem(lab, HF_AUTHORITY_ROOT),
             hf_authority_certificate_pem(lab, HF_AUTHORITY_CLIENT),
             hf_authority_certificate_pem(other, HF_AUTHORITY_ROOT), leaf_len, client.chain_pem);
}

static void test_sorted(void **state)
{
    (void)state;
    struct hf_authority *other = hf_private_ca_new("other", HF_AUTHORITY_P256);
    char jumbled[8192];
    jumble(jumbled, sizeof(jumbled), other);
    hf_authority_free(other);
    struct hf_inspection *inspection = inspect(jumbled);
    struct hf_inspect_question question = {
        .key = client.key_pem, .key_len = strlen(client.key_pem), .now_s = HF_PRIVATE_CA_NOW};
    struct hf_failure findings[8];
    size_t count = 0;
    assert_int_equal(hf_inspection_check(inspection, &question, findings, 8, &count), HF_OK);
    assert_true(count >= 1);
    assert_int_equal(findings[0].error, HF_ERR_key_mismatch);
    assert_non_null(strstr(findings[0].got, "#4 (CN=billing)"));
    char *sorted = NULL;
    assert_int_equal(hf_inspection_sorted_pem(inspection, &question, &sorted, &findings[0]), HF_OK);
    assert_string_equal(sorted, client.chain_pem);
    hf_authority_text_free(sorted);
    hf_inspection_free(inspection);
}

static void test_sort_by_a_strange_key(void **state)
{
    (void)state;
    struct hf_authority_issued other = hf_private_ca_issue(lab, HF_AUTHORITY_CLIENT, "other", 0, 1);
    struct hf_inspection *inspection = inspect(client.chain_pem);
    struct hf_inspect_question question = {.key = other.key_pem, .key_len = strlen(other.key_pem)};
    struct hf_failure failure;
    char *sorted = NULL;
    assert_int_equal(hf_inspection_sorted_pem(inspection, &question, &sorted, &failure), HF_ERR_key_mismatch);
    assert_null(sorted);
    question.key = NULL;
    assert_int_equal(hf_inspection_sorted_pem(inspection, &question, &sorted, &failure), HF_OK);
    assert_string_equal(sorted, client.chain_pem);
    hf_authority_text_free(sorted);
    hf_inspection_free(inspection);
    hf_authority_issued_wipe(&other);
}

static void test_all_is_told_at_once(void **state)
{
    (void)state;
    struct hf_inspection *inspection = inspect(client.chain_pem);
    struct hf_inspect_question question = {
        .purpose = HF_INSPECT_SERVER, .name = "api.lan", .now_s = HF_PRIVATE_CA_NOW + (int64_t)100 * 86400};
    struct hf_failure findings[8];
    size_t count = 0;
    assert_int_equal(hf_inspection_check(inspection, &question, findings, 8, &count), HF_OK);
    assert_int_equal(count, 3);
    assert_int_equal(findings[0].error, HF_ERR_own_certificate_expired);
    assert_int_equal(findings[1].error, HF_ERR_wrong_purpose);
    assert_int_equal(hf_inspection_check(inspection, &question, findings, 1, &count), HF_OK);
    assert_int_equal(count, 1);
    assert_int_equal(hf_inspection_check(inspection, &question, findings, 0, &count), HF_ERR_wrong_call);
    question = (struct hf_inspect_question){.ca = "junk", .ca_len = 4, .now_s = HF_PRIVATE_CA_NOW + 60};
    assert_int_equal(hf_inspection_check(inspection, &question, findings, 8, &count), HF_OK);
    assert_int_equal(count, 1);
    assert_string_equal(findings[0].where, "the CA file");
    hf_inspection_free(inspection);
}

static void test_not_certificates(void **state)
{
    (void)state;
    struct hf_inspection *inspection = NULL;
    struct hf_failure failure;
    assert_int_equal(hf_inspection_new(client.key_pem, strlen(client.key_pem), &inspection, &failure),
                     HF_ERR_file_malformed);
    assert_string_equal(failure.got, "a private key, and no certificate");
    assert_int_equal(hf_inspection_new("", 0, &inspection, &failure), HF_ERR_file_malformed);
    assert_null(inspection);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_told),          cmocka_unit_test(test_sorted),
        cmocka_unit_test(test_sort_by_a_strange_key), cmocka_unit_test(test_all_is_told_at_once),
        cmocka_unit_test(test_not_certificates),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
