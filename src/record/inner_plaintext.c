#include "record/inner_plaintext.h"

enum hf_error hf_inner_plaintext_read(struct hf_span inner, struct hf_record_content *content)
{
    size_t len = inner.len;
    while (len > 0 && inner.data[len - 1] == 0)
        len--;
    if (len == 0)
        return HF_ERR_inner_plaintext_empty;
    content->type = inner.data[len - 1];
    content->bytes = hf_span_part(inner, 0, len - 1);
    content->padding = inner.len - len;
    return HF_OK;
}
