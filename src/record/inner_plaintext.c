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

enum hf_error hf_inner_plaintext_write(const struct hf_record_content *content, size_t padding, struct hf_writer *inner)
{
    hf_writer_bytes(inner, content->bytes);
    hf_writer_u8(inner, content->type);
    uint8_t *zeros = hf_writer_room(inner, padding);
    if (zeros == NULL || !hf_writer_end(inner))
        return HF_ERR_internal;
    for (size_t i = 0; i < padding; i++)
        zeros[i] = 0;
    return HF_OK;
}
