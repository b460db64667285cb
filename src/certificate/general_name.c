/* GeneralName is a CHOICE of context tags (RFC 5280 4.2.1.6). Checked once, when the certificate is read;
 * after that, walking it cannot fail. */
#include "certificate/general_name.h"

#include "certificate/name.h"
#include "certificate/oid.h"

struct hf_general_names hf_general_name_each(struct hf_span names)
{
    return (struct hf_general_names){.der = hf_der_of(names)};
}

static bool take_name(struct hf_der *der, struct hf_general_name *ret_name)
{
    uint8_t tag = 0;
    struct hf_general_name name = {0};
    struct hf_span whole = {0};
    if (!hf_der_more(der) || !hf_der_element(der, &tag, &name.value, &whole))
        return false;
    unsigned number = tag & 0x1fU;
    bool constructed =
        number == HF_GENERAL_NAME_OTHER || (number >= HF_GENERAL_NAME_X400 && number <= HF_GENERAL_NAME_EDI);
    if (number > HF_GENERAL_NAME_REGISTERED_ID ||
        tag != (constructed ? HF_DER_CONTEXT_SET(number) : HF_DER_CONTEXT(number))) {
        hf_der_spoil(der);
        return false;
    }
    name.kind = (enum hf_general_name_kind)number;
    *ret_name = name;
    return true;
}

bool hf_general_name_next(struct hf_general_names *names, struct hf_general_name *ret_name)
{
    return take_name(&names->der, ret_name);
}

/* minimum is always its default, 0, and maximum never there (RFC 5280 4.2.1.10): in DER the base stands alone. */
bool hf_general_name_next_subtree(struct hf_general_names *names, struct hf_general_name *ret_base)
{
    if (!hf_der_more(&names->der))
        return false;
    struct hf_der subtree = hf_der_enter(&names->der, HF_DER_SEQUENCE);
    struct hf_general_name base = {0};
    if (!take_name(&subtree, &base) || !hf_der_end(&subtree)) {
        hf_der_spoil(&names->der);
        return false;
    }
    *ret_base = base;
    return true;
}

static bool is_graphic(struct hf_span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] <= 0x20 || text.data[i] >= 0x7f)
            return false;
    return true;
}

/* Ones, then zeros (RFC 4632 5.1). Another mask means nothing that a person could have meant. */
static bool is_mask(struct hf_span mask)
{
    bool ended = false;
    for (size_t i = 0; i < mask.len * 8; i++) {
        bool one = (mask.data[i / 8] & (0x80U >> (i % 8))) != 0;
        if (one && ended)
            return false;
        ended = ended || !one;
    }
    return true;
}

static bool check_address(struct hf_span value, bool is_base)
{
    if (!is_base)
        return value.len == 4 || value.len == 16;
    return (value.len == 8 || value.len == 32) && is_mask(hf_span_part(value, value.len / 2, value.len));
}

static bool check_name(const struct hf_general_name *name, bool is_base)
{
    switch (name->kind) {
    case HF_GENERAL_NAME_DNS:
    case HF_GENERAL_NAME_EMAIL:
    case HF_GENERAL_NAME_URI: /* an empty base stands for every name */
        return is_graphic(name->value) && (is_base || name->value.len > 0);
    case HF_GENERAL_NAME_IP:
        return check_address(name->value, is_base);
    case HF_GENERAL_NAME_DIRECTORY:
        return hf_name_check(name->value);
    case HF_GENERAL_NAME_REGISTERED_ID:
        return hf_oid_check(name->value);
    case HF_GENERAL_NAME_OTHER:
    case HF_GENERAL_NAME_X400:
    case HF_GENERAL_NAME_EDI:
        return name->value.len > 0;
    }
    return false;
}

