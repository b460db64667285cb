/* Everything in every state: each handshake type that a byte can name, ChangeCipherSpec, application data and every
 * alert is sent, under the right keys, to a client and a server of each version in each state in which they wait or
 * are open. What may come is judged by the hand-written order (support/rfc_order.def), not by our own table.
 *
 * The messages sent have a body of one byte that no message can have: so a message that is let in fails as decode_error
 * in its own step, and one that is not fails as unexpected_message. Each try runs in a child, so that the parent's
 * connection stays in its state. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <handfast/early.h>
#include <handfast/psk.h>
#include <handfast/session.h>

#include "support/lab_check.h"
#include "support/puppet.h"
#include "support/rfc_order.h"
#include "sweep/order_situations.h"

struct stage {
    const struct situation *situation;
    struct lab_pair pair;
    struct hf_connection *target;
    struct hf_connection *peer;
    struct puppet *puppet; /* the peer's */
    struct puppet *spy;    /* the target's */
};

static bool is_of_client(enum hf_state state)
{
    return hf_machine_state(state)->name[0] == 'C';
}

static bool is_open(const struct stage *stage)
{
    return hf_machine_state(stage->situation->state)->kind == HF_STATE_OPEN;
}

/* Open, or in a renegotiation that the peer need not know of yet. */
static bool is_open_still(const struct stage *stage)
{
    return is_open(stage) || stage->situation->state == HF_STATE_C12_WAIT_HELLO_AGAIN;
}

static bool takes_data(const struct stage *stage)
{
    return is_open_still(stage) || stage->situation->state == HF_STATE_S13_WAIT_END;
}

static void drop_output(struct hf_connection *connection)
{
    const uint8_t *wire;
    hf_drained(connection, hf_output(connection, &wire));
}

/* Sessions to resume, as both ends keep them: of one handshake of these configs. */
struct kept {
    uint8_t bytes[8192];
    size_t len;
};

static void keep(const struct hf_connection *connection, struct kept *kept)
{
    assert_int_equal(hf_session_bytes(connection, kept->bytes, sizeof kept->bytes, &kept->len), HF_OK);
}

static struct hf_ticket_keys *ticket_keys;
static struct hf_session_cache *cache;

static void open_resumed(struct lab_pair *pair, struct hf_config *client, struct hf_config *server,
                         struct kept *of_server)
{
    struct kept of_client;
    pair->client = hf_connection_new(client, "server.lab", LAB_NOW_MS, NULL);
    pair->server = hf_connection_new(server, NULL, LAB_NOW_MS, NULL);
    (void)lab_pair_run(pair);
    lab_assert_open(pair);
    keep(pair->client, &of_client);
    if (ticket_keys == NULL)
        keep(pair->server, of_server);
    else
        assert_int_equal(hf_ticket_keys_rotate(ticket_keys), HF_OK); /* so that there is a new one */
    lab_pair_close(pair);
    pair->client = hf_connection_resume(client, "server.lab", of_client.bytes, of_client.len, LAB_NOW_MS, NULL);
    pair->server = hf_connection_new(server, NULL, LAB_NOW_MS, NULL);
}

static void keep_sessions(struct hf_builder *builder)
{
    hf_builder_sessions_outside(builder);
}

static void take_early(struct hf_builder *builder)
{
    hf_builder_sessions_outside(builder);
    hf_builder_early_data(builder, 100);
}

static void send_early(struct hf_builder *builder)
{
    hf_builder_session_tickets(builder);
    hf_builder_early_data(builder, 100);
}

static void give_tickets(struct hf_builder *builder)
{
    hf_builder_ticket_keys(builder, ticket_keys);
    hf_builder_session_cache(builder, cache);
}

static void ask_for_more(struct hf_builder *builder)
{
    static const char key[] = "sixteen bytes at least";
    hf_builder_historic(builder, HF_HISTORIC_RSA_KEY_EXCHANGE | HF_HISTORIC_PLAIN_PSK);
    hf_builder_psk(builder, "us", 2, key, sizeof key - 1);
}

static void share_key(struct hf_builder *builder)
{
    hf_builder_psk13(builder,
                     &(struct hf_psk){.identity = "us", .identity_len = 2, .key = "sixteen bytes...", .key_len = 16});
}

static void staple(struct hf_builder *builder)
{
    ask_for_more(builder);
    hf_builder_identity_ocsp(builder, 0, "response", 8);
}

