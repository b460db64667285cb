/* Every way that a network can lose, delay or double the first datagrams of a handshake over datagrams, one after the
 * other: each flight has up to 3 datagrams, and each of the first 3 of both directions meets every fate. Whatever
 * happens, both ends open, in bounded time. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "support/lab.h"
#include "support/network.h"

enum { DATAGRAMS = 3, FATES = 4, PATTERNS = 64 /* FATES to the power of DATAGRAMS */, FLIGHTS = 3 };

static struct hf_config *configs[2][2];

static void over_datagrams(struct hf_builder *builder)
{
    hf_builder_datagrams(builder);
}

static struct hf_config *config_of(bool is_13, enum hf_role role)
{
    struct hf_failure failure;
    const struct lab_side side = {
        .min = is_13 ? HF_TLS13 : HF_TLS12, .max = is_13 ? HF_TLS13 : HF_TLS12, .more = over_datagrams};
    if (configs[is_13][role] == NULL)
        configs[is_13][role] = lab_config(role, &side, &failure);
    assert_non_null(configs[is_13][role]);
    return configs[is_13][role];
}

/* Which datagrams meet what: those from `first` on of one direction. */
struct pattern {
    bool to_server;
    size_t first;
    unsigned number; /* its digits in base 4 are the fates */
};

static enum network_fate fate_of(void *context, bool to_server, size_t nth)
{
    const struct pattern *pattern = context;
    if (to_server != pattern->to_server || nth < pattern->first || nth >= pattern->first + DATAGRAMS)
        return NETWORK_PASS;
    unsigned digits = pattern->number;
    for (size_t i = pattern->first; i < nth; i++)
        digits /= FATES;
    return (enum network_fate)(digits % FATES);
}

/* Small datagrams, so that flights have several. */
static struct hf_connection *make(bool is_13, enum hf_role role)
{
    struct hf_connection *connection =
        hf_connection_new(config_of(is_13, role), role == HF_CLIENT ? "server.lab" : NULL, LAB_NOW_MS, NULL);
    assert_non_null(connection);
    hf_set_datagram_max(connection, 548);
    return connection;
}

static void run(bool is_13, struct pattern *pattern)
{
    const struct network_weather weather = {.delay_min_ms = 10};
    struct network network;
    struct hf_connection *client = make(is_13, HF_CLIENT);
    struct hf_connection *server = make(is_13, HF_SERVER);
    network_start(&network, &weather, 1, LAB_NOW_MS);
    network.fate = fate_of;
    network.fate_context = pattern;
    network_collect(&network, client, server);
    bool client_open = false, server_open = false;
    while (network_step(&network, client, server, LAB_NOW_MS + 30000)) {
        client_open = client_open || lab_event(client, HF_EVENT_OPENED);
        server_open = server_open || lab_event(server, HF_EVENT_OPENED);
    }
    if (!client_open || !server_open || hf_failure(client) != NULL || hf_failure(server) != NULL)
        fail_msg("1.%d, to %s from %zu on, pattern %u", is_13 ? 3 : 2, pattern->to_server ? "server" : "client",
                 pattern->first, pattern->number);
    network_stop(&network);
    hf_connection_free(client);
    hf_connection_free(server);
}

static void sweep(bool is_13)
{
    for (unsigned direction = 0; direction <= 1; direction++)
        for (size_t flight = 0; flight < FLIGHTS; flight++)
            for (unsigned number = 0; number < PATTERNS; number++)
                run(is_13, &(struct pattern){.to_server = direction, .first = flight * DATAGRAMS, .number = number});
}

static void every_pattern_of_1_2(void **state)
{
    (void)state;
    sweep(/* is_13= */ false);
}

static void every_pattern_of_1_3(void **state)
{
    (void)state;
    sweep(/* is_13= */ true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pattern_of_1_2),
        cmocka_unit_test(every_pattern_of_1_3),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    for (int i = 0; i < 4; i++)
        hf_config_drop(configs[i / 2][i % 2]);
    return failed;
}
