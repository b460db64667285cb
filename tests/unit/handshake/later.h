/* A server of 1.3 that asks its client who it is on the open connection, and clients of every mind, over streams and
 * datagrams: what post_handshake_auth_test.c and post_handshake_auth_refused_test.c share. */
#ifndef HF_TESTS_UNIT_HANDSHAKE_LATER_H
#define HF_TESTS_UNIT_HANDSHAKE_LATER_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "engine/connection.h"
#include "handshake/machine.h"
#include "handshake/post_handshake_auth.h"
#include "support/lab_check.h"
#include "support/puppet.h"

static bool over_datagrams;

static inline void choose_transport(struct hf_builder *builder)
{
    if (over_datagrams)
        hf_builder_datagrams(builder);
}

static inline void let_later(struct hf_builder *builder)
{
    choose_transport(builder);
    hf_builder_post_handshake_auth(builder, HF_POST_HANDSHAKE_AUTH_ON);
}

static inline void let_decline(struct hf_builder *builder)
{
    choose_transport(builder);
    hf_builder_post_handshake_auth(builder, HF_POST_HANDSHAKE_AUTH_DECLINE);
}

static const struct lab_side one_way = {.client_auth = HF_CLIENT_AUTH_NONE, .more = let_later};
static const struct lab_side polite = {.client_auth = HF_CLIENT_AUTH_REQUEST, .more = let_later};
static const struct lab_side strict = {.client_auth = HF_CLIENT_AUTH_REQUIRE, .more = let_later};
static const struct lab_side willing = {.more = let_later};
static const struct lab_side nobody = {.more = let_later, .anonymous = true};
static const struct lab_side silent = {.more = let_decline};
static const struct lab_side deaf = {.more = choose_transport};

/* Over datagrams ACKs come late, and what waits for one too. */
static uint64_t now_ms = LAB_NOW_MS;

static inline void run(struct lab_pair *pair)
{
    (void)lab_pair_run(pair);
    for (int i = 0; over_datagrams && i < 8; i++) {
        now_ms += 250;
        (void)hf_tick(pair->client, now_ms);
        (void)hf_tick(pair->server, now_ms);
        (void)lab_pair_run(pair);
    }
}

static inline void open_pair(struct lab_pair *pair, const struct lab_side *client, const struct lab_side *server)
{
    lab_pair_open(pair, client, server);
    run(pair);
    lab_assert_open(pair);
    (void)lab_event(pair->client, HF_EVENT_OPENED);
    (void)lab_event(pair->server, HF_EVENT_OPENED);
}

static inline void ask(struct lab_pair *pair)
{
    assert_int_equal(hf_ask_for_certificate(pair->server), HF_OK);
    run(pair);
}

static inline void assert_talks(struct lab_pair *pair)
{
    lab_assert_data(pair, pair->client, pair->server);
    lab_assert_data(pair, pair->server, pair->client);
}

static inline void assert_known(const struct lab_pair *pair)
{
    assert_non_null(hf_peer(pair->server));
    assert_string_equal(hf_peer_spiffe_id(hf_peer(pair->server)), "spiffe://lab/billing");
}

static inline void assert_answered(struct lab_pair *pair)
{
    assert_true(lab_event(pair->server, HF_EVENT_CERTIFICATE_ANSWERED));
    assert_true(lab_event(pair->client, HF_EVENT_CERTIFICATE_ANSWERED));
    assert_null(pair->server->handshake.work);
    assert_null(pair->client->handshake.work);
    assert_known(pair);
    assert_talks(pair);
}

static inline void assert_declined(struct lab_pair *pair)
{
    assert_true(lab_event(pair->server, HF_EVENT_CERTIFICATE_DECLINED));
    assert_null(pair->server->handshake.work);
    assert_talks(pair);
}

static inline void assert_server_fails(struct lab_pair *pair, enum hf_error error)
{
    assert_non_null(hf_failure(pair->server));
    assert_int_equal(hf_failure(pair->server)->error, error);
    assert_null(hf_peer(pair->server));
    assert_false(lab_event(pair->server, HF_EVENT_CERTIFICATE_ANSWERED));
    assert_non_null(hf_failure(pair->client));
}

static inline int on_streams(void **state)
{
    (void)state;
    over_datagrams = false;
    return 0;
}

static inline int on_datagrams(void **state)
{
    (void)state;
    over_datagrams = true;
    return 0;
}

#endif
