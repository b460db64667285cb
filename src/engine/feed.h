/* Bytes of the peer, through the framing, to handshake, alerts and data. */
#ifndef HF_ENGINE_FEED_H
#define HF_ENGINE_FEED_H

#include "engine/connection.h"

/* Takes bytes; what cannot be handled yet is held. */
enum hf_error hf_feed_take(struct hf_connection *connection, struct hf_span wire);

/* Handles what is here until something is needed: more bytes, an answer, or that data be read. */
enum hf_error hf_feed_pump(struct hf_connection *connection);

#endif
