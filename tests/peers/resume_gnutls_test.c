/* Sessions of TLS 1.2 and 1.3 kept with GnuTLS' own programs, and early data, both ways, mutual: see resume_test.c,
 * which does it with OpenSSL's. Skipped where there are no gnutls-cli and gnutls-serv. */
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

#define ONLY12    "NORMAL:-VERS-ALL:+VERS-TLS1.2"
#define ONLY12_ID ONLY12 ":%NO_TICKETS"
#define ONLY13    "NORMAL:-VERS-ALL:+VERS-TLS1.3"

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

static void need_gnutls(void)
{
    if (system("gnutls-cli --version >/dev/null 2>&1 && gnutls-serv --version >/dev/null 2>&1") != 0)
        skip();
}

/* ---- gnutls-cli with us: it comes, closes, and comes again to resume ---- */

static void serve_visit(int listener, const struct lab_side *side, bool again)
{
    struct hf_failure failure;
    struct pollfd waits = {.fd = listener, .events = POLLIN};
    const struct resume_store none = {0};
    uint8_t wire[4096];
    assert_int_equal(poll(&waits, 1, RESUME_PROGRAM_WAIT_MS), 1);
    int fd = accept(listener, NULL, NULL);
    struct hf_config *config = lab_config(HF_SERVER, side, &failure);
    struct hf_connection *connection = hf_connection_new(config, NULL, LAB_NOW_MS, &failure);
    resume_program_talk(connection, fd, &none, /* awaits_session= */ false);
    resume_program_assert_open(connection, again);
    assert_string_equal(hf_peer_spiffe_id(hf_peer(connection)), "spiffe://lab/billing");
    hf_close(connection);
    resume_program_send(connection, fd);
    (void)shutdown(fd, SHUT_WR);
    while (read(fd, wire, sizeof wire) > 0) /* until it has all, and goes */
        ;
    (void)close(fd);
    hf_connection_free(connection);
    hf_config_drop(config);
}

/* `early`: the file of what it sends early; NULL: nothing. */
static void gnutls_cli_resumes(const char *priority, const struct lab_side *side, const char *early)
{
    uint16_t port;
    char where[16];
    int its_stdin, status;
    need_gnutls();
    cache = hf_session_cache_new(8, 3600);
    keys = hf_ticket_keys_new();
    int listener = resume_program_listen(&port);
    (void)snprintf(where, sizeof where, "%u", port);
    const char *const words[] = {"gnutls-cli",
                                 "--resume",
                                 "--waitresumption",
                                 "--insecure",
                                 "--sni-hostname",
                                 "server.lab",
                                 "--port",
                                 where,
                                 "--x509certfile",
                                 "client.pem",
                                 "--x509keyfile",
                                 "client.key",
                                 "--priority",
                                 priority,
                                 "127.0.0.1",
                                 early == NULL ? NULL : "--earlydata",
                                 early,
                                 NULL};
    pid_t pid = resume_program_start(words, &its_stdin);
    serve_visit(listener, side, /* again= */ false);
    serve_visit(listener, side, /* again= */ true);
    assert_true(resume_program_comes_to_say("This is a resumed session"));
    (void)close(its_stdin);
    (void)waitpid(pid, &status, 0);
    (void)close(listener);
    hf_session_cache_drop(cache);
    hf_ticket_keys_drop(keys);
}

static void gnutls_cli_resumes_with_us(void **state)
{
    (void)state;
    static const struct lab_side caching12 = {.min = HF_TLS12, .max = HF_TLS12, .more = with_cache};
    static const struct lab_side ticketing12 = {.min = HF_TLS12, .max = HF_TLS12, .more = with_tickets};
    gnutls_cli_resumes(ONLY12_ID, &caching12, /* early= */ NULL);
    gnutls_cli_resumes(ONLY12, &ticketing12, /* early= */ NULL);
}

/* Sealed, from the cache, and behind a retry. */
static void gnutls_cli_resumes_with_us_in_1_3(void **state)
{
    (void)state;
    static const struct lab_side sides[] = {
        {.min = HF_TLS13, .more = with_tickets},
        {.min = HF_TLS13, .more = with_cache},
        {.min = HF_TLS13, .more = with_tickets, .groups = "secp521r1"},
    };
    for (size_t i = 0; i < sizeof sides / sizeof sides[0]; i++)
        gnutls_cli_resumes(ONLY13, &sides[i], /* early= */ NULL);
}

