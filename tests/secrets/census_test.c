/* A census of secrets: the whole memory of this process is searched, after each stage of a handshake, for secrets that
 * must be gone by then: the shared secret of the key exchange, the handshake secrets, the master secret of TLS 1.2 when
 * the connection is freed, traffic secrets that a KeyUpdate replaced.
 *
 * How the values are known: the calls of the key schedule that get or make them are wrapped by the linker (--wrap, see
 * tests/CMakeLists.txt) and copied, masked, so that the copy itself is not found. That the search works is
 * shown first: secrets that must still be there are found. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/connection.h"
#include "support/lab_check.h"

enum { MASK = 0xa5, SECRETS_MAX = 64, SECRET_MAX = 1200, CHUNK = 1 << 20 };

/* ---- what is looked for, masked ---- */

static struct {
    const char *name;
    size_t len;
    uint8_t masked[SECRET_MAX];
} secrets[SECRETS_MAX];
static size_t secret_count;

static void note(const char *name, const uint8_t *bytes, size_t len)
{
    assert_true(secret_count < SECRETS_MAX && len >= 16 && len <= SECRET_MAX);
    secrets[secret_count].name = name;
    secrets[secret_count].len = len;
    for (size_t i = 0; i < len; i++)
        secrets[secret_count].masked[i] = bytes[i] ^ MASK;
    secret_count++;
}

static void note_secret(const char *name, const struct hf_secret *secret)
{
    if (secret != NULL && secret->len > 0)
        note(name, secret->bytes, secret->len);
}

/* ---- hooks in the schedules ---- */

enum hf_error __real_hf_schedule12_extended_master(struct hf_schedule12 *schedule, struct hf_premaster *premaster,
                                                   const struct hf_digest *session_hash);
enum hf_error __wrap_hf_schedule12_extended_master(struct hf_schedule12 *schedule, struct hf_premaster *premaster,
                                                   const struct hf_digest *session_hash);
enum hf_error __real_hf_schedule13_shared(struct hf_schedule13 *schedule, struct hf_premaster *shared);
enum hf_error __wrap_hf_schedule13_shared(struct hf_schedule13 *schedule, struct hf_premaster *shared);
enum hf_error __real_hf_schedule13_handshake(struct hf_schedule13 *schedule, const struct hf_digest *hellos);
enum hf_error __wrap_hf_schedule13_handshake(struct hf_schedule13 *schedule, const struct hf_digest *hellos);

enum hf_error __wrap_hf_schedule12_extended_master(struct hf_schedule12 *schedule, struct hf_premaster *premaster,
                                                   const struct hf_digest *session_hash)
{
    note("premaster", premaster->bytes, premaster->len);
    return __real_hf_schedule12_extended_master(schedule, premaster, session_hash);
}

enum hf_error __wrap_hf_schedule13_shared(struct hf_schedule13 *schedule, struct hf_premaster *shared)
{
    note("shared secret", shared->bytes, shared->len);
    enum hf_error error = __real_hf_schedule13_shared(schedule, shared);
    note_secret("handshake secret", &schedule->current);
    return error;
}

enum hf_error __wrap_hf_schedule13_handshake(struct hf_schedule13 *schedule, const struct hf_digest *hellos)
{
    enum hf_error error = __real_hf_schedule13_handshake(schedule, hellos);
    note_secret("handshake traffic", hf_schedule13_secret(schedule, HF_SECRET13_CLIENT_HANDSHAKE));
    note_secret("handshake traffic", hf_schedule13_secret(schedule, HF_SECRET13_SERVER_HANDSHAKE));
    return error;
}

/* ---- the search ---- */

static uint8_t *window; /* what was read of the memory; it is not searched itself, and cleared behind each look */

static bool is_at(const uint8_t *bytes, size_t which)
{
    const uint8_t *masked = secrets[which].masked;
    for (size_t i = 0; i < secrets[which].len; i++)
        if ((bytes[i] ^ MASK) != masked[i])
            return false;
    return true;
}

static void count_in(size_t len, size_t found[SECRETS_MAX])
{
    for (size_t which = 0; which < secret_count; which++) {
        uint8_t first = secrets[which].masked[0] ^ MASK;
        const uint8_t *at = window;
        const uint8_t *end = window + len;
        while (at < end && (at = memchr(at, first, (size_t)(end - at))) != NULL) {
            if ((size_t)(end - at) >= secrets[which].len && is_at(at, which))
                found[which]++;
            at++;
        }
    }
}

