/* A listener and its clients, whose datagrams a test moves as it likes: without loss, and in an instant. */
#ifndef HF_TESTS_CROWD_H
#define HF_TESTS_CROWD_H

#include <handfast/listener.h>

#include "support/lab.h"

enum { CROWD_MAX = 200 };

struct crowd_client {
    char address[8];                  /* its number, as text */
    struct hf_connection *connection; /* NULL: what is sent to it is lost */
};

struct crowd {
    struct hf_listener *listener;
    struct hf_config *client_config, *server_config;
    struct crowd_client clients[CROWD_MAX];
    size_t count;
    uint64_t now_ms;
    size_t bytes_to[CROWD_MAX], bytes_from[CROWD_MAX];
};

/* Over datagrams. Aborts, as all here, when something cannot be made. */
struct hf_config *crowd_config(enum hf_role role, enum hf_version version, const char *groups,
                               const struct hf_allocator *allocator);

void crowd_open(struct crowd *crowd, enum hf_version version, const struct hf_listener_limits *limits);
/* The same, without limits; more: further settings of both ends. */
void crowd_open_with(struct crowd *crowd, enum hf_version version, void (*more)(struct hf_builder *builder));

void crowd_close(struct crowd *crowd);

/* A new client at this place, instead of whoever is there. */
struct hf_connection *crowd_join(struct crowd *crowd, size_t place);

struct hf_listener_counts crowd_counts(const struct crowd *crowd);

/* One direction, once; how many datagrams moved. */
size_t crowd_to_listener(struct crowd *crowd);
size_t crowd_from_listener(struct crowd *crowd);

/* Until nothing moves any more. */
void crowd_run(struct crowd *crowd);

/* Time passes: whatever is due happens. */
void crowd_pass(struct crowd *crowd, uint64_t ms);

bool crowd_is_open(const struct hf_connection *connection);

#endif
