/* Rules are kept as they were written, each with its compiled form beside it; the first that fits decides. */
#include "trust/admission.h"

#include "base/text.h"
#include "trust/rule_match.h"

struct rule {
    char *text;
    struct hf_rule_node *nodes; /* their patterns point into the text */
};

struct hf_admission {
    const struct hf_allocator *allocator;
    bool common_names;
    size_t count;
    struct rule rules[HF_ADMISSION_RULES_MAX];
};

struct hf_admission *hf_admission_new(const struct hf_allocator *allocator)
{
    struct hf_admission *admission = hf_allocation_new(allocator, sizeof *admission);
    if (admission != NULL)
        admission->allocator = allocator;
    return admission;
}

static void drop_from(struct hf_admission *admission, size_t count)
{
    while (admission->count > count) {
        struct rule *rule = &admission->rules[--admission->count];
        hf_allocation_free(admission->allocator, rule->nodes);
        hf_allocation_free(admission->allocator, rule->text);
        *rule = (struct rule){0};
    }
}

void hf_admission_free(struct hf_admission *admission)
{
    if (admission == NULL)
        return;
    drop_from(admission, 0);
    hf_allocation_free(admission->allocator, admission);
}

void hf_admission_allow_common_names(struct hf_admission *admission)
{
    admission->common_names = true;
}

size_t hf_admission_count(const struct hf_admission *admission)
{
    return admission == NULL ? 0 : admission->count;
}

const char *hf_admission_rule(const struct hf_admission *admission, size_t i)
{
    return admission->rules[i].text;
}

/* The line that the reader stands in, and what of it is left. */
static enum hf_error refuse(const struct hf_rule_reader *reader, const char *where, struct hf_failure *ret_failure)
{
    size_t line = 1;
    size_t to = reader->at;
    for (size_t i = 0; i < reader->at; i++)
        line += reader->text.data[i] == '\n' ? 1 : 0;
    while (to < reader->text.len && reader->text.data[to] != '\n' && to - reader->at < 80)
        to++;
    struct hf_text got = hf_text_of(ret_failure->got, sizeof ret_failure->got);
    struct hf_text want = hf_text_of(ret_failure->wanted, sizeof ret_failure->wanted);
    struct hf_text at = hf_text_of(ret_failure->where, sizeof ret_failure->where);
    hf_text_add_safe(&got, hf_span_part(reader->text, reader->at, to - reader->at));
    hf_text_add(&got, got.len == 0 ? "the end" : "");
    hf_text_add(&want, "%s", reader->wanted != NULL ? reader->wanted : "a rule");
    hf_text_add(&at, "admission rule, line %zu of %.60s", line, where);
    ret_failure->error = HF_ERR_setting_invalid;
    return HF_ERR_setting_invalid;
}

/* Keeps a rule that was read, over a copy of its text: it is compiled again, so that its patterns point into the copy.
 */
static enum hf_error keep(struct hf_admission *admission, struct hf_span text)
{
    struct hf_rule_node nodes[HF_RULE_NODES_MAX];
    struct rule rule = {.text = hf_allocation_new(admission->allocator, text.len + 1)};
    if (rule.text == NULL)
        return HF_ERR_no_memory;
    (void)hf_span_copy(text, (uint8_t *)rule.text, text.len);
    rule.text[text.len] = '\0';
    struct hf_rule_reader reader = {.text = hf_span_of(rule.text, text.len), .common_names = true};
    struct hf_span whole;
    size_t count = 0;
    if (hf_rule_next(&reader, nodes, &count, &whole))
        rule.nodes = hf_allocation_array(admission->allocator, count, sizeof *nodes);
    if (rule.nodes == NULL) {
        hf_allocation_free(admission->allocator, rule.text);
        return HF_ERR_no_memory;
    }
    for (size_t i = 0; i < count; i++)
        rule.nodes[i] = nodes[i];
    admission->rules[admission->count++] = rule;
    return HF_OK;
}

static enum hf_error add_all(struct hf_admission *admission, struct hf_rule_reader *reader, const char *where,
                             struct hf_failure *ret_failure)
{
    struct hf_rule_node nodes[HF_RULE_NODES_MAX];
    struct hf_span text;
    size_t count = 0;
    size_t before = admission->count;
    while (hf_rule_next(reader, nodes, &count, &text)) {
        if (admission->count == HF_ADMISSION_RULES_MAX) {
            reader->wanted = "at most 1024 rules";
            return refuse(reader, where, ret_failure);
        }
        HF_TRY(keep(admission, text));
    }
    return reader->wanted == NULL && admission->count > before ? HF_OK : refuse(reader, where, ret_failure);
}

enum hf_error hf_admission_add(struct hf_admission *admission, struct hf_span text, const char *where,
                               struct hf_failure *ret_failure)
{
    struct hf_rule_reader reader = {.text = text, .common_names = admission->common_names};
    size_t before = admission->count;
    enum hf_error error = add_all(admission, &reader, where, ret_failure);
    if (error == HF_OK)
        return HF_OK;
    drop_from(admission, before);
    ret_failure->error = error;
    return error;
}

typedef const char *name_at(const struct hf_peer *peer, size_t i);

static void list_names(const struct hf_peer *peer, struct hf_text *text)
{
    static const struct {
        const char *label;
        name_at *at;
    } kinds[] = {{"uri", hf_peer_uri}, {"dns", hf_peer_dns}, {"email", hf_peer_email}, {"ip", hf_peer_ip}};
    for (size_t k = 0; k < HF_COUNT(kinds); k++) {
        const char *name;
        for (size_t i = 0; (name = kinds[k].at(peer, i)) != NULL; i++) {
            hf_text_add(text, "%s%s:", text->len == 0 ? "" : ", ", kinds[k].label);
            hf_text_add_safe(text, hf_span_of_text(name));
        }
    }
    hf_text_add(text, "%sissuer:\"%s\"", text->len == 0 ? "" : ", ", hf_peer_issuer(peer));
}

static enum hf_error not_admitted(const struct hf_admission *admission, const struct hf_peer *peer,
                                  struct hf_failure *ret_failure)
{
    struct hf_text wanted = hf_text_of(ret_failure->wanted, sizeof ret_failure->wanted);
    struct hf_text got = hf_text_of(ret_failure->got, sizeof ret_failure->got);
    struct hf_text subject = hf_text_of(ret_failure->subject, sizeof ret_failure->subject);
    if (admission->count > 1)
        hf_text_add(&wanted, "one of %zu rules: ", admission->count);
    for (size_t i = 0; i < admission->count; i++)
        hf_text_add(&wanted, "%s%s", i == 0 ? "" : "; ", admission->rules[i].text);
    list_names(peer, &got);
    hf_text_add(&subject, "%s", hf_peer_subject(peer));
    ret_failure->depth = 0;
    ret_failure->error = HF_ERR_not_admitted;
    return HF_ERR_not_admitted;
}

enum hf_error hf_admission_judge(const struct hf_admission *admission, const struct hf_peer *peer,
                                 const char **ret_rule, struct hf_failure *ret_failure)
{
    *ret_rule = "";
    if (admission == NULL || admission->count == 0)
        return HF_OK;
    for (size_t i = 0; i < admission->count; i++) {
        if (!hf_rule_match_peer(admission->rules[i].nodes, peer))
            continue;
        *ret_rule = admission->rules[i].text;
        return HF_OK;
    }
    return not_admitted(admission, peer, ret_failure);
}
