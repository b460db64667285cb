/* Bytes of the peer, through the framing, to handshake, alerts and data. */
#ifndef HF_ENGINE_FEED_H
#define HF_ENGINE_FEED_H

#include "engine/connection.h"

/* Takes bytes; what cannot be handled yet is held. wrong_call when that would be too much: then it took nothing. */
enum hf_error hf_feed_take(struct hf_connection *connection, struct hf_span wire);

/* As hf_rest says. */
void hf_feed_rest(struct hf_connection *connection);
/* QUIC: the same of one encryption level; they are held by the framing. */
enum hf_error hf_feed_take_level(struct hf_connection *connection, enum hf_level level, struct hf_span bytes);

/* The transport ended: fails when it was cut, now or, if something is held still, once that was handled. */
enum hf_error hf_feed_finish(struct hf_connection *connection);

/* Gives data (or early data) that waits, as much as there is room for, and handles what it held up; returns how much
 * went. Over datagrams of one record at most. */
size_t hf_feed_read(struct hf_connection *connection, bool early, struct hf_rooms *into);

/* Both at once, over a stream: takes from the front of `wire`, gives to the front of `into` and counts it in *ret_len,
 * until either ends or an answer is needed. Holds nothing but a record of which a part came. */
enum hf_error hf_feed_receive(struct hf_connection *connection, struct hf_span *wire, struct hf_rooms *into,
                              size_t *ret_len);

/* Handles what is here until something is needed: more bytes, an answer, or that data be read. */
enum hf_error hf_feed_pump(struct hf_connection *connection);

#endif
