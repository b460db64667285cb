/* The samples of wire_samples.def as a table, and their bytes. For tests of src/wire/. */
#ifndef HF_TESTS_WIRE_SAMPLES_H
#define HF_TESTS_WIRE_SAMPLES_H

#include "wire/shape.h"

struct wire_sample {
    enum hf_wire_shape shape;
    const char *name;
    const char *hex;
};

extern const struct wire_sample wire_samples[];
extern const size_t wire_sample_count;

/* Makes bytes of hexadecimal digits; blanks between them are skipped. Ends the program when they do not fit. */
struct hf_span wire_sample_bytes(const char *hex, uint8_t *into, size_t room);

/* The bytes of a sample by name. */
struct hf_span wire_sample_named(enum hf_wire_shape shape, const char *name, uint8_t *into, size_t room);

#endif
