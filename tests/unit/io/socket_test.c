/* The socket driver over socket pairs: both ends of it, blocking and not, and what it says when the other end goes. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <handfast/authority.h>
#include <handfast/early.h>
#include <handfast/session.h>
#include <handfast/socket.h>

enum { LONG_LEN = 3 * 1000 * 1000, WAIT_MS = 10000 };

enum { EARLY_MAX = 1000, SESSION_MAX = 8192 };

struct fixture {
    struct hf_config *early_server_config; /* these two resume, with early data */
    struct hf_config *early_client_config;
    struct hf_config *server_config;
    struct hf_config *client_config;
    struct hf_config *stranger_config; /* a client without a certificate */
};

struct ends {
    struct hf_connection *client;
    struct hf_connection *server;
    int client_fd;
    int server_fd;
};

static struct hf_authority_issued issue(const struct hf_authority *authority, enum hf_authority_role role,
                                        const char *name)
{
    struct hf_authority_issued issued;
    struct hf_failure failure;
    const struct hf_authority_wish wish = {
        .role = role, .name = name, .validity = hf_authority_validity_days((int64_t)time(NULL), 1)};
    assert_int_equal(hf_authority_issue(authority, &wish, &issued, &failure), HF_OK);
    return issued;
}

static void resume_early(struct hf_builder *builder, enum hf_role role)
{
    struct hf_session_cache *cache = role == HF_SERVER ? hf_session_cache_new(8, 3600) : NULL;
    hf_builder_early_data(builder, EARLY_MAX);
    if (role == HF_CLIENT)
        hf_builder_session_tickets(builder);
    else
        hf_builder_session_cache(builder, cache);
    hf_session_cache_drop(cache);
}

static struct hf_config *configure_with(enum hf_role role, const char *root, const struct hf_authority_issued *issued,
                                        bool early)
{
    struct hf_failure failure;
    struct hf_builder *builder = hf_builder_new(role);
    if (issued != NULL)
        hf_builder_identity_pem(builder, issued->chain_pem, strlen(issued->chain_pem), issued->key_pem,
                                strlen(issued->key_pem));
    else
        hf_builder_anonymous(builder);
    hf_builder_trust_pem(builder, root, strlen(root));
    if (early)
        resume_early(builder, role);
    struct hf_config *config = hf_builder_finish(builder, (int64_t)time(NULL), &failure);
    assert_non_null(config);
    return config;
}

static struct hf_config *configure(enum hf_role role, const char *root, const struct hf_authority_issued *issued)
{
    return configure_with(role, root, issued, /* early= */ false);
}

static int set_up(void **state)
{
    static struct fixture fixture;
    struct hf_authority *authority = NULL;
    struct hf_failure failure;
    const struct hf_authority_settings settings = {.name = "lab",
                                                   .validity = hf_authority_validity_days((int64_t)time(NULL), 2)};
    assert_int_equal(hf_authority_new(&settings, &authority, &failure), HF_OK);
    struct hf_authority_issued server = issue(authority, HF_AUTHORITY_SERVER, "server.lab");
    struct hf_authority_issued client = issue(authority, HF_AUTHORITY_CLIENT, "client");
    const char *root = hf_authority_certificate_pem(authority, HF_AUTHORITY_ROOT);
    fixture.server_config = configure(HF_SERVER, root, &server);
    fixture.client_config = configure(HF_CLIENT, root, &client);
    fixture.early_server_config = configure_with(HF_SERVER, root, &server, /* early= */ true);
    fixture.early_client_config = configure_with(HF_CLIENT, root, &client, /* early= */ true);
    fixture.stranger_config = configure(HF_CLIENT, root, NULL);
    hf_authority_issued_wipe(&server);
    hf_authority_issued_wipe(&client);
    hf_authority_free(authority);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    hf_config_drop(fixture->server_config);
    hf_config_drop(fixture->client_config);
    hf_config_drop(fixture->stranger_config);
    hf_config_drop(fixture->early_server_config);
    hf_config_drop(fixture->early_client_config);
    return 0;
}