bool hf_general_name_check_all(struct hf_span names)
{
    struct hf_general_names each = hf_general_name_each(names);
    struct hf_general_name name;
    while (hf_general_name_next(&each, &name))
        if (!check_name(&name, /* is_base */ false))
            return false;
    return names.len > 0 && hf_der_end(&each.der);
}

bool hf_general_name_check_subtrees(struct hf_span subtrees)
{
    struct hf_general_names each = hf_general_name_each(subtrees);
    struct hf_general_name base;
    while (hf_general_name_next_subtree(&each, &base))
        if (!check_name(&base, /* is_base */ true))
            return false;
    return subtrees.len > 0 && hf_der_end(&each.der);
}

static unsigned group_at(struct hf_span address, size_t i)
{
    return (unsigned)address.data[2 * i] << 8 | address.data[2 * i + 1];
}

/* RFC 5952 4: lower case, no leading zeros, the first of the longest runs of two or more zero groups as "::". */
static void print_ipv6(struct hf_span address, struct hf_text *text)
{
    size_t run_from = 8;
    size_t run_len = 1;
    for (size_t i = 0; i < 8; i++) {
        size_t len = 0;
        while (i + len < 8 && group_at(address, i + len) == 0)
            len++;
        if (len > run_len) {
            run_from = i;
            run_len = len;
        }
    }
    for (size_t i = 0; i < 8; i++) {
        if (i == run_from) {
            hf_text_add(text, "::");
            i += run_len - 1;
            continue;
        }
        bool after_run = run_from < 8 && i == run_from + run_len;
        hf_text_add(text, "%s%x", i == 0 || after_run ? "" : ":", group_at(address, i));
    }
}

void hf_general_name_print_address(struct hf_span address, struct hf_text *text)
{
    if (address.len == 16)
        print_ipv6(address, text);
    else if (address.len == 4)
        hf_text_add(text, "%u.%u.%u.%u", address.data[0], address.data[1], address.data[2], address.data[3]);
    else
        hf_text_add_hex(text, address);
}

static void print_range(struct hf_span value, struct hf_text *text)
{
    size_t half = value.len / 2;
    unsigned ones = 0;
    for (size_t i = half * 8; i < value.len * 8; i++)
        ones += (value.data[i / 8] & (0x80U >> (i % 8))) != 0;
    hf_general_name_print_address(hf_span_part(value, 0, half), text);
    hf_text_add(text, "/%u", ones);
}

void hf_general_name_print(const struct hf_general_name *name, struct hf_text *text)
{
    static const char *const labels[] = {"other", "email", "DNS", "X400",      "directory",
                                         "EDI",   "URI",   "IP",  "registered"};
    hf_text_add(text, "%s:", (size_t)name->kind < HF_COUNT(labels) ? labels[name->kind] : "?");
    switch (name->kind) {
    case HF_GENERAL_NAME_DIRECTORY:
        hf_name_print(name->value, text);
        break;
    case HF_GENERAL_NAME_IP:
        if (name->value.len == 8 || name->value.len == 32)
            print_range(name->value, text);
        else
            hf_general_name_print_address(name->value, text);
        break;
    case HF_GENERAL_NAME_REGISTERED_ID:
        hf_oid_print(name->value, text);
        break;
    case HF_GENERAL_NAME_OTHER:
    case HF_GENERAL_NAME_X400:
    case HF_GENERAL_NAME_EDI:
        hf_text_add_hex(text, name->value);
        break;
    case HF_GENERAL_NAME_DNS:
    case HF_GENERAL_NAME_EMAIL:
    case HF_GENERAL_NAME_URI:
        hf_text_add_safe(text, name->value);
        break;
    }
}

void hf_general_name_print_all(struct hf_span names, struct hf_text *text)
{
    struct hf_general_names each = hf_general_name_each(names);
    struct hf_general_name name;
    for (bool first = true; hf_general_name_next(&each, &name); first = false) {
        hf_text_add(text, first ? "" : ", ");
        hf_general_name_print(&name, text);
    }
}
