/* Messages for people: one line a field, nested shapes indented by two spaces. For narration and debugging.
 * Bytes that a peer chose are shown as hexadecimal, or escaped where they are text; long ones are cut.
 * No secret stands in these messages. */
#ifndef HF_WIRE_PRINT_H
#define HF_WIRE_PRINT_H

#include "base/text.h"
#include "wire/message.h"

/* What a number in a message names. */
enum hf_wire_naming { HF_NAMING_NONE, HF_NAMING_SUITE, HF_NAMING_GROUP, HF_NAMING_SCHEME, HF_NAMING_VERSION };

/* Gives the name of a number, NULL when it knows none. The registry lies above this folder, so the caller brings it. */
struct hf_wire_names {
    const char *(*name)(enum hf_wire_naming naming, uint16_t value);
};

/* Prints a message's body (without its header). What cannot be read is said, and shown as hexadecimal.
 * `names` may be NULL: numbers then stand alone. */
void hf_wire_print(enum hf_message kind, enum hf_wire_style style, struct hf_span body,
                   const struct hf_wire_names *names, struct hf_text *text);

/* The same for any shape. Payloads of extensions in it are shown as hexadecimal. */
void hf_wire_print_shape(enum hf_wire_shape shape, struct hf_span body, const struct hf_wire_names *names,
                         struct hf_text *text);

#endif