/* Suites of its own, and what they need. */
static void take_suite(const struct situation *situation, struct lab_side *client, struct lab_side *server)
{
    if (situation->suite == NULL)
        return;
    client->suites = server->suites = situation->suite;
    client->more = server->more = ask_for_more;
    server->key = MAKE_KEY_RSA2048;
}

static void take_puppets(struct stage *stage)
{
    const struct situation *situation = stage->situation;
    bool of_client = is_of_client(situation->state);
    stage->target = of_client ? stage->pair.client : stage->pair.server;
    stage->peer = of_client ? stage->pair.server : stage->pair.client;
    stage->spy = puppet_take(stage->target);
    stage->puppet = puppet_take(stage->peer);
    puppet_stop_before(stage->puppet, situation->again ? HF_MESSAGES : situation->stop);
    if (situation->at_ccs)
        puppet_stop_before_ccs(stage->puppet);
    if (situation->state == HF_STATE_S_WAIT_HELLO)
        drop_output(stage->peer); /* it was built before it could be stopped */
}

static void take_staple(const struct situation *situation, struct lab_side *server)
{
    if (situation->staples)
        server->more = staple;
}

static void take_tickets(const struct situation *situation, struct lab_side *client, struct lab_side *server)
{
    hf_ticket_keys_drop(ticket_keys);
    hf_session_cache_drop(cache);
    ticket_keys = situation->tickets ? hf_ticket_keys_new() : NULL;
    cache = situation->tickets ? hf_session_cache_new(8, 3600) : NULL;
    if (!situation->tickets)
        return;
    client->more = hf_builder_session_tickets;
    server->more = give_tickets;
}

/* As if ServerHello had said it, of a client that waits for ServerHelloDone. */
static void promise(const struct stage *stage)
{
    stage->target->handshake.work->choice.session_ticket = true;
    puppet_send_message(stage->puppet, 14, hf_span_of(NULL, 0));
    while (lab_move(stage->peer, stage->target, 16384) > 0)
        ;
}

static void let_ask(struct hf_builder *builder)
{
    hf_builder_historic(builder, HF_HISTORIC_RENEGOTIATION_ASK);
    hf_builder_post_handshake_auth(builder, HF_POST_HANDSHAKE_AUTH_ON);
}

static void let_follow(struct hf_builder *builder)
{
    hf_builder_historic(builder, HF_HISTORIC_RENEGOTIATION_FOLLOW);
    hf_builder_post_handshake_auth(builder, HF_POST_HANDSHAKE_AUTH_ON);
}

static void ask_again(const struct stage *stage)
{
    puppet_stop_before(stage->puppet, stage->situation->stop);
    assert_int_equal(hf_ask_for_certificate(stage->pair.server), HF_OK);
    (void)lab_pair_run((struct lab_pair *)&stage->pair);
}

static bool never_comes_out(void *context, const uint8_t *compressed, size_t compressed_len, uint8_t *into, size_t len)
{
    (void)context, (void)compressed, (void)compressed_len, (void)into, (void)len;
    return false;
}

/* So that a CompressedCertificate may come, and none is sent. */
static void take_compressed(struct hf_config *config)
{
    config->compressions[0] = (struct hf_certificate_compression){.id = 0xfe00, .decompress = never_comes_out};
    config->compression_count = 1;
}

static void set_up(struct stage *stage, const struct situation *situation)
{
    struct lab_side client = {.groups = "x25519:secp384r1:secp256r1",
                              .max = situation->version,
                              .more = situation->version == HF_TLS13 ? hf_builder_session_tickets : NULL};
    struct lab_side server = {.groups = situation->retry ? "secp384r1" : "x25519",
                              .client_auth = situation->one_way ? HF_CLIENT_AUTH_NONE : HF_CLIENT_AUTH_REQUIRE,
                              .more = situation->resumed ? keep_sessions : NULL};
    struct hf_failure failure;
    struct kept kept = {.len = 0};
    if (situation->early) {
        client.more = send_early;
        server.more = take_early;
    }
    if (situation->has_key)
        client.more = server.more = share_key;
    if (situation->again) {
        client.more = let_follow;
        server.more = let_ask;
    }
    take_suite(situation, &client, &server);
    take_staple(situation, &server);
    take_tickets(situation, &client, &server);
    struct hf_config *client_config = lab_config(HF_CLIENT, &client, &failure);
    struct hf_config *server_config = lab_config(HF_SERVER, &server, &failure);
    take_compressed(client_config);
    take_compressed(server_config);
    stage->situation = situation;
    if (situation->resumed) {
        open_resumed(&stage->pair, client_config, server_config, &kept);
    } else {
        stage->pair.client = hf_connection_new(client_config, "server.lab", LAB_NOW_MS, NULL);
        stage->pair.server = hf_connection_new(server_config, NULL, LAB_NOW_MS, NULL);
    }
    hf_config_drop(client_config);
    hf_config_drop(server_config);
    take_puppets(stage);
    (void)lab_pair_run(&stage->pair);
    if (lab_event(stage->pair.server, HF_EVENT_NEEDS_SESSION)) {
        (void)hf_answer_session(stage->pair.server, kept.bytes, kept.len);
        (void)lab_pair_run(&stage->pair);
    }
    if (situation->is_promised)
        promise(stage);
    if (situation->again)
        ask_again(stage);
    assert_string_equal(hf_machine_state(stage->target->handshake.state)->name,
                        hf_machine_state(situation->state)->name);
    drop_output(stage->target);
    (void)lab_event(stage->target, HF_EVENT_FAILED);
}

