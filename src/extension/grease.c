#include "extension/grease.h"

/* RFC 8701 2: 0x0a0a, 0x1a1a, ... 0xfafa. */
static uint16_t number(unsigned seed)
{
    return (uint16_t)(0x0a0a + 0x1010 * (seed & 15));
}

uint16_t hf_grease_value(const struct hf_grease *grease, enum hf_grease_place place)
{
    return number(grease->seed[place]);
}

void hf_grease_write(const struct hf_grease *grease, enum hf_grease_place place, struct hf_writer *list)
{
    if (grease->on)
        hf_writer_u16(list, hf_grease_value(grease, place));
}

void hf_grease_write_extension(const struct hf_grease *grease, bool is_last, struct hf_writer *block)
{
    static const uint8_t zero[1] = {0};
    if (!grease->on)
        return;
    hf_writer_u16(block, number(grease->seed[HF_GREASE_EXTENSION] + (is_last ? 1U : 0U)));
    hf_writer_vector(block, 2, hf_span_of(zero, is_last ? 1 : 0));
}
