/* RFC 9525 2, 6.3, 6.4: only subject alternative names count, a DNS name matches label by label, an address as bytes.
 */
#include "trust/names.h"

#include "certificate/general_name.h"
#include "trust/address.h"

#define DNS_LEN_MAX   253
#define LABEL_LEN_MAX 63

static struct hf_span without_trailing_dot(struct hf_span name)
{
    return name.len > 1 && name.data[name.len - 1] == '.' ? hf_span_part(name, 0, name.len - 1) : name;
}

/* The name from the dot of its first label on; empty when it is one label only. */
static struct hf_span above_first_label(struct hf_span name)
{
    size_t at = 0;
    while (at < name.len && name.data[at] != '.')
        at++;
    return hf_span_part(name, at, name.len);
}

static bool is_label_byte(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

static bool is_label(struct hf_span label)
{
    if (label.len == 0 || label.len > LABEL_LEN_MAX || label.data[0] == '-' || label.data[label.len - 1] == '-')
        return false;
    for (size_t i = 0; i < label.len; i++)
        if (!is_label_byte(label.data[i]))
            return false;
    return true;
}

bool hf_names_is_dns(struct hf_span name)
{
    struct hf_span left = without_trailing_dot(name);
    if (left.len == 0 || left.len > DNS_LEN_MAX)
        return false;
    for (;;) {
        struct hf_span rest = above_first_label(left);
        if (!is_label(hf_span_part(left, 0, left.len - rest.len)))
            return false;
        if (rest.len == 0)
            return true;
        left = hf_span_part(rest, 1, rest.len);
    }
}

/* RFC 9525 6.3: the wildcard is the whole left-most label and stands for exactly one. Above it at least two labels are
 * demanded, so that "*.com" matches nothing; what is a registry's suffix beyond that is not known here. */
static bool match_wildcard(struct hf_span presented, struct hf_span wanted)
{
    struct hf_span base = hf_span_part(presented, 1, presented.len);
    struct hf_span above = above_first_label(wanted);
    if (base.len < 2 || base.data[0] != '.' || above.len == wanted.len)
        return false;
    struct hf_span parent = hf_span_part(base, 1, base.len);
    return above_first_label(parent).len > 1 && hf_names_is_dns(parent) && hf_span_equal_folded(base, above);
}

bool hf_names_match_dns(struct hf_span presented, struct hf_span wanted)
{
    wanted = without_trailing_dot(wanted);
    if (!hf_names_is_dns(wanted) || presented.len == 0)
        return false;
    if (presented.data[0] == '*')
        return match_wildcard(presented, wanted);
    return hf_span_equal_folded(presented, wanted);
}

/* Which kinds of names a leaf has, and whether one of them is the one wanted. */
struct look {
    bool any_name;
    bool matched;
};

static struct look look_for(const struct hf_certificate *leaf, enum hf_general_name_kind kind, struct hf_span wanted)
{
    struct look look = {0};
    struct hf_general_names each = hf_general_name_each(leaf->subject_alt_names);
    struct hf_general_name name;
    while (hf_general_name_next(&each, &name)) {
        look.any_name = look.any_name || name.kind == HF_GENERAL_NAME_DNS || name.kind == HF_GENERAL_NAME_IP ||
                        name.kind == HF_GENERAL_NAME_URI;
        if (name.kind == kind && kind == HF_GENERAL_NAME_DNS)
            look.matched = look.matched || hf_names_match_dns(name.value, wanted);
        else if (name.kind == kind)
            look.matched = look.matched || hf_span_equal(name.value, wanted);
    }
    return look;
}

enum hf_error hf_names_check_dns(const struct hf_certificate *leaf, struct hf_span wanted)
{
    struct look look = look_for(leaf, HF_GENERAL_NAME_DNS, wanted);
    if (look.matched)
        return HF_OK;
    return look.any_name ? HF_ERR_name_mismatch : HF_ERR_no_subject_alt_name;
}

enum hf_error hf_names_check_address(const struct hf_certificate *leaf, struct hf_span address)
{
    struct look look = look_for(leaf, HF_GENERAL_NAME_IP, address);
    if (look.matched)
        return HF_OK;
    return look.any_name ? HF_ERR_address_mismatch : HF_ERR_no_subject_alt_name;
}

bool hf_names_read_address(const char *text, uint8_t ret_address[16], size_t *ret_len)
{
    struct hf_span span = hf_span_of_text(text);
    if (hf_address_read_v4(span, ret_address)) {
        *ret_len = 4;
        return true;
    }
    if (span.len > 2 && span.data[0] == '[' && span.data[span.len - 1] == ']')
        span = hf_span_part(span, 1, span.len - 2);
    if (!hf_address_read_v6(span, ret_address))
        return false;
    *ret_len = 16;
    return true;
}

enum hf_error hf_names_check(const struct hf_certificate *leaf, const char *text)
{
    uint8_t address[16];
    size_t len = 0;
    if (hf_names_read_address(text, address, &len))
        return hf_names_check_address(leaf, hf_span_of(address, len));
    return hf_names_check_dns(leaf, hf_span_of_text(text));
}
