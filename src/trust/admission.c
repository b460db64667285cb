#include "trust/admission.h"

#include "base/text.h"

enum kind { KIND_SPIFFE, KIND_URI, KIND_DNS, KIND_EMAIL, KIND_IP };

struct rule {
    enum kind kind;
    struct hf_span pattern; /* points into `text` */
    char *text;
};

struct hf_admission {
    const struct hf_allocator *allocator;
    struct rule rules[HF_ADMISSION_RULES_MAX];
    size_t count;
};

static const struct {
    const char *prefix;
    enum kind kind;
    bool keeps_prefix;
} prefixes[] = {
    {"spiffe://", KIND_SPIFFE, true}, {"uri:", KIND_URI, false}, {"dns:", KIND_DNS, false},
    {"email:", KIND_EMAIL, false},    {"ip:", KIND_IP, false},
};

struct hf_admission *hf_admission_new(const struct hf_allocator *allocator)
{
    struct hf_admission *admission = hf_allocation_new(allocator, sizeof *admission);
    if (admission != NULL)
        admission->allocator = allocator;
    return admission;
}

void hf_admission_free(struct hf_admission *admission)
{
    if (admission == NULL)
        return;
    for (size_t i = 0; i < admission->count; i++)
        hf_allocation_free(admission->allocator, admission->rules[i].text);
    hf_allocation_free(admission->allocator, admission);
}

static enum hf_error refuse_rule(const char *rule, const char *wanted, struct hf_failure *ret_failure)
{
    struct hf_text got = hf_text_of(ret_failure->got, sizeof ret_failure->got);
    struct hf_text want = hf_text_of(ret_failure->wanted, sizeof ret_failure->wanted);
    struct hf_text where = hf_text_of(ret_failure->where, sizeof ret_failure->where);
    hf_text_add_safe(&got, hf_span_of_text(rule));
    hf_text_add(&want, "%s", wanted);
    hf_text_add(&where, "admission rule");
    ret_failure->error = HF_ERR_setting_invalid;
    return HF_ERR_setting_invalid;
}

static bool find_kind(struct hf_span text, struct rule *ret_rule)
{
    for (size_t i = 0; i < HF_COUNT(prefixes); i++) {
        struct hf_span prefix = hf_span_of_text(prefixes[i].prefix);
        if (!hf_span_equal(hf_span_part(text, 0, prefix.len), prefix) || text.len == prefix.len)
            continue;
        ret_rule->kind = prefixes[i].kind;
        ret_rule->pattern = prefixes[i].keeps_prefix ? text : hf_span_part(text, prefix.len, text.len);
        return true;
    }
    return false;
}

enum hf_error hf_admission_add(struct hf_admission *admission, const char *rule, struct hf_failure *ret_failure)
{
    struct rule added = {0};
    if (hf_span_of_text(rule).len > HF_ADMISSION_RULE_LEN_MAX)
        return refuse_rule(rule, "at most 1024 characters", ret_failure);
    if (!find_kind(hf_span_of_text(rule), &added))
        return refuse_rule(rule, "spiffe://DOMAIN/PATH, uri:URI, dns:NAME, email:ADDRESS or ip:ADDRESS", ret_failure);
    if (admission->count == HF_ADMISSION_RULES_MAX)
        return refuse_rule(rule, "at most 256 rules", ret_failure);
    added.text = hf_allocation_text(admission->allocator, rule);
    if (added.text == NULL)
        return HF_ERR_no_memory;
    bool found = find_kind(hf_span_of_text(added.text), &added);
    admission->rules[admission->count++] = added;
    return found ? HF_OK : HF_ERR_internal;
}

size_t hf_admission_count(const struct hf_admission *admission)
{
    return admission == NULL ? 0 : admission->count;
}

const char *hf_admission_rule(const struct hf_admission *admission, size_t i)
{
    return admission->rules[i].text;
}

/* A star that was met, and where in the name the matching after it was last tried: the classic loop without
 * recursion, extended by stars that stop at a slash. */