static struct ends join(const struct fixture *fixture, struct hf_config *client_config)
{
    int fds[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    uint64_t now_ms = hf_socket_now_ms();
    struct ends ends = {.client_fd = fds[0], .server_fd = fds[1]};
    ends.client = hf_connection_new(client_config, "server.lab", now_ms, NULL);
    ends.server = hf_connection_new(fixture->server_config, NULL, now_ms, NULL);
    assert_non_null(ends.client);
    assert_non_null(ends.server);
    return ends;
}

static void part(struct ends *ends)
{
    hf_connection_free(ends->client);
    hf_connection_free(ends->server);
    close(ends->client_fd);
    if (ends->server_fd >= 0)
        close(ends->server_fd);
}

static bool is_open(const struct hf_connection *connection)
{
    struct hf_session_info info;
    hf_session_info(connection, &info);
    return info.opened;
}

static uint8_t byte_at(size_t i)
{
    return (uint8_t)(i * 7 + i / 251);
}

static void test_non_blocking_pump(void **state)
{
    struct fixture *fixture = *state;
    struct ends ends = join(fixture, fixture->client_config);
    assert_int_equal(fcntl(ends.client_fd, F_SETFL, O_NONBLOCK), 0);
    assert_int_equal(fcntl(ends.server_fd, F_SETFL, O_NONBLOCK), 0);
    for (int i = 0; i < 20 && !(is_open(ends.client) && is_open(ends.server)); i++) {
        assert_int_equal(hf_socket_pump(ends.client, ends.client_fd, -1), HF_OK); /* never waits */
        assert_int_equal(hf_socket_pump(ends.server, ends.server_fd, -1), HF_OK);
    }
    assert_true(is_open(ends.client));
    assert_true(is_open(ends.server));
    part(&ends);
}

/* The server of the blocking tests: echoes until its peer closes, then closes. */
static void *echo(void *argument)
{
    struct ends *ends = argument;
    static char data[70000];
    size_t len = 1;
    enum hf_error error = hf_socket_handshake(ends->server, ends->server_fd, WAIT_MS);
    while (error == HF_OK && len > 0) {
        len = 0;
        error = hf_socket_read(ends->server, ends->server_fd, data, sizeof data, &len);
        if (error == HF_OK)
            error = hf_socket_write(ends->server, ends->server_fd, data, len);
    }
    if (error == HF_OK)
        error = hf_socket_close(ends->server, ends->server_fd);
    return error == HF_OK ? ends : NULL;
}

/* Writes all while the main thread, which has the other end, reads. */
static void *write_long(void *argument)
{
    struct ends *ends = argument;
    static uint8_t data[LONG_LEN];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = byte_at(i);
    bool fine = hf_socket_write(ends->client, ends->client_fd, data, sizeof data) == HF_OK &&
                hf_socket_close(ends->client, ends->client_fd) == HF_OK;
    return fine ? ends : NULL;
}

static void test_blocking_echo(void **state)
{
    struct fixture *fixture = *state;
    struct ends ends = join(fixture, fixture->client_config);
    pthread_t server;
    void *result = NULL;
    char got[64];
    size_t len = 0;
    assert_int_equal(pthread_create(&server, NULL, echo, &ends), 0);
    assert_int_equal(hf_socket_handshake(ends.client, ends.client_fd, WAIT_MS), HF_OK);
    assert_int_equal(hf_socket_await_verdict(ends.client, ends.client_fd, WAIT_MS), HF_OK);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(hf_socket_write(ends.client, ends.client_fd, "hello", 5), HF_OK);
        assert_int_equal(hf_socket_read(ends.client, ends.client_fd, got, sizeof got, &len), HF_OK);
        assert_int_equal(len, 5);
        assert_memory_equal(got, "hello", 5);
    }
    assert_int_equal(hf_socket_close(ends.client, ends.client_fd), HF_OK);
    assert_int_equal(hf_socket_read(ends.client, ends.client_fd, got, sizeof got, &len), HF_OK);
    assert_int_equal(len, 0);
    pthread_join(server, &result);
    assert_non_null(result);
    part(&ends);
}

