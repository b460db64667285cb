/* The one reader: it walks a shape's description and fills the shape's struct. Everything a peer sends in a handshake
 * message passes here, and only here. Invariants: spans stay inside of what is read; lists are walked whole, so that
 * later walks cannot fail; calls nest as deep as the grammar does (four), never as deep as the input says.
 * RFC 9846 3; decode_error: RFC 9846 6.2. */
#include "wire/read.h"

static void take_shape(struct hf_reader *reader, enum hf_wire_shape shape, void *ret);

static void *member(void *of, size_t offset)
{
    return (uint8_t *)of + offset;
}

static void keep_span(void *ret, size_t offset, struct hf_span span)
{
    struct hf_span *at = member(ret, offset);
    *at = span;
}

/* The member has the type that shape.h gives to an integer of this width. */
static void take_uint(struct hf_reader *reader, const struct hf_wire_field *field, void *ret)
{
    uint64_t value = hf_reader_uint(reader, field->width);
    if (field->width == 1)
        *(hf_wire_uint1 *)member(ret, field->offset) = (hf_wire_uint1)value;
    else if (field->width == 2)
        *(hf_wire_uint2 *)member(ret, field->offset) = (hf_wire_uint2)value;
    else
        *(hf_wire_uint4 *)member(ret, field->offset) = (hf_wire_uint4)value;
}

static struct hf_span take_vector(struct hf_reader *reader, const struct hf_wire_field *field)
{
    return hf_reader_vector(reader, field->width, field->min, field->max);
}

static struct hf_span take_list(struct hf_reader *reader, const struct hf_wire_field *field)
{
    struct hf_span list = take_vector(reader, field);
    if (list.len % field->element != 0)
        hf_reader_spoil(reader);
    return list;
}

static struct hf_span take_items(struct hf_reader *reader, const struct hf_wire_field *field)
{
    struct hf_span items = take_vector(reader, field);
    struct hf_reader inside = hf_reader_of(items);
    union hf_wire_any item;
    if (field->item == HF_WIRE_extension) {
        while (hf_wire_step_extension(&inside, &item.extension))
            ;
    } else {
        while (hf_reader_more(&inside))
            take_shape(&inside, field->item, &item);
    }
    if (!hf_reader_end(&inside))
        hf_reader_spoil(reader);
    return items;
}

/* TLS 1.2 leaves the extensions out altogether when there are none: RFC 5246 7.4.1.2. */
static void take_optional(struct hf_reader *reader, const struct hf_wire_field *field, void *ret)
{
    bool *has = member(ret, field->beside);
    *has = hf_reader_more(reader);
    keep_span(ret, field->offset, *has ? take_items(reader, field) : hf_span_of(NULL, 0));
}

/* The part's bytes are kept for who signs or hashes them. */
static void take_part(struct hf_reader *reader, const struct hf_wire_field *field, void *ret)
{
    struct hf_reader again = *reader;
    take_shape(reader, field->item, member(ret, field->offset));
    keep_span(ret, field->beside, hf_reader_bytes(&again, again.left - reader->left));
}

static struct hf_span take_rest(struct hf_reader *reader, const struct hf_wire_field *field)
{
    struct hf_span rest = hf_reader_rest(reader);
    if (rest.len < field->min || rest.len > field->max)
        hf_reader_spoil(reader);
    return rest;
}

static void take_field(struct hf_reader *reader, const struct hf_wire_field *field, void *ret)
{
    switch (field->kind) {
    case HF_FIELD_UINT:
        take_uint(reader, field, ret);
        break;
    case HF_FIELD_BYTES:
        keep_span(ret, field->offset, hf_reader_bytes(reader, field->max));
        break;
    case HF_FIELD_VECTOR:
        keep_span(ret, field->offset, take_vector(reader, field));
        break;
    case HF_FIELD_LIST:
        keep_span(ret, field->offset, take_list(reader, field));
        break;
    case HF_FIELD_ITEMS:
        keep_span(ret, field->offset, take_items(reader, field));
        break;
    case HF_FIELD_OPTIONAL:
        take_optional(reader, field, ret);
        break;
    case HF_FIELD_PART:
        take_part(reader, field, ret);
        break;
    case HF_FIELD_REST:
        keep_span(ret, field->offset, take_rest(reader, field));
        break;
    case HF_FIELD_NOTHING:
        *(uint8_t *)member(ret, field->offset) = 0;
        break;
    }
}

static void take_shape(struct hf_reader *reader, enum hf_wire_shape shape, void *ret)
{
    const struct hf_wire_description *description = hf_wire_shape_describe(shape);
    for (size_t i = 0; i < description->field_count; i++)
        take_field(reader, &description->fields[i], ret);
}

enum hf_error hf_wire_read_any(enum hf_wire_shape shape, struct hf_span body, void *ret)
{
    struct hf_reader reader = hf_reader_of(body);
    take_shape(&reader, shape, ret);
    return hf_reader_end(&reader) ? HF_OK : HF_ERR_decode_error;
}

bool hf_wire_next_any(enum hf_wire_shape shape, struct hf_reader *list, void *ret)
{
    if (!hf_reader_more(list))
        return false;
    take_shape(list, shape, ret);
    return !list->bad;
}

#define HF_SHAPE(shape)                                                                                                \
    enum hf_error hf_wire_read_##shape(struct hf_span body, struct hf_wire_##shape *ret)                               \
    {                                                                                                                  \
        struct hf_wire_##shape local = {0};                                                                            \
        HF_TRY(hf_wire_read_any(HF_WIRE_##shape, body, &local));                                                       \
        *ret = local;                                                                                                  \
        return HF_OK;                                                                                                  \
    }                                                                                                                  \
    bool hf_wire_next_##shape(struct hf_reader *list, struct hf_wire_##shape *ret)                                     \
    {                                                                                                                  \
        struct hf_wire_##shape local = {0};                                                                            \
        if (!hf_wire_next_any(HF_WIRE_##shape, list, &local))                                                          \
            return false;                                                                                              \
        *ret = local;                                                                                                  \
        return true;                                                                                                   \
    }
#include "wire/shapes.def"

bool hf_wire_list_has(struct hf_span list, size_t element, uint64_t value)
{
    struct hf_reader reader = hf_reader_of(list);
    while (hf_reader_more(&reader)) {
        uint64_t here = hf_reader_uint(&reader, element);
        if (!reader.bad && here == value)
            return true;
    }
    return false;
}
