/* Puts handshake messages together from the contents of records. RFC 9846 4 and 5.1: a message may lie over several
 * records, and a record may hold several messages. */
#ifndef HF_STREAM_ASSEMBLER_H
#define HF_STREAM_ASSEMBLER_H

#include "base/buffer.h"
#include "error/error.h"

struct hf_assembler {
    struct hf_buffer partial; /* bytes of one message that no single record holds whole */
    bool is_lent;             /* `partial` is whole and was handed up: gone at the next call */
    size_t body_max;
};

/* Holds nothing yet. `body_max`: the longest message body. */
void hf_assembler_init(struct hf_assembler *assembler, const struct hf_allocator *allocator, size_t body_max);
void hf_assembler_set_max(struct hf_assembler *assembler, size_t body_max);

/* Takes bytes off the front of *content. Gives a whole message, lent until the next call, or an empty span when
 * content is used up before one is whole; then *content is empty. */
HF_MUST enum hf_error hf_assembler_next(struct hf_assembler *assembler, struct hf_span *content,
                                        struct hf_span *ret_message);

/* Whether a message has begun and is not whole. */
bool hf_assembler_is_inside(const struct hf_assembler *assembler);

/* Ends the loan, and gives memory back when nothing is held. */
void hf_assembler_rest(struct hf_assembler *assembler);
void hf_assembler_release(struct hf_assembler *assembler);

#endif
