/* A key share that serves twice: what Raccoon (CVE-2020-1968) needs to measure one secret many times, and what links
 * and weakens connections anywhere (RFC 9846 4.3.8 forbids it). No share of ours comes twice, at either end, in any
 * group, though all connections are of the same two configs. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "support/lab_check.h"

enum { TIMES = 12, SEEN_MAX = 64, SHARE_LEN = 24 };

static struct {
    uint8_t bytes[SEEN_MAX][SHARE_LEN];
    size_t count;
} seen;

/* RFC 8422 5.4, 5.7: behind header, curve and length; RFC 5246 7.4.3, 7.4.7.2: behind prime and generator, or length.
 */
static size_t share_at(const struct hf_seen *what)
{
    enum { HEADER = 4, FIELD = 2 + 256 + 2 + 1, SKIPPED = 8 };
    const bool of_field = what->bytes[HEADER] == 1 && what->bytes[HEADER + 1] == 0; /* the prime is 256 bytes long */
    const bool by_server = strcmp(what->message, "ServerKeyExchange") == 0;
    return HEADER + SKIPPED + (by_server && of_field ? FIELD : 0);
}

static void note(void *context, const struct hf_connection *connection, const struct hf_seen *what)
{
    (void)context;
    (void)connection;
    const bool has_share =
        strcmp(what->message, "ServerKeyExchange") == 0 || strcmp(what->message, "ClientKeyExchange") == 0;
    if (!what->sent || !has_share || what->len < share_at(what) + SHARE_LEN || seen.count == SEEN_MAX)
        return;
    memcpy(seen.bytes[seen.count++], what->bytes + share_at(what), SHARE_LEN);
}

static void note13(void *context, const struct hf_connection *connection, const struct hf_seen *what)
{
    static const uint8_t x25519[] = {0, 0x1d, 0, 32};
    (void)context;
    (void)connection;
    const bool has_share = strcmp(what->message, "ClientHello") == 0 || strcmp(what->message, "ServerHello") == 0;
    for (size_t i = 4; what->sent && has_share && i + 4 + SHARE_LEN <= what->len; i++)
        if (memcmp(what->bytes + i, x25519, sizeof x25519) == 0 && seen.count < SEEN_MAX)
            memcpy(seen.bytes[seen.count++], what->bytes + i + 4, SHARE_LEN);
}

static void watched12(struct hf_builder *builder)
{
    hf_builder_historic(builder, HF_HISTORIC_DHE);
    hf_builder_observe(builder, note, NULL);
}

static void watched13(struct hf_builder *builder)
{
    hf_builder_observe(builder, note13, NULL);
}

static void play(const struct lab_side *client, const struct lab_side *server)
{
    struct hf_failure failure;
    struct hf_config *of_client = lab_config(HF_CLIENT, client, &failure);
    struct hf_config *of_server = lab_config(HF_SERVER, server, &failure);
    assert_non_null(of_client);
    assert_non_null(of_server);
    seen.count = 0;
    for (int i = 0; i < TIMES; i++) {
        struct lab_pair pair = {hf_connection_new(of_client, "server.lab", LAB_NOW_MS, &failure),
                                hf_connection_new(of_server, NULL, LAB_NOW_MS, &failure)};
        (void)lab_pair_run(&pair);
        assert_true(lab_event(pair.server, HF_EVENT_OPENED));
        lab_pair_close(&pair);
    }
    hf_config_drop(of_client);
    hf_config_drop(of_server);
    assert_true(seen.count >= 2 * TIMES);
    for (size_t i = 0; i < seen.count; i++)
        for (size_t j = 0; j < i; j++)
            assert_memory_not_equal(seen.bytes[i], seen.bytes[j], SHARE_LEN);
}

static void none_comes_twice(void **state)
{
    (void)state;
    static const char *const suites[] = {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                                         "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"};
    for (size_t i = 0; i < 2; i++) {
        const struct lab_side client = {.max = HF_TLS12, .suites = suites[i], .more = watched12};
        const struct lab_side server = {
            .max = HF_TLS12, .suites = suites[i], .more = watched12, .key = MAKE_KEY_RSA2048};
        play(&client, &server);
    }
    const struct lab_side any = {.groups = "x25519", .more = watched13};
    play(&any, &any);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(none_comes_twice)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
