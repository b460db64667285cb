/* One connection of `serve`, moved by its events and never waiting. */
#ifndef HF_CLI_GUEST_H
#define HF_CLI_GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <handfast/listener.h>

#include "endpoint.h"
#include "http.h"
#include "plain_text.h"
#include "report.h"

enum hf_guest_service {
    HF_GUEST_DROP = 0, /* what it sends is thrown away; when it closes, so do we */
    HF_GUEST_ECHO,     /* what it sends comes back */
    HF_GUEST_HTTP      /* one request, one page, close */
};

enum hf_guest_phase {
    HF_GUEST_SHAKING = 0,
    HF_GUEST_OPEN,
    HF_GUEST_LEAVING,   /* closed or failed: what waits (close_notify, an alert) is sent */
    HF_GUEST_LINGERING, /* all is sent: the peer gets time to read it */
    HF_GUEST_GONE
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
    struct hf_failure failure;
    unsigned long number; /* the how-manieth connection */
    char address[HF_ENDPOINT_TEXT_ROOM];
    char handshake[HF_REPORT_ID_ROOM];
    struct hf_plain_text first;
    char first_bytes[4 * HF_PLAIN_TEXT_BYTES + 8];
    char last_message[96];
    struct hf_http_request request;
    bool answered;     /* the page is in `pending`, or sent */
    uint64_t received; /* bytes of data */
    size_t at;         /* what waits to be protected: pending[at..len) */
    size_t len;
    char pending[16384];
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

/* When a step is due though poll says nothing; UINT64_MAX: never. */
uint64_t hf_guest_deadline(const struct hf_guest *guest);

/* For poll: what it waits for. */
short hf_guest_events(const struct hf_guest *guest);

/* Moves what poll says can be moved, and ends what is late. */
void hf_guest_step(struct hf_guest *guest, short revents, uint64_t now_ms);

/* Says goodbye: close_notify, without waiting for it to arrive. */
void hf_guest_dismiss(struct hf_guest *guest);

#endif
