/* A rule against a peer. Names are compared as the certificate has them, a DNS name and a key's pin without regard to
 * case. Rules are nested at most HF_RULE_NESTING_MAX deep, and so is the matching. */
#include "trust/rule_match.h"

#include "base/text.h"
#include "certificate/certificate.h"
#include "certificate/name.h"

/* Where a star was met, and where in the name what follows it was last tried: the classic loop without recursion,
 * with two kinds of stars. */
struct star {
    size_t pattern;
    size_t name;
};

static uint8_t fold(uint8_t c, bool folded)
{
    return folded && c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

bool hf_rule_match_pattern(struct hf_span pattern, struct hf_span name, uint8_t separator, bool folded)
{
    struct star single = {.pattern = SIZE_MAX}, twofold = {.pattern = SIZE_MAX};
    size_t p = 0, n = 0;
    for (;;) {
        if (p < pattern.len && pattern.data[p] == '*') {
            bool crosses = p + 1 < pattern.len && pattern.data[p + 1] == '*';
            p += crosses ? 2 : 1;
            *(crosses ? &twofold : &single) = (struct star){.pattern = p, .name = n};
            if (crosses)
                single.pattern = SIZE_MAX; /* stars before this one need not be tried again */
            continue;
        }
        if (n == name.len && p == pattern.len)
            return true;
        if (n < name.len && p < pattern.len && fold(pattern.data[p], folded) == fold(name.data[n], folded)) {
            p++;
            n++;
            continue;
        }
        if (single.pattern != SIZE_MAX && single.name < name.len &&
            (separator == 0 || name.data[single.name] != separator)) {
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

/* How each kind of name is had and compared. */
struct manner {
    enum hf_rule_kind kind;
    name_at *at;
    uint8_t separator;
    bool folded;
};

static const struct manner manners[] = {
    {HF_RULE_SPIFFE, spiffe_at, '/', false}, {HF_RULE_URI, hf_peer_uri, '/', false},
    {HF_RULE_DNS, hf_peer_dns, '.', true},   {HF_RULE_EMAIL, hf_peer_email, '@', false},
    {HF_RULE_IP, hf_peer_ip, 0, false},
};

static bool any_name_fits(const struct hf_rule_node *node, const struct hf_peer *peer)
{
    for (size_t k = 0; k < HF_COUNT(manners); k++) {
        const struct manner *manner = &manners[k];
        const char *name;
        for (size_t i = 0; manner->kind == node->kind && (name = manner->at(peer, i)) != NULL; i++)
            if (hf_rule_match_pattern(node->pattern, hf_span_of_text(name), manner->separator, manner->folded))
                return true;
    }
    return false;
}

/* Display texts may be cut, so names are printed anew here; one that does not fit, fits nothing. */
static bool issued_by(const struct hf_rule_node *node, const struct hf_certificate *certificate)
{
    char printed[2048];
    struct hf_text text = hf_text_of(printed, sizeof printed);
    hf_name_print(certificate->issuer, &text);
    return text.len + 4 < sizeof printed && hf_rule_match_pattern(node->pattern, hf_span_of_text(printed), 0, false);
}

/* Who issued some certificate of the proven path: each CA of it. */
static bool issuer_fits(const struct hf_rule_node *node, const struct hf_peer *peer)
{
    for (size_t i = 0; i < hf_peer_chain_count(peer); i++) {
        struct hf_certificate certificate;
        size_t len = 0;
        const uint8_t *der = hf_peer_chain(peer, i, &len);
        if (hf_certificate_read(hf_span_of(der, len), &certificate, NULL) == HF_OK && issued_by(node, &certificate))
            return true;
    }
    return false;
}

static bool common_name_fits(const struct hf_rule_node *node, const struct hf_peer *peer)
{
    struct hf_certificate certificate;
    size_t len = 0;
    const uint8_t *der = hf_peer_chain(peer, 0, &len); /* none of a peer that has a raw key only */
    if (der == NULL || hf_certificate_read(hf_span_of(der, len), &certificate, NULL) != HF_OK)
        return false;
    struct hf_span name = hf_name_common_name(certificate.subject);
    return name.len > 0 && hf_rule_match_pattern(node->pattern, name, 0, false);
}

static bool key_fits(const struct hf_rule_node *node, const struct hf_peer *peer)
{
    char printed[65];
    struct hf_text text = hf_text_of(printed, sizeof printed);
    hf_text_add_hex(&text, hf_span_of(hf_peer_key_fingerprint(peer), 32));
    return hf_span_equal_folded(node->pattern, hf_span_of_text(printed));
}

static bool group_fits(const struct hf_rule_node *group, const struct hf_peer *peer)
{
    bool all = group->kind == HF_RULE_ALL;
    for (size_t i = 1; i < group->size; i += group[i].size)
        if (hf_rule_match_peer(&group[i], peer) != all)
            return !all;
    return all;
}

bool hf_rule_match_peer(const struct hf_rule_node *node, const struct hf_peer *peer)
{
    switch (node->kind) {
    case HF_RULE_ALL:
    case HF_RULE_ANY:
        return group_fits(node, peer);
    case HF_RULE_NOT:
        return !hf_rule_match_peer(&node[1], peer);
    case HF_RULE_COMMON_NAME:
        return common_name_fits(node, peer);
    case HF_RULE_ISSUER:
        return issuer_fits(node, peer);
    case HF_RULE_KEY:
        return key_fits(node, peer);
    case HF_RULE_SPIFFE:
    case HF_RULE_URI:
    case HF_RULE_DNS:
    case HF_RULE_EMAIL:
    case HF_RULE_IP:
        break;
    }
    return any_name_fits(node, peer);
}
