/* Each allocation in turn fails: of making a config, of a connection and its handshake, at either end, in each version.
 * Nothing crashes or leaks, and who has no memory says so. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include <handfast/compression.h>
#include <handfast/psk.h>

#include "support/key_holder.h"
#include "support/lab_check.h"
#include "support/test_allocator.h"

static void set_all(struct hf_builder *builder)
{
    hf_builder_verified_chains(builder, 0); /* each try starts as the first */
    hf_builder_admit(builder, "spiffe://lab/*");
    hf_builder_alpn(builder, "h2,http/1.1");
    hf_builder_pass_phrase(builder, "none", 4);
    hf_builder_historic(builder, HF_HISTORIC_RENEGOTIATION_ASK);
    hf_builder_post_handshake_auth(builder, HF_POST_HANDSHAKE_AUTH_ON);
}

static void admit_by_dns(struct hf_builder *builder)
{
    hf_builder_verified_chains(builder, 0);
    hf_builder_admit(builder, "dns:server.lab");
    hf_builder_alpn(builder, "h2,http/1.1");
    hf_builder_historic(builder, HF_HISTORIC_RENEGOTIATION_FOLLOW);
    hf_builder_post_handshake_auth(builder, HF_POST_HANDSHAKE_AUTH_ON);
    key_holder_add(builder, LAB_CLIENT);
}

/* The client's key is held by somebody else, the server's by itself. */
static const struct lab_side client_side = {.anonymous = true, .more = admit_by_dns, .groups = "x25519:secp256r1"};
static const struct lab_side server_side = {.more = set_all, .groups = "secp256r1"};

static bool shares_key;
static bool shows_both; /* certificates beside the key */

/* Imported, so that names are made too. */
static void share_key(struct hf_builder *builder)
{
    hf_builder_psk13(builder, &(struct hf_psk){.identity = "us",
                                               .identity_len = 2,
                                               .key = "sixteen bytes...",
                                               .key_len = 16,
                                               .imported = true,
                                               .context = "for tests",
                                               .context_len = 9});
    hf_builder_verified_chains(builder, 0);
    if (shows_both)
        hf_builder_psk13_with_certificates(builder);
}

static bool copy(void *context, const uint8_t *bytes, size_t bytes_len, uint8_t *into, size_t room, size_t *ret_len)
{
    (void)context;
    *ret_len = bytes_len;
    return hf_span_copy(hf_span_of(bytes, bytes_len), into, room);
}

static bool copy_back(void *context, const uint8_t *compressed, size_t compressed_len, uint8_t *into, size_t len)
{
    (void)context;
    return compressed_len == len && hf_span_copy(hf_span_of(compressed, len), into, len);
}

static void compress(struct hf_builder *builder)
{
    hf_builder_post_handshake_auth(builder, HF_POST_HANDSHAKE_AUTH_ON);
    hf_builder_verified_chains(builder, 0);
    hf_builder_certificate_compression_own(
        builder, &(struct hf_certificate_compression){.id = 0xfe00, .compress = copy, .decompress = copy_back});
}

static bool compresses;

static struct hf_config *make(enum hf_role role, enum hf_version version, const struct hf_allocator *allocator,
                              struct hf_failure *ret_failure)
{
    struct lab_side side = role == HF_CLIENT ? client_side : server_side;
    if (shares_key)
        side.more = share_key;
    if (shows_both)
        side.anonymous = false;
    if (compresses)
        side = (struct lab_side){.more = compress};
    side.allocator = allocator;
    side.min = version;
    side.max = version;
    return lab_config(role, &side, ret_failure);
}

static void configs_fail_whole(void **state)
{
    (void)state;
    for (int role = HF_CLIENT; role <= HF_SERVER; role++)
        for (size_t n = 1;; n++) {
            struct hf_test_allocator test;
            struct hf_failure failure = {0};
            hf_test_allocator_init(&test, n);
            struct hf_config *config = make((enum hf_role)role, HF_TLS13, &test.allocator, &failure);
            if (config == NULL)
                assert_string_equal(hf_error_name(failure.error), "no_memory");
            hf_config_drop(config);
            assert_int_equal(test.live, 0);
            if (!hf_test_allocator_failed(&test)) {
                assert_non_null(config);
                assert_true(n > 10);
                break;
            }
        }
}

struct bench {
    struct hf_test_allocator test; /* of the end whose allocations fail */
    struct hf_config *starved, *fed;
    enum hf_role role; /* of the starved */
};

static void set_up(struct bench *bench, enum hf_role role, enum hf_version version)
{
    struct hf_failure failure;
    hf_test_allocator_init(&bench->test, 0);
    bench->role = role;
    bench->starved = make(role, version, &bench->test.allocator, &failure);
    bench->fed = make(role == HF_CLIENT ? HF_SERVER : HF_CLIENT, version, NULL, &failure);
    assert_non_null(bench->starved);
    assert_non_null(bench->fed);
}

