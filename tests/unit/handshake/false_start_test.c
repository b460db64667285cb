/* False Start: who may, when it begins, and that nothing of it holds unless the server's Finished does. RFC 7918. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <handfast/early.h>

#include <string.h>

#include "base/must.h"
#include "engine/connection.h"
#include "support/lab_check.h"
#include "support/resume_lab.h"

static void with_alpn(struct hf_builder *builder)
{
    hf_builder_false_start(builder, HF_FALSE_START_WITH_ALPN);
}

static void always(struct hf_builder *builder)
{
    hf_builder_false_start(builder, HF_FALSE_START_ALWAYS);
}

static void always_judging(struct hf_builder *builder)
{
    always(builder);
    hf_builder_verdict_outside(builder);
}

static void historic(struct hf_builder *builder)
{
    hf_builder_historic(builder, HF_HISTORIC_CBC | HF_HISTORIC_RSA_KEY_EXCHANGE);
}

static void always_historic(struct hf_builder *builder)
{
    always(builder);
    historic(builder);
}

#define ECDSA_GCM "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"

/* Until the client's second flight is out, and nothing of it has arrived. */
static void move_hellos(struct lab_pair *pair)
{
    (void)lab_move(pair->client, pair->server, SIZE_MAX);
    (void)lab_move(pair->server, pair->client, SIZE_MAX);
}

static bool starts(const struct lab_side *client, const struct lab_side *server)
{
    struct lab_pair pair;
    size_t taken = 0;
    lab_pair_open(&pair, client, server);
    move_hellos(&pair);
    const bool told = lab_event(pair.client, HF_EVENT_FALSE_START);
    const bool opened = hf_peer(pair.client) != NULL; /* in 1.3 */
    assert_int_equal(hf_write(pair.client, "x", 1, &taken), told || opened ? HF_OK : HF_ERR_wrong_call);
    assert_int_equal(taken, told || opened);
    assert_int_equal(hf_early_peer(pair.client) != NULL, told);
    assert_false(told && opened);
    (void)lab_pair_run(&pair);
    lab_assert_open(&pair);
    assert_null(hf_early_peer(pair.client));
    lab_pair_close(&pair);
    return told;
}

static void only_where_it_is_safe(void **state)
{
    (void)state;
    const struct lab_side server = {.alpn = "h2"};
    const struct lab_side old = {.max = HF_TLS12, .more = historic};
    const struct lab_side old_rsa = {.max = HF_TLS12, .more = historic, .key = MAKE_KEY_RSA2048};
    assert_true(starts(&(struct lab_side){.max = HF_TLS12, .more = with_alpn, .alpn = "h2"}, &server));
    assert_true(starts(&(struct lab_side){.max = HF_TLS12, .more = always}, &server));
    assert_false(starts(&(struct lab_side){.max = HF_TLS12, .more = with_alpn}, &server));
    assert_false(starts(&(struct lab_side){.max = HF_TLS12, .alpn = "h2"}, &server)); /* off unless asked for */
    assert_false(starts(&(struct lab_side){.more = always, .alpn = "h2"}, &server));  /* 1.3 */
    const struct lab_side cbc = {
        .max = HF_TLS12, .more = always_historic, .suites = "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"};
    assert_false(starts(&cbc, &old));
    const struct lab_side rsa = {.max = HF_TLS12, .more = always_historic, .suites = "TLS_RSA_WITH_AES_128_GCM_SHA256"};
    assert_false(starts(&rsa, &old_rsa));
    const struct lab_side both = {.max = HF_TLS12, .more = always_historic, .suites = ECDSA_GCM};
    assert_true(starts(&both, &old));
}

/* The application has its say before. */
static void not_before_the_verdict(void **state)
{
    (void)state;
    struct lab_pair pair;
    size_t taken;
    lab_pair_open(&pair, &(struct lab_side){.max = HF_TLS12, .more = always_judging}, NULL);
    move_hellos(&pair);
    assert_false(lab_event(pair.client, HF_EVENT_FALSE_START));
    assert_int_equal(hf_write(pair.client, "x", 1, &taken), HF_ERR_wrong_call);
    assert_null(hf_early_peer(pair.client));
    assert_int_equal(hf_answer_verdict(pair.client, true), HF_OK);
    assert_true(lab_event(pair.client, HF_EVENT_FALSE_START));
    assert_int_equal(hf_write(pair.client, "x", 1, &taken), HF_OK);
    (void)lab_pair_run(&pair);
    lab_assert_open(&pair);
    lab_pair_close(&pair);
}

