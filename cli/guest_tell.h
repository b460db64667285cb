/* What `serve` prints of its guests, a line each time, on standard output: when one has opened, when one has failed.
 * The line names the same handshake, reason and number as the client's own report. */
#ifndef HF_CLI_GUEST_TELL_H
#define HF_CLI_GUEST_TELL_H

#include "guest.h"

/* Tells what became of the guest since the last call, if anything. */
void hf_guest_tell(struct hf_guest *guest, bool json);

/* That guests are waited for, and where. */
void hf_guest_tell_listening(const char *address, bool json);

#endif
