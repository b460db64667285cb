/* Bytes to structs. For every shape x (wire/items.def, extensions.def, messages.def) this declares
 *
 *   enum hf_error hf_wire_read_x(struct hf_span body, struct hf_wire_x *ret)
 *       reads the whole body. HF_ERR_decode_error when it is too short, has bytes left over, a length lies, is out of
 *       its bounds, or an item of a list is malformed; *ret is then untouched. Spans in *ret borrow from `body`.
 *
 *   bool hf_wire_next_x(struct hf_reader *list, struct hf_wire_x *ret)
 *       takes the next item off a list; false at its end, or when the item is malformed: then the list is bad and
 *       hf_reader_end(list) says so. Lists that came out of hf_wire_read_... are well-formed already:
 *
 *           struct hf_reader list = hf_reader_of(hello.extensions);
 *           struct hf_wire_extension extension;
 *           while (hf_wire_next_extension(&list, &extension))
 *               ...
 *
 * Well-formed is all that is judged here: whether a value makes sense is for who uses it. RFC 9846 3, 6.2. */
#ifndef HF_WIRE_READ_H
#define HF_WIRE_READ_H

#include "base/reader.h"
#include "error/error.h"
#include "wire/shape.h"

#define HF_SHAPE(shape)                                                                                                \
    HF_MUST enum hf_error hf_wire_read_##shape(struct hf_span body, struct hf_wire_##shape *ret);                      \
    HF_MUST bool hf_wire_next_##shape(struct hf_reader *list, struct hf_wire_##shape *ret);
#include "wire/shapes.def"

/* As hf_wire_next_extension, inline: a hello may have thousands of extensions, each read three times before the hello
 * is judged. tests/unit/wire/read_test.c holds this against the shape's description. */
HF_MUST static inline bool hf_wire_step_extension(struct hf_reader *list, struct hf_wire_extension *ret)
{
    if (!hf_reader_more(list))
        return false;
    const uint16_t type = hf_reader_u16(list);
    const size_t len = hf_reader_u16(list);
    const struct hf_span data = hf_reader_bytes(list, len);
    if (list->bad)
        return false;
    *ret = (struct hf_wire_extension){.type = type, .data = data};
    return true;
}

/* hf_wire_read_ and hf_wire_next_ for a shape chosen at run time: `ret` points to its struct, or to a union
 * hf_wire_any. Unlike the others they may leave *ret half filled on failure. */
HF_MUST enum hf_error hf_wire_read_any(enum hf_wire_shape shape, struct hf_span body, void *ret);
HF_MUST bool hf_wire_next_any(enum hf_wire_shape shape, struct hf_reader *list, void *ret);

/* Whether a list of integers of `element` bytes each (an HF_LIST) holds `value`. */
bool hf_wire_list_has(struct hf_span list, size_t element, uint64_t value);

#endif