static void tear_down(struct stage *stage)
{
    lab_pair_close(&stage->pair);
}

/* ---- what came of it ---- */

enum verdict {
    STAYS,     /* nothing happened */
    MOVES,     /* the connection went on to another state */
    SAYS,      /* a warning went out, the connection stays */
    DATA,      /* data can be read */
    CLOSED,    /* the peer has closed; the connection lives */
    WE_FAIL,   /* failed by us, with this alert */
    PEER_FAILS /* failed by the peer, with this alert; none went out */
};

struct expected {
    enum verdict verdict;
    enum hf_error error; /* WE_FAIL */
    unsigned alert;      /* SAYS, WE_FAIL, PEER_FAILS */
};

static bool matches(const struct stage *stage, const struct expected *expected)
{
    const struct hf_connection *target = stage->target;
    const struct hf_failure *failure = hf_failure(target);
    bool stays = target->handshake.state == stage->situation->state;
    switch (expected->verdict) {
    case STAYS:
        return failure == NULL && stays && stage->spy->alerts == 0 && target->data.len == 0 && !target->received_close;
    case MOVES:
        return failure == NULL && !stays && stage->spy->alerts == 0;
    case SAYS:
        return failure == NULL && stays && stage->spy->alerts == 1 && stage->spy->alert_level == 1 &&
               stage->spy->alert == expected->alert;
    case DATA:
        return failure == NULL && stays && target->data.len > 0;
    case CLOSED:
        return failure == NULL && stays && target->received_close && stage->spy->alerts == 0;
    case WE_FAIL:
        return failure != NULL && failure->by == HF_BY_US && failure->error == expected->error &&
               failure->alert == expected->alert && stage->spy->alerts == 1 && stage->spy->alert_level == 2 &&
               stage->spy->alert == expected->alert && hf_peer(target) == NULL;
    case PEER_FAILS:
        return failure != NULL && failure->by == (expected->alert == 0 ? HF_BY_NETWORK : HF_BY_PEER) &&
               failure->alert == (expected->alert == 0 ? HF_ALERT_none : expected->alert) && stage->spy->alerts == 0 &&
               hf_peer(target) == NULL;
    }
    return false;
}

static void move(struct stage *stage)
{
    while (lab_move(stage->peer, stage->target, 16384) > 0)
        ;
}

static void report(const struct stage *stage, const char *what, unsigned number)
{
    const struct hf_failure *failure = hf_failure(stage->target);
    (void)fprintf(
        stderr, "%s: %s %u: now %s, %s, alerts sent %u, last %u\n", hf_machine_state(stage->situation->state)->name,
        what, number, hf_machine_state(stage->target->handshake.state)->name,
        failure == NULL ? "no failure" : hf_error_name(failure->error), stage->spy->alerts, stage->spy->alert);
}

struct
try {
    const char *what;
    void (*send)(struct puppet * puppet, unsigned number);
    unsigned number;
    struct expected expected;
};

static size_t tries;

