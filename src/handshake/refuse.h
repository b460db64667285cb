/* How a step refuses: it says the error, where it was found, what was wanted and what came, in one call, and returns
 * the error. The first refusal counts. The alert follows from the table of errors; who sends it is the engine. */
#ifndef HF_HANDSHAKE_REFUSE_H
#define HF_HANDSHAKE_REFUSE_H

#include "handshake/handshake.h"

/* Where the failure is told. While the handshake runs it is there; an open connection has none, so that it is small,
 * and allocates it now. NULL without memory: then the error's number has to say it all. */
struct hf_failure *hf_refuse_room(struct hf_handshake *handshake);

/* Nothing failed. */
void hf_refuse_forget(struct hf_handshake *handshake);

/* `where` names the message and field ("ServerHello.cipher_suite"); wanted and got may be NULL. Returns `error`. */
HF_MUST enum hf_error hf_refuse(struct hf_handshake *handshake, enum hf_error error, const char *where,
                                const char *wanted, const char *got);

/* The same with what somebody else found. */
HF_MUST enum hf_error hf_refuse_as(struct hf_handshake *handshake, enum hf_error error, const struct hf_failure *found);

/* The same with what came as a formatted text. */
HF_MUST enum hf_error hf_refuse_got(struct hf_handshake *handshake, enum hf_error error, const char *where,
                                    const char *format, ...) HF_PRINTF(4, 5);

#endif
