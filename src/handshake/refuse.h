/* How a step refuses: it says the error, where it was found, what was wanted and what came, in one call, and returns
 * the error. The first refusal counts. The alert follows from the table of errors; who sends it is the engine. */
#ifndef HF_HANDSHAKE_REFUSE_H
#define HF_HANDSHAKE_REFUSE_H

#include "handshake/handshake.h"

/* `where` names the message and field ("ServerHello.cipher_suite"); wanted and got may be NULL. Returns `error`. */
HF_MUST enum hf_error hf_refuse(struct hf_handshake *handshake, enum hf_error error, const char *where,
                                const char *wanted, const char *got);

/* The same with what came as a formatted text. */
HF_MUST enum hf_error hf_refuse_got(struct hf_handshake *handshake, enum hf_error error, const char *where,
                                    const char *format, ...) HF_PRINTF(4, 5);

#endif
