/* Every doubt is decided against the certificate: a name that cannot be judged is in no permitted subtree and in every
 * excluded one. Wildcards and trailing dots of presented names, and the case of DNS names, are the known ways around.
 */
#include "trust/constraints.h"

#include "certificate/name.h"
#include "trust/address.h"
#include "trust/names.h"

static bool ends_folded(struct hf_span name, struct hf_span end)
{
    return name.len >= end.len && hf_span_equal_folded(hf_span_part(name, name.len - end.len, end.len), end);
}

static struct hf_span without_trailing_dot(struct hf_span name)
{
    return name.len > 0 && name.data[name.len - 1] == '.' ? hf_span_part(name, 0, name.len - 1) : name;
}

static bool begins_with(struct hf_span name, uint8_t byte)
{
    return name.len > 0 && name.data[0] == byte;
}

/* `base` itself, and what is below it; ".base" (of practice, not of the RFC) means only what is below. */
static bool covers_domain(struct hf_span base, struct hf_span name)
{
    if (base.len == 0)
        return true;
    if (begins_with(base, '.'))
        return name.len > base.len && ends_folded(name, base);
    if (hf_span_equal_folded(base, name))
        return true;
    return name.len > base.len && ends_folded(name, base) && name.data[name.len - base.len - 1] == '.';
}

static bool is_dns_or_wildcard(struct hf_span name)
{
    bool wildcard = name.len > 2 && name.data[0] == '*' && name.data[1] == '.';
    return hf_names_is_dns(wildcard ? hf_span_part(name, 2, name.len) : name);
}

/* "*.example.com" also stands for names in an excluded "secret.example.com" (when_unsure: excluded). What is no DNS
 * name at all, like ".example.com", lies in no permitted subtree. */
static bool covers_dns(struct hf_span base, struct hf_span name, bool when_unsure)
{
    base = without_trailing_dot(base);
    name = without_trailing_dot(name);
    if (covers_domain(base, name))
        return when_unsure || is_dns_or_wildcard(name);
    if (!begins_with(name, '*'))
        return when_unsure && !hf_names_is_dns(name);
    struct hf_span parent = hf_span_part(name, 1, name.len);
    struct hf_span host = begins_with(base, '.') ? hf_span_part(base, 1, base.len) : base;
    return when_unsure && (parent.len < 2 || ends_folded(host, parent) || !begins_with(parent, '.'));
}

static size_t find_last(struct hf_span text, uint8_t byte)
{
    size_t at = text.len;
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] == byte)
            at = i;
    return at;
}

static size_t find_any(struct hf_span text, const char *bytes)
{
    struct hf_span set = hf_span_of_text(bytes);
    for (size_t i = 0; i < text.len; i++)
        for (size_t j = 0; j < set.len; j++)
            if (text.data[i] == set.data[j])
                return i;
    return text.len;
}

/* A base is a mailbox, a host, or ".domain" for the hosts below it. Only a mailbox's local part has case. A second "@"
 * can only stand in a quoted local part (RFC 5321 4.1.2); who reads which one as the last is not for us to find out. */
static bool covers_email(struct hf_span base, struct hf_span name, bool when_unsure)
{
    size_t at = find_last(name, '@');
    if (at == 0 || at + 1 >= name.len || find_any(name, "@") != at)
        return when_unsure;
    struct hf_span host = without_trailing_dot(hf_span_part(name, at + 1, name.len));
    size_t base_at = find_last(base, '@');
    if (base_at < base.len)
        return hf_span_equal(hf_span_part(base, 0, base_at), hf_span_part(name, 0, at)) &&
               hf_span_equal_folded(without_trailing_dot(hf_span_part(base, base_at + 1, base.len)), host);
    base = without_trailing_dot(base);
    return begins_with(base, '.') ? covers_domain(base, host) : base.len == 0 || hf_span_equal_folded(base, host);
}

/* The host of scheme://user@host:port/path (RFC 3986 3.2); empty when there is none or it is an IP address, which a
 * constraint on URIs cannot judge (RFC 5280 4.2.1.10). */
static struct hf_span host_of(struct hf_span uri)
{
    struct hf_span none = {0};
    struct hf_span left = hf_span_part(uri, find_any(uri, ":"), uri.len);
    if (!hf_span_equal(hf_span_part(left, 0, 3), hf_span_of_text("://")))
        return none;
    left = hf_span_part(left, 3, left.len);
    struct hf_span authority = hf_span_part(left, 0, find_any(left, "/?#"));
    size_t at = find_last(authority, '@');
    struct hf_span host = at < authority.len ? hf_span_part(authority, at + 1, authority.len) : authority;
    if (begins_with(host, '['))
        return none;
    host = without_trailing_dot(hf_span_part(host, 0, find_any(host, ":")));
    uint8_t address[4];
    return hf_address_read_v4(host, address) ? none : host;
}