static void talk(struct lab_pair *pair)
{
    uint8_t byte = 1;
    size_t len;
    (void)lab_pair_run(pair);
    (void)hf_write(pair->client, &byte, 1, &len);
    (void)hf_write(pair->server, &byte, 1, &len);
    (void)hf_key_update(pair->client, /* ask_peer= */ true);
    (void)lab_pair_run(pair);
    (void)hf_read(pair->client, &byte, 1, &len);
    (void)hf_read(pair->server, &byte, 1, &len);
    (void)hf_ask_for_certificate(pair->server); /* in 1.2: all once more; in 1.3 several may be out */
    (void)hf_ask_for_certificate(pair->server);
    (void)lab_pair_run(pair);
}

/* With memory enough all went well, to the end. */
static bool is_answered(const struct lab_pair *pair)
{
    return lab_event(pair->server, HF_EVENT_CERTIFICATE_ANSWERED) && hf_certificates_awaited(pair->server) == 0;
}

/* Returns whether an allocation failed. */
static bool try_once(struct bench *bench, size_t n, bool later_ones_too)
{
    struct lab_pair pair = {0};
    struct hf_failure failure = {0};
    struct hf_config *client = bench->role == HF_CLIENT ? bench->starved : bench->fed;
    struct hf_config *server = bench->role == HF_SERVER ? bench->starved : bench->fed;
    size_t live = bench->test.live;
    bench->test.count = 0;
    bench->test.fail_at = n;
    bench->test.fail_after_too = later_ones_too;
    pair.client = hf_connection_new(client, "server.lab", LAB_NOW_MS, &failure);
    pair.server = hf_connection_new(server, NULL, LAB_NOW_MS, &failure);
    bool failed = false;
    if (pair.client == NULL || pair.server == NULL) {
        assert_string_equal(hf_error_name(failure.error), "no_memory");
        failed = true;
    } else {
        talk(&pair);
        struct hf_connection *starved = bench->role == HF_CLIENT ? pair.client : pair.server;
        failed = hf_test_allocator_failed(&bench->test);
        if (hf_failure(starved) != NULL)
            assert_string_equal(hf_error_name(hf_failure(starved)->error), "no_memory");
        else if (failed)
            assert_true(shares_key || hf_peer(starved) != NULL); /* it could do without */
        else
            assert_true(shares_key || is_answered(&pair));
    }
    bench->test.fail_at = 0;
    lab_pair_close(&pair);
    assert_int_equal(bench->test.live, live);
    return failed;
}

static void starve(enum hf_role role, enum hf_version version, bool later_ones_too)
{
    struct bench bench;
    size_t n = 1;
    set_up(&bench, role, version);
    while (try_once(&bench, n, later_ones_too))
        n++;
    assert_true(n > 20);
    print_message("%s, 1.%d: %zu allocations\n", role == HF_CLIENT ? "client" : "server", version == HF_TLS13 ? 3 : 2,
                  n - 1);
    hf_config_drop(bench.starved);
    hf_config_drop(bench.fed);
    assert_int_equal(bench.test.live, 0);
}

static void handshakes_fail_whole(void **state)
{
    (void)state;
    for (int i = 0; i < 8; i++)
        starve(i % 2 == 0 ? HF_CLIENT : HF_SERVER, lab_versions[i / 2 % 2], /* later_ones_too= */ i >= 4);
}

static void handshakes_by_a_shared_key_fail_whole(void **state)
{
    (void)state;
    shares_key = true;
    for (int i = 0; i < 4; i++)
        starve(i % 2 == 0 ? HF_CLIENT : HF_SERVER, HF_TLS13, /* later_ones_too= */ i >= 2);
    configs_fail_whole(state);
    shares_key = false;
}

static void handshakes_by_both_fail_whole(void **state)
{
    shows_both = true;
    handshakes_by_a_shared_key_fail_whole(state);
    shows_both = false;
}

static void handshakes_with_compressed_certificates_fail_whole(void **state)
{
    (void)state;
    compresses = true;
    for (int i = 0; i < 4; i++)
        starve(i % 2 == 0 ? HF_CLIENT : HF_SERVER, HF_TLS13, /* later_ones_too= */ i >= 2);
    configs_fail_whole(state);
    compresses = false;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(configs_fail_whole),
        cmocka_unit_test(handshakes_fail_whole),
        cmocka_unit_test(handshakes_by_a_shared_key_fail_whole),
        cmocka_unit_test(handshakes_by_both_fail_whole),
        cmocka_unit_test(handshakes_with_compressed_certificates_fail_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
