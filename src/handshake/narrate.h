/* Narration: what each message was for and what it decided, told to the application that asked (hf_builder_observe). */
#ifndef HF_HANDSHAKE_NARRATE_H
#define HF_HANDSHAKE_NARRATE_H

#include "handshake/handshake.h"

void hf_narrate_message(struct hf_handshake *handshake, bool sent, enum hf_message message, struct hf_span whole);
/* A hello that is, or was, encrypted in another one. */
void hf_narrate_inner_hello(struct hf_handshake *handshake, struct hf_span whole);

void hf_narrate_ccs(struct hf_handshake *handshake, bool sent);
/* DTLS 1.3: `content` names the records that came, 16 bytes each behind a length of 2 (RFC 9147 7). */
void hf_narrate_ack(struct hf_handshake *handshake, bool sent, struct hf_span content);
void hf_narrate_alert(struct hf_handshake *handshake, bool sent, unsigned alert);

#endif
