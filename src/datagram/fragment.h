/* The header of a handshake message, and of every fragment of one, over datagrams: RFC 9147 5.2, RFC 6347 4.2.2.
 *   type, 3-byte length of the message, 2-byte message_seq, 3-byte offset and length of this fragment */
#ifndef HF_DATAGRAM_FRAGMENT_H
#define HF_DATAGRAM_FRAGMENT_H

#include "base/reader.h"
#include "base/writer.h"

enum { HF_FRAGMENT_HEADER_LEN = 12 };

struct hf_fragment {
    uint8_t type;
    size_t message_len; /* of the whole body */
    uint16_t message_seq;
    size_t offset;
    struct hf_span bytes;
};

/* Takes the next fragment off a record's content; false when there is none that is well-formed: it must lie within its
 * message (RFC 9147 5.5). */
HF_MUST bool hf_fragment_read(struct hf_reader *content, struct hf_fragment *ret_fragment);

/* Writes header and bytes. */
void hf_fragment_write(struct hf_writer *content, const struct hf_fragment *fragment);

#endif
