/* Key shares prepared ahead, over both ends: handshakes take them, each takes others, and an empty pool is no matter.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "support/lab.h"

enum { EACH = 4 };

static void with_pool(struct hf_builder *builder)
{
    hf_builder_key_share_pool(builder, EACH);
}

static struct hf_config *config_of(enum hf_role role, struct lab_side side)
{
    struct hf_failure failure;
    side.more = with_pool;
    struct hf_config *config = lab_config(role, &side, &failure);
    assert_non_null(config);
    return config;
}

struct configs {
    struct hf_config *client, *server;
};

static void drop(struct configs *configs)
{
    hf_config_drop(configs->client);
    hf_config_drop(configs->server);
}

/* One handshake; the client's first hello is kept in `hello`. */
static size_t shake_hands(const struct configs *configs, uint8_t *hello, size_t room)
{
    struct lab_pair pair = {
        .client = hf_connection_new(configs->client, "server.lab", LAB_NOW_MS, NULL),
        .server = hf_connection_new(configs->server, NULL, LAB_NOW_MS, NULL),
    };
    const uint8_t *wire = NULL;
    assert_non_null(pair.client);
    assert_non_null(pair.server);
    size_t len = hf_output(pair.client, &wire);
    assert_in_range(len, 1, room);
    memcpy(hello, wire, len);
    (void)lab_pair_run(&pair);
    assert_true(lab_event(pair.client, HF_EVENT_OPENED));
    assert_true(lab_event(pair.server, HF_EVENT_OPENED));
    lab_pair_close(&pair);
    return len;
}

struct way {
    enum hf_version version;
    const char *client_groups, *server_groups;
    size_t client_takes, server_takes; /* of what was prepared, in one handshake */
};

static const struct way ways[] = {
    {HF_TLS13, "x25519", "x25519", 1, 1},
    {HF_TLS13, "secp256r1", "secp256r1", 1, 1},
    {HF_TLS13, "x25519:secp256r1", "secp256r1", 1, 1}, /* HelloRetryRequest: the second share is made anew */
    {HF_TLS12, "x25519", "x25519", 1, 1},
    {HF_TLS12, "secp384r1", "secp384r1", 1, 1},
};

static void test_taken(void **state)
{
    static uint8_t hellos[2][4096];
    (void)state;
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        const struct way *way = &ways[i];
        /* RSA, so that no curve of a certificate's key is needed beside these groups (RFC 8422 5.1) */
        struct lab_side side = {
            .key = MAKE_KEY_RSA2048, .min = way->version, .max = way->version, .groups = way->client_groups};
        struct configs configs = {.client = config_of(HF_CLIENT, side)};
        side.groups = way->server_groups;
        configs.server = config_of(HF_SERVER, side);
        assert_int_equal(hf_config_prepare(configs.client, 1000), EACH);
        assert_int_equal(hf_config_prepare(configs.server, 1000), EACH);
        size_t len = shake_hands(&configs, hellos[0], sizeof hellos[0]);
        assert_int_equal(hf_config_prepare(configs.client, 1000), way->client_takes);
        assert_int_equal(hf_config_prepare(configs.server, 1000), way->server_takes);
        for (size_t more = 0; more < EACH + 2; more++) { /* and on when they are used up */
            assert_int_equal(shake_hands(&configs, hellos[1], sizeof hellos[1]), len);
            assert_memory_not_equal(hellos[0], hellos[1], len);
        }
        assert_int_equal(hf_config_prepare(configs.client, 1), 1);
        assert_int_equal(hf_config_prepare(configs.client, 1000), EACH - 1);
        assert_int_equal(hf_config_prepare(configs.server, 1000), EACH);
        drop(&configs);
    }
}

/* The share is the hello's last bytes but for what stands behind it; two hellos of one pool have no share in common. */
static void test_no_share_twice(void **state)
{
    static uint8_t hellos[EACH + 2][4096];
    size_t len = 0;
    (void)state;
    const struct lab_side side = {.min = HF_TLS13, .groups = "x25519"};
    struct configs configs = {config_of(HF_CLIENT, side), config_of(HF_SERVER, side)};
    assert_int_equal(hf_config_prepare(configs.client, 1000), EACH);
    for (size_t i = 0; i < EACH + 2; i++)
        len = shake_hands(&configs, hellos[i], sizeof hellos[i]);
    /* key_share: 0x0033, length 38, list of 36, x25519 (0x001d), 32 bytes (RFC 9846 4.3.8). */
    static const uint8_t before[] = {0, 0x33, 0, 38, 0, 36, 0, 0x1d, 0, 32};
    size_t at = 0;
    while (at + sizeof before + 32 <= len && memcmp(hellos[0] + at, before, sizeof before) != 0)
        at++;
    assert_true(at + sizeof before + 32 <= len);
    at += sizeof before;
    for (size_t i = 0; i < EACH + 2; i++) {
        assert_memory_equal(hellos[i] + at - sizeof before, before, sizeof before);
        for (size_t j = 0; j < i; j++)
            assert_memory_not_equal(hellos[i] + at, hellos[j] + at, 32);
    }
    drop(&configs);
}

static void too_many(struct hf_builder *builder)
{
    hf_builder_key_share_pool(builder, 1025);
}

static void test_settings(void **state)
{
    struct hf_failure failure;
    (void)state;
    struct lab_side side = {.more = too_many};
    assert_null(lab_config(HF_CLIENT, &side, &failure));
    assert_int_equal(failure.error, HF_ERR_setting_invalid);
    struct hf_config *without = lab_config(HF_CLIENT, &(struct lab_side){0}, &failure);
    assert_non_null(without);
    assert_int_equal(hf_config_prepare(without, 1000), 0);
    hf_config_drop(without);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_taken),
        cmocka_unit_test(test_no_share_twice),
        cmocka_unit_test(test_settings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
