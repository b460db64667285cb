/* The one writer: it walks a shape's description and appends the struct's fields. Invariant: what it writes, the reader
 * of the same shape accepts, as long as the items of lists were written by this folder too. RFC 9846 3. */
#include "wire/write.h"

static void put_shape(struct hf_writer *writer, enum hf_wire_shape shape, const void *value);

static const void *member(const void *of, size_t offset)
{
    return (const uint8_t *)of + offset;
}

static struct hf_span span_at(const void *value, size_t offset)
{
    const struct hf_span *at = member(value, offset);
    return *at;
}

static void put_uint(struct hf_writer *writer, const struct hf_wire_field *field, const void *value)
{
    const void *at = member(value, field->offset);
    if (field->width == 1)
        hf_writer_u8(writer, *(const hf_wire_uint1 *)at);
    else if (field->width == 2)
        hf_writer_u16(writer, *(const hf_wire_uint2 *)at);
    else
        hf_writer_uint(writer, field->width, *(const hf_wire_uint4 *)at);
}

/* A field's bytes, judged by its bounds; outside of them the writer is spoiled. */
static struct hf_span bounded(struct hf_writer *writer, const struct hf_wire_field *field, const void *value)
{
    struct hf_span bytes = span_at(value, field->offset);
    if (bytes.len < field->min || bytes.len > field->max || (field->element > 1 && bytes.len % field->element != 0))
        writer->bad = true;
    return bytes;
}

static void put_field(struct hf_writer *writer, const struct hf_wire_field *field, const void *value)
{
    switch (field->kind) {
    case HF_FIELD_UINT:
        put_uint(writer, field, value);
        break;
    case HF_FIELD_BYTES:
    case HF_FIELD_REST:
        hf_writer_bytes(writer, bounded(writer, field, value));
        break;
    case HF_FIELD_VECTOR:
    case HF_FIELD_LIST:
    case HF_FIELD_ITEMS:
        hf_writer_vector(writer, field->width, bounded(writer, field, value));
        break;
    case HF_FIELD_OPTIONAL:
        if (*(const bool *)member(value, field->beside))
            hf_writer_vector(writer, field->width, bounded(writer, field, value));
        break;
    case HF_FIELD_PART:
        put_shape(writer, field->item, member(value, field->offset));
        break;
    case HF_FIELD_NOTHING:
        break;
    }
}

static void put_shape(struct hf_writer *writer, enum hf_wire_shape shape, const void *value)
{
    const struct hf_wire_description *description = hf_wire_shape_describe(shape);
    for (size_t i = 0; i < description->field_count; i++)
        put_field(writer, &description->fields[i], value);
}

void hf_wire_write_any(struct hf_writer *writer, enum hf_wire_shape shape, const void *value)
{
    put_shape(writer, shape, value);
}

#define HF_SHAPE(shape)                                                                                                \
    void hf_wire_write_##shape(struct hf_writer *writer, const struct hf_wire_##shape *value)                          \
    {                                                                                                                  \
        put_shape(writer, HF_WIRE_##shape, value);                                                                     \
    }
#include "wire/shapes.def"
