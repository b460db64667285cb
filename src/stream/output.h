/* Records into an ordered stream of bytes: cut to the limit, sealed straight into what waits for the peer.
 * RFC 9846 5.1, RFC 8449 4. */
#ifndef HF_STREAM_OUTPUT_H
#define HF_STREAM_OUTPUT_H

#include "base/buffer.h"
#include "seam/framing.h"

struct hf_output {
    struct hf_buffer flight;              /* handshake messages that may still share a record */
    struct hf_buffer wire;                /* sealed: waits for the peer */
    struct hf_record_protection *writing; /* owned */
    enum hf_framing_rules rules;
    size_t send_limit;       /* of protected records; 0: the protocol's */
    size_t send_plain_limit; /* of others */
    bool has_sent;           /* anything, ever */
};

/* `writing` is owned from here on. */
void hf_output_init(struct hf_output *output, const struct hf_allocator *allocator,
                    struct hf_record_protection *writing);

/* See the send_ calls of seam/framing.h. */
HF_MUST enum hf_error hf_output_message(struct hf_output *output, struct hf_span message);
HF_MUST enum hf_error hf_output_ccs(struct hf_output *output);
HF_MUST enum hf_error hf_output_alert(struct hf_output *output, uint8_t level, uint8_t alert);
HF_MUST enum hf_error hf_output_data(struct hf_output *output, struct hf_span data, size_t *ret_taken);
HF_MUST enum hf_error hf_output_data_into(struct hf_output *output, struct hf_pieces *data, struct hf_writer *wire);
HF_MUST enum hf_error hf_output_flush(struct hf_output *output);

/* Flushes, then seals with `writing`; it is owned in every case. */
HF_MUST enum hf_error hf_output_turn(struct hf_output *output, struct hf_record_protection *writing);

/* Ends all sending: what waits stays, the keys and what was not sealed yet go. `ended` becomes what seals nothing; it
 * may be what sealed before. */
void hf_output_forget_keys(struct hf_output *output, struct hf_record_protection *ended);

/* Gives memory back when nothing is held. */
void hf_output_rest(struct hf_output *output);
void hf_output_release(struct hf_output *output);

#endif