/* A writer that nobody reads waits; then all arrives, in order. */
static void test_long_write(void **state)
{
    struct fixture *fixture = *state;
    struct ends ends = join(fixture, fixture->client_config);
    pthread_t writer;
    void *result = NULL;
    static uint8_t got[20000];
    size_t total = 0;
    assert_int_equal(fcntl(ends.server_fd, F_SETFL, O_NONBLOCK), 0); /* read and write wait all the same */
    for (int i = 0; i < 20 && !is_open(ends.server); i++) {
        assert_int_equal(hf_socket_pump(ends.client, ends.client_fd, 0), HF_OK);
        assert_int_equal(hf_socket_pump(ends.server, ends.server_fd, 0), HF_OK);
    }
    assert_int_equal(pthread_create(&writer, NULL, write_long, &ends), 0);
    for (size_t len = 1; len > 0; total += len) {
        assert_int_equal(hf_socket_read(ends.server, ends.server_fd, got, sizeof got, &len), HF_OK);
        for (size_t i = 0; i < len; i++)
            assert_int_equal(got[i], byte_at(total + i));
    }
    assert_int_equal(total, LONG_LEN);
    pthread_join(writer, &result);
    assert_non_null(result);
    part(&ends);
}

static struct ends open_without_waiting(const struct fixture *fixture)
{
    struct ends ends = join(fixture, fixture->client_config);
    for (int i = 0; i < 20 && !(is_open(ends.server) && is_open(ends.client)); i++) {
        assert_int_equal(hf_socket_pump(ends.client, ends.client_fd, 0), HF_OK);
        assert_int_equal(hf_socket_pump(ends.server, ends.server_fd, 0), HF_OK);
    }
    assert_true(is_open(ends.server));
    return ends;
}

/* Whatever the socket takes at a time and whatever room there is to receive, all arrives in order; what was sealed and
 * not taken waits, and goes first. */
static void test_data_without_waiting(void **state)
{
    static const size_t rooms[] = {1, 100, 16384, 16640, 70000};
    static uint8_t data[LONG_LEN];
    static uint8_t got[70000];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = byte_at(i);
    struct ends ends = open_without_waiting(*state);
    struct hf_socket_unsent unsent = {.bytes = NULL};
    size_t sent = 0;
    size_t total = 0;
    size_t stuck = 0;
    for (size_t turn = 0; total < LONG_LEN && turn < 400000; turn++) {
        size_t taken = 0;
        size_t len = 0;
        assert_int_equal(hf_socket_send_data(ends.client, ends.client_fd, &unsent,
                                             (struct hf_bytes){data + sent, sizeof data - sent}, &taken),
                         HF_OK);
        sent += taken;
        stuck += unsent.bytes != NULL;
        struct hf_room room = {got, rooms[turn % (sizeof rooms / sizeof rooms[0])]};
        assert_int_equal(hf_socket_receive_data(ends.server, ends.server_fd, room, &len), HF_OK);
        assert_in_range(len, 0, room.len);
        assert_memory_equal(got, data + total, len);
        total += len;
    }
    assert_int_equal(total, LONG_LEN);
    assert_true(stuck > 0);
    assert_null(unsent.bytes);
    part(&ends);
}

/* Who sends to a peer that has gone learns it, and holds nothing more; data that came before the end is read first. */
static void test_data_when_the_peer_goes(void **state)
{
    static uint8_t data[1 << 20];
    uint8_t got[16640];
    struct ends ends = open_without_waiting(*state);
    struct hf_socket_unsent unsent = {.bytes = NULL};
    const struct hf_room room = {got, sizeof got};
    size_t taken = 0;
    size_t len = 0;
    assert_int_equal(hf_socket_send_data(ends.server, ends.server_fd, &unsent, (struct hf_bytes){"bye", 3}, &taken),
                     HF_OK);
    assert_int_equal(
        hf_socket_send_data(ends.client, ends.client_fd, &unsent, (struct hf_bytes){data, sizeof data}, &taken), HF_OK);
    assert_non_null(unsent.bytes); /* nobody reads it */
    close(ends.server_fd);
    ends.server_fd = -1;
    assert_int_equal(hf_socket_receive_data(ends.client, ends.client_fd, room, &len), HF_OK);
    assert_int_equal(len, 3);
    assert_memory_equal(got, "bye", 3);
    assert_int_not_equal(hf_socket_send_data(ends.client, ends.client_fd, &unsent, (struct hf_bytes){NULL, 0}, &taken),
                         HF_OK);
    assert_null(unsent.bytes);
    part(&ends);
}

