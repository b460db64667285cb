/* The current config, replaced hundreds of times while other threads make connections with it: none of them fails, and
 * every config that was left is freed. To be run under ThreadSanitizer. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <handfast/current.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "support/lab.h"

enum { TAKERS = 4, REPLACERS = 2, PER_REPLACER = 150, TAKEN_AT_LEAST = 50 };

static struct hf_current *current;
static struct hf_config *client_config;
static atomic_int replacers_left;
static atomic_size_t live;

/* Counts what every config of the server's holds. */
static void *allocate(void *context, size_t size)
{
    (void)context;
    void *memory = malloc(size);
    atomic_fetch_add(&live, memory != NULL);
    return memory;
}

static void release(void *context, void *memory)
{
    (void)context;
    atomic_fetch_sub(&live, memory != NULL);
    free(memory);
}

static const struct hf_allocator counted = {.allocate = allocate, .release = release};

/* The identity is another one each time: what is rotated in practice. */
static struct hf_config *make_config(size_t number)
{
    struct hf_failure failure;
    const struct lab_side side = {.allocator = &counted, .key = number % 2 == 0 ? MAKE_KEY_P256 : MAKE_KEY_ED25519};
    return lab_config(HF_SERVER, &side, &failure);
}

/* Asserts nothing: cmocka belongs to the main thread. */
static bool shake_hands(void)
{
    struct hf_session_info info = {0};
    struct hf_config *config = hf_current_take(current);
    struct lab_pair pair = {.client = hf_connection_new(client_config, "server.lab", LAB_NOW_MS, NULL),
                            .server = hf_connection_new(config, NULL, LAB_NOW_MS, NULL)};
    hf_config_drop(config);
    if (pair.client != NULL && pair.server != NULL) {
        (void)lab_pair_run(&pair);
        hf_session_info(pair.server, &info);
    }
    bool fine = info.opened && hf_peer(pair.server) != NULL && hf_peer(pair.client) != NULL;
    lab_pair_close(&pair);
    return fine;
}

struct taken {
    size_t opened, dropped;
};

static void *take(void *context)
{
    struct taken *taken = context;
    while (atomic_load(&replacers_left) > 0 || taken->opened + taken->dropped < TAKEN_AT_LEAST) {
        bool fine = shake_hands();
        taken->opened += fine;
        taken->dropped += !fine;
        for (size_t i = 0; i < 100; i++) /* taken far more often than a handshake takes */
            hf_config_drop(hf_current_take(current));
    }
    return NULL;
}

static void *replace(void *context)
{
    size_t *replaced = context;
    for (size_t i = 0; i < PER_REPLACER; i++) {
        struct hf_config *config = make_config(i);
        *replaced += config != NULL && hf_current_replace(current, config) == HF_OK;
        hf_config_drop(config);
    }
    atomic_fetch_sub(&replacers_left, 1);
    return NULL;
}

static void nobody_is_dropped_while_configs_are_replaced(void **state)
{
    (void)state;
    pthread_t threads[TAKERS + REPLACERS];
    struct taken taken[TAKERS] = {{0}};
    size_t replaced[REPLACERS] = {0};
    struct hf_failure failure;
    size_t handshakes = 0;
    atomic_init(&live, 0);
    atomic_init(&replacers_left, REPLACERS);
    client_config = lab_config(HF_CLIENT, &(struct lab_side){0}, &failure);
    hf_config_drop(
        make_config(1)); /* the lab makes its certificates when first asked for, and not for several threads */
    struct hf_config *first = make_config(0);
    current = hf_current_new(first);
    hf_config_drop(first);
    assert_non_null(current);
    for (size_t i = 0; i < TAKERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, take, &taken[i]), 0);
    for (size_t i = 0; i < REPLACERS; i++)
        assert_int_equal(pthread_create(&threads[TAKERS + i], NULL, replace, &replaced[i]), 0);
    for (size_t i = 0; i < TAKERS + REPLACERS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (size_t i = 0; i < TAKERS; i++) {
        assert_int_equal(taken[i].dropped, 0);
        handshakes += taken[i].opened;
    }
    for (size_t i = 0; i < REPLACERS; i++)
        assert_int_equal(replaced[i], PER_REPLACER);
    hf_current_free(current);
    hf_config_drop(client_config);
    assert_int_equal(atomic_load(&live), 0);
    print_message("%zu handshakes while %d configs were replaced, dropped: 0\n", handshakes, REPLACERS * PER_REPLACER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nobody_is_dropped_while_configs_are_replaced)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
