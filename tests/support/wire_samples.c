/* Hexadecimal to bytes, and the table of samples. */
#include "support/wire_samples.h"

#include <stdlib.h>
#include <string.h>

const struct wire_sample wire_samples[] = {
#define HF_SAMPLE(shape, name, hex) {HF_WIRE_##shape, #name, hex},
#include "support/wire_samples.def"
#undef HF_SAMPLE
};

const size_t wire_sample_count = sizeof wire_samples / sizeof wire_samples[0];

struct hf_span wire_sample_bytes(const char *hex, uint8_t *into, size_t room)
{
    static const char digits[] = "0123456789abcdef";
    size_t nibbles = 0;
    for (; *hex != '\0'; hex++) {
        if (*hex == ' ')
            continue;
        const char *digit = strchr(digits, *hex);
        if (digit == NULL || nibbles / 2 >= room)
            abort();
        uint8_t value = (uint8_t)(digit - digits);
        into[nibbles / 2] = (uint8_t)(nibbles % 2 == 0 ? value << 4 : into[nibbles / 2] | value);
        nibbles++;
    }
    if (nibbles % 2 != 0)
        abort();
    return hf_span_of(into, nibbles / 2);
}

struct hf_span wire_sample_named(enum hf_wire_shape shape, const char *name, uint8_t *into, size_t room)
{
    for (size_t i = 0; i < wire_sample_count; i++)
        if (wire_samples[i].shape == shape && strcmp(wire_samples[i].name, name) == 0)
            return wire_sample_bytes(wire_samples[i].hex, into, room);
    abort();
}
