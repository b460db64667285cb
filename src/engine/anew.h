/* Beginning anew: over datagrams anyone can write, and any bit can change, in what goes in the clear. So a client whose
 * handshake fails, is refused, or stands still before the server's Finished has come begins again with a new hello, a
 * few times: only what came under proven keys ends it at once. RFC 9147 5.1, 5.11, 11; RFC 6347 4.2.1, 4.2.8. */
#ifndef HF_ENGINE_ANEW_H
#define HF_ENGINE_ANEW_H

#include "engine/connection.h"

/* Instead of a failure that we found, or of an alert in the clear: whether it began anew. */
HF_MUST bool hf_anew_after_error(struct hf_connection *connection, enum hf_error error);
HF_MUST bool hf_anew_after_alert(struct hf_connection *connection, uint8_t alert);

/* A datagram came; a message was taken. */
void hf_anew_note_datagram(struct hf_connection *connection);
void hf_anew_note_progress(struct hf_connection *connection);

/* When it has stood still for too long; UINT64_MAX: never. Then hf_anew_tick. */
uint64_t hf_anew_deadline(const struct hf_connection *connection);
void hf_anew_tick(struct hf_connection *connection);

#endif
