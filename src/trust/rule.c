/* Read left to right with a stack of open parentheses of its own. Words end at a blank, a comma or a parenthesis,
 * unless they are quoted. */
#include "trust/rule.h"

#define KEY_PIN_LEN 64 /* SHA-256 in hexadecimal */

static const struct {
    const char *prefix;
    enum hf_rule_kind kind;
    bool keeps_prefix;
} kinds[] = {
    {"spiffe://", HF_RULE_SPIFFE, true}, {"uri:", HF_RULE_URI, false},         {"dns:", HF_RULE_DNS, false},
    {"email:", HF_RULE_EMAIL, false},    {"ip:", HF_RULE_IP, false},           {"cn:", HF_RULE_COMMON_NAME, false},
    {"issuer:", HF_RULE_ISSUER, false},  {"spki-sha256:", HF_RULE_KEY, false},
};

static const struct {
    const char *word;
    enum hf_rule_kind kind;
} groups[] = {{"all(", HF_RULE_ALL}, {"any(", HF_RULE_ANY}, {"not(", HF_RULE_NOT}};

/* The rule being read. */
struct compiling {
    struct hf_rule_reader *reader;
    struct hf_rule_node *nodes;
    size_t count;
    size_t open[HF_RULE_NESTING_MAX]; /* indexes of groups that are not closed yet */
    size_t depth;
};

static struct hf_span left(const struct hf_rule_reader *reader)
{
    return hf_span_part(reader->text, reader->at, reader->text.len);
}

static bool begins(struct hf_span text, const char *with)
{
    struct hf_span prefix = hf_span_of_text(with);
    return hf_span_equal(hf_span_part(text, 0, prefix.len), prefix);
}

