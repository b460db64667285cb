/* The key log: lines by which a capture can be decrypted (RFC 9850 2, the NSS format). Whoever holds them reads the
 * connection: nothing is written unless the application asked by name. */
#ifndef HF_SCHEDULE_KEY_LOG_H
#define HF_SCHEDULE_KEY_LOG_H

#include "base/secret.h"
#include "base/text.h"

/* RFC 9850 2.1 and 2.2. */
enum hf_key_log_label {
    HF_KEY_LOG_CLIENT_RANDOM = 0, /* TLS 1.2: the master secret */
    HF_KEY_LOG_CLIENT_EARLY_TRAFFIC_SECRET,
    HF_KEY_LOG_EARLY_EXPORTER_SECRET,
    HF_KEY_LOG_CLIENT_HANDSHAKE_TRAFFIC_SECRET,
    HF_KEY_LOG_SERVER_HANDSHAKE_TRAFFIC_SECRET,
    HF_KEY_LOG_CLIENT_TRAFFIC_SECRET_0,
    HF_KEY_LOG_SERVER_TRAFFIC_SECRET_0,
    HF_KEY_LOG_EXPORTER_SECRET,
    HF_KEY_LOG_ECH_SECRET, /* RFC 9850 2.3: the KEM's shared secret; this and the next by the outer hello's random */
    HF_KEY_LOG_ECH_CONFIG  /* the ECHConfig */
};

/* Room for any line and its NUL. */
#define HF_KEY_LOG_LINE_ROOM 256

/* Makes the line, without a line feed, in `into`; the caller wipes `into` when it was handed on. client_random is that
 * of the (first) ClientHello, 32 bytes. A NULL or empty secret makes the empty text. */
void hf_key_log_line(enum hf_key_log_label label, struct hf_span client_random, const struct hf_secret *secret,
                     char into[HF_KEY_LOG_LINE_ROOM]);

/* The same line of any bytes, to a text of the caller's: two characters for each of them, and 96 beside. */
void hf_key_log_write(enum hf_key_log_label label, struct hf_span client_random, struct hf_span bytes,
                      struct hf_text *line);

#endif
