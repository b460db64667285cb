/* Sessions of TLS 1.2 and 1.3 kept with OpenSSL's own programs, both ways: what they made with us they resume with us,
 * and we with them. Skipped where there is no `openssl`. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <handfast/early.h>

#include "crypto/random.h"
#include "session/early_window.h"
#include "support/resume_program.h"

/* Whether early data is to be sent. */
static bool sends_early;

static bool has_openssl(void)
{
    return system("openssl version >/dev/null 2>&1") == 0;
}

/* ---- openssl s_client with us ---- */

static struct hf_session_cache *cache;
static struct hf_ticket_keys *keys;

static void with_tickets(struct hf_builder *builder)
{
    hf_builder_session_cache(builder, cache);
    hf_builder_ticket_keys(builder, keys);
}

static void with_cache(struct hf_builder *builder)
{
    hf_builder_session_cache(builder, cache);
}

static struct hf_early_window *window;

static void with_early_data(struct hf_builder *builder)
{
    with_tickets(builder);
    hf_builder_early_data(builder, 1000);
    hf_builder_early_guard(builder, hf_early_window_guard(window));
}

static const struct lab_side early13 = {.min = HF_TLS13, .more = with_early_data};
static const struct lab_side ticketing12 = {.min = HF_TLS12, .max = HF_TLS12, .more = with_tickets};
static const struct lab_side ticketing13 = {.min = HF_TLS13, .more = with_tickets};
static const struct lab_side caching13 = {.min = HF_TLS13, .more = with_cache};
static const struct lab_side retrying13 = {.min = HF_TLS13, .more = with_tickets, .groups = "secp384r1"};

/* By session ID, from the store; or as `side` does it: by ticket. */
static void one_visit_of_s_client(int listener, uint16_t port, bool again, struct resume_store *store,
                                  const struct lab_side *side)
{
    const bool newer = side != NULL && side->min == HF_TLS13;
    const bool by_ticket = store == NULL;
    char target[32];
    struct hf_failure failure;
    int its_stdin;
    (void)snprintf(target, sizeof target, "127.0.0.1:%u", port);
    const char *const words[] = {"openssl",
                                 "s_client",
                                 "-connect",
                                 target,
                                 newer ? "-tls1_3" : "-tls1_2",
                                 by_ticket ? "-no_comp" : "-no_ticket",
                                 "-servername",
                                 "server.lab",
                                 "-cert",
                                 "client.pem",
                                 "-key",
                                 "client.key",
                                 "-cert_chain",
                                 "client.pem",
                                 again ? "-sess_in" : "-sess_out",
                                 "session",
                                 again && sends_early ? "-early_data" : NULL,
                                 "early",
                                 NULL};
    pid_t pid = resume_program_start(words, &its_stdin);
    struct pollfd waits = {.fd = listener, .events = POLLIN};
    assert_int_equal(poll(&waits, 1, RESUME_PROGRAM_WAIT_MS), 1);
    int fd = accept(listener, NULL, NULL);
    struct hf_config *config = lab_config(HF_SERVER, by_ticket ? side : &resume_lab_server, &failure);
    struct hf_connection *connection = hf_connection_new(config, NULL, LAB_NOW_MS, &failure);
    resume_program_talk(connection, fd, store, /* awaits_session= */ false);
    resume_program_assert_open(connection, again);
    assert_string_equal(hf_peer_spiffe_id(hf_peer(connection)), "spiffe://lab/billing");
    if (!again && !by_ticket)
        resume_program_keep(connection, store, &store->server);
    hf_close(connection);
    resume_program_send(connection, fd);
    (void)close(fd);
    int status;
    (void)waitpid(pid, &status, 0); /* it ends when we close */
    (void)close(its_stdin);
    char said[32];
    (void)snprintf(said, sizeof said, "%s, TLSv1.%c", again ? "Reused" : "New", newer ? '3' : '2');
    assert_true(resume_program_said(said));
    hf_connection_free(connection);
    hf_config_drop(config);
}

