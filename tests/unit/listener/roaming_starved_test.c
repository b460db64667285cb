/* Connection IDs without memory: whichever allocation fails, at either end, nothing crashes, leaks, or moves to where
 * nobody has shown to be. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "support/crowd.h"
#include "support/test_allocator.h"

enum { ALLOCATIONS_MAX = 4000 };

static void with_ids(struct hf_builder *builder)
{
    hf_builder_datagrams(builder);
    hf_builder_connection_ids(builder, 8);
    hf_builder_path_check(builder, HF_PATH_CHECK_BASIC);
}

static struct hf_config *config_of(enum hf_role role, enum hf_version version, const struct hf_allocator *allocator)
{
    const struct lab_side side = {.min = version, .max = version, .more = with_ids, .allocator = allocator};
    return lab_config(role, &side, NULL);
}

/* A handshake, further IDs (1.3), data, and a move, as far as they get. */
static void live(struct crowd *crowd)
{
    size_t len;
    struct crowd_client *client = &crowd->clients[0];
    client->connection = hf_connection_new(crowd->client_config, "server.lab", crowd->now_ms, NULL);
    strcpy(client->address, "0");
    crowd->count = 1;
    if (client->connection == NULL)
        return;
    crowd_pass(crowd, 1000);
    (void)hf_ask_for_connection_ids(client->connection, 2);
    (void)hf_give_connection_ids(client->connection, 2, true);
    crowd_pass(crowd, 500);
    strcpy(client->address, "new");
    (void)hf_write(client->connection, "x", 1, &len);
    (void)crowd_to_listener(crowd);
    struct hf_association *one;
    for (unsigned i = 0; i < 8 && (one = hf_listener_next(crowd->listener)) != NULL; i++) {
        char data[4];
        (void)hf_read(hf_association_connection(one), data, sizeof data, &len);
        hf_association_settle(one);
    }
    crowd_pass(crowd, 500);
}

/* Whether an allocation was made to fail. */
static bool starve(enum hf_role role, enum hf_version version, size_t fail_at)
{
    struct hf_test_allocator test;
    struct crowd crowd;
    hf_test_allocator_init(&test, 0);
    memset(&crowd, 0, sizeof crowd);
    crowd.now_ms = LAB_NOW_MS;
    crowd.client_config = config_of(HF_CLIENT, version, role == HF_CLIENT ? &test.allocator : NULL);
    crowd.server_config = config_of(HF_SERVER, version, role == HF_SERVER ? &test.allocator : NULL);
    crowd.listener = hf_listener_new(crowd.server_config, NULL, NULL);
    assert_non_null(crowd.listener);
    test.fail_at = test.count + fail_at;
    live(&crowd);
    bool failed = hf_test_allocator_failed(&test);
    struct hf_listener_counts counts = crowd_counts(&crowd);
    assert_true(counts.associations <= 2);
    crowd_close(&crowd);
    assert_int_equal(test.live, 0);
    return failed;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    static const enum hf_version versions[] = {HF_TLS12, HF_TLS13};
    for (size_t v = 0; v < 2; v++)
        for (int role = 0; role < 2; role++) {
            size_t n = 1;
            while (n < ALLOCATIONS_MAX && starve(role == 0 ? HF_CLIENT : HF_SERVER, versions[v], n))
                n++;
            assert_true(n > 50 && n < ALLOCATIONS_MAX);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_may_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
