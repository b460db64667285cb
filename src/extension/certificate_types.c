#include "extension/certificate_types.h"

#include "extension/fail.h"
#include "wire/read.h"

static struct hf_span span_of(const struct hf_certificate_types *types)
{
    return hf_span_of(types->items, types->count);
}

static bool is_x509_alone(struct hf_span types)
{
    return types.len == 1 && hf_wire_list_has(types, 1, HF_CERTIFICATE_TYPE_X509);
}

bool hf_certificate_types_write(const struct hf_certificate_types *types, struct hf_writer *payload)
{
    hf_writer_vector(payload, 1, span_of(types));
    return types->count > 0 && !is_x509_alone(span_of(types));
}

enum hf_error hf_certificate_types_take(const struct hf_extension_reading *reading, struct hf_span payload,
                                        struct hf_span *ret_types)
{
    struct hf_wire_certificate_types list;
    HF_TRY(hf_wire_read_certificate_types(payload, &list));
    if (is_x509_alone(list.types)) {
        struct hf_text got = hf_extension_fail_got(reading->failure);
        hf_text_add(&got, "X.509 alone, which goes without saying");
        return HF_ERR_illegal_parameter;
    }
    *ret_types = list.types;
    return HF_OK;
}

enum hf_error hf_certificate_types_check(const struct hf_extension_reading *reading, struct hf_span payload,
                                         const struct hf_certificate_types *offered, enum hf_certificate_type *ret_type)
{
    struct hf_wire_certificate_type choice;
    HF_TRY(hf_wire_read_certificate_type(payload, &choice));
    if (!hf_wire_list_has(span_of(offered), 1, choice.type)) {
        struct hf_text got = hf_extension_fail_got(reading->failure);
        hf_text_add(&got, "type %u", (unsigned)choice.type);
        return HF_ERR_certificate_type_unsupported;
    }
    *ret_type = (enum hf_certificate_type)choice.type;
    return HF_OK;
}