/* A base is a host, or ".domain" for the hosts below it. */
static bool covers_uri(struct hf_span base, struct hf_span name, bool when_unsure)
{
    struct hf_span host = host_of(name);
    if (host.len == 0)
        return when_unsure;
    base = without_trailing_dot(base);
    return begins_with(base, '.') ? covers_domain(base, host) : base.len == 0 || hf_span_equal_folded(base, host);
}

static bool covers_address(struct hf_span base, struct hf_span address)
{
    if (base.len != 2 * address.len)
        return false;
    for (size_t i = 0; i < address.len; i++)
        if (((base.data[i] ^ address.data[i]) & base.data[address.len + i]) != 0)
            return false;
    return true;
}

bool hf_constraints_covers(const struct hf_general_name *base, const struct hf_general_name *name, bool when_unsure)
{
    switch (base->kind) {
    case HF_GENERAL_NAME_DNS:
        return covers_dns(base->value, name->value, when_unsure);
    case HF_GENERAL_NAME_EMAIL:
        return covers_email(base->value, name->value, when_unsure);
    case HF_GENERAL_NAME_URI:
        return covers_uri(base->value, name->value, when_unsure);
    case HF_GENERAL_NAME_IP:
        return covers_address(base->value, name->value);
    case HF_GENERAL_NAME_DIRECTORY:
        return hf_name_is_within(base->value, name->value);
    case HF_GENERAL_NAME_OTHER:
    case HF_GENERAL_NAME_X400:
    case HF_GENERAL_NAME_EDI:
    case HF_GENERAL_NAME_REGISTERED_ID:
        break;
    }
    return when_unsure;
}

static bool is_form_done(enum hf_general_name_kind kind)
{
    return kind == HF_GENERAL_NAME_DNS || kind == HF_GENERAL_NAME_EMAIL || kind == HF_GENERAL_NAME_URI ||
           kind == HF_GENERAL_NAME_IP || kind == HF_GENERAL_NAME_DIRECTORY;
}

struct work {
    const struct hf_certificate *ca;
    struct hf_constraints_violation *violation;
    unsigned long left;
};

static enum hf_error violated(struct work *work, const struct hf_general_name *name, bool excluded)
{
    *work->violation = (struct hf_constraints_violation){
        .name = *name, .excluded = excluded, .unsupported = !is_form_done(name->kind)};
    return HF_ERR_name_constraint;
}

/* In no excluded subtree; and, if there are permitted ones of its kind, in one of them. */
static enum hf_error check_name(struct work *work, const struct hf_general_name *name)
{
    struct hf_general_name base;
    struct hf_general_names each = hf_general_name_each(work->ca->excluded_subtrees);
    while (hf_general_name_next_subtree(&each, &base)) {
        if (work->left-- == 0)
            return HF_ERR_path_search_exhausted;
        if (base.kind == name->kind && hf_constraints_covers(&base, name, /* when_unsure */ true))
            return violated(work, name, /* excluded */ true);
    }
    bool any = false;
    bool inside = false;
    each = hf_general_name_each(work->ca->permitted_subtrees);
    while (!inside && hf_general_name_next_subtree(&each, &base)) {
        if (work->left-- == 0)
            return HF_ERR_path_search_exhausted;
        any = any || base.kind == name->kind;
        inside = base.kind == name->kind && hf_constraints_covers(&base, name, /* when_unsure */ false);
    }
    return any && !inside ? violated(work, name, /* excluded */ false) : HF_OK;
}

/* The subject counts as a directoryName when it is not empty, and its e-mail address as a mailbox when no subject
 * alternative name is one (RFC 5280 4.2.1.10). */
static enum hf_error check_subject(struct work *work, const struct hf_certificate *certificate, bool any_email)
{
    if (hf_name_is_empty(certificate->subject))
        return HF_OK;
    struct hf_general_name name = {.kind = HF_GENERAL_NAME_DIRECTORY, .value = certificate->subject};
    HF_TRY(check_name(work, &name));
    struct hf_general_name email = {.kind = HF_GENERAL_NAME_EMAIL, .value = hf_name_email(certificate->subject)};
    if (any_email || email.value.len == 0)
        return HF_OK;
    return check_name(work, &email);
}

enum hf_error hf_constraints_check(const struct hf_certificate *ca, const struct hf_certificate *certificate,
                                   struct hf_constraints_violation *ret_violation)
{
    struct work work = {.ca = ca, .violation = ret_violation, .left = HF_CONSTRAINTS_WORK_MAX};
    struct hf_general_names each = hf_general_name_each(certificate->subject_alt_names);
    struct hf_general_name name;
    bool any_email = false;
    while (hf_general_name_next(&each, &name)) {
        any_email = any_email || name.kind == HF_GENERAL_NAME_EMAIL;
        HF_TRY(check_name(&work, &name));
    }
    return check_subject(&work, certificate, any_email);
}
