/* Policies along a path (RFC 5280 6.1, RFC 9618): each row is a path, root first, with what its certificates name, map,
 * demand and forbid. Policies are 1.2.3.N, written by their letters: a is 1.2.3.97; x is anyPolicy. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "support/make_certificate.h"
#include "trust/policies.h"

#define POLICIES         "2.5.29.32"
#define MAPPINGS         "2.5.29.33"
#define CONSTRAINTS      "2.5.29.36"
#define INHIBIT_ANY      "2.5.29.54"
#define HEX_MAX          32768
#define CERTIFICATES_MAX 6

/* One certificate: "policies/mappings/constraints/inhibitAnyPolicy", what is empty or missing is left out: "ax",
 * "a/abac" (a is mapped to b and to c), "a//r0m1" (a policy required at once, mapping inhibited after one more),
 * "x///0". A leading ! makes it self-issued. */
struct parts {
    bool self_issued;
    char fields[4][64];
};

static const char *read_parts(const char *text, struct parts *ret_parts)
{
    *ret_parts = (struct parts){.self_issued = *text == '!'};
    text += *text == '!' ? 1 : 0;
    size_t field = 0;
    for (; *text != '\0' && *text != ' '; text++) {
        char *into = ret_parts->fields[field];
        if (*text == '/')
            field++;
        else
            into[strlen(into)] = *text;
    }
    return *text == ' ' ? text + 1 : text;
}

static void put_oid(char *into, char letter)
{
    if (letter == 'x')
        strcat(into, "0604551d2000");
    else
        sprintf(into + strlen(into), "06032a03%02x", (unsigned)letter);
}

static void wrap(char *into, const char *tag, const char *content)
{
    size_t len = strlen(content) / 2;
    if (len < 128)
        sprintf(into + strlen(into), "%s%02zx", tag, len);
    else
        sprintf(into + strlen(into), "%s82%04zx", tag, len);
    strcat(into, content);
}

static void put_policies(char *into, const char *letters)
{
    char list[HEX_MAX] = "";
    for (; *letters != '\0'; letters++) {
        char oid[32] = "";
        put_oid(oid, *letters);
        wrap(list, "30", oid);
    }
    wrap(into, "30", list);
}

static void put_mappings(char *into, const char *pairs)
{
    char list[HEX_MAX] = "";
    for (; *pairs != '\0'; pairs += 2) {
        char pair[64] = "";
        put_oid(pair, pairs[0]);
        put_oid(pair, pairs[1]);
        wrap(list, "30", pair);
    }
    wrap(into, "30", list);
}

static void put_constraints(char *into, const char *text)
{
    char list[64] = "";
    for (; *text != '\0'; text += 2)
        sprintf(list + strlen(list), "%s01%02x", text[0] == 'r' ? "80" : "81", (unsigned)(text[1] - '0'));
    wrap(into, "30", list);
}

static void put_inhibit(char *into, const char *digit)
{
    sprintf(into + strlen(into), "0201%02x", (unsigned)(digit[0] - '0'));
}

static struct make_certificate *make_one(const struct parts *parts, const struct make_certificate *issuer,
                                         const char *subject, bool ca)
{
    static const struct {
        const char *oid;
        void (*put)(char *into, const char *text);
    } extensions[] = {
        {POLICIES, put_policies}, {MAPPINGS, put_mappings}, {CONSTRAINTS, put_constraints}, {INHIBIT_ANY, put_inhibit}};
    static char hex[4][HEX_MAX];
    struct make_certificate_of of = {.subject = subject, .issuer = issuer, .ca = ca, .key_number = 7};
    size_t count = 0;
    for (size_t i = 0; i < HF_COUNT(extensions); i++) {
        hex[i][0] = '\0';
        if (parts->fields[i][0] == '\0')
            continue;
        extensions[i].put(hex[i], parts->fields[i]);
        of.extensions[count++] = (struct make_certificate_extension){extensions[i].oid, false, hex[i]};
    }
    return make_certificate(&of);
}

/* The certificates below the root, the leaf last. */
struct row {
    const char *path;
    enum hf_error error;
    size_t depth;
};

static size_t make_path(const char *text, struct make_certificate **made)
{
    static const char *const names[] = {"CN=A", "CN=B", "CN=C", "CN=D", "CN=E", "CN=F"};
    size_t count = 1;
    const char *name = "CN=Root";
    made[0] = make_certificate(&(struct make_certificate_of){.subject = name, .ca = true, .key_number = 7});
    while (*text != '\0') {
        struct parts parts;
        text = read_parts(text, &parts);
        name = parts.self_issued ? name : names[count - 1];
        made[count] = make_one(&parts, made[count - 1], name, *text != '\0');
        count++;
    }
    return count;
}

static void judge(const struct row *row)
{
    struct make_certificate *made[CERTIFICATES_MAX + 1];
    struct hf_certificate read[CERTIFICATES_MAX + 1];
    struct hf_path path = {0};
    path.count = make_path(row->path, made);
    for (size_t i = 0; i < path.count; i++) {
        assert_int_equal(hf_certificate_read(make_certificate_span(made[i]), &read[i], NULL), HF_OK);
        path.nodes[path.count - 1 - i] = &read[i];
    }
    size_t depth = 99;
    size_t demanded_by = 99;
    enum hf_error error = hf_policies_check(&path, &depth, &demanded_by);
    if (error != row->error || (error == HF_ERR_policy_missing && depth != row->depth))
        fail_msg("\"%s\": %s at %zu, wanted %s at %zu", row->path, hf_error_name(error), depth,
                 hf_error_name(row->error), row->depth);
    for (size_t i = 0; i < path.count; i++)
        make_certificate_free(made[i]);
}

