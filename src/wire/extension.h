/* Extensions as bytes: their code points and names, and questions to a whole block of them.
 * A block is the inside of an extensions<..> vector: the field `extensions` of a shape. RFC 9846 4.3, RFC 6066, RFC
 * 8701. */
#ifndef HF_WIRE_EXTENSION_H
#define HF_WIRE_EXTENSION_H

#include "wire/message.h"
#include "wire/read.h"

/* The code points that have a name. Other numbers are legal too: on the wire a type is any uint16_t. */
enum hf_extension_type {
#define HF_EXTENSION_TYPE(number, name) HF_EXTENSION_##name = number,
#include "wire/extension_types.def"
#undef HF_EXTENSION_TYPE
    HF_EXTENSION_TYPE_MAX = 0xffff
};

/* The registry's name of an extension; "GREASE" for the values of RFC 8701, else "unknown extension". Static. */
const char *hf_extension_name(uint16_t type);

/* Whether a value is one of the sixteen that RFC 8701 reserves (0x0a0a, 0x1a1a ...); they stand for suites, groups,
 * versions and signature schemes too. */
bool hf_extension_is_grease(uint16_t value);

/* The shape of an extension's payload in a message; HF_WIRE_opaque where this library knows none. */
enum hf_wire_shape hf_extension_payload_shape(uint16_t type, enum hf_message message);

/* Whether a block is well-formed and holds no type twice: HF_ERR_decode_error, HF_ERR_duplicate_extension.
 * The time is linear in the block's length; 8 KiB of stack. */
HF_MUST enum hf_error hf_wire_extensions_check(struct hf_span block);

/* Finds the first extension of a type: true, and its payload. False, and *ret_data untouched, when there is none.
 * A found empty payload and a missing extension are thus told apart. */
HF_MUST bool hf_wire_extension_find(struct hf_span block, uint16_t type, struct hf_span *ret_data);

#endif
