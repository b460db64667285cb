/* The alert protocol: RFC 9846 6, RFC 5246 7.2. */
#ifndef HF_ENGINE_ALERT_H
#define HF_ENGINE_ALERT_H

#include "engine/connection.h"

/* Takes an alert of the peer. */
enum hf_error hf_alert_take(struct hf_connection *connection, const struct hf_unit *unit);

/* Sends close_notify, once; in the middle of a handshake behind user_canceled (RFC 9846 6.1). */
void hf_alert_close(struct hf_connection *connection);

#endif
