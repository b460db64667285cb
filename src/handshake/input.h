/* What moves the state machine: every kind of handshake message, and the few things that are no message. */
#ifndef HF_HANDSHAKE_INPUT_H
#define HF_HANDSHAKE_INPUT_H

#include "wire/message.h"

enum hf_input {
#define HF_MESSAGE(kind, wire, name, shape12, shape13) HF_INPUT_##kind,
#include "wire/message_kinds.def"
#undef HF_MESSAGE
    HF_INPUT_change_cipher_spec, /* RFC 5246 7.1: a protocol of its own */
    HF_INPUT_no_renegotiation,   /* the warning of that name answers a HelloRequest of ours: RFC 5246 7.2.2 */
    HF_INPUT_flight_sent,        /* the flight of a sending state is out */
    HF_INPUT_verdict,            /* the application answered hf_answer_verdict */
    HF_INPUT_session,            /* ... hf_answer_session: the body is what it found */
    HF_INPUT_hello_answer,       /* ... hf_answer_hello: the message is the hello again */
    HF_INPUT_ask,                /* ... called hf_ask_for_certificate */
    HF_INPUT_give_ids,           /* ... called hf_give_connection_ids */
    HF_INPUT_ask_ids,            /* ... called hf_ask_for_connection_ids */
    HF_INPUTS
};

/* The first enumerators are those of enum hf_message, so a message's kind is its input. */
static inline enum hf_input hf_input_of_message(enum hf_message message)
{
    return (enum hf_input)message;
}

/* "ClientHello", "ChangeCipherSpec", ... Static. */
const char *hf_input_name(enum hf_input input);

#endif
