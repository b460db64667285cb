/* One config of each role, shared by eight threads that make connections of it: to be run under ThreadSanitizer. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <pthread.h>
#include <string.h>

#include "support/lab.h"

enum { THREADS = 8, PER_THREAD = 250 };

static struct hf_config *client_config, *server_config[2];

struct work {
    size_t opened;
    size_t refused;
};

/* Asserts nothing: cmocka belongs to the main thread. */
static bool is_open(const struct hf_connection *connection)
{
    struct hf_session_info info;
    hf_session_info(connection, &info);
    return info.opened && hf_peer(connection) != NULL;
}

static void shake_hands(struct work *work, size_t number)
{
    struct lab_pair pair;
    const char *name = number % 16 == 15 ? "elsewhere.lab" : "server.lab";
    struct hf_config *held = hf_config_hold(client_config);
    pair.client = hf_connection_new(held, name, LAB_NOW_MS, NULL);
    pair.server = hf_connection_new(server_config[number % 2], NULL, LAB_NOW_MS, NULL);
    hf_config_drop(held);
    if (pair.client != NULL && pair.server != NULL) {
        (void)lab_pair_run(&pair);
        bool is_fine = is_open(pair.client) && is_open(pair.server);
        work->opened += is_fine;
        work->refused += hf_failure(pair.client) != NULL && hf_failure(pair.client)->error == HF_ERR_name_mismatch;
    }
    lab_pair_close(&pair);
}

static void *run(void *context)
{
    for (size_t i = 0; i < PER_THREAD; i++)
        shake_hands(context, i);
    return NULL;
}

static void one_config_serves_many_threads(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    struct work work[THREADS] = {{0}};
    struct hf_failure failure;
    client_config = lab_config(HF_CLIENT, &(struct lab_side){0}, &failure);
    server_config[0] = lab_config(HF_SERVER, &(struct lab_side){.max = HF_TLS12}, &failure);
    server_config[1] = lab_config(HF_SERVER, &(struct lab_side){.min = HF_TLS13}, &failure);
    assert_non_null(client_config);
    assert_non_null(server_config[0]);
    assert_non_null(server_config[1]);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, run, &work[i]), 0);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(work[i].opened, PER_THREAD - PER_THREAD / 16);
        assert_int_equal(work[i].refused, PER_THREAD / 16);
    }
    hf_config_drop(client_config);
    hf_config_drop(server_config[0]);
    hf_config_drop(server_config[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(one_config_serves_many_threads)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
