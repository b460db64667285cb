/* One rule of admission, compiled: an expression over the names in a peer's certificate (docs/ADMISSION.md has the
 * grammar). Compiling allocates nothing and looks at no peer. */
#ifndef HF_TRUST_RULE_H
#define HF_TRUST_RULE_H

#include "base/must.h"
#include "base/span.h"

enum { HF_RULE_NODES_MAX = 256, HF_RULE_NESTING_MAX = 16 };

enum hf_rule_kind {
    HF_RULE_ALL,
    HF_RULE_ANY,
    HF_RULE_NOT,
    HF_RULE_SPIFFE,
    HF_RULE_URI,
    HF_RULE_DNS,
    HF_RULE_EMAIL,
    HF_RULE_IP,
    HF_RULE_COMMON_NAME,
    HF_RULE_ISSUER,
    HF_RULE_KEY
};

/* In the order in which they are written; what stands in the parentheses of all, any and not follows them. */
struct hf_rule_node {
    enum hf_rule_kind kind;
    struct hf_span pattern; /* part of the rule's text; empty of all, any, not */
    size_t size;            /* nodes of this one and of what is inside it */
};

/* Rules being read, and where one went wrong. */
struct hf_rule_reader {
    struct hf_span text; /* rules, one behind the other */
    size_t at;           /* the next byte */
    bool common_names;   /* cn: is allowed */
    const char *wanted;  /* static: what should have stood at `at`; NULL while all is well */
};

/* Reads the next rule of the text into nodes. False at the text's end, and when it is none: then wanted is set. Blanks,
 * ends of lines and comments (from # on) may stand between words. */
HF_MUST bool hf_rule_next(struct hf_rule_reader *reader, struct hf_rule_node nodes[HF_RULE_NODES_MAX],
                          size_t *ret_count, struct hf_span *ret_text);

#endif