static void search_range(int memory, uintptr_t from, uintptr_t to, size_t found[SECRETS_MAX])
{
    for (uintptr_t at = from; at < to;) {
        size_t wanted = to - at < CHUNK ? to - at : CHUNK;
        ssize_t got = pread(memory, window, wanted, (off_t)at);
        if (got <= 0)
            return;
        count_in((size_t)got, found);
        explicit_bzero(window, (size_t)got);
        bool is_last = at + (uintptr_t)got >= to;
        at += is_last || (size_t)got <= SECRET_MAX ? (uintptr_t)got : (uintptr_t)got - SECRET_MAX;
    }
}

/* Of the sanitizers' own memory only what the program can write as well is in question; their shadow is skipped. */
static bool is_searched(uintptr_t from, uintptr_t to, const char *rights)
{
    bool is_window = (uintptr_t)window >= from && (uintptr_t)window < to;
    return rights[0] == 'r' && rights[1] == 'w' && !is_window && to - from <= (uintptr_t)64 << 20;
}

/* How often each secret stands in memory. */
static void search(size_t found[SECRETS_MAX])
{
    char line[512];
    FILE *maps = fopen("/proc/self/maps", "r");
    int memory = open("/proc/self/mem", O_RDONLY);
    assert_non_null(maps);
    assert_true(memory >= 0);
    for (size_t i = 0; i < SECRETS_MAX; i++)
        found[i] = 0;
    while (fgets(line, sizeof line, maps) != NULL) {
        unsigned long from, to;
        char rights[8];
        if (sscanf(line, "%lx-%lx %7s", &from, &to, rights) == 3 && is_searched(from, to, rights))
            search_range(memory, from, to, found);
    }
    (void)fclose(maps);
    (void)close(memory);
}

static void assert_gone(const char *stage)
{
    size_t found[SECRETS_MAX];
    size_t left = 0;
    search(found);
    for (size_t i = 0; i < secret_count; i++)
        if (found[i] > 0) {
            print_error("%s: %s is still there, %zu times\n", stage, secrets[i].name, found[i]);
            left++;
        }
    assert_int_equal(left, 0);
}

static void assert_there(const char *stage)
{
    size_t found[SECRETS_MAX];
    search(found);
    for (size_t i = 0; i < secret_count; i++)
        if (found[i] == 0) {
            print_error("%s: %s is not found: the search is blind\n", stage, secrets[i].name);
            fail();
        }
}

static int make_window(void **state)
{
    (void)state;
    window = aligned_alloc(4096, CHUNK); /* large: a mapping of its own */
    return window == NULL ? -1 : 0;
}

static void move_all(struct hf_connection *from, struct hf_connection *to)
{
    while (lab_move(from, to, 16384) > 0)
        ;
}

/* ---- the stages ---- */

static void the_search_finds_what_is_there(void **state)
{
    (void)state;
    uint8_t *secret = malloc(32);
    assert_non_null(secret);
    for (size_t i = 0; i < 32; i++)
        secret[i] = (uint8_t)(i * 37 + 11);
    secret_count = 0;
    note("a secret made up", secret, 32);
    assert_there("before it is wiped");
    explicit_bzero(secret, 32);
    assert_gone("after it is wiped");
    free(secret);
}

static void shared_and_handshake_secrets_go_in_13(void **state)
{
    (void)state;
    static const char *const groups[] = {"x25519", "secp256r1"};
    for (size_t i = 0; i < 2; i++) {
        struct lab_pair pair;
        lab_pair_open(&pair, &(struct lab_side){.groups = groups[i]}, &(struct lab_side){.min = HF_TLS13});
        secret_count = 0;
        move_all(pair.client, pair.server);
        assert_int_equal(secret_count, 4); /* the server's: shared, handshake secret, two traffic secrets */
        size_t found[SECRETS_MAX];
        search(found);
        assert_int_equal(found[0], 0); /* the shared secret is gone already, */
        assert_true(found[2] > 0);     /* the handshake traffic secrets are in use */
        move_all(pair.server, pair.client);
        (void)lab_pair_run(&pair);
        lab_assert_open(&pair);
        assert_gone("open");
        lab_pair_close(&pair);
    }
}