/* In one flight with Finished, and before anything else of the data; the exporter agrees with the server's. */
static void what_is_written_arrives(void **state)
{
    (void)state;
    struct lab_pair pair;
    size_t taken;
    uint8_t exported[2][32], data[16];
    lab_pair_open(&pair, &(struct lab_side){.max = HF_TLS12, .more = always}, NULL);
    move_hellos(&pair);
    assert_int_equal(hf_write(pair.client, "early", 5, &taken), HF_OK);
    assert_int_equal(hf_export(pair.client, "label", NULL, 0, exported[0], 32), HF_OK);
    (void)lab_move(pair.client, pair.server, SIZE_MAX);
    assert_int_equal(hf_read(pair.server, data, sizeof data, &taken), HF_OK);
    assert_int_equal(taken, 5);
    assert_memory_equal(data, "early", 5);
    assert_false(lab_event(pair.client, HF_EVENT_OPENED));
    (void)lab_pair_run(&pair);
    lab_assert_open(&pair);
    assert_int_equal(hf_export(pair.server, "label", NULL, 0, exported[1], 32), HF_OK);
    assert_memory_equal(exported[0], exported[1], 32);
    lab_assert_data(&pair, pair.client, pair.server);
    lab_pair_close(&pair);
}

/* The server's answer is needed all the same: nothing opens without it, and nothing more goes behind a wrong one. */
static void a_wrong_finished_ends_it(void **state)
{
    (void)state;
    struct lab_pair pair;
    size_t taken;
    static const uint8_t more[] = {0};
    lab_pair_open(&pair, &(struct lab_side){.max = HF_TLS12, .more = always}, NULL);
    move_hellos(&pair);
    assert_int_equal(hf_write(pair.client, "x", 1, &taken), HF_OK);
    assert_int_equal(hf_transcript_add(&pair.client->handshake.work->transcript, hf_span_of(more, 1)), HF_OK);
    (void)lab_pair_run(&pair);
    lab_assert_failed(pair.client, &(struct lab_failure){HF_ERR_bad_finished, HF_BY_US, HF_ALERT_decrypt_error});
    assert_false(lab_event(pair.client, HF_EVENT_OPENED));
    assert_int_equal(hf_write(pair.client, "x", 1, &taken), HF_ERR_bad_finished);
    assert_null(hf_early_peer(pair.client));
    lab_pair_close(&pair);
}

/* A client that resumes has the server's Finished before it sends its own. */
static void not_in_a_resumption(void **state)
{
    (void)state;
    static const struct lab_side client = {.max = HF_TLS12, .more = always};
    const struct resume_visit visit = {.client = &client};
    struct resume_store store;
    struct lab_pair pair;
    resume_lab_first(&visit, &store);
    resume_lab_visit(&pair, &visit, &store);
    assert_false(lab_event(pair.client, HF_EVENT_FALSE_START));
    resume_lab_assert_open(&pair, /* resumed= */ true);
    lab_pair_close(&pair);
}

static void over_datagrams(struct hf_builder *builder)
{
    always(builder);
    hf_builder_datagrams(builder);
}

static void without_a_meaning(struct hf_builder *builder)
{
    hf_builder_false_start(builder, (enum hf_false_start)3);
}

static void wrong_settings_are_refused(void **state)
{
    (void)state;
    struct hf_failure failure = {0};
    assert_null(lab_config(HF_SERVER, &(struct lab_side){.more = always}, &failure));
    assert_int_equal(failure.error, HF_ERR_setting_invalid);
    assert_null(lab_config(HF_CLIENT, &(struct lab_side){.more = over_datagrams}, &failure));
    assert_int_equal(failure.error, HF_ERR_setting_invalid);
    assert_null(lab_config(HF_CLIENT, &(struct lab_side){.more = without_a_meaning}, &failure));
    assert_int_equal(failure.error, HF_ERR_setting_invalid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_where_it_is_safe),   cmocka_unit_test(not_before_the_verdict),
        cmocka_unit_test(what_is_written_arrives), cmocka_unit_test(a_wrong_finished_ends_it),
        cmocka_unit_test(not_in_a_resumption),     cmocka_unit_test(wrong_settings_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
