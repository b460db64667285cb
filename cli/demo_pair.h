/* A client and a server of the demo, joined by a real loopback connection, or by two sockets of datagrams, moved by one
 * poll loop. */
#ifndef HF_CLI_DEMO_PAIR_H
#define HF_CLI_DEMO_PAIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <handfast/connection.h>

#include "demo_wishes.h"

enum { HF_DEMO_MESSAGES_MAX = 48, HF_DEMO_DATA_ROOM = 512 };

/* What an end sent or received, to compare both ends' views afterwards. */
struct hf_demo_log {
    struct {
        char message[32];
        char detail[160];
        size_t len;
    } items[HF_DEMO_MESSAGES_MAX];
    size_t count;
};

struct hf_demo_pair;

struct hf_demo_end {
    struct hf_demo_pair *pair;
    enum hf_role role;
    struct hf_config *config;
    struct hf_connection *connection;
    int fd;
    bool opened;
    bool accepted;
    bool peer_closed;
    bool renegotiated;
    enum hf_error error;
    struct hf_failure failure; /* meaningful when error is set */
    struct hf_demo_log sent;
    struct hf_demo_log received;
    char data[HF_DEMO_DATA_ROOM]; /* received, NUL-terminated */
    size_t data_len;
    size_t wire_len;   /* the bytes on the wire that the text said last became */
    bool readable;     /* it stood in them as it is */
    size_t told;       /* of `sent` and */
    size_t heard;      /* of `received`, when datagrams went last: who then sends with neither grown sends again */
    size_t lost;       /* datagrams that were thrown away instead of sent */
    unsigned repeated; /* how often it sent its flight again */
};

/* What happened at an end, for the teller. */
enum hf_demo_moment {
    HF_DEMO_OPENED,
    HF_DEMO_ACCEPTED,
    HF_DEMO_RENEGOTIATED,
    HF_DEMO_CLOSED,
    HF_DEMO_FAILED,
    HF_DEMO_LOST,
    HF_DEMO_REPEATED
};

struct hf_demo_listener {
    void (*seen)(void *context, const struct hf_demo_end *end, const struct hf_seen *what);
    void (*moment)(void *context, const struct hf_demo_end *end, enum hf_demo_moment moment);
    void *context;
};

struct hf_demo_pair {
    struct hf_demo_end client;
    struct hf_demo_end server;
    struct hf_demo_listener listener;
    char address[80];
    bool over_datagrams;
    bool loses_flight; /* the server's first flight is thrown away */
};

/* A row of the protocols that the demo shows. */
struct hf_demo_protocol {
    const char *name;
    enum hf_version version; /* that is asked for */
    enum hf_version told;    /* that the connections then tell */
    bool is_of_datagrams;
};

/* What makes the two ends of a scene. */
struct hf_demo_cast {
    const char *root_pem;
    const char *server_chain, *server_key;
    const char *client_chain, *client_key; /* NULL: the client has none */
    int64_t now_s;
    bool present_anyway; /* the client does not look whether its certificate will do */
    struct hf_demo_wishes wishes;
    bool loses_flight; /* over datagrams: the first that the server sends */
};

/* Makes both ends and joins them. False: *ret_failure. End it either way. */
bool hf_demo_pair_start(struct hf_demo_pair *pair, const struct hf_demo_protocol *protocol,
                        const struct hf_demo_cast *cast, const struct hf_demo_listener *listener,
                        struct hf_failure *ret_failure);
void hf_demo_pair_end(struct hf_demo_pair *pair);

/* Moves bytes until neither end has anything to move, for `timeout_ms` at most without anything moving. */
void hf_demo_pair_settle(struct hf_demo_pair *pair, int timeout_ms);

/* Sends a text from one end, and looks at what becomes of it on the wire. */
bool hf_demo_pair_say(struct hf_demo_end *end, const char *text);

/* What the sender of the message that `end` received last said of it; "" if nothing. */
const char *hf_demo_pair_senders_detail(const struct hf_demo_end *end);

/* True when each message that one end sent is what the other received, in the same order, both ways; a server that
 * refused need not have read what came after. */
bool hf_demo_pair_logs_agree(const struct hf_demo_pair *pair);

#endif
