/* Sessions of TLS 1.2 and 1.3 kept with OpenSSL's own programs, both ways: what they made with us they resume with us,
 * and we with them. Skipped where there is no `openssl`. */
#define _DEFAULT_SOURCE /* mkdtemp */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <handfast/early.h>

#include "crypto/random.h"
#include "session/early_window.h"
#include "support/resume_lab.h"

enum { WAIT_MS = 20000 };

static char folder[] = "/tmp/handfast-resume-XXXXXX";

/* ---- files and programs ---- */

static void path_of(const char *name, char path[128])
{
    (void)snprintf(path, 128, "%s/%s", folder, name);
}

static void write_file(const char *name, const char *text)
{
    char path[128];
    path_of(name, path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static bool file_has(const char *name, const char *part)
{
    char path[128];
    static char text[65536];
    path_of(name, path);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return false;
    size_t len = fread(text, 1, sizeof text - 1, file);
    text[len] = '\0';
    (void)fclose(file);
    return strstr(text, part) != NULL;
}

static int set_up(void **state)
{
    (void)state;
    (void)signal(SIGPIPE, SIG_IGN);
    if (mkdtemp(folder) == NULL)
        return -1;
    const struct lab_identity *client = lab_identity(LAB_CLIENT, MAKE_KEY_P256);
    const struct lab_identity *server = lab_identity(LAB_SERVER, MAKE_KEY_P256);
    write_file("client.pem", client->chain);
    write_file("client.key", client->key);
    write_file("server.pem", server->chain);
    write_file("server.key", server->key);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    static const char *const names[] = {"client.pem", "client.key", "server.pem", "server.key",
                                        "session",    "output",     "early"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[128];
        path_of(names[i], path);
        (void)unlink(path);
    }
    return rmdir(folder);
}

/* Starts openssl in the folder, its output in the file `output`; *ret_stdin keeps it waiting until it is closed. */
static pid_t start(const char *const *words, int *ret_stdin)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        int output = chdir(folder) == 0 ? open("output", O_CREAT | O_TRUNC | O_WRONLY, 0600) : -1;
        if (output < 0 || dup2(ends[0], 0) < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0)
            _exit(126);
        (void)close(ends[1]);
        (void)alarm(60);
        (void)execvp("openssl", (char *const *)(uintptr_t)words);
        _exit(127);
    }
    (void)close(ends[0]);
    *ret_stdin = ends[1];
    return pid;
}

static void end(pid_t pid, int its_stdin)
{
    int status;
    (void)close(its_stdin);
    (void)kill(pid, SIGTERM);
    (void)waitpid(pid, &status, 0);
}

static bool has_openssl(void)
{
    return system("openssl version >/dev/null 2>&1") == 0;
}

/* ---- a connection over a socket, at the lab's time ---- */

static void send_out(struct hf_connection *connection, int fd)
{
    const uint8_t *wire;
    size_t len;
    while ((len = hf_output(connection, &wire)) > 0) {
        ssize_t sent = write(fd, wire, len);
        if (sent <= 0)
            return;
        hf_drained(connection, (size_t)sent);
    }
}

/* In 1.3 a client's session comes behind the handshake. */
static bool awaits_session;

/* Early data that came to us, and whether it is to be sent. */
static char early[64];
static size_t early_len;
static bool sends_early;

static void take_early(struct hf_connection *connection)
{
    size_t len = 0;
    assert_true(hf_read_early(connection, early + early_len, sizeof early - early_len, &len) == HF_OK ||
                hf_failure(connection) != NULL);
    early_len += len;
}

static bool is_done(const struct hf_connection *connection)
{
    struct hf_session_info info;
    hf_session_info(connection, &info);
    return (info.opened && (!awaits_session || hf_session_size(connection) > 0)) || hf_failure(connection) != NULL;
}

static void talk(struct hf_connection *connection, int fd, const struct resume_store *store)
{
    uint8_t wire[4096];
    const uint8_t *id;
    size_t len;
    send_out(connection, fd);
    while (!is_done(connection)) {
        struct pollfd waits = {.fd = fd, .events = POLLIN};
        assert_int_equal(poll(&waits, 1, WAIT_MS), 1);
        ssize_t got = read(fd, wire, sizeof wire);
        assert_true(got > 0);
        (void)hf_feed(connection, wire, (size_t)got, LAB_NOW_MS);
        take_early(connection);
        if (hf_session_wanted(connection, &id, &len)) {
            bool found = len == store->id_len && memcmp(id, store->id, len) == 0;
            (void)hf_answer_session(connection, found ? store->server.at : NULL, found ? store->server.len : 0);
        }
        send_out(connection, fd);
    }
}

