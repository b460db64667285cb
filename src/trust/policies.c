/* RFC 9618's graph, of which one level at a time is enough here: since any policy will do for us (RFC 5280 6.1.1 (c)),
 * nobody asks by which way a policy came down, only whether one did. A level is the set of policies that the next
 * certificate is expected to name, so work and memory are linear in what the certificates hold, up to HF_POLICIES_MAX
 * each; the tree of RFC 5280 doubles with every level that maps two policies crosswise.
 * Nothing at all is done for a path in which no CA demands a policy: then the answer is known. */
#include "trust/policies.h"

#include "certificate/policy.h"

/* A set of policies. */
struct level {
    struct hf_span oids[HF_POLICIES_MAX];
    size_t count;
    bool any; /* anyPolicy is in it */
};

struct walk {
    const struct hf_path *path;
    struct level now;
    struct level next;
    uint32_t explicit_policy; /* certificates until a policy is needed: RFC 5280 6.1.2 (d) to (f) */
    uint32_t inhibit_any_policy;
    uint32_t policy_mapping;
    size_t demanded_by;
    bool overflowed;
};

/* The anchor is not part of the path (RFC 5280 6.1); a lone trusted leaf has nobody above it who could demand. */
static size_t top_of(const struct hf_path *path)
{
    return path->count < 2 ? 0 : path->count - 2;
}

static bool is_demanded(const struct hf_path *path)
{
    if (path->count < 2)
        return false;
    for (size_t depth = 0; depth <= top_of(path); depth++) {
        const struct hf_certificate *certificate = path->nodes[depth];
        if ((certificate->present & HF_CERTIFICATE_POLICY_CONSTRAINTS) != 0 &&
            certificate->require_explicit_policy != HF_CERTIFICATE_NO_LIMIT)
            return true;
    }
    return false;
}

static bool has(const struct level *level, struct hf_span oid)
{
    for (size_t i = 0; i < level->count; i++)
        if (hf_span_equal(level->oids[i], oid))
            return true;
    return false;
}

static void add(struct walk *walk, struct level *level, struct hf_span oid)
{
    if (has(level, oid))
        return;
    if (level->count == HF_POLICIES_MAX)
        walk->overflowed = true;
    else
        level->oids[level->count++] = oid;
}

static bool is_empty(const struct level *level)
{
    return level->count == 0 && !level->any;
}

/* RFC 5280 6.1.3 (d), (e): what of the certificate's policies was expected. */
static void meet(struct walk *walk, size_t depth)
{
    const struct hf_certificate *certificate = walk->path->nodes[depth];
    bool takes_any = walk->inhibit_any_policy > 0 || (depth > 0 && hf_certificate_is_self_issued(certificate));
    struct hf_der each = hf_der_of(certificate->policies);
    struct hf_span oid = {0};
    bool names_any = false;
    walk->next = (struct level){0};
    while (hf_policy_next(&each, &oid)) {
        if (hf_policy_is_any(oid))
            names_any = takes_any;
        else if (walk->now.any || has(&walk->now, oid))
            add(walk, &walk->next, oid);
    }
    for (size_t i = 0; names_any && i < walk->now.count; i++)
        add(walk, &walk->next, walk->now.oids[i]);
    walk->next.any = names_any && walk->now.any;
    walk->now = walk->next;
}

static bool maps(const struct hf_certificate *certificate, struct hf_span wanted)
{
    struct hf_der each = hf_der_of(certificate->policy_mappings);
    struct hf_span issuer = {0};
    struct hf_span subject = {0};
    while (hf_policy_next_mapping(&each, &issuer, &subject))
        if (hf_span_equal(issuer, wanted))
            return true;
    return false;
}

/* RFC 5280 6.1.4 (b): mapped policies give way to what they are mapped to, or, where mapping is inhibited, to nothing.
 */
static void map(struct walk *walk, const struct hf_certificate *certificate)
{
    struct hf_der each = hf_der_of(certificate->policy_mappings);
    struct hf_span issuer = {0};
    struct hf_span subject = {0};
    walk->next = (struct level){.any = walk->now.any};
    for (size_t i = 0; i < walk->now.count; i++)
        if (!maps(certificate, walk->now.oids[i]))
            add(walk, &walk->next, walk->now.oids[i]);
    while (walk->policy_mapping > 0 && hf_policy_next_mapping(&each, &issuer, &subject))
        if (walk->now.any || has(&walk->now, issuer))
            add(walk, &walk->next, subject);
    walk->now = walk->next;
}

static void count_down(uint32_t *count)
{
    *count -= *count > 0 ? 1 : 0;
}

static void lower(uint32_t *count, uint32_t to)
{
    *count = to < *count ? to : *count;
}

/* RFC 5280 6.1.4 (b), (h) to (j). */
static void prepare(struct walk *walk, size_t depth)
{
    const struct hf_certificate *certificate = walk->path->nodes[depth];
    if ((certificate->present & HF_CERTIFICATE_POLICY_MAPPINGS) != 0)
        map(walk, certificate);
    if (!hf_certificate_is_self_issued(certificate)) {
        count_down(&walk->explicit_policy);
        count_down(&walk->policy_mapping);
        count_down(&walk->inhibit_any_policy);
    }
    if ((certificate->present & HF_CERTIFICATE_POLICY_CONSTRAINTS) != 0) {
        if (certificate->require_explicit_policy < walk->explicit_policy)
            walk->demanded_by = depth;
        lower(&walk->explicit_policy, certificate->require_explicit_policy);
        lower(&walk->policy_mapping, certificate->inhibit_policy_mapping);
    }
    if ((certificate->present & HF_CERTIFICATE_INHIBIT_ANY_POLICY) != 0)
        lower(&walk->inhibit_any_policy, certificate->inhibit_any_policy);
}

/* RFC 5280 6.1.5 (a), (b): the leaf may demand a policy of itself. */
static void wrap_up(struct walk *walk)
{
    const struct hf_certificate *leaf = walk->path->nodes[0];
    count_down(&walk->explicit_policy);
    if ((leaf->present & HF_CERTIFICATE_POLICY_CONSTRAINTS) != 0 && leaf->require_explicit_policy == 0) {
        walk->explicit_policy = 0;
        walk->demanded_by = 0;
    }
}

static enum hf_error check_one(struct walk *walk, size_t depth)
{
    meet(walk, depth);
    if (walk->explicit_policy == 0 && is_empty(&walk->now))
        return HF_ERR_policy_missing;
    if (depth > 0)
        prepare(walk, depth);
    else
        wrap_up(walk);
    if (walk->overflowed)
        return HF_ERR_path_search_exhausted;
    return depth == 0 && walk->explicit_policy == 0 && is_empty(&walk->now) ? HF_ERR_policy_missing : HF_OK;
}

enum hf_error hf_policies_check(const struct hf_path *path, size_t *ret_depth, size_t *ret_demanded_by)
{
    if (!is_demanded(path))
        return HF_OK;
    uint32_t never = (uint32_t)path->count;
    struct walk walk = {
        .path = path, .explicit_policy = never, .inhibit_any_policy = never, .policy_mapping = never, .now.any = true};
    for (size_t depth = top_of(path) + 1; depth-- > 0;) {
        enum hf_error error = check_one(&walk, depth);
        if (error == HF_OK)
            continue;
        *ret_depth = depth;
        *ret_demanded_by = walk.demanded_by;
        return error;
    }
    return HF_OK;
}
