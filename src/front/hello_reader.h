/* A ClientHello in the clear, out of records (RFC 9846 5.1), and an inner one back into records. */
#ifndef HF_FRONT_HELLO_READER_H
#define HF_FRONT_HELLO_READER_H

#include "base/buffer.h"
#include "error/error.h"

enum { HF_HELLO_READER_HEADER = 5 /* of a record */ };

enum hf_hello_reading {
    HF_HELLO_NEEDS_MORE,
    HF_HELLO_WHOLE, /* it ends where a record does */
    HF_HELLO_NONE   /* what came is something else, or broken */
};

struct hf_hello_reader {
    struct hf_buffer message; /* with its header, as far as it came */
    size_t max;               /* of its body */
};

void hf_hello_reader_init(struct hf_hello_reader *reader, const struct hf_allocator *allocator, size_t max);
void hf_hello_reader_release(struct hf_hello_reader *reader);

/* Takes whole records off the front of `wire`, and says how many bytes they were. */
HF_MUST enum hf_error hf_hello_reader_take(struct hf_hello_reader *reader, struct hf_span wire, size_t *ret_len,
                                           enum hf_hello_reading *ret_reading);

/* The body of one that is whole. */
struct hf_span hf_hello_reader_body(const struct hf_hello_reader *reader);

/* A hello of this body in records that say `version`. */
HF_MUST enum hf_error hf_hello_reader_write(struct hf_span body, uint16_t version, struct hf_buffer *into);

#endif
