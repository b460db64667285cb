/* What the hellos say of connection IDs, on its way to and from the framing. RFC 9146 3, RFC 9147 9, RFC 9853 3. */
#ifndef HF_HANDSHAKE_ID_AGREEMENT_H
#define HF_HANDSHAKE_ID_AGREEMENT_H

#include "handshake/handshake.h"

/* A client: makes the ID that its hello says, if the config uses IDs. */
HF_MUST enum hf_error hf_id_agreement_offer(struct hf_handshake *handshake);

/* A server: makes the ID that its ServerHello says, if both use IDs; its answer gets it. */
HF_MUST enum hf_error hf_id_agreement_answer(struct hf_handshake *handshake, struct hf_server_answer *answer);

/* What was negotiated holds: records under keys have IDs. */
HF_MUST enum hf_error hf_id_agreement_conclude(struct hf_handshake *handshake);

#endif