static void s_client_resumes_with_us(void **state)
{
    (void)state;
    struct resume_store store = {0};
    uint16_t port;
    if (!has_openssl())
        skip();
    int listener = resume_program_listen(&port);
    one_visit_of_s_client(listener, port, /* again= */ false, &store, NULL);
    one_visit_of_s_client(listener, port, /* again= */ true, &store, NULL);
    (void)close(listener);
}

static void s_client_resumes_with_us_by_ticket(void **state)
{
    (void)state;
    uint16_t port;
    if (!has_openssl())
        skip();
    cache = hf_session_cache_new(8, 3600);
    keys = hf_ticket_keys_new();
    int listener = resume_program_listen(&port);
    one_visit_of_s_client(listener, port, /* again= */ false, NULL, &ticketing12);
    one_visit_of_s_client(listener, port, /* again= */ true, NULL, &ticketing12);
    assert_int_equal(hf_ticket_keys_rotate(keys), HF_OK); /* the next gets a new ticket in its abbreviated handshake */
    one_visit_of_s_client(listener, port, /* again= */ true, NULL, &ticketing12);
    (void)close(listener);
    hf_session_cache_drop(cache);
    hf_ticket_keys_drop(keys);
}

/* Sealed; from the cache, where a session serves once, so that each visit must bring the next; and behind a retry. */
static void s_client_resumes_with_us_in_1_3(void **state)
{
    (void)state;
    static const struct lab_side *const sides[] = {&ticketing13, &caching13, &retrying13};
    uint16_t port;
    if (!has_openssl())
        skip();
    for (size_t i = 0; i < 3; i++) {
        cache = hf_session_cache_new(8, 3600);
        keys = hf_ticket_keys_new();
        int listener = resume_program_listen(&port);
        one_visit_of_s_client(listener, port, /* again= */ false, NULL, sides[i]);
        one_visit_of_s_client(listener, port, /* again= */ true, NULL, sides[i]);
        (void)close(listener);
        hf_session_cache_drop(cache);
        hf_ticket_keys_drop(keys);
    }
}

/* Once; the second time with the same ticket nothing is taken, and s_client goes on without. */
static void s_client_sends_us_early_data(void **state)
{
    (void)state;
    uint16_t port;
    if (!has_openssl())
        skip();
    assert_int_equal(hf_early_window_new(&hf_allocation_standard, &hf_random_system, &window), HF_OK);
    cache = hf_session_cache_new(8, 3600);
    keys = hf_ticket_keys_new();
    int listener = resume_program_listen(&port);
    resume_program_write("early", "hello early");
    sends_early = true;
    one_visit_of_s_client(listener, port, /* again= */ false, NULL, &early13);
    for (int i = 0; i < 2; i++) {
        char early[64];
        one_visit_of_s_client(listener, port, /* again= */ true, NULL, &early13);
        size_t early_len = resume_program_early(early, sizeof early);
        assert_int_equal(early_len, i == 0 ? strlen("hello early") : 0);
        assert_memory_equal(early, "hello early", early_len);
        assert_true(resume_program_said(i == 0 ? "Early data was accepted" : "Early data was rejected"));
    }
    sends_early = false;
    (void)close(listener);
    hf_session_cache_drop(cache);
    hf_ticket_keys_drop(keys);
    hf_early_window_free(window);
}

/* ---- we with openssl s_server ---- */

/* How sessions are kept. */
struct way {
    enum hf_version version;
    bool by_ticket;
};

static void ask_and_send_early(struct hf_builder *builder)
{
    hf_builder_session_tickets(builder);
    hf_builder_early_data(builder, 1000);
}

static void send_early(struct hf_connection *connection)
{
    size_t len;
    assert_true(hf_early_room(connection) >= 11);
    assert_int_equal(hf_write_early(connection, "hello early", 11, &len), HF_OK);
    assert_int_equal(len, 11);
}

static void assert_early(const struct hf_connection *connection, bool taken)
{
    struct hf_session_info info;
    hf_session_info(connection, &info);
    assert_int_equal(info.early_data, taken);
}

