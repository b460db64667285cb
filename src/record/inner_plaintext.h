/* What a protected record of 1.3, or of DTLS 1.2 with a connection ID, holds: content, its type, and zeros behind it
 * (RFC 9846 5.4, RFC 9146 4). */
#ifndef HF_RECORD_INNER_PLAINTEXT_H
#define HF_RECORD_INNER_PLAINTEXT_H

#include "base/writer.h"
#include "seam/record.h"

enum { HF_INNER_TYPE_LEN = 1 };

/* Finds the type behind the content: the last byte that is not zero. Sets type, bytes (borrowed from `inner`) and
 * padding of *content, nothing else. HF_ERR_inner_plaintext_empty when there are zeros only. */
HF_MUST enum hf_error hf_inner_plaintext_read(struct hf_span inner, struct hf_record_content *content);

/* Writes content, its type and so many zeros into `inner`, which has room for exactly that. */
HF_MUST enum hf_error hf_inner_plaintext_write(const struct hf_record_content *content, size_t padding,
                                               struct hf_writer *inner);

#endif
