/* What a protected record of 1.3 holds: content, its type, and zeros behind it (RFC 9846 5.4). */
#ifndef HF_RECORD_INNER_PLAINTEXT_H
#define HF_RECORD_INNER_PLAINTEXT_H

#include "seam/record.h"

/* Finds the type behind the content: the last byte that is not zero. Sets type, bytes (borrowed from `inner`) and
 * padding of *content, nothing else. HF_ERR_inner_plaintext_empty when there are zeros only. */
HF_MUST enum hf_error hf_inner_plaintext_read(struct hf_span inner, struct hf_record_content *content);

#endif