static void check(struct stage *stage, const struct try *try)
{
    int status = 0;
    tries++;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        try->send(stage->puppet, try->number);
        move(stage);
        bool fine = matches(stage, &try->expected);
        if (!fine)
            report(stage, try->what, try->number);
        _exit(fine ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFEXITED(status))
        report(stage, try->what, try->number);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* ---- handshake messages ---- */

static const uint8_t one_byte[] = {0xff};
static const struct expected refused = {WE_FAIL, HF_ERR_unexpected_message, HF_ALERT_unexpected_message};
static const struct expected unread = {WE_FAIL, HF_ERR_decode_error, HF_ALERT_decode_error};

static void send_message(struct puppet *puppet, unsigned type)
{
    puppet_send_message(puppet, (uint8_t)type, hf_span_of(one_byte, sizeof one_byte));
}

static void send_retry(struct puppet *puppet, unsigned type)
{
    uint8_t body[2 + HF_MESSAGE_RANDOM_LEN] = {3, 3};
    (void)hf_span_copy(hf_message_retry_random(), body + 2, HF_MESSAGE_RANDOM_LEN);
    puppet_send_message(puppet, (uint8_t)type, hf_span_of(body, sizeof body));
}

/* The only message whose step does not read it. */
static bool is_renegotiation(const struct stage *stage, enum hf_input input)
{
    return stage->situation->state == HF_STATE_S12_OPEN && input == HF_INPUT_client_hello;
}

static struct expected for_message(const struct stage *stage, enum hf_input input)
{
    if (!rfc_order_allows(stage->situation->state, input))
        return refused;
    if (is_renegotiation(stage, input))
        return (struct expected){SAYS, HF_OK, HF_ALERT_no_renegotiation};
    if (input == HF_INPUT_key_update) /* one byte is its right length: RFC 9846 4.7.3 */
        return (struct expected){WE_FAIL, HF_ERR_illegal_parameter, HF_ALERT_illegal_parameter};
    if (input == HF_INPUT_finished) /* of another length is a wrong one: RFC 9846 4.5.3 */
        return (struct expected){WE_FAIL, HF_ERR_bad_finished, HF_ALERT_decrypt_error};
    return unread;
}

/* A type without a name is one of 237 that are all the same to us: all are tried in one state of each end. */
static bool is_tried(const struct stage *stage, unsigned type)
{
    bool all = stage->situation->state == HF_STATE_C13_WAIT_FINISHED || stage->situation->state == HF_STATE_S12_OPEN;
    return all || type <= 26 || type >= 254;
}

static void every_message_in_every_state(void **state)
{
    (void)state;
    for (size_t i = 0; i < SITUATIONS; i++) {
        struct stage stage;
        set_up(&stage, &situations[i]);
        for (unsigned type = 0; type < 256; type++) {
            if (!is_tried(&stage, type))
                continue;
            enum hf_input input =
                hf_input_of_message(hf_message_classify((uint8_t)type, hf_span_of(one_byte, sizeof one_byte)));
            check(&stage, &(struct try){"message", send_message, type, for_message(&stage, input)});
        }
        struct expected expected = for_message(&stage, HF_INPUT_hello_retry_request);
        check(&stage, &(struct try){"HelloRetryRequest", send_retry, 2, expected});
        tear_down(&stage);
    }
}

/* ---- ChangeCipherSpec and data ---- */

static void send_ccs(struct puppet *puppet, unsigned number)
{
    (void)number;
    puppet_send_ccs(puppet);
}

/* RFC 9846 5: dropped between the first ClientHello and the peer's Finished. RFC 5246 7.1: where its turn is. */
static struct expected for_ccs(const struct stage *stage)
{
    enum hf_state state = stage->situation->state;
    if (rfc_order_allows(state, HF_INPUT_change_cipher_spec))
        return (struct expected){.verdict = MOVES};
    if (state == HF_STATE_C_WAIT_HELLO)
        return (struct expected){.verdict = STAYS};
    bool is_over = is_open(stage) || hf_machine_state(state)->kind == HF_STATE_AMID;
    bool drops = stage->situation->version == HF_TLS13 && !is_over && state != HF_STATE_S_WAIT_HELLO;
    return drops ? (struct expected){.verdict = STAYS} : refused;
}

static struct hf_connection *target_of_data;

/* Without keys our framing sends no data: then the record is made by hand. */
static void send_data(struct puppet *puppet, unsigned number)
{
    static const uint8_t record[] = {23, 3, 3, 0, 1, 0xff};
    (void)number;
    if (!puppet_send_data(puppet, hf_span_of(one_byte, sizeof one_byte)))
        (void)hf_feed(target_of_data, record, sizeof record, LAB_NOW_MS);
}

static void change_cipher_spec_and_data_in_every_state(void **state)
{
    (void)state;
    for (size_t i = 0; i < SITUATIONS; i++) {
        struct stage stage;
        set_up(&stage, &situations[i]);
        target_of_data = stage.target;
        check(&stage, &(struct try){"ChangeCipherSpec", send_ccs, 0, for_ccs(&stage)});
        check(&stage,
              &(struct try){"data", send_data, 0, takes_data(&stage) ? (struct expected){.verdict = DATA} : refused});
        tear_down(&stage);
    }
}

/* ---- alerts ---- */

static void send_warning(struct puppet *puppet, unsigned alert)
{
    puppet_send_alert(puppet, 1, (uint8_t)alert);
}

static void send_fatal(struct puppet *puppet, unsigned alert)
{
    puppet_send_alert(puppet, 2, (uint8_t)alert);
}

static void send_level(struct puppet *puppet, unsigned level)
{
    puppet_send_alert(puppet, (uint8_t)level, HF_ALERT_internal_error);
}

/* close_notify closes, before the end of the handshake it cuts it. Levels count only in 1.2 (RFC 9846 6) and while it
 * may become 1.2: its servers warn of unknown names before their hello (RFC 6066 3). user_canceled is never an end of
 * its own (6.1). */
static struct expected for_alert(const struct stage *stage, bool fatal, unsigned alert)
{
    enum hf_state state = stage->situation->state;
    bool decided = state != HF_STATE_C_WAIT_HELLO && state != HF_STATE_S_WAIT_HELLO;
    const bool is_over = is_open_still(stage) || hf_machine_state(state)->kind == HF_STATE_AMID;
    if (alert == HF_ALERT_close_notify)
        return (struct expected){.verdict = is_over ? CLOSED : PEER_FAILS, .alert = 0};
    if (alert == HF_ALERT_user_canceled)
        return (struct expected){.verdict = STAYS};
    if (!fatal && alert == HF_ALERT_no_renegotiation && rfc_order_allows(state, HF_INPUT_no_renegotiation))
        return (struct expected){.verdict = MOVES};
    if (!fatal && (!decided || stage->situation->version == HF_TLS12))
        return (struct expected){.verdict = STAYS};
    return (struct expected){.verdict = PEER_FAILS, .alert = alert};
}

static void every_alert_in_every_state(void **state)
{
    (void)state;
    for (size_t i = 0; i < SITUATIONS; i++) {
        struct stage stage;
        set_up(&stage, &situations[i]);
        for (unsigned alert = 0; alert < 256; alert++) {
            bool has_name = strcmp(hf_alert_name(alert), "unknown_alert") != 0;
            if (!has_name && alert % 50 != 5)
                continue;
            check(&stage, &(struct try){"fatal alert", send_fatal, alert, for_alert(&stage, true, alert)});
            check(&stage, &(struct try){"warning", send_warning, alert, for_alert(&stage, false, alert)});
        }
        static const struct expected bad_level = {WE_FAIL, HF_ERR_illegal_parameter, HF_ALERT_illegal_parameter};
        check(&stage, &(struct try){"alert of level", send_level, 0, bad_level});
        check(&stage, &(struct try){"alert of level", send_level, 3, bad_level});
        tear_down(&stage);
    }
}

/* ---- and no state is forgotten ---- */

/* Those that only datagrams lead to are swept over them. */
static bool is_of_streams(enum hf_state state)
{
    size_t count;
    const struct hf_transition_row *rows = hf_machine_transitions(&count);
    for (size_t i = 0; i < count; i++)
        if (rows[i].from == state && ((unsigned)rows[i].over & HF_OVER_STREAM) != 0)
            return true;
    return false;
}

static void every_state_that_listens_is_swept(void **state)
{
    (void)state;
    for (int s = 0; s < HF_STATES; s++) {
        enum hf_state_kind kind = hf_machine_state((enum hf_state)s)->kind;
        bool listens = (kind == HF_STATE_WAITS || kind == HF_STATE_OPEN || kind == HF_STATE_DRAINS ||
                        kind == HF_STATE_AMID || kind == HF_STATE_EARLY) &&
                       is_of_streams((enum hf_state)s);
        size_t found = 0;
        for (size_t i = 0; i < SITUATIONS; i++)
            found += situations[i].state == (enum hf_state)s;
        assert_int_equal(found, listens ? 1 : 0);
    }
    print_message("%zu tries\n", tries);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_message_in_every_state),
        cmocka_unit_test(change_cipher_spec_and_data_in_every_state),
        cmocka_unit_test(every_alert_in_every_state),
        cmocka_unit_test(every_state_that_listens_is_swept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