struct star {
    size_t pattern;
    size_t name;
    bool crosses;
};

bool hf_admission_matches(struct hf_span pattern, struct hf_span name)
{
    struct star single = {.pattern = SIZE_MAX}, twofold = {.pattern = SIZE_MAX};
    size_t p = 0, n = 0;
    for (;;) {
        if (p < pattern.len && pattern.data[p] == '*') {
            bool crosses = p + 1 < pattern.len && pattern.data[p + 1] == '*';
            p += crosses ? 2 : 1;
            struct star *star = crosses ? &twofold : &single;
            *star = (struct star){.pattern = p, .name = n, .crosses = crosses};
            if (crosses)
                single.pattern = SIZE_MAX; /* stars before this one need not be tried again */
            continue;
        }
        if (n == name.len && p == pattern.len)
            return true;
        if (n < name.len && p < pattern.len && pattern.data[p] == name.data[n]) {
            p++;
            n++;
            continue;
        }
        if (single.pattern != SIZE_MAX && single.name < name.len && name.data[single.name] != '/') {
            p = single.pattern;
            n = ++single.name;
            continue;
        }
        if (twofold.pattern == SIZE_MAX || twofold.name >= name.len)
            return false;
        single.pattern = SIZE_MAX;
        p = twofold.pattern;
        n = ++twofold.name;
    }
}

typedef const char *name_at(const struct hf_peer *peer, size_t i);

static const char *spiffe_at(const struct hf_peer *peer, size_t i)
{
    const char *id = hf_peer_spiffe_id(peer);
    return i == 0 && id[0] != '\0' ? id : NULL;
}

static name_at *names_of(enum kind kind)
{
    switch (kind) {
    case KIND_SPIFFE:
        return spiffe_at;
    case KIND_URI:
        return hf_peer_uri;
    case KIND_DNS:
        return hf_peer_dns;
    case KIND_EMAIL:
        return hf_peer_email;
    case KIND_IP:
        return hf_peer_ip;
    }
    return spiffe_at;
}

static bool admits(const struct rule *rule, const struct hf_peer *peer)
{
    name_at *at = names_of(rule->kind);
    const char *name;
    for (size_t i = 0; (name = at(peer, i)) != NULL; i++)
        if (hf_admission_matches(rule->pattern, hf_span_of_text(name)))
            return true;
    return false;
}

static void list_names(const struct hf_peer *peer, struct hf_text *text)
{
    static const enum kind kinds[] = {KIND_URI, KIND_DNS, KIND_EMAIL, KIND_IP};
    for (size_t k = 0; k < HF_COUNT(kinds); k++) {
        name_at *at = names_of(kinds[k]);
        const char *name;
        for (size_t i = 0; (name = at(peer, i)) != NULL; i++) {
            hf_text_add(text, "%s", text->len == 0 ? "" : ", ");
            hf_text_add_safe(text, hf_span_of_text(name));
        }
    }
}

enum hf_error hf_admission_judge(const struct hf_admission *admission, const struct hf_peer *peer,
                                 struct hf_failure *ret_failure)
{
    if (admission == NULL)
        return HF_OK;
    for (size_t i = 0; i < admission->count; i++)
        if (admits(&admission->rules[i], peer))
            return HF_OK;
    struct hf_text wanted = hf_text_of(ret_failure->wanted, sizeof ret_failure->wanted);
    for (size_t i = 0; i < admission->count; i++)
        hf_text_add(&wanted, "%s%s", i == 0 ? "" : ", ", admission->rules[i].text);
    struct hf_text got = hf_text_of(ret_failure->got, sizeof ret_failure->got);
    list_names(peer, &got);
    struct hf_text subject = hf_text_of(ret_failure->subject, sizeof ret_failure->subject);
    hf_text_add(&subject, "%s", hf_peer_subject(peer));
    ret_failure->depth = 0;
    ret_failure->error = HF_ERR_not_admitted;
    return HF_ERR_not_admitted;
}
