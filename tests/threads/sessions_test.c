/* One cache and one set of ticket keys, shared by threads that make and resume sessions of them while another changes
 * the keys: to be run under ThreadSanitizer. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <handfast/session.h>

#include <pthread.h>
#include <stdatomic.h>

#include "support/lab.h"

enum { THREADS = 4, PER_THREAD = 60, SESSION_MAX = 8192 };

static struct hf_session_cache *cache;
static struct hf_ticket_keys *keys;
static struct hf_config *client_configs[2], *server_config;

struct work {
    size_t opened, resumed;
    uint8_t session[SESSION_MAX];
    size_t len;
};

static void with_tickets(struct hf_builder *builder)
{
    hf_builder_session_cache(builder, cache);
    hf_builder_ticket_keys(builder, keys);
}

/* Asserts nothing: cmocka belongs to the main thread. */
static void shake_hands(struct work *work, struct hf_config *client)
{
    struct lab_pair pair;
    struct hf_session_info info = {0};
    pair.client = hf_connection_resume(client, "server.lab", work->session, work->len, LAB_NOW_MS, NULL);
    pair.server = hf_connection_new(server_config, NULL, LAB_NOW_MS, NULL);
    if (pair.client != NULL && pair.server != NULL) {
        (void)lab_pair_run(&pair);
        hf_session_info(pair.server, &info);
        work->opened += info.opened && hf_peer(pair.server) != NULL && hf_peer(pair.client) != NULL;
        work->resumed += info.resumed;
        if (!info.resumed)
            (void)hf_session_bytes(pair.client, work->session, sizeof work->session, &work->len);
    }
    lab_pair_close(&pair);
}

/* Every fifth connection is a first one; half of the threads take tickets. */
static void *run(void *context)
{
    static atomic_size_t started;
    struct work *work = context;
    struct hf_config *client = client_configs[atomic_fetch_add(&started, 1) % 2];
    for (size_t i = 0; i < PER_THREAD; i++) {
        if (i % 5 == 0)
            work->len = 0;
        shake_hands(work, client);
        if (i % 10 == 0)
            (void)hf_ticket_keys_rotate(keys);
    }
    return NULL;
}

static void threads_share_cache_and_keys(void **state)
{
    (void)state;
    static struct work work[THREADS];
    pthread_t threads[THREADS];
    struct hf_failure failure;
    size_t resumed = 0;
    cache = hf_session_cache_new(64, 3600);
    keys = hf_ticket_keys_new();
    const struct lab_side server = {.max = HF_TLS12, .more = with_tickets};
    const struct lab_side by_ticket = {.who = LAB_CLIENT, .more = hf_builder_session_tickets};
    const struct lab_side by_id = {.who = LAB_CLIENT};
    server_config = lab_config(HF_SERVER, &server, &failure);
    client_configs[0] = lab_config(HF_CLIENT, &by_ticket, &failure);
    client_configs[1] = lab_config(HF_CLIENT, &by_id, &failure);
    hf_session_cache_drop(cache);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, run, &work[i]), 0);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(work[i].opened, PER_THREAD);
        resumed += work[i].resumed;
    }
    assert_true(resumed > THREADS * PER_THREAD / 3);
    hf_config_drop(client_configs[0]);
    hf_config_drop(client_configs[1]);
    hf_config_drop(server_config);
    hf_ticket_keys_drop(keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(threads_share_cache_and_keys)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