static bool refuse(struct hf_rule_reader *reader, const char *wanted)
{
    reader->wanted = wanted;
    return false;
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* To the next byte that means something; false at the end. */
static bool skip_blanks(struct hf_rule_reader *reader)
{
    bool comment = false;
    for (; reader->at < reader->text.len; reader->at++) {
        uint8_t c = reader->text.data[reader->at];
        comment = (comment || c == '#') && c != '\n';
        if (!comment && !is_blank(c))
            return true;
    }
    return false;
}

static bool ends_word(uint8_t c)
{
    return is_blank(c) || c == ',' || c == '(' || c == ')';
}

/* What follows the kind: quoted, or up to the word's end. */
static bool take_pattern(struct hf_rule_reader *reader, struct hf_span *ret_pattern)
{
    bool quoted = begins(left(reader), "\"");
    size_t from = reader->at + (quoted ? 1 : 0);
    size_t to = from;
    while (to < reader->text.len && (quoted ? reader->text.data[to] != '"' : !ends_word(reader->text.data[to])))
        to++;
    if (quoted && to == reader->text.len)
        return refuse(reader, "a closing quote");
    if (to == from)
        return refuse(reader, "a pattern behind the colon");
    *ret_pattern = hf_span_part(reader->text, from, to - from);
    reader->at = to + (quoted ? 1 : 0);
    return true;
}

static bool is_pin(struct hf_span pattern)
{
    for (size_t i = 0; i < pattern.len; i++) {
        uint8_t c = pattern.data[i];
        if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f') && !(c >= 'A' && c <= 'F'))
            return false;
    }
    return pattern.len == KEY_PIN_LEN;
}

static bool take_word(struct compiling *compiling, struct hf_rule_node *ret_node)
{
    struct hf_rule_reader *reader = compiling->reader;
    for (size_t i = 0; i < HF_COUNT(kinds); i++) {
        size_t prefix_len = hf_span_of_text(kinds[i].prefix).len;
        size_t from = reader->at;
        if (!begins(left(reader), kinds[i].prefix))
            continue;
        if (kinds[i].kind == HF_RULE_COMMON_NAME && !reader->common_names)
            return refuse(reader, "another rule than cn:, as common names are not looked at unless that is turned on");
        reader->at += prefix_len;
        if (kinds[i].keeps_prefix && begins(left(reader), "\""))
            return refuse(reader, "a pattern without quotes");
        *ret_node = (struct hf_rule_node){.kind = kinds[i].kind, .size = 1};
        if (!take_pattern(reader, &ret_node->pattern))
            return false;
        if (kinds[i].keeps_prefix)
            ret_node->pattern = hf_span_part(reader->text, from, reader->at - from);
        return kinds[i].kind != HF_RULE_KEY || is_pin(ret_node->pattern) ||
               refuse(reader, "64 hexadecimal digits before this");
    }
    return refuse(reader,
                  "spiffe://DOMAIN/PATH, dns:, uri:, email:, ip:, cn:, issuer:, spki-sha256:, all(, any( or not(");
}

static bool add_node(struct compiling *compiling, struct hf_rule_node node)
{
    if (compiling->count == HF_RULE_NODES_MAX)
        return refuse(compiling->reader, "at most 256 words in one rule");
    compiling->nodes[compiling->count++] = node;
    return true;
}

/* Whether a group begins here; then it is opened. */
static bool open_group(struct compiling *compiling)
{
    struct hf_rule_reader *reader = compiling->reader;
    for (size_t i = 0; i < HF_COUNT(groups); i++) {
        if (!begins(left(reader), groups[i].word))
            continue;
        if (compiling->depth == HF_RULE_NESTING_MAX)
            return refuse(reader, "parentheses at most 16 deep");
        compiling->open[compiling->depth++] = compiling->count;
        reader->at += hf_span_of_text(groups[i].word).len;
        return add_node(compiling, (struct hf_rule_node){.kind = groups[i].kind});
    }
    return false;
}

/* Groups that open, and the word in the innermost. */
static bool take_term(struct compiling *compiling)
{
    struct hf_rule_reader *reader = compiling->reader;
    struct hf_rule_node node = {0};
    while (open_group(compiling))
        if (!skip_blanks(reader))
            return refuse(reader, "a rule inside the parentheses");
    return reader->wanted == NULL && take_word(compiling, &node) && add_node(compiling, node);
}

/* Closes groups behind a word; *ret_more: a comma came. */
static bool close_groups(struct compiling *compiling, bool *ret_more)
{
    struct hf_rule_reader *reader = compiling->reader;
    while (compiling->depth > 0) {
        size_t group = compiling->open[compiling->depth - 1];
        if (!skip_blanks(reader))
            return refuse(reader, "a closing parenthesis");
        uint8_t c = reader->text.data[reader->at];
        if (c == ',' && compiling->nodes[group].kind != HF_RULE_NOT) {
            reader->at++;
            *ret_more = true;
            return skip_blanks(reader) || refuse(reader, "a rule behind the comma");
        }
        if (c != ')')
            return refuse(reader, compiling->nodes[group].kind == HF_RULE_NOT ? "a closing parenthesis"
                                                                              : "a comma or a closing parenthesis");
        reader->at++;
        compiling->depth--;
        compiling->nodes[group].size = compiling->count - group;
    }
    *ret_more = false;
    return true;
}

bool hf_rule_next(struct hf_rule_reader *reader, struct hf_rule_node nodes[HF_RULE_NODES_MAX], size_t *ret_count,
                  struct hf_span *ret_text)
{
    struct compiling compiling = {.reader = reader, .nodes = nodes};
    bool more = true;
    if (!skip_blanks(reader))
        return false;
    size_t from = reader->at;
    while (more)
        if (!take_term(&compiling) || !close_groups(&compiling, &more))
            return false;
    if (reader->at < reader->text.len && !is_blank(reader->text.data[reader->at]))
        return refuse(reader, "the end of the rule");
    *ret_count = compiling.count;
    *ret_text = hf_span_part(reader->text, from, reader->at - from);
    return true;
}
