/* The descriptions of shapes: the grammar's rows as constant data, so that one reader, one writer and one printer
 * serve every message. Invariant: rows stand in the order of the wire. RFC 9846 3. */
#include "wire/shape.h"

#include "base/must.h"

/* Each shape becomes a function, for the name `self` to mean its struct in the rows between. */
/* clang-format off */
#define HF_SHAPE(shape)                                                                                                \
    static const struct hf_wire_description *describe_##shape(void)                                                    \
    {                                                                                                                  \
        typedef struct hf_wire_##shape self;                                                                           \
        static const struct hf_wire_field fields[] = {
#define HF_UINT(bytes, field)                                                                                          \
            {.name = #field, .kind = HF_FIELD_UINT, .width = (bytes), .offset = offsetof(self, field)},
#define HF_BYTES(length, field)                                                                                        \
            {.name = #field, .kind = HF_FIELD_BYTES, .min = (length), .max = (length), .offset = offsetof(self, field)},
#define HF_VECTOR(prefix, field, least, most)                                                                          \
            {.name = #field, .kind = HF_FIELD_VECTOR, .width = (prefix), .min = (least), .max = (most),                \
             .offset = offsetof(self, field)},
#define HF_LIST(prefix, field, least, most, bytes)                                                                     \
            {.name = #field, .kind = HF_FIELD_LIST, .width = (prefix), .min = (least), .max = (most),                  \
             .element = (bytes), .offset = offsetof(self, field)},
#define HF_ITEMS(prefix, field, least, most, inside)                                                                   \
            {.name = #field, .kind = HF_FIELD_ITEMS, .width = (prefix), .min = (least), .max = (most),                 \
             .item = HF_WIRE_##inside, .offset = offsetof(self, field)},
#define HF_OPTIONAL(prefix, field, least, most, inside)                                                                \
            {.name = #field, .kind = HF_FIELD_OPTIONAL, .width = (prefix), .min = (least), .max = (most),              \
             .item = HF_WIRE_##inside, .offset = offsetof(self, field), .beside = offsetof(self, has_##field)},
#define HF_PART(field, part)                                                                                           \
            {.name = #field, .kind = HF_FIELD_PART, .item = HF_WIRE_##part, .offset = offsetof(self, field),           \
             .beside = offsetof(self, field##_bytes)},
#define HF_REST(field, least, most)                                                                                    \
            {.name = #field, .kind = HF_FIELD_REST, .min = (least), .max = (most), .offset = offsetof(self, field)},
#define HF_NOTHING()                                                                                                   \
            {.name = "", .kind = HF_FIELD_NOTHING, .offset = offsetof(self, nothing)},
#define HF_SHAPE_END(shape)                                                                                            \
        };                                                                                                             \
        static const struct hf_wire_description description = {#shape, fields, HF_COUNT(fields), sizeof(self)};        \
        return &description;                                                                                           \
    }
/* clang-format on */
#include "wire/shapes.def"

const struct hf_wire_description *hf_wire_shape_describe(enum hf_wire_shape shape)
{
    switch (shape) {
#define HF_SHAPE(shape)                                                                                                \
    case HF_WIRE_##shape:                                                                                              \
        return describe_##shape();
#include "wire/shapes.def"
    case HF_WIRE_SHAPES:
        break;
    }
    return describe_opaque();
}
