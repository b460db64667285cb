/* Handshake messages by kind: the vocabulary of the state machine. A kind is what the message means, not its number on
 * the wire: ServerHello and HelloRetryRequest share a number and are two kinds (RFC 9846 4.2.3).
 * The rows are in wire/message_kinds.def; tables and tests expand them too. */
#ifndef HF_WIRE_MESSAGE_H
#define HF_WIRE_MESSAGE_H

#include "wire/shape.h"

enum hf_message {
#define HF_MESSAGE(kind, wire, name, shape12, shape13) HF_MESSAGE_##kind,
#include "wire/message_kinds.def"
#undef HF_MESSAGE
    HF_MESSAGES /* how many there are */
};

/* The two families of message bodies: (D)TLS 1.2 and before, (D)TLS 1.3. */
enum hf_wire_style { HF_WIRE_STYLE_12, HF_WIRE_STYLE_13 };

enum {
    HF_MESSAGE_HEADER_LEN = 4,      /* type, and the body's length in three bytes: RFC 9846 4 */
    HF_MESSAGE_BODY_MAX = 0xffffff, /* what the header can say; what we accept is far less */
    HF_MESSAGE_RANDOM_LEN = 32,     /* ClientHello.random, ServerHello.random */
    HF_MESSAGE_SESSION_ID_MAX = 32
};

/* The kind of a message with this number in its header. The body (without the header) is looked at only where the
 * number is not enough; it need not be well-formed. HF_MESSAGE_unknown for a number without a row. */
enum hf_message hf_message_classify(uint8_t wire_type, struct hf_span body);

/* The number on the wire; 255 for HF_MESSAGE_unknown. */
uint8_t hf_message_wire_type(enum hf_message kind);

/* As the RFCs write it: "ClientHello". Static; never NULL. */
const char *hf_message_name(enum hf_message kind);

/* The shape of the body in the given style; HF_WIRE_opaque where that style has no such message. */
enum hf_wire_shape hf_message_shape(enum hf_message kind, enum hf_wire_style style);

/* The 32 bytes in ServerHello.random that make it a HelloRetryRequest (RFC 9846 4.2.3). Static. */
struct hf_span hf_message_retry_random(void);

#endif
