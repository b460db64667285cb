/* The wire grammar made into C: for every HF_SHAPE(x) of wire/shapes.def there is
 *
 *   struct hf_wire_x         its fields: integers by value, all else as spans that borrow from what was read
 *   HF_WIRE_x                its number, for code that takes any shape
 *   a description            its fields as rows: the one reader, writer and printer walk them
 *
 * A field f that is HF_OPTIONAL also has the member `bool has_f`; a field f that is HF_PART is a nested struct, and
 * `f_bytes` is the span of its bytes when read (writers do not look at it). RFC 9846 3 is the language of the grammar.
 */
#ifndef HF_WIRE_SHAPE_H
#define HF_WIRE_SHAPE_H

#include "base/span.h"

/* The exact-width type of an HF_UINT: its width in bytes is part of the name. */
typedef uint8_t hf_wire_uint1;
typedef uint16_t hf_wire_uint2;
typedef uint32_t hf_wire_uint3;
typedef uint32_t hf_wire_uint4;

/* One row a kind of field. */
/* clang-format off */
#define HF_SHAPE(shape)                            struct hf_wire_##shape {
#define HF_UINT(width, field)                      hf_wire_uint##width field;
#define HF_BYTES(length, field)                    struct hf_span field;
#define HF_VECTOR(prefix, field, min, max)         struct hf_span field;
#define HF_LIST(prefix, field, min, max, element)  struct hf_span field;
#define HF_ITEMS(prefix, field, min, max, item)    struct hf_span field;
#define HF_OPTIONAL(prefix, field, min, max, item) bool has_##field; struct hf_span field;
#define HF_PART(field, part)                       struct hf_wire_##part field; struct hf_span field##_bytes;
#define HF_REST(field, min, max)                   struct hf_span field;
#define HF_NOTHING()                               uint8_t nothing; /* C has no empty struct */
#define HF_SHAPE_END(shape)                        };
/* clang-format on */
#include "wire/shapes.def"

enum hf_wire_shape {
#define HF_SHAPE(shape) HF_WIRE_##shape,
#include "wire/shapes.def"
    HF_WIRE_SHAPES /* how many there are */
};

/* Room for any shape. */
union hf_wire_any {
#define HF_SHAPE(shape) struct hf_wire_##shape shape;
#include "wire/shapes.def"
};

enum hf_wire_field_kind {
    HF_FIELD_UINT,
    HF_FIELD_BYTES,
    HF_FIELD_VECTOR,
    HF_FIELD_LIST,
    HF_FIELD_ITEMS,
    HF_FIELD_OPTIONAL,
    HF_FIELD_PART,
    HF_FIELD_REST,
    HF_FIELD_NOTHING
};

struct hf_wire_field {
    const char *name;
    enum hf_wire_field_kind kind;
    uint8_t width;   /* of the integer, or of the length in front */
    uint8_t element; /* LIST: bytes of one element */
    uint32_t min;    /* bytes; BYTES: min == max */
    uint32_t max;
    enum hf_wire_shape item; /* ITEMS, OPTIONAL, PART: the shape inside */
    size_t offset;           /* of the member in the struct */
    size_t beside;           /* OPTIONAL: of has_f; PART: of f_bytes */
};

struct hf_wire_description {
    const char *name;
    const struct hf_wire_field *fields;
    size_t field_count;
    size_t size; /* of the struct, bytes */
};

/* The description of a shape. Static; never NULL for a number below HF_WIRE_SHAPES. */
const struct hf_wire_description *hf_wire_shape_describe(enum hf_wire_shape shape);

#endif