static void one_visit_to_s_server(uint16_t port, bool again, const struct way *way, struct resume_store *store)
{
    const bool newer = way->version == HF_TLS13;
    struct hf_failure failure;
    const struct lab_side side = {.who = LAB_CLIENT,
                                  .more = sends_early      ? ask_and_send_early
                                          : way->by_ticket ? hf_builder_session_tickets
                                                           : NULL};
    struct hf_config *config = lab_config(HF_CLIENT, &side, &failure);
    struct hf_connection *connection =
        hf_connection_resume(config, "server.lab", store->client.at, store->client.len, LAB_NOW_MS, &failure);
    int fd = resume_program_dial(port);
    if (sends_early && again)
        send_early(connection);
    resume_program_talk(connection, fd, store, /* awaits_session= */ newer && !again);
    resume_program_assert_open(connection, again);
    assert_early(connection, sends_early && again);
    assert_string_equal(hf_peer_subject(hf_peer(connection)), "CN=server.lab");
    if (!again)
        resume_program_keep(connection, store, &store->client);
    hf_close(connection);
    resume_program_send(connection, fd);
    (void)close(fd);
    hf_connection_free(connection);
    hf_config_drop(config);
}

static void resume_with_s_server(const struct way *way)
{
    struct resume_store store = {0};
    struct hf_session session;
    char where[16];
    uint16_t port;
    int its_stdin;
    if (!has_openssl())
        skip();
    (void)close(resume_program_listen(&port)); /* a port that was free */
    (void)snprintf(where, sizeof where, "%u", port);
    const char *const words[] = {"openssl",
                                 "s_server",
                                 "-accept",
                                 where,
                                 way->version == HF_TLS13 ? "-tls1_3" : "-tls1_2",
                                 way->by_ticket ? "-no_comp" : "-no_ticket",
                                 "-cert",
                                 "server.pem",
                                 "-key",
                                 "server.key",
                                 "-cert_chain",
                                 "server.pem",
                                 "-Verify",
                                 "2",
                                 sends_early ? "-early_data" : NULL,
                                 NULL};
    pid_t pid = resume_program_start(words, &its_stdin);
    one_visit_to_s_server(port, /* again= */ false, way, &store);
    one_visit_to_s_server(port, /* again= */ true, way, &store);
    bool told = resume_program_comes_to_say("Reused session-id");
    told = told && (!sends_early || resume_program_comes_to_say("hello early"));
    resume_program_end(pid, its_stdin);
    assert_true(told);
    assert_int_equal(hf_session_read(hf_span_of(store.client.at, store.client.len), &session), HF_OK);
    assert_int_equal(session.ticket.len > 0, way->by_ticket);
}

static void we_resume_with_s_server(void **state)
{
    (void)state;
    resume_with_s_server(&(struct way){HF_TLS12, .by_ticket = false});
}

static void we_send_s_server_early_data(void **state)
{
    (void)state;
    sends_early = true;
    resume_with_s_server(&(struct way){HF_TLS13, .by_ticket = true});
    sends_early = false;
}

static void we_resume_with_s_server_by_ticket(void **state)
{
    (void)state;
    resume_with_s_server(&(struct way){HF_TLS12, .by_ticket = true});
}

static void we_resume_with_s_server_in_1_3(void **state)
{
    (void)state;
    resume_with_s_server(&(struct way){HF_TLS13, .by_ticket = true});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(s_client_resumes_with_us),          cmocka_unit_test(s_client_resumes_with_us_by_ticket),
        cmocka_unit_test(s_client_sends_us_early_data),      cmocka_unit_test(we_send_s_server_early_data),
        cmocka_unit_test(s_client_resumes_with_us_in_1_3),   cmocka_unit_test(we_resume_with_s_server),
        cmocka_unit_test(we_resume_with_s_server_by_ticket), cmocka_unit_test(we_resume_with_s_server_in_1_3),
    };
    return cmocka_run_group_tests(tests, resume_program_set_up, resume_program_tear_down);
}
