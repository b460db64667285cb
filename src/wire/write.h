/* Structs to bytes. For every shape x (wire/items.def, extensions.def, messages.def) this declares
 *
 *   void hf_wire_write_x(struct hf_writer *writer, const struct hf_wire_x *value)
 *
 * which appends the shape's bytes. A field outside of its bounds, half elements and lack of room spoil the writer:
 * hf_writer_end tells, once, at the end. Lists (HF_LIST, HF_ITEMS) are given as finished bytes: write their
 * elements into a writer of their own, or open the vector in place with hf_writer_open. RFC 9846 3. */
#ifndef HF_WIRE_WRITE_H
#define HF_WIRE_WRITE_H

#include "base/writer.h"
#include "wire/shape.h"

#define HF_SHAPE(shape) void hf_wire_write_##shape(struct hf_writer *writer, const struct hf_wire_##shape *value);
#include "wire/shapes.def"

/* The same for a shape chosen at run time: `value` points to its struct, or to a union hf_wire_any. */
void hf_wire_write_any(struct hf_writer *writer, enum hf_wire_shape shape, const void *value);

#endif