static void assert_good(const struct hf_connection *connection, bool resumed)
{
    struct hf_session_info info;
    char text[1024];
    if (hf_failure(connection) != NULL && hf_failure_explain(hf_failure(connection), LAB_NOW_S, text, sizeof text) > 0)
        print_message("%s\n", text);
    hf_session_info(connection, &info);
    assert_true(info.opened);
    assert_int_equal(info.resumed, resumed);
    assert_non_null(hf_peer(connection));
}

static void keep(const struct hf_connection *connection, struct resume_store *store, struct resume_bytes *bytes)
{
    const uint8_t *id;
    store->id_len = hf_session_id(connection, &id);
    assert_true(store->id_len > 0);
    memcpy(store->id, id, store->id_len);
    assert_int_equal(hf_session_bytes(connection, bytes->at, sizeof bytes->at, &bytes->len), HF_OK);
}

static int listen_on(uint16_t *ret_port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, len), 0);
    assert_int_equal(listen(fd, 4), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
    *ret_port = ntohs(at.sin_port);
    return fd;
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
    pid_t pid = start(words, &its_stdin);
    struct pollfd waits = {.fd = listener, .events = POLLIN};
    assert_int_equal(poll(&waits, 1, WAIT_MS), 1);
    int fd = accept(listener, NULL, NULL);
    struct hf_config *config = lab_config(HF_SERVER, by_ticket ? side : &resume_lab_server, &failure);
    struct hf_connection *connection = hf_connection_new(config, NULL, LAB_NOW_MS, &failure);
    talk(connection, fd, store);
    assert_good(connection, again);
    assert_string_equal(hf_peer_spiffe_id(hf_peer(connection)), "spiffe://lab/billing");
    if (!again && !by_ticket)
        keep(connection, store, &store->server);
    hf_close(connection);
    send_out(connection, fd);
    (void)close(fd);
    int status;
    (void)waitpid(pid, &status, 0); /* it ends when we close */
    (void)close(its_stdin);
    char said[32];
    (void)snprintf(said, sizeof said, "%s, TLSv1.%c", again ? "Reused" : "New", newer ? '3' : '2');
    assert_true(file_has("output", said));
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
    int listener = listen_on(&port);
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
    int listener = listen_on(&port);
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
        int listener = listen_on(&port);
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
    int listener = listen_on(&port);
    write_file("early", "hello early");
    sends_early = true;
    one_visit_of_s_client(listener, port, /* again= */ false, NULL, &early13);
    for (int i = 0; i < 2; i++) {
        early_len = 0;
        one_visit_of_s_client(listener, port, /* again= */ true, NULL, &early13);
        assert_int_equal(early_len, i == 0 ? strlen("hello early") : 0);
        assert_memory_equal(early, "hello early", early_len);
        assert_true(file_has("output", i == 0 ? "Early data was accepted" : "Early data was rejected"));
    }
    sends_early = false;
    (void)close(listener);
    hf_session_cache_drop(cache);
    hf_ticket_keys_drop(keys);
    hf_early_window_free(window);
}

/* ---- we with openssl s_server ---- */

static int dial(uint16_t port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(port)};
    for (int i = 0; i < 200; i++) {
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
            return fd;
        (void)close(fd);
        (void)poll(NULL, 0, 50);
    }
    fail_msg("s_server does not listen");
    return -1;
}

/* A server tells of a connection when its client may be gone already. */
static bool comes_to_tell(const char *part)
{
    for (int i = 0; i < 200 && !file_has("output", part); i++)
        (void)poll(NULL, 0, 50);
    return file_has("output", part);
}

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
    int fd = dial(port);
    if (sends_early && again)
        send_early(connection);
    awaits_session = newer && !again;
    talk(connection, fd, store);
    assert_good(connection, again);
    assert_early(connection, sends_early && again);
    assert_string_equal(hf_peer_subject(hf_peer(connection)), "CN=server.lab");
    if (!again)
        keep(connection, store, &store->client);
    awaits_session = false;
    hf_close(connection);
    send_out(connection, fd);
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
    (void)close(listen_on(&port)); /* a port that was free */
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
    pid_t pid = start(words, &its_stdin);
    one_visit_to_s_server(port, /* again= */ false, way, &store);
    one_visit_to_s_server(port, /* again= */ true, way, &store);
    bool told = comes_to_tell("Reused session-id");
    told = told && (!sends_early || comes_to_tell("hello early"));
    end(pid, its_stdin);
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
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
