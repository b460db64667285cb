/* Early data: when a client offers it and a server takes it, and what becomes of it. RFC 9846 4.3.10, 8; E.3. */
#ifndef HF_HANDSHAKE_EARLY_DATA_H
#define HF_HANDSHAKE_EARLY_DATA_H

#include "handshake/handshake.h"

/* A client that offers past->session: whether data may follow its hello. */
void hf_early_data_plan(struct hf_handshake *handshake);

/* A client: the server will read nothing of it. Nothing where none was offered, or the answer is known. */
void hf_early_data_refuse(struct hf_handshake *handshake);

/* A client, on EncryptedExtensions: whether the server took it, and if so whether rightly. */
HF_MUST enum hf_error hf_early_data_answered(struct hf_handshake *handshake);

/* A server that resumes by a ticket: notes how far the age that the client says it has is from the one that it has. */
void hf_early_data_note_age(struct hf_handshake *handshake);

/* A server that resumes past->session, whose peer holds: takes what the client sends early, or has it dropped. */
HF_MUST enum hf_error hf_early_data_decide(struct hf_handshake *handshake);

/* A server that takes it from anyone may answer before the client's Finished (RFC 9846 2.3; what 4.5.3 warns of, that
 * the client has proven nothing yet, is so anyway). */
bool hf_early_data_is_answered(const struct hf_handshake *handshake);

/* A server, on the client's Finished: records of what follows are as long as we said, also where no EndOfEarlyData told
 * it to be so. */
void hf_early_data_over(const struct hf_handshake *handshake);

/* A server: so much came. HF_ERR_early_data_too_long. */
HF_MUST enum hf_error hf_early_data_count(struct hf_handshake *handshake, size_t len);

#endif