#define GOOD       HF_OK, 0
#define BAD(depth) HF_ERR_policy_missing, depth

static const struct row rows[] = {
    /* nobody demands: nothing is looked at */
    {"a b", GOOD},
    {"/ b", GOOD},
    /* demanded at once */
    {"a//r0 a", GOOD},
    {"a//r0 b", BAD(0)},
    {"a//r0 /", BAD(0)},
    {"ab//r0 cb", GOOD},
    {"//r0 a", BAD(0)},
    /* demanded later */
    {"//r1 /", BAD(0)}, /* 6.1.5 (a) counts the leaf, too */
    {"//r2 /", GOOD},
    {"a//r1 / a", BAD(0)},
    {"a//r3 / a", GOOD},
    {"a//r3 b//r0 a", BAD(0)}, /* the lower of two holds */
    /* a self-issued certificate does not count down */
    {"a//r2 / /", BAD(0)},
    {"a//r2 !/ /", GOOD},
    /* the leaf may demand it of itself */
    {"a a//r0", GOOD},
    {"a b//r0", BAD(0)},
    {"/ b//r1", GOOD},
    /* anyPolicy */
    {"x//r0 b", GOOD},
    {"a//r0 x", GOOD},
    {"x//r0/0 x", BAD(0)},
    {"x//r0/1 x", GOOD},
    {"x//r0/0 b", GOOD}, /* the CA's own was taken before */
    {"x//r0/1 x x", BAD(0)},
    {"x//r0/0 !x a", GOOD}, /* self-issued CAs may still name it */
    /* mappings */
    {"a/ab/r0 b", GOOD},
    {"a/ab/r0 a", BAD(0)},
    {"a/abac/r0 c", GOOD},
    {"ad/ab/r0 d", GOOD},
    {"a/cb/r0 b", BAD(0)}, /* c was never in force */
    {"x/cb/r0 b", GOOD},
    {"a//r0m0 a/ab b", BAD(0)}, /* inhibited: what is mapped is gone */
    {"a//r0m0 a/ab a", BAD(0)},
    {"ad//r0m0 ad/ab d", GOOD},
    {"a//r0m1 a/ab b", GOOD},
    {"a/ab/r0 b/bc c", GOOD},
    {"a/ab/r0 c/cb b", BAD(1)},
};

static void policies_are_kept(void **state)
{
    (void)state;
    for (size_t i = 0; i < HF_COUNT(rows); i++)
        judge(&rows[i]);
}

/* Two policies mapped crosswise at every level double RFC 5280's tree each time; here they stay two. */
static void crossed_mappings_do_not_grow(void **state)
{
    (void)state;
    judge(&(struct row){"ab/aaabbabb/r0 ab/aaabbabb ab/aaabbabb ab/aaabbabb a", GOOD});
}

static void too_many_policies_are_not_compared(void **state)
{
    (void)state;
    struct hf_certificate read[3];
    struct hf_path path = {.count = 3};
    char list[HEX_MAX] = "";
    char hex[HEX_MAX] = "";
    for (unsigned i = 0; i <= HF_POLICIES_MAX; i++) {
        char oid[32];
        sprintf(oid, "06042a03%02x%02x", 0x81 + i / 128, i % 128);
        wrap(list, "30", oid);
    }
    wrap(hex, "30", list);
    struct make_certificate *made[3];
    made[2] = make_certificate(&(struct make_certificate_of){.subject = "CN=Root", .ca = true});
    made[1] = make_certificate(
        &(struct make_certificate_of){.subject = "CN=A",
                                      .issuer = made[2],
                                      .ca = true,
                                      .extensions = {{POLICIES, false, hex}, {CONSTRAINTS, true, "3003800100"}}});
    made[0] = make_certificate(&(struct make_certificate_of){.subject = "CN=leaf", .issuer = made[1]});
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(hf_certificate_read(make_certificate_span(made[i]), &read[i], NULL), HF_OK);
        path.nodes[i] = &read[i];
    }
    size_t depth = 0;
    size_t demanded_by = 0;
    assert_int_equal(hf_policies_check(&path, &depth, &demanded_by), HF_ERR_path_search_exhausted);
    for (size_t i = 0; i < 3; i++)
        make_certificate_free(made[i]);
}

/* Form: anyPolicy cannot be mapped (RFC 5280 6.1.4 (a)), policyConstraints say something. */
static void malformed_extensions_are_refused(void **state)
{
    (void)state;
    static const struct make_certificate_extension bad[] = {
        {MAPPINGS, true, "300f300d0604551d200006052a03040506"},
        {MAPPINGS, true, "3000"},
        {CONSTRAINTS, true, "3000"},
        {CONSTRAINTS, true, "30038001ff"},
        {POLICIES, false, "3000"},
        {POLICIES, false, "3003300106"},
        {INHIBIT_ANY, true, "0201ff"},
    };
    for (size_t i = 0; i < HF_COUNT(bad); i++) {
        struct hf_certificate read;
        struct make_certificate *made =
            make_certificate(&(struct make_certificate_of){.subject = "CN=x", .ca = true, .extensions = {bad[i]}});
        assert_int_equal(hf_certificate_read(make_certificate_span(made), &read, NULL),
                         HF_ERR_bad_certificate_encoding);
        make_certificate_free(made);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policies_are_kept),
        cmocka_unit_test(crossed_mappings_do_not_grow),
        cmocka_unit_test(too_many_policies_are_not_compared),
        cmocka_unit_test(malformed_extensions_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
