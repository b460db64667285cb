/* What happens when keys have protected as much as is safe (RFC 9846 5.5): in TLS 1.3 new keys come in time; in TLS 1.2
 * there are none, so the connection ends, and the last record is kept for the alert that tells it. The limits are those
 * of the real protections, made small: --wrap of hf_usage_limit_init (tests/CMakeLists.txt). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "record/usage_limit.h"
#include "support/lab_check.h"

enum { SMALL = 40 };

void __real_hf_usage_limit_init(struct hf_usage_limit *usage, enum hf_aead_id aead, enum hf_aead_direction direction);
void __wrap_hf_usage_limit_init(struct hf_usage_limit *usage, enum hf_aead_id aead, enum hf_aead_direction direction);

void __wrap_hf_usage_limit_init(struct hf_usage_limit *usage, enum hf_aead_id aead, enum hf_aead_direction direction)
{
    __real_hf_usage_limit_init(usage, aead, direction);
    if (direction != HF_AEAD_SEAL)
        return;
    usage->soon = SMALL / 2;
    usage->limit = SMALL;
}

static void historic(struct hf_builder *builder)
{
    hf_builder_historic(builder, HF_HISTORIC_CBC | HF_HISTORIC_NULL_ENCRYPTION);
}

/* One record to the server, and whatever follows from it. */
static enum hf_error say(struct lab_pair *pair)
{
    char got[4];
    size_t got_len = 0;
    size_t taken = 0;
    enum hf_error error = hf_write(pair->client, "x", 1, &taken);
    lab_pair_run(pair);
    if (error != HF_OK)
        return error;
    assert_int_equal(hf_read(pair->server, got, sizeof got, &got_len), HF_OK);
    assert_int_equal(taken, 1);
    assert_int_equal(got_len, 1);
    return HF_OK;
}

/* Behind Finished the client's keys have SMALL - 1 records for data, and one for the alert. */
static void without_new_keys_the_end_is_told(void **state)
{
    static const char *const suites[] = {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                                         "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
                                         "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_ECDSA_WITH_NULL_SHA"};
    (void)state;
    for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++) {
        const struct lab_side side = {.max = HF_TLS12, .suites = suites[i], .more = historic};
        const struct lab_side client = {.who = LAB_CLIENT, .max = HF_TLS12, .suites = suites[i], .more = historic};
        struct lab_pair pair;
        size_t said = 0;
        enum hf_error error = HF_OK;
        lab_pair_open(&pair, &client, &side);
        lab_pair_run(&pair);
        lab_assert_open(&pair);
        while (said <= SMALL && (error = say(&pair)) == HF_OK)
            said++;
        assert_int_equal(error, HF_ERR_usage_limit_reached);
        assert_int_equal(said, SMALL - 1);
        lab_assert_failed(pair.client,
                          &(struct lab_failure){HF_ERR_usage_limit_reached, HF_BY_US, HF_ALERT_internal_error});
        assert_non_null(hf_failure(pair.server));
        assert_int_equal(hf_failure(pair.server)->by, HF_BY_PEER);
        assert_int_equal(hf_failure(pair.server)->alert, HF_ALERT_internal_error);
        lab_pair_close(&pair);
    }
}

/* Also by who closes at the very end: close_notify comes, and nothing was cut off. */
static void the_last_record_may_close(void **state)
{
    const struct lab_side old = {.max = HF_TLS12};
    struct lab_pair pair;
    (void)state;
    lab_pair_open(&pair, &old, NULL);
    lab_pair_run(&pair);
    lab_assert_open(&pair);
    for (size_t i = 0; i < SMALL - 1; i++)
        assert_int_equal(say(&pair), HF_OK);
    hf_close(pair.client);
    lab_pair_run(&pair);
    assert_true(lab_event(pair.server, HF_EVENT_PEER_CLOSED));
    assert_null(hf_failure(pair.client));
    assert_null(hf_failure(pair.server));
    lab_pair_close(&pair);
}

static void with_new_keys_it_goes_on(void **state)
{
    const struct lab_side side = {.min = HF_TLS13};
    struct lab_pair pair;
    (void)state;
    lab_pair_open(&pair, &side, NULL);
    lab_pair_run(&pair);
    lab_assert_open(&pair);
    for (size_t i = 0; i < 10 * SMALL; i++)
        assert_int_equal(say(&pair), HF_OK);
    lab_pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_new_keys_the_end_is_told),
        cmocka_unit_test(the_last_record_may_close),
        cmocka_unit_test(with_new_keys_it_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