static void replaced_traffic_secrets_go_in_13(void **state)
{
    (void)state;
    struct lab_pair pair;
    lab_pair_open(&pair, NULL, &(struct lab_side){.min = HF_TLS13});
    (void)lab_pair_run(&pair);
    lab_assert_open(&pair);
    secret_count = 0;
    note_secret("client traffic 0",
                hf_schedule13_secret(&pair.client->handshake.schedule13, HF_SECRET13_CLIENT_TRAFFIC));
    note_secret("server traffic 0",
                hf_schedule13_secret(&pair.client->handshake.schedule13, HF_SECRET13_SERVER_TRAFFIC));
    assert_int_equal(secret_count, 2);
    assert_there("before KeyUpdate");
    assert_int_equal(hf_key_update(pair.client, /* ask_peer= */ true), HF_OK);
    (void)lab_pair_run(&pair);
    assert_gone("after KeyUpdate");
    lab_assert_data(&pair, pair.client, pair.server);
    lab_pair_close(&pair);
}

static void let_later(struct hf_builder *builder)
{
    hf_builder_post_handshake_auth(builder, HF_POST_HANDSHAKE_AUTH_ON);
}

/* A Finished after the handshake is made from the secret that protects data: it leaves nothing of it behind. */
static void nothing_stays_of_an_answer_that_was_asked_for_later(void **state)
{
    (void)state;
    struct lab_pair pair;
    const struct lab_side client = {.more = let_later};
    const struct lab_side server = {.min = HF_TLS13, .client_auth = HF_CLIENT_AUTH_NONE, .more = let_later};
    lab_pair_open(&pair, &client, &server);
    (void)lab_pair_run(&pair);
    secret_count = 0;
    note_secret("client's traffic",
                hf_schedule13_secret(&pair.client->handshake.schedule13, HF_SECRET13_CLIENT_TRAFFIC));
    assert_int_equal(hf_ask_for_certificate(pair.server), HF_OK);
    (void)lab_pair_run(&pair);
    assert_non_null(hf_peer(pair.server));
    assert_there("behind the answer");
    assert_int_equal(hf_key_update(pair.client, /* ask_peer= */ true), HF_OK);
    (void)lab_pair_run(&pair);
    assert_gone("after KeyUpdate");
    lab_pair_close(&pair);
}

static void everything_goes_with_the_connection_in_13(void **state)
{
    (void)state;
    struct lab_pair pair;
    lab_pair_open(&pair, NULL, &(struct lab_side){.min = HF_TLS13});
    (void)lab_pair_run(&pair);
    secret_count = 0;
    for (int which = HF_SECRET13_CLIENT_TRAFFIC; which <= HF_SECRET13_RESUMPTION; which++)
        note_secret("secret of 1.3", hf_schedule13_secret(&pair.server->handshake.schedule13, (enum hf_secret13)which));
    assert_int_equal(secret_count, 4);
    assert_there("open");
    lab_pair_close(&pair);
    assert_gone("freed");
}

static void the_premaster_goes_and_the_master_stays_until_the_end_in_12(void **state)
{
    (void)state;
    static const char *const groups[] = {"x25519:secp256r1", "secp256r1"};
    for (size_t i = 0; i < 2; i++) {
        struct lab_pair pair;
        lab_pair_open(&pair, &(struct lab_side){.groups = groups[i]}, &(struct lab_side){.max = HF_TLS12});
        secret_count = 0;
        move_all(pair.client, pair.server);
        move_all(pair.server, pair.client);
        assert_int_equal(secret_count, 1);
        assert_gone("the client made its master secret");
        (void)lab_pair_run(&pair);
        lab_assert_open(&pair);
        assert_gone("open");
        secret_count = 0;
        note_secret("master secret", &pair.client->handshake.schedule12.master);
        assert_there("open");
        lab_pair_close(&pair);
        assert_gone("freed");
    }
}

static void a_failed_handshake_leaves_nothing(void **state)
{
    (void)state;
    for (int v = 0; v < 2; v++) {
        struct lab_pair pair;
        secret_count = 0;
        lab_pair_open(&pair, &(struct lab_side){.anonymous = true, .max = lab_versions[v]}, NULL);
        (void)lab_pair_run(&pair);
        assert_non_null(hf_failure(pair.client));
        assert_non_null(hf_failure(pair.server));
        assert_true(secret_count > 0);
        assert_gone("failed");
        lab_pair_close(&pair);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_search_finds_what_is_there),
        cmocka_unit_test(shared_and_handshake_secrets_go_in_13),
        cmocka_unit_test(replaced_traffic_secrets_go_in_13),
        cmocka_unit_test(nothing_stays_of_an_answer_that_was_asked_for_later),
        cmocka_unit_test(everything_goes_with_the_connection_in_13),
        cmocka_unit_test(the_premaster_goes_and_the_master_stays_until_the_end_in_12),
        cmocka_unit_test(a_failed_handshake_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, make_window, NULL);
}
