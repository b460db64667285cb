/* A listener and a client with connection IDs, open, whose address a test changes as it likes. */
#ifndef HF_TESTS_ROAMING_STAGE_H
#define HF_TESTS_ROAMING_STAGE_H

#include "support/crowd.h"

struct roaming_stage {
    struct crowd crowd;
    struct hf_connection *client;
    struct hf_association *association;
    struct hf_connection *server;
};

/* One client of this version, open; IDs of the two have these lengths. The server asks paths as `check` says. */
void roaming_stage_open(struct roaming_stage *stage, enum hf_version version, size_t of_client, size_t of_server);
void roaming_stage_open_with(struct roaming_stage *stage, enum hf_version version, size_t of_client, size_t of_server,
                             enum hf_path_check check);
void roaming_stage_close(struct roaming_stage *stage);

/* Over datagrams, with IDs of this length. */
struct hf_config *roaming_stage_config(enum hf_role role, enum hf_version version, size_t id_len,
                                       enum hf_path_check check);

struct hf_connection_id_info roaming_stage_info(const struct hf_connection *connection);

/* The client is at another address from now on. */
void roaming_stage_move(struct roaming_stage *stage, const char *address);

/* Where the listener sends to. */
void roaming_stage_expect_address(const struct roaming_stage *stage, const char *address);

void roaming_stage_expect_data(struct hf_connection *connection, const char *text);
void roaming_stage_say(struct hf_connection *connection, const char *text);

/* The client says something, which the server reads at once: what comes behind waits for that. */
void roaming_stage_client_says(struct roaming_stage *stage, const char *text);
void roaming_stage_server_says(struct roaming_stage *stage, const char *text);

#endif
