/* Names of extensions, the shapes of their payloads, and questions to a block of them. RFC 9846 4.3, RFC 8701. */
#include "wire/extension.h"

#include "base/must.h"

bool hf_extension_is_grease(uint16_t value)
{
    return (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff);
}

const char *hf_extension_name(uint16_t type)
{
    switch (type) {
#define HF_EXTENSION_TYPE(number, name)                                                                                \
    case number:                                                                                                       \
        return #name;
#include "wire/extension_types.def"
#undef HF_EXTENSION_TYPE
    default:
        return hf_extension_is_grease(type) ? "GREASE" : "unknown extension";
    }
}

enum hf_wire_shape hf_extension_payload_shape(uint16_t type, enum hf_message message)
{
    static const struct {
        uint16_t type;
        enum hf_message message;
        enum hf_wire_shape shape;
    } payloads[] = {
#define HF_PAYLOAD(extension, message, shape) {HF_EXTENSION_##extension, HF_MESSAGE_##message, HF_WIRE_##shape},
#include "wire/extension_payloads.def"
#undef HF_PAYLOAD
    };
    for (size_t i = 0; i < HF_COUNT(payloads); i++)
        if (payloads[i].type == type && payloads[i].message == message)
            return payloads[i].shape;
    return HF_WIRE_opaque;
}

/* One bit a type: a block may hold 16384 empty extensions, and comparing all pairs of them would be a gift to whoever
 * wants to keep us busy. */
enum hf_error hf_wire_extensions_check(struct hf_span block)
{
    uint8_t seen[0x10000 / 8] = {0};
    struct hf_reader list = hf_reader_of(block);
    struct hf_wire_extension extension;
    bool twice = false;
    while (hf_wire_step_extension(&list, &extension)) {
        uint8_t bit = (uint8_t)(1u << (extension.type & 7));
        twice = twice || (seen[extension.type >> 3] & bit) != 0;
        seen[extension.type >> 3] |= bit;
    }
    if (!hf_reader_end(&list))
        return HF_ERR_decode_error;
    return twice ? HF_ERR_duplicate_extension : HF_OK;
}

bool hf_wire_extension_find(struct hf_span block, uint16_t type, struct hf_span *ret_data)
{
    struct hf_reader list = hf_reader_of(block);
    struct hf_wire_extension extension;
    while (hf_wire_step_extension(&list, &extension)) {
        if (extension.type != type)
            continue;
        *ret_data = extension.data;
        return true;
    }
    return false;
}
