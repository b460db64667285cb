#define _DEFAULT_SOURCE

/* Anchors out of a folder: the files in the order of their names, each read strictly, and what is wrong named. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/make_certificate.h"
#include "support/test_allocator.h"
#include "trust/folder.h"

static char folder[] = "folder_test.XXXXXX";
static char path[512];
static char *pems[3];

static const char *at(const char *name)
{
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void put(const char *name, const char *text)
{
    FILE *file = fopen(at(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    fclose(file);
}

/* An empty folder, and three CAs. */
static int set_up(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "folder_test.XXXXXX");
    assert_non_null(mkdtemp(folder));
    for (size_t i = 0; i < 3; i++) {
        static const char *const subjects[] = {"CN=One", "CN=Two", "CN=Three"};
        struct make_certificate *made =
            make_certificate(&(struct make_certificate_of){.subject = subjects[i], .ca = true});
        pems[i] = make_certificate_pem(made);
        make_certificate_free(made);
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    static const char *const names[] = {"a.pem", "b.pem", "c.pem", ".hidden", "..data", "..2026/ca.crt", "ca.crt"};
    for (size_t i = 0; i < HF_COUNT(names); i++)
        (void)unlink(at(names[i]));
    (void)rmdir(at("..2026"));
    (void)rmdir(at("inner"));
    assert_int_equal(rmdir(folder), 0);
    for (size_t i = 0; i < 3; i++)
        free(pems[i]);
    return 0;
}

static enum hf_error add(struct hf_trust *trust, char ret_path[HF_FOLDER_PATH_MAX], struct hf_trust_added *ret_added)
{
    return hf_folder_add(trust, folder, ret_path, ret_added);
}

static void files_come_in_the_order_of_their_names(void **state)
{
    (void)state;
    char concerned[HF_FOLDER_PATH_MAX];
    struct hf_trust_added added;
    struct hf_trust *trust = hf_trust_new(&hf_allocation_standard);
    put("c.pem", pems[0]);
    put("a.pem", pems[1]);
    put("b.pem", pems[2]);
    put(".hidden", "no certificate at all");
    assert_int_equal(mkdir(at("inner"), 0700), 0);
    assert_int_equal(add(trust, concerned, &added), HF_OK);
    assert_int_equal(hf_trust_count(trust), 3);
    static const char *const order[] = {"Two", "Three", "One"};
    for (size_t i = 0; i < 3; i++) {
        struct hf_span subject = hf_trust_anchor(trust, i)->subject;
        size_t len = strlen(order[i]);
        assert_memory_equal(subject.data + subject.len - len, order[i], len);
    }
    hf_trust_free(trust);
}

/* Kubernetes: each name is a link into ..data, which is a link to a folder that a whole new one takes the place of. */
static void links_are_followed(void **state)
{
    (void)state;
    char concerned[HF_FOLDER_PATH_MAX];
    struct hf_trust_added added;
    struct hf_trust *trust = hf_trust_new(&hf_allocation_standard);
    assert_int_equal(mkdir(at("..2026"), 0700), 0);
    put("..2026/ca.crt", pems[0]);
    assert_int_equal(symlink("..2026", at("..data")), 0);
    assert_int_equal(symlink("..data/ca.crt", at("ca.crt")), 0);
    assert_int_equal(add(trust, concerned, &added), HF_OK);
    assert_int_equal(hf_trust_count(trust), 1);
    hf_trust_free(trust);
}

static void what_is_wrong_is_named(void **state)
{
    (void)state;
    char concerned[HF_FOLDER_PATH_MAX];
    struct hf_trust_added added;
    struct hf_trust *trust = hf_trust_new(&hf_allocation_standard);
    assert_int_equal(add(trust, concerned, &added), HF_ERR_file_malformed);
    assert_string_equal(concerned, folder);
    assert_string_equal(added.flaw, "the folder holds no file");
    put("a.pem", pems[0]);
    put("b.pem", "nothing");
    put("c.pem", pems[2]);
    assert_int_equal(add(trust, concerned, &added), HF_ERR_file_malformed);
    assert_string_equal(concerned, at("b.pem"));
    assert_non_null(added.flaw);
    assert_int_equal(unlink(at("b.pem")), 0);
    assert_int_equal(symlink("nowhere", at("b.pem")), 0);
    assert_int_equal(add(trust, concerned, &added), HF_ERR_file_unreadable);
    assert_string_equal(concerned, at("b.pem"));
    assert_int_equal(hf_folder_add(trust, at("missing"), concerned, &added), HF_ERR_file_unreadable);
    assert_string_equal(concerned, at("missing"));
    char long_name[HF_FOLDER_PATH_MAX];
    memset(long_name, '/', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    assert_int_not_equal(hf_folder_add(trust, long_name, concerned, &added), HF_OK);
    hf_trust_free(trust);
}

static void allocations_may_fail(void **state)
{
    (void)state;
    char concerned[HF_FOLDER_PATH_MAX];
    struct hf_trust_added added;
    put("a.pem", pems[0]);
    put("b.pem", pems[1]);
    for (size_t nth = 1;; nth++) {
        struct hf_test_allocator test;
        hf_test_allocator_init(&test, nth);
        struct hf_trust *trust = hf_trust_new(&test.allocator);
        if (trust != NULL) {
            enum hf_error error = hf_folder_add(trust, folder, concerned, &added);
            assert_int_equal(error, hf_test_allocator_failed(&test) ? HF_ERR_no_memory : HF_OK);
        }
        hf_trust_free(trust);
        assert_int_equal(test.live, 0);
        if (!hf_test_allocator_failed(&test))
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(files_come_in_the_order_of_their_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(links_are_followed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_wrong_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(allocations_may_fail, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
