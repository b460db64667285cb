/* Tags are implicit, but for distributionPoint itself, as a CHOICE cannot be tagged otherwise (RFC 5280 4.2.1.13). */
#include "certificate/distribution_point.h"

#include "certificate/general_name.h"

bool hf_distribution_point_take_name(struct hf_der *der, struct hf_distribution_point *ret_point)
{
    struct hf_der choice = hf_der_enter(der, HF_DER_CONTEXT_SET(0));
    if (hf_der_next_is(&choice, HF_DER_CONTEXT_SET(1)))
        ret_point->relative_name = hf_der_take(&choice, HF_DER_CONTEXT_SET(1));
    else
        ret_point->full_name = hf_der_take(&choice, HF_DER_CONTEXT_SET(0));
    bool sound = ret_point->relative_name.len > 0 || hf_general_name_check_all(ret_point->full_name);
    if (hf_der_end(&choice) && sound)
        return true;
    hf_der_spoil(der);
    return false;
}

bool hf_distribution_point_take(struct hf_der *list, struct hf_distribution_point *ret_point)
{
    struct hf_distribution_point point = {0};
    struct hf_der der = hf_der_enter(list, HF_DER_SEQUENCE);
    bool sound = true;
    if (hf_der_next_is(&der, HF_DER_CONTEXT_SET(0)))
        sound = hf_distribution_point_take_name(&der, &point);
    point.has_reasons = hf_der_next_is(&der, HF_DER_CONTEXT(1));
    if (point.has_reasons)
        (void)hf_der_named_bits_tagged(&der, HF_DER_CONTEXT(1));
    if (hf_der_next_is(&der, HF_DER_CONTEXT_SET(2))) {
        point.crl_issuer = hf_der_take(&der, HF_DER_CONTEXT_SET(2));
        sound = sound && hf_general_name_check_all(point.crl_issuer);
    }
    if (!hf_der_end(&der) || !sound) {
        hf_der_spoil(list);
        return false;
    }
    *ret_point = point;
    return true;
}

struct hf_span hf_distribution_point_uri(const struct hf_distribution_point *point)
{
    struct hf_general_names each = hf_general_name_each(point->full_name);
    struct hf_general_name name;
    while (hf_general_name_next(&each, &name))
        if (name.kind == HF_GENERAL_NAME_URI)
            return name.value;
    return hf_span_of(NULL, 0);
}

static bool has_name(struct hf_span names, const struct hf_general_name *wanted)
{
    struct hf_general_names each = hf_general_name_each(names);
    struct hf_general_name name;
    while (hf_general_name_next(&each, &name))
        if (name.kind == wanted->kind && hf_span_equal(name.value, wanted->value))
            return true;
    return false;
}

bool hf_distribution_point_shares_name(const struct hf_distribution_point *a, const struct hf_distribution_point *b)
{
    if (a->relative_name.len > 0 || b->relative_name.len > 0)
        return hf_span_equal(a->relative_name, b->relative_name);
    struct hf_general_names each = hf_general_name_each(a->full_name);
    struct hf_general_name name;
    while (hf_general_name_next(&each, &name))
        if (has_name(b->full_name, &name))
            return true;
    return false;
}
