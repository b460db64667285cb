/* One TCP connection to the runner and the TLS connection on it: bytes in, bytes out, blocking. */
#ifndef HF_BOGO_LINK_H
#define HF_BOGO_LINK_H

#include "flags.h"

#include <handfast/connection.h>

struct bogo_link {
    int fd;
    struct hf_connection *connection;
    const struct bogo_flags *flags;
    bool ended; /* the runner's side is over */
    bool holds; /* what waits to be sent stays, but for one byte of it */
    bool one_byte_went;
    bool refused; /* datagrams: the runner expected another deadline, or said what we do not know */
};

/* Connects and says which shim we are. False when it cannot be. */
bool bogo_link_open(struct bogo_link *link, const struct bogo_flags *flags);

/* Sends all that waits. */
void bogo_link_flush(struct bogo_link *link);

/* Datagrams come behind a letter, and so do the hands of the clock: only the runner moves it. Sends, then waits for
 * bytes and feeds them; with -async one after the other. Returns HF_OK, also at the end of the transport where that is
 * allowed, or the connection's failure. */
enum hf_error bogo_link_step(struct bogo_link *link);

/* Our half is over; waits for the runner's, so that it never fails in writing to us, and closes. */
void bogo_link_close(struct bogo_link *link);

/* All of the bytes; false: the runner is gone. */
bool bogo_link_send(struct bogo_link *link, const uint8_t *bytes, size_t len);
bool bogo_link_receive(struct bogo_link *link, uint8_t *bytes, size_t len);

uint64_t bogo_link_now_ms(void);

/* From now on the clock stands until the runner, or bogo_link_pass, moves it. */
void bogo_link_stop_clock(void);

/* Time passes between two connections. */
void bogo_link_pass(uint64_t seconds);

/* ... and within one. */
void bogo_link_pass_ms(uint64_t ms);

#endif
