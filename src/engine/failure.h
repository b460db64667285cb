/* How a connection fails: once, for good, with an alert to the peer and an explanation to the application. */
#ifndef HF_ENGINE_FAILURE_H
#define HF_ENGINE_FAILURE_H

#include "engine/connection.h"

/* We refuse the peer: completes the failure that a step began, sends the alert, wipes the handshake. Returns the
 * failure's error, also when the connection had failed before; HF_OK when it begins anew instead (engine/anew.h). */
enum hf_error hf_failure_by_us(struct hf_connection *connection, enum hf_error error);

/* The peer refused us with `alert`. is_protected: the alert came under keys. */
enum hf_error hf_failure_by_peer(struct hf_connection *connection, uint8_t alert, bool is_protected);

/* The transport ended before its time. */
enum hf_error hf_failure_by_network(struct hf_connection *connection, enum hf_error error);

#endif
