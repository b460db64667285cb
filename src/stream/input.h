/* Records out of an ordered stream of bytes: one at a time is collected, checked and opened in place.
 * What its content means is judged in stream.c. RFC 9846 5.1 and 5.2, RFC 5246 6.2. */
#ifndef HF_STREAM_INPUT_H
#define HF_STREAM_INPUT_H

#include "base/buffer.h"
#include "seam/framing.h"

struct hf_input {
    struct hf_buffer record; /* the record in progress, header first: never a byte of the one behind it */
    struct hf_span lent;     /* or the record as it lies in what was fed: opened from there, into `record` */
    size_t record_len;       /* with its header; 0: header not complete yet */
    bool is_open;            /* `content` is what is left of the record */
    bool is_protected;       /* it was opened under keys */
    bool has_begun;          /* a record came before: now even nonsense is TLS gone wrong, not a stranger */
    struct hf_span content;
    uint8_t type;                         /* of content */
    struct hf_record_protection *reading; /* owned */
    enum hf_framing_rules rules;
    bool is_handshake_over;
    size_t receive_limit; /* 0: the protocol's */
    size_t skip_left;     /* wire bytes of refused early data that may still be dropped */
};

/* `reading` is owned from here on. */
void hf_input_init(struct hf_input *input, const struct hf_allocator *allocator, struct hf_record_protection *reading);

/* See hf_framing_feed. Takes nothing while content is left. A whole record is not copied: `wire` must stay until it was
 * opened, by the next call of hf_input_open. */
HF_MUST enum hf_error hf_input_feed(struct hf_input *input, struct hf_span wire, size_t *ret_taken);

/* Opens the record in progress if it is whole: then is_open, type, content. Records that are to be dropped unseen leave
 * nothing. Call it only when not is_open. */
HF_MUST enum hf_error hf_input_open(struct hf_input *input);

/* Opens the record at the front of `wire`, if it is one of data, whole, and fits the room: *ret_len is how long the
 * data is, and `wire` moves over it. What turns out to be something else, or longer than the room when it is inflated,
 * is taken as well, and is open then as after hf_input_open; what was not taken is for hf_input_feed. */
struct hf_input_room {
    uint8_t *into;
    size_t len;
};
HF_MUST enum hf_error hf_input_open_data(struct hf_input *input, struct hf_span *wire, struct hf_input_room room,
                                         size_t *ret_len);

/* The content was handed up, or is to be dropped: what it lay in is wiped. */
void hf_input_close(struct hf_input *input);

void hf_input_turn(struct hf_input *input, struct hf_record_protection *reading);

/* Gives memory back when nothing is held. */
void hf_input_rest(struct hf_input *input);
void hf_input_release(struct hf_input *input);

#endif