static void *refuse(void *argument)
{
    struct ends *ends = argument;
    enum hf_error error = hf_socket_handshake(ends->server, ends->server_fd, WAIT_MS);
    close(ends->server_fd); /* at once: the alert is already on its way */
    ends->server_fd = -1;
    return error == HF_ERR_certificate_missing ? ends : NULL;
}

/* In TLS 1.3 the client's handshake succeeds, and only the verdict says that it was refused. */
static void test_refusal_comes_as_verdict(void **state)
{
    struct fixture *fixture = *state;
    struct ends ends = join(fixture, fixture->stranger_config);
    pthread_t server;
    void *result = NULL;
    assert_int_equal(pthread_create(&server, NULL, refuse, &ends), 0);
    assert_int_equal(hf_socket_handshake(ends.client, ends.client_fd, WAIT_MS), HF_OK);
    pthread_join(server, &result);
    assert_non_null(result);
    assert_int_equal(hf_socket_await_verdict(ends.client, ends.client_fd, WAIT_MS), HF_ERR_peer_wants_certificate);
    assert_int_equal(hf_failure(ends.client)->by, HF_BY_PEER);
    part(&ends);
}

/* A client that only writes meets a broken pipe, and still learns why. */
static void test_last_words_are_heard(void **state)
{
    struct fixture *fixture = *state;
    struct ends ends = join(fixture, fixture->stranger_config);
    pthread_t server;
    void *result = NULL;
    static const uint8_t data[100000];
    assert_int_equal(pthread_create(&server, NULL, refuse, &ends), 0);
    assert_int_equal(hf_socket_handshake(ends.client, ends.client_fd, WAIT_MS), HF_OK);
    pthread_join(server, &result);
    assert_non_null(result);
    assert_int_equal(hf_socket_write(ends.client, ends.client_fd, data, sizeof data), HF_ERR_peer_wants_certificate);
    part(&ends);
}

static void test_silence_has_an_end(void **state)
{
    struct fixture *fixture = *state;
    struct ends ends = join(fixture, fixture->client_config);
    uint64_t began = hf_socket_now_ms();
    assert_int_equal(hf_socket_handshake(ends.client, ends.client_fd, 100), HF_ERR_timed_out);
    assert_in_range(hf_socket_now_ms() - began, 90, 5000);
    for (int i = 0; i < 20 && !is_open(ends.client); i++) {
        assert_int_equal(hf_socket_pump(ends.server, ends.server_fd, 0), HF_OK);
        assert_int_equal(hf_socket_pump(ends.client, ends.client_fd, 0), HF_OK);
    }
    /* The server does not run any more: no verdict, which is not a refusal. */
    assert_int_equal(hf_socket_await_verdict(ends.client, ends.client_fd, 100), HF_ERR_timed_out);
    assert_null(hf_failure(ends.client));
    part(&ends);
}

static void test_the_peer_vanishes(void **state)
{
    struct fixture *fixture = *state;
    struct ends ends = join(fixture, fixture->client_config);
    close(ends.server_fd);
    ends.server_fd = -1;
    assert_int_equal(hf_socket_handshake(ends.client, ends.client_fd, WAIT_MS), HF_ERR_cut_in_handshake);
    part(&ends);

    ends = join(fixture, fixture->client_config);
    for (int i = 0; i < 20 && !is_open(ends.server); i++) {
        assert_int_equal(hf_socket_pump(ends.client, ends.client_fd, 0), HF_OK);
        assert_int_equal(hf_socket_pump(ends.server, ends.server_fd, 0), HF_OK);
    }
    assert_int_equal(hf_socket_await_verdict(ends.client, ends.client_fd, WAIT_MS), HF_OK);
    close(ends.server_fd);
    ends.server_fd = -1;
    char got[16];
    size_t len = 99;
    assert_int_equal(hf_socket_read(ends.client, ends.client_fd, got, sizeof got, &len), HF_ERR_truncated);
    assert_int_equal(len, 99); /* untouched */
    part(&ends);
}

