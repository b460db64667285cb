/* A client's first hello, shown to the application before anything is chosen by it (<handfast/hello.h>). It waits
 * outside of the transcript and is taken with the answer. */
#ifndef HF_HANDSHAKE_HELLO_OUTSIDE_H
#define HF_HANDSHAKE_HELLO_OUTSIDE_H

#include <handfast/hello.h>

#include "handshake/handshake.h"

/* Keeps the message, which has been read, and asks. */
HF_MUST enum hf_error hf_hello_outside_show(struct hf_handshake *handshake, const struct hf_taken *taken);

/* What is shown: while the machine awaits the answer. */
void hf_hello_outside_tell(const struct hf_handshake *handshake, struct hf_hello *ret_hello);

/* Notes how to go on; NULL: as configured. False: the protocol is none of the client's, and nothing was noted. */
bool hf_hello_outside_note(struct hf_handshake *handshake, const struct hf_hello_answer *answer);

/* The answer as the machine takes it: the message once more. Lives until forget. */
struct hf_taken hf_hello_outside_answer(const struct hf_handshake *handshake);

/* Gives back what was kept for it. */
void hf_hello_outside_forget(struct hf_handshake *handshake);

#endif