static void gnutls_cli_sends_us_early_data(void **state)
{
    (void)state;
    static const struct lab_side side = {.min = HF_TLS13, .more = with_early_data};
    char early[64];
    if (system("gnutls-cli --version 2>&1 | grep -q '^gnutls-cli 3[.]7'") != 0)
        skip(); /* that of 3.8.9 gives up ("error sending early data"), before GnuTLS' own server, too */
    need_gnutls();
    assert_int_equal(hf_early_window_new(&hf_allocation_standard, &hf_random_system, &window), HF_OK);
    resume_program_write("early", "hello early");
    gnutls_cli_resumes(ONLY13, &side, "early");
    assert_int_equal(resume_program_early(early, sizeof early), strlen("hello early"));
    assert_memory_equal(early, "hello early", strlen("hello early"));
    hf_early_window_free(window);
}

/* ---- we with gnutls-serv ---- */

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

/* How sessions are kept, and whether what they begin has early data. */
enum way { BY_ID, BY_TICKET, BY_TICKET_EARLY };

static void visit(uint16_t port, bool again, enum way way, struct resume_store *store)
{
    static void (*const more[])(struct hf_builder *) = {NULL, hf_builder_session_tickets, ask_and_send_early};
    struct hf_failure failure;
    const bool early = way == BY_TICKET_EARLY && again;
    const struct lab_side side = {.who = LAB_CLIENT, .more = more[way]};
    struct hf_config *config = lab_config(HF_CLIENT, &side, &failure);
    struct hf_connection *connection =
        hf_connection_resume(config, "server.lab", store->client.at, store->client.len, LAB_NOW_MS, &failure);
    int fd = resume_program_dial(port);
    if (early)
        send_early(connection);
    resume_program_talk(connection, fd, store, /* awaits_session= */ way != BY_ID && !again);
    resume_program_assert_open(connection, again);
    assert_early(connection, early);
    assert_string_equal(hf_peer_subject(hf_peer(connection)), "CN=server.lab");
    if (!again)
        resume_program_keep(connection, store, &store->client);
    hf_close(connection);
    resume_program_send(connection, fd);
    (void)close(fd);
    hf_connection_free(connection);
    hf_config_drop(config);
}

static void resume_with_gnutls_serv(const char *priority, enum way way)
{
    struct resume_store store = {0};
    char where[16];
    uint16_t port;
    int its_stdin;
    need_gnutls();
    (void)close(resume_program_listen(&port)); /* a port that was free */
    (void)snprintf(where, sizeof where, "%u", port);
    const char *const words[] = {"gnutls-serv",
                                 "--port",
                                 where,
                                 "--x509certfile",
                                 "server.pem",
                                 "--x509keyfile",
                                 "server.key",
                                 "--echo",
                                 "--require-client-cert",
                                 "--priority",
                                 priority,
                                 way == BY_TICKET_EARLY ? "--earlydata" : NULL,
                                 NULL};
    pid_t pid = resume_program_start(words, &its_stdin);
    visit(port, /* again= */ false, way, &store);
    visit(port, /* again= */ true, way, &store);
    resume_program_end(pid, its_stdin);
}

static void we_resume_with_gnutls_serv(void **state)
{
    (void)state;
    resume_with_gnutls_serv(ONLY12, BY_ID);
    resume_with_gnutls_serv(ONLY12, BY_TICKET);
}

static void we_resume_with_gnutls_serv_in_1_3(void **state)
{
    (void)state;
    resume_with_gnutls_serv(ONLY13, BY_TICKET);
}

static void we_send_gnutls_serv_early_data(void **state)
{
    (void)state;
    resume_with_gnutls_serv(ONLY13, BY_TICKET_EARLY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gnutls_cli_resumes_with_us),     cmocka_unit_test(gnutls_cli_resumes_with_us_in_1_3),
        cmocka_unit_test(we_resume_with_gnutls_serv),     cmocka_unit_test(we_resume_with_gnutls_serv_in_1_3),
        cmocka_unit_test(gnutls_cli_sends_us_early_data), cmocka_unit_test(we_send_gnutls_serv_early_data),
    };
    return cmocka_run_group_tests(tests, resume_program_set_up, resume_program_tear_down);
}
