/* A listener and one client with connection IDs, whose address a test changes as it likes. */
#ifndef HF_TESTS_ROAMING_H
#define HF_TESTS_ROAMING_H

#include "support/crowd.h"

struct roaming {
    struct crowd crowd;
    struct hf_connection *client;
    struct hf_association *association;
    struct hf_connection *server;
};

/* How servers ask where a peer is, from here until roaming_close; enhanced unless said. */
void roaming_check(enum hf_path_check check);

/* Both are open; IDs of the two have these lengths. */
void roaming_open(struct roaming *stage, enum hf_version version, size_t of_client, size_t of_server);
void roaming_close(struct roaming *stage);

struct hf_config *roaming_client_config(enum hf_version version, size_t id_len);

struct hf_connection_id_info roaming_info(const struct hf_connection *connection);

/* The client is at another address from now on. */
void roaming_move(struct roaming *stage, const char *address);

/* Where the listener sends to. */
void roaming_expect_address(const struct roaming *stage, const char *address);

void roaming_expect_data(struct hf_connection *connection, const char *text);
void roaming_say(struct hf_connection *connection, const char *text);

/* The client says something, which the server reads at once: what comes behind waits for that. */
void roaming_client_says(struct roaming *stage, const char *text);
void roaming_server_says(struct roaming *stage, const char *text);

#endif
