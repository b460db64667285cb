/* What tests of handshakes ask of a pair again and again, as assertions of cmocka. */
#ifndef HF_TESTS_LAB_CHECK_H
#define HF_TESTS_LAB_CHECK_H

#include "support/lab.h"

/* How a connection must have failed. alert: HF_ALERT_none where none may have gone or come. */
struct lab_failure {
    enum hf_error error;
    enum hf_failure_by by;
    unsigned alert;
};

/* Both ends are open and agree on everything they can see. Prints their failures if not. */
void lab_assert_open(struct lab_pair *pair);

/* The connection failed in this way, shows no peer and takes no more work; its explanation is a text. */
void lab_assert_failed(struct hf_connection *connection, const struct lab_failure *wanted);

/* A text goes from one to the other. */
void lab_assert_data(struct lab_pair *pair, struct hf_connection *from, struct hf_connection *to);

/* Opens a pair of these sides in one version, runs it, and asserts that it opens and that data goes both ways. */
void lab_assert_talks(enum hf_version version, const struct lab_side *client, const struct lab_side *server);

/* lab_pair_run with a clock of its own for each end. */
void lab_pair_run_at(struct lab_pair *pair, uint64_t client_ms, uint64_t server_ms);

/* Both versions, for loops; and a name for messages. */
extern const enum hf_version lab_versions[2];

#endif
