/* Channel bindings (RFC 9266, RFC 5929 3) are the same at both ends, other on each connection, and there only where
 * they bind. That tls-unique is the first Finished of all is BoringSSL's suite to say: TLSUnique-* in tests/bogo. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "engine/connection.h"
#include "support/resume_lab.h"

enum { LEN = HF_CHANNEL_BINDING_LEN_MAX };

static enum hf_error take(const struct hf_connection *connection, enum hf_channel_binding kind, uint8_t into[LEN],
                          size_t *ret_len)
{
    *ret_len = 77;
    return hf_channel_binding(connection, kind, into, LEN, ret_len);
}

static void assert_same(const struct lab_pair *pair, enum hf_channel_binding kind, size_t wanted, uint8_t got[LEN])
{
    uint8_t other[LEN];
    size_t len;
    assert_int_equal(take(pair->client, kind, got, &len), HF_OK);
    assert_int_equal(len, wanted);
    assert_int_equal(take(pair->server, kind, other, &len), HF_OK);
    assert_int_equal(len, wanted);
    assert_memory_equal(got, other, wanted);
}

static void assert_none(const struct lab_pair *pair, enum hf_channel_binding kind)
{
    uint8_t got[LEN];
    size_t len;
    assert_int_equal(take(pair->client, kind, got, &len), HF_ERR_wrong_call);
    assert_int_equal(len, 0);
    assert_int_equal(take(pair->server, kind, got, &len), HF_ERR_wrong_call);
    assert_int_equal(len, 0);
}

static void each_version_has_the_exporter(void **state)
{
    (void)state;
    for (int v = 0; v < 2; v++) {
        const struct lab_side side = {.max = lab_versions[v]};
        struct lab_pair first, second;
        uint8_t one[LEN], two[LEN], exported[LEN], without[LEN];
        lab_pair_open(&first, &side, NULL);
        lab_pair_open(&second, &side, NULL);
        assert_none(&first, HF_CHANNEL_BINDING_TLS_EXPORTER);
        (void)lab_pair_run(&first);
        (void)lab_pair_run(&second);
        assert_same(&first, HF_CHANNEL_BINDING_TLS_EXPORTER, 32, one);
        assert_same(&second, HF_CHANNEL_BINDING_TLS_EXPORTER, 32, two);
        assert_memory_not_equal(one, two, LEN);
        assert_int_equal(hf_export(first.client, "EXPORTER-Channel-Binding", "", 0, exported, LEN), HF_OK);
        assert_memory_equal(one, exported, LEN); /* RFC 9266 2: the empty context, not none */
        assert_int_equal(hf_export(first.client, "EXPORTER-Channel-Binding", NULL, 0, without, LEN), HF_OK);
        assert_int_equal(memcmp(one, without, LEN) == 0, lab_versions[v] == HF_TLS13);
        lab_pair_close(&first);
        lab_pair_close(&second);
    }
}

static void unique_is_of_tls12(void **state)
{
    (void)state;
    struct lab_pair first, second;
    const struct lab_side side = {.max = HF_TLS12};
    uint8_t one[LEN], two[LEN];
    lab_pair_open(&first, &side, NULL);
    lab_pair_open(&second, NULL, NULL);
    assert_none(&first, HF_CHANNEL_BINDING_TLS_UNIQUE);
    (void)lab_pair_run(&first);
    (void)lab_pair_run(&second);
    assert_same(&first, HF_CHANNEL_BINDING_TLS_UNIQUE, 12, one);
    assert_none(&second, HF_CHANNEL_BINDING_TLS_UNIQUE); /* TLS 1.3 */
    lab_pair_close(&second);
    lab_pair_open(&second, &side, NULL);
    (void)lab_pair_run(&second);
    assert_same(&second, HF_CHANNEL_BINDING_TLS_UNIQUE, 12, two);
    assert_memory_not_equal(one, two, 12);
    lab_pair_close(&first);
    lab_pair_close(&second);
}

/* In a resumption the server's Finished is the first (RFC 5929 3.1). */
static void unique_holds_in_resumptions(void **state)
{
    (void)state;
    const struct resume_visit visit = {0};
    struct resume_store store = {0};
    struct lab_pair pair;
    uint8_t got[LEN];
    resume_lab_first(&visit, &store);
    resume_lab_visit(&pair, &visit, &store);
    resume_lab_assert_open(&pair, /* resumed= */ true);
    assert_same(&pair, HF_CHANNEL_BINDING_TLS_UNIQUE, 12, got);
    lab_pair_close(&pair);
}

/* The triple handshake: RFC 7627 5.4. An end that allows to go without it and met a peer that did. */
static void nothing_binds_without_extended_master_secret(void **state)
{
    (void)state;
    struct lab_pair pair;
    lab_pair_open(&pair, &(struct lab_side){.max = HF_TLS12}, NULL);
    (void)lab_pair_run(&pair);
    struct hf_connection *const ends[] = {pair.client, pair.server};
    for (size_t i = 0; i < 2; i++) {
        ends[i]->handshake.extended_master_secret = false;
        ends[i]->handshake.schedule12.is_extended = false;
    }
    assert_none(&pair, HF_CHANNEL_BINDING_TLS_UNIQUE);
    assert_none(&pair, HF_CHANNEL_BINDING_TLS_EXPORTER);
    lab_pair_close(&pair);
}

static void too_little_room_is_a_wrong_call(void **state)
{
    (void)state;
    struct lab_pair pair;
    uint8_t got[LEN];
    size_t len = 1;
    lab_pair_open(&pair, &(struct lab_side){.max = HF_TLS12}, NULL);
    (void)lab_pair_run(&pair);
    assert_int_equal(hf_channel_binding(pair.client, HF_CHANNEL_BINDING_TLS_UNIQUE, got, 11, &len), HF_ERR_wrong_call);
    assert_int_equal(len, 0);
    assert_int_equal(hf_channel_binding(pair.client, HF_CHANNEL_BINDING_TLS_EXPORTER, got, 31, &len),
                     HF_ERR_wrong_call);
    lab_pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_version_has_the_exporter),
        cmocka_unit_test(unique_is_of_tls12),
        cmocka_unit_test(unique_holds_in_resumptions),
        cmocka_unit_test(nothing_binds_without_extended_master_secret),
        cmocka_unit_test(too_little_room_is_a_wrong_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
