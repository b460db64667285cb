/* The suite's stand-in for QUIC: records of a type, a level, a suite and the level's secret in clear, then the bytes.
 * Data go in them, too: the library carries none under QUIC. */
#ifndef HF_BOGO_QUIC_LINK_H
#define HF_BOGO_QUIC_LINK_H

#include "link.h"

/* Begins anew: a connection of the shim comes after the other. */
void bogo_quic_link_reset(void);

/* The parameters that the flags say, and a connection with them; session_len 0: none. */
struct hf_connection *bogo_quic_link_connect(struct hf_config *config, const struct bogo_flags *flags,
                                             const void *session, size_t session_len, struct hf_failure *ret_failure);

/* Sends what waits; of a connection that failed its alert, once. */
void bogo_quic_link_flush(struct bogo_link *link);

/* An alert out of nowhere. */
bool bogo_quic_link_send_alert(struct bogo_link *link, uint8_t alert);

/* Takes one record. */
enum hf_error bogo_quic_link_step(struct bogo_link *link);

/* Sends a record of data, early while it may be and the handshake runs; false: that is over, or there are no keys. */
bool bogo_quic_link_write(struct bogo_link *link, const void *data, size_t len);
bool bogo_quic_link_takes_early(const struct bogo_link *link);

/* Data that came, as much as there is room for. */
/* Data came that was not read: before the handshake is over it is early data, of which no event tells under QUIC. */
bool bogo_quic_link_has_data(void);

size_t bogo_quic_link_read(void *into, size_t room);

/* Whether the peer's parameters are the expected ones. */
bool bogo_quic_link_check(const struct bogo_link *link);

#endif
