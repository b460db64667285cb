/* The client's side of one conversation: a connection, its socket, and the two pipes it is relayed to.
 * It is moved by steps; whoever steps looks at what has changed in between. */
#ifndef HF_CLI_TALK_H
#define HF_CLI_TALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <handfast/connection.h>
#include <handfast/socket.h>

#include "http.h"
#include "plain_text.h"
#include "session_file.h"

enum { HF_TALK_ROOM = 16640 }; /* a record opens straight into it */

struct hf_talk_bytes {
    char bytes[HF_TALK_ROOM];
    size_t at;  /* the first that waits */
    size_t len; /* past the last that waits */
};

struct hf_talk {
    /* Set before the first step. */
    struct hf_connection *connection;
    int fd;                          /* non-blocking */
    int in_fd;                       /* what we say; -1: nothing, or nothing more */
    int out_fd;                      /* where what we hear goes; -1: nowhere */
    bool over_datagrams;             /* nothing arrives for sure, neither what we say last nor the peer's goodbye */
    bool early;                      /* what is to be said may go before the connection is open */
    bool close_at_end;               /* when in_fd ends, we close our side (and still listen) */
    struct hf_http_answer *answer;   /* not NULL: only its body goes to out_fd */
    struct hf_session_file *session; /* not NULL: takes over the last session that there is to keep */
    /* Changed by steps. */
    bool opened;
    bool accepted;
    bool asked;    /* the server asked for a certificate */
    bool declined; /* ... on the open connection, and we answered with none */
    bool peer_closed;
    bool closed;                /* by us */
    bool out_broken;            /* nobody reads what we hear */
    enum hf_error error;        /* HF_OK while all is well; hf_failure tells more, if the connection knows */
    uint64_t received;          /* bytes of data */
    uint64_t quiet_ms;          /* datagrams: when the end of our input closes our side; moved on by data */
    struct hf_plain_text first; /* what the peer sent first */
    struct hf_socket_unsent unsent;
    struct hf_talk_bytes to_peer;
    struct hf_talk_bytes from_peer;
};

/* Waits until something can be moved, for timeout_ms at most, and moves it. A signal ends the wait early. */
void hf_talk_step(struct hf_talk *talk, int timeout_ms);

/* Closes our side; what waits is still sent by further steps. */
void hf_talk_close(struct hf_talk *talk);

/* Sends what waits, as much as the socket takes now. */
void hf_talk_flush(struct hf_talk *talk);

/* True when all that was received is written, and nothing more can come. */
bool hf_talk_is_over(const struct hf_talk *talk);

/* True while something waits to be sent. */
bool hf_talk_has_output(const struct hf_talk *talk);

/* Frees what was not sent. The connection and the descriptors are the caller's. */
void hf_talk_release(struct hf_talk *talk);

#endif
