#define _DEFAULT_SOURCE

/* The set of anchors: built out of PEM and DER, strict or lenient, found by subject; and the system's own store. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "certificate/name.h"
#include "support/make_certificate.h"
#include "support/test_allocator.h"
#include "trust/anchors.h"
#include "trust/system_store.h"

static void pem_is_all_or_nothing(void **state)
{
    (void)state;
    struct make_certificate *one = make_certificate(&(struct make_certificate_of){.subject = "CN=One", .ca = true});
    struct make_certificate *two = make_certificate(&(struct make_certificate_of){.subject = "CN=Two", .ca = true});
    char *pem_one = make_certificate_pem(one);
    char *pem_two = make_certificate_pem(two);
    char text[8192];
    struct hf_trust_added added;
    struct hf_trust *trust = hf_trust_new(&hf_allocation_standard);
    snprintf(text, sizeof(text), "%s%s%s", pem_one, pem_two, pem_one);
    assert_int_equal(hf_trust_add_pem(trust, hf_span_of_text(text), false, &added), HF_OK);
    assert_int_equal(added.added, 2);
    assert_int_equal(added.known, 1);
    assert_int_equal(hf_trust_count(trust), 2);
    assert_null(hf_trust_anchor(trust, 2));
    hf_trust_free(trust);

    static const char broken[] = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    trust = hf_trust_new(&hf_allocation_standard);
    snprintf(text, sizeof(text), "%s%s%s", pem_one, broken, pem_two);
    assert_int_equal(hf_trust_add_pem(trust, hf_span_of_text(text), false, &added), HF_ERR_file_malformed);
    assert_int_equal(hf_trust_count(trust), 0);
    assert_true(added.line > 1 && added.flaw != NULL && added.field != NULL);
    assert_int_equal(hf_trust_add_pem(trust, hf_span_of_text(text), true, &added), HF_OK);
    assert_int_equal(added.added, 2);
    assert_int_equal(added.skipped, 1);
    assert_int_equal(hf_trust_add_pem(trust, hf_span_of_text("nothing"), false, &added), HF_ERR_file_malformed);
    assert_int_equal(hf_trust_add_pem(trust, hf_span_of_text(broken), true, &added), HF_ERR_file_malformed);
    assert_int_equal(hf_trust_count(trust), 2);
    hf_trust_free(trust);
    free(pem_one);
    free(pem_two);
    make_certificate_free(one);
    make_certificate_free(two);
}

static void anchors_are_found(void **state)
{
    (void)state;
    enum { N = 20 };
    struct make_certificate *made[N];
    struct hf_trust *trust = hf_trust_new(&hf_allocation_standard);
    for (size_t i = 0; i < N; i++) {
        char subject[32];
        snprintf(subject, sizeof(subject), "CN=CA %zu", i / 2); /* two of each name */
        made[i] = make_certificate(
            &(struct make_certificate_of){.subject = subject, .ca = true, .key_number = (unsigned)(1 + i % 2)});
        assert_int_equal(hf_trust_add_der(trust, make_certificate_span(made[i])), HF_OK);
    }
    for (size_t i = 0; i < N; i++) {
        const struct hf_certificate *anchor = hf_trust_anchor(trust, i);
        assert_true(hf_span_equal(anchor->der, make_certificate_span(made[i])));
        assert_ptr_equal(&hf_anchors_find(trust, anchor)->certificate, anchor);
        size_t found = 0;
        uint64_t hash = hf_name_hash(anchor->subject);
        const struct hf_anchor *next = hf_anchors_next(trust, hash, NULL);
        for (; next != NULL; next = hf_anchors_next(trust, hash, next))
            found++;
        assert_int_equal(found, 2);
    }
    hf_trust_free(trust);
    for (size_t i = 0; i < N; i++)
        make_certificate_free(made[i]);
}

static void allocations_may_fail(void **state)
{
    (void)state;
    struct make_certificate *one = make_certificate(&(struct make_certificate_of){.subject = "CN=One", .ca = true});
    char *pem = make_certificate_pem(one);
    for (size_t nth = 1;; nth++) {
        struct hf_test_allocator test;
        hf_test_allocator_init(&test, nth);
        struct hf_trust *trust = hf_trust_new(&test.allocator);
        if (trust != NULL) {
            enum hf_error error = hf_trust_add_pem(trust, hf_span_of_text(pem), false, NULL);
            assert_int_equal(error, hf_test_allocator_failed(&test) ? HF_ERR_no_memory : HF_OK);
        }
        hf_trust_free(trust);
        assert_int_equal(test.live, 0);
        if (!hf_test_allocator_failed(&test))
            break;
    }
    free(pem);
    make_certificate_free(one);
}

static void files_are_read(void **state)
{
    (void)state;
    char path[] = "anchors_test.XXXXXX";
    struct make_certificate *one = make_certificate(&(struct make_certificate_of){.subject = "CN=One", .ca = true});
    struct hf_trust *trust = hf_trust_new(&hf_allocation_standard);
    struct hf_trust_added added;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    FILE *file = fdopen(fd, "wb");
    assert_int_equal(fwrite(one->der, 1, one->len, file), one->len);
    fclose(file);
    assert_int_equal(hf_system_store_add_file(trust, path, &added), HF_OK);
    assert_int_equal(hf_trust_count(trust), 1);
    assert_int_equal(hf_system_store_add_file(trust, path, &added), HF_OK);
    assert_int_equal(added.known, 1);
    remove(path);
    assert_int_equal(hf_system_store_add_file(trust, path, &added), HF_ERR_file_unreadable);
    hf_trust_free(trust);
    make_certificate_free(one);
}

/* What the machine has, if it has any: strict reading may refuse few of the public CAs. */
static void the_system_store_is_read(void **state)
{
    (void)state;
    struct hf_trust *trust = hf_trust_new(&hf_allocation_standard);
    struct hf_trust_added added;
    const char *path = NULL;
    enum hf_error error = hf_system_store_add(trust, &path, &added);
    if (error == HF_OK) {
        print_message("%s: %zu CAs, %zu skipped\n", path, added.added, added.skipped);
        assert_true(added.skipped * 20 <= added.added);
    } else {
        assert_int_equal(error, HF_ERR_no_trust_anchors);
    }
    hf_trust_free(trust);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pem_is_all_or_nothing),    cmocka_unit_test(anchors_are_found),
        cmocka_unit_test(allocations_may_fail),     cmocka_unit_test(files_are_read),
        cmocka_unit_test(the_system_store_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
