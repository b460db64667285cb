/* Our own signature over the handshake: at once by a key of ours, or later by an outside signer. */
#ifndef HF_HANDSHAKE_SIGN_H
#define HF_HANDSHAKE_SIGN_H

#include "handshake/handshake.h"
#include "seam/signer.h"

struct hf_sign_room {
    uint8_t bytes[HF_SIGNER_ROOM];
};

/* Asks the identity's signer for a signature with own_scheme over `message`. When it is ready, *ret_signature is it, in
 * `room` or lent until the next message is built. When it is not, *ret_signature is empty, the handshake rests and
 * raises HF_EVENT_NEEDS_SIGNATURE; the builder returns HF_OK and is called again, with the same message, once it is
 * there. */
HF_MUST enum hf_error hf_sign_own(struct hf_handshake *handshake, struct hf_span message, struct hf_sign_room *room,
                                  struct hf_span *ret_signature);

/* The answer. HF_ERR_signer_failed when our certificate does not verify it. */
HF_MUST enum hf_error hf_sign_answer(struct hf_handshake *handshake, struct hf_span signature);

/* There is none: returns HF_ERR_signer_failed. why: NULL when it is not known. */
enum hf_error hf_sign_refuse(struct hf_handshake *handshake, const char *why);

#endif
