/* One connection of `serve`, moved by its events and never waiting. */
#ifndef HF_CLI_GUEST_H
#define HF_CLI_GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <handfast/listener.h>
#include <handfast/loop.h>
#include <handfast/socket.h>

#include "endpoint.h"
#include "http.h"
#include "plain_text.h"
#include "report.h"

enum hf_guest_service {
    HF_GUEST_DROP = 0, /* what it sends is thrown away; when it closes, so do we */
    HF_GUEST_ECHO,     /* what it sends comes back */
    HF_GUEST_HTTP      /* one request, one page, close */
};

/* A record of data opens straight into it. HF_SETTINGS_EARLY_MAX bytes of early data fit. */
enum { HF_GUEST_PENDING_ROOM = 16640 };

enum hf_guest_phase {
    HF_GUEST_SHAKING = 0,
    HF_GUEST_OPEN,
    HF_GUEST_LEAVING,   /* closed or failed: what waits (close_notify, an alert) is sent */
    HF_GUEST_LINGERING, /* all is sent: the peer gets time to read it */
    HF_GUEST_GONE
};

/* What a guest needs only while its data waits here, or while its request is being read. */
struct hf_guest_room {
    struct hf_http_request request;
    size_t at; /* what waits to be protected: pending[at..len) */
    size_t len;
    char pending[HF_GUEST_PENDING_ROOM];
};

/* What is told of one that failed. */
struct hf_guest_failure {
    struct hf_failure failure;
    char first_bytes[4 * HF_PLAIN_TEXT_BYTES + 8];
};

struct hf_guest_limits {
    int handshake_ms;
    int idle_ms;     /* 0: none */
    bool asks_later; /* who the client is, it is asked when its first data is here: hf_ask_for_certificate */
};

struct hf_guest {
    struct hf_connection *connection;
    int fd; /* -1 over datagrams: the listener has one socket for all */
    bool over_datagrams;
    const struct hf_connection *begun_as; /* over datagrams: whose messages were seen before the listener told of it */
    struct hf_association *association;   /* over datagrams, once the listener has: then there is a connection, too */
    enum hf_guest_phase phase;
    enum hf_guest_service service;
    struct hf_guest_limits limits;
    uint64_t deadline_ms; /* UINT64_MAX: none */
    bool was_open;        /* the handshake ended well */
    bool unauthenticated; /* it was asked for a certificate and goes on without one */
    bool asked;           /* later: hf_ask_for_certificate was called, or could not be */
    bool asking;          /* ... and not answered yet: so nor is the client */
    bool declined;        /* ... and it goes on as who it was, which was not told yet */
    bool unaskable;       /* ... as it cannot be asked, likewise */
    bool identified;      /* ... and it answered, likewise */
    bool peer_closed;
    bool moved; /* to another address, which was not told yet */
    bool failed;
    enum hf_error error;              /* by what */
    struct hf_guest_failure *failure; /* NULL: it has not, or there was no memory to say more */
    unsigned long number;             /* the how-manieth connection */
    char address[HF_ENDPOINT_TEXT_ROOM];
    char handshake[HF_REPORT_ID_ROOM];
    struct hf_plain_text first;
    char last_message[96];
    bool answered;                  /* the page waits, or is sent */
    bool readable;                  /* its socket has something */
    uint64_t received;              /* bytes of data */
    uint64_t rest_ms;               /* when it has been quiet for long enough to rest; UINT64_MAX: it rests */
    struct hf_guest_room *room;     /* NULL: nothing waits */
    struct hf_socket_unsent unsent; /* protected data that the socket did not take */
    struct hf_loop_entry entry;     /* the server's */
    struct hf_guest *next;          /* likewise */
    size_t place;                   /* likewise */
    /* What the server has told already. */
    bool told_open;
    bool told_failure;
};

/* Takes over the descriptor. NULL when there is no memory (the descriptor is closed). */
struct hf_guest *hf_guest_new(struct hf_config *config, int fd, enum hf_guest_service service,
                              const struct hf_guest_limits *limits);

/* The same over datagrams, where the listener made the connection, and has not told of it yet. NULL when there is no
 * memory. */
struct hf_guest *hf_guest_new_over_datagrams(const struct hf_connection *connection, enum hf_guest_service service,
                                             const struct hf_guest_limits *limits);
void hf_guest_free(struct hf_guest *guest);

/* Over datagrams: the listener has news of it. */
void hf_guest_hear(struct hf_guest *guest, struct hf_association *association, uint64_t now_ms);

/* When a step is due though its socket is not ready; UINT64_MAX: never. */
uint64_t hf_guest_deadline(const struct hf_guest *guest);

/* What it waits for: HF_LOOP_READ, HF_LOOP_WRITE. */
unsigned hf_guest_wants(const struct hf_guest *guest);

/* Moves what can be moved, and ends what is late. ready: as hf_loop_next told it. */
void hf_guest_step(struct hf_guest *guest, unsigned ready, uint64_t now_ms);

/* Says goodbye, close_notify, and gives it time to arrive: it is gone soon. */
void hf_guest_dismiss(struct hf_guest *guest, uint64_t now_ms);

/* Whether data or an alert of it waits to be sent. */
bool hf_guest_has_output(const struct hf_guest *guest);

/* Why it failed, as far as that is known. */
void hf_guest_failure(const struct hf_guest *guest, struct hf_failure *ret_failure);

#endif
