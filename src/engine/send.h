/* Data of the application, protected for the peer: into the queue, or straight into the caller's memory. */
#ifndef HF_ENGINE_SEND_H
#define HF_ENGINE_SEND_H

#include "base/writer.h"
#include "engine/connection.h"

/* Queues as much as there is room for. wrong_call before the handshake's end and after our close_notify; takes nothing
 * while a renegotiation runs. */
HF_MUST enum hf_error hf_send_queue(struct hf_connection *connection, struct hf_span data, size_t *ret_taken);

/* What is queued goes to `wire`, and behind it the data, as much as there is room for; `data` moves over it. The same
 * errors, and what was written counts in each case. Streams only. */
HF_MUST enum hf_error hf_send_through(struct hf_connection *connection, struct hf_pieces *data, struct hf_writer *wire);

#endif
