/* What a scene of the demo asks for beyond the library's defaults. Zeros: nothing. */
#ifndef HF_CLI_DEMO_WISHES_H
#define HF_CLI_DEMO_WISHES_H

#include <stdbool.h>
#include <stddef.h>

#include <handfast/config.h>

/* What both ends call the key that they share. */
#define HF_DEMO_PSK_NAME "history"

struct hf_session_cache;
struct hf_ticket_keys;

struct hf_demo_wishes {
    unsigned historic;        /* switches of both ends: bits of enum hf_historic */
    unsigned historic_client; /* and of one alone */
    unsigned historic_server;
    const char *suites; /* names; NULL: the defaults */
    const char *groups;
    const char *schemes;
    bool shares_key;                /* both ends have a key beforehand */
    bool asks_nobody;               /* the server asks for no certificate when a connection begins */
    bool groups_differ;             /* the ends have no group in common */
    bool takes_tickets;             /* the client */
    struct hf_session_cache *cache; /* of the server; borrowed */
    struct hf_ticket_keys *tickets; /* of the server; borrowed */
    const void *session;            /* that the client kept; borrowed */
    size_t session_len;
};

/* Asks a builder of this role for them. */
void hf_demo_wishes_give(const struct hf_demo_wishes *wishes, enum hf_role role, struct hf_builder *builder);

#endif