static void test_bad_descriptor(void **state)
{
    struct fixture *fixture = *state;
    struct ends ends = join(fixture, fixture->client_config);
    assert_int_equal(hf_socket_pump(ends.client, -1, 0), HF_ERR_network_failed);
    part(&ends);
}

static struct ends join_early(const struct fixture *fixture, const void *session, size_t len)
{
    int fds[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    uint64_t now_ms = hf_socket_now_ms();
    struct ends ends = {.client_fd = fds[0], .server_fd = fds[1]};
    ends.client = hf_connection_resume(fixture->early_client_config, "server.lab", session, len, now_ms, NULL);
    ends.server = hf_connection_new(fixture->early_server_config, NULL, now_ms, NULL);
    assert_non_null(ends.client);
    assert_non_null(ends.server);
    assert_int_equal(fcntl(ends.client_fd, F_SETFL, O_NONBLOCK), 0);
    return ends;
}

static bool has_opened(const struct hf_connection *connection)
{
    struct hf_session_info info;
    hf_session_info(connection, &info);
    return info.opened;
}

/* The client's bytes are all there before the server looks: nobody waits. */
static void test_early_data_is_read_before_the_handshake_ends(void **state)
{
    uint8_t session[SESSION_MAX];
    char got[16];
    size_t session_len = 0, len = 0;
    struct hf_event event = {.kind = HF_EVENT_NONE};
    struct ends ends = join_early(*state, NULL, 0);
    while (!has_opened(ends.server)) {
        assert_int_equal(hf_socket_pump(ends.client, ends.client_fd, 0), HF_OK);
        assert_int_equal(hf_socket_pump(ends.server, ends.server_fd, WAIT_MS), HF_OK);
    }
    while (event.kind != HF_EVENT_SESSION) {
        assert_int_equal(hf_socket_pump(ends.client, ends.client_fd, 0), HF_OK);
        assert_true(hf_next_event(ends.client, &event));
    }
    assert_int_equal(hf_session_bytes(ends.client, session, sizeof session, &session_len), HF_OK);
    part(&ends);
    ends = join_early(*state, session, session_len);
    assert_int_equal(hf_write_early(ends.client, "early", 5, &len), HF_OK);
    assert_int_equal(hf_socket_send(ends.client, ends.client_fd), HF_OK);
    assert_int_equal(hf_socket_read_early(ends.server, ends.server_fd, got, sizeof got, &len), HF_OK);
    assert_int_equal(len, 5);
    assert_memory_equal(got, "early", 5);
    assert_false(has_opened(ends.server));
    assert_int_equal(hf_socket_send(ends.server, ends.server_fd), HF_OK);
    assert_int_equal(hf_socket_pump(ends.client, ends.client_fd, 0), HF_OK);
    assert_int_equal(hf_socket_read_early(ends.server, ends.server_fd, got, sizeof got, &len), HF_OK);
    assert_int_equal(len, 0);
    assert_true(has_opened(ends.server));
    part(&ends);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_non_blocking_pump),
        cmocka_unit_test(test_blocking_echo),
        cmocka_unit_test(test_long_write),
        cmocka_unit_test(test_data_without_waiting),
        cmocka_unit_test(test_data_when_the_peer_goes),
        cmocka_unit_test(test_refusal_comes_as_verdict),
        cmocka_unit_test(test_last_words_are_heard),
        cmocka_unit_test(test_silence_has_an_end),
        cmocka_unit_test(test_the_peer_vanishes),
        cmocka_unit_test(test_bad_descriptor),
        cmocka_unit_test(test_early_data_is_read_before_the_handshake_ends),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
