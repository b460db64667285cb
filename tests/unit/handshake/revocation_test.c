/* Revocation in whole connections: who is revoked is refused by name, date and CRL, and told so by its alert; what is
 * unknown is let in only softly, and the application sees it; a session does not outlive the lists it began under. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "config/config.h"
#include "support/lab_check.h"
#include "support/resume_lab.h"

static void give_crls(struct hf_builder *builder, enum lab_who who, bool revoked)
{
    const char *crls = lab_crls(who, MAKE_KEY_P256, revoked);
    hf_builder_crl(builder, crls, strlen(crls));
}

static void client_is_revoked(struct hf_builder *builder)
{
    give_crls(builder, LAB_CLIENT, true);
}

static void client_is_fine(struct hf_builder *builder)
{
    give_crls(builder, LAB_CLIENT, false);
}

static void server_is_revoked(struct hf_builder *builder)
{
    give_crls(builder, LAB_SERVER, true);
}

static void hard_without_lists(struct hf_builder *builder)
{
    hf_builder_revocation(builder, HF_REVOCATION_HARD, 0);
}

static void soft_without_lists(struct hf_builder *builder)
{
    hf_builder_revocation(builder, HF_REVOCATION_SOFT, 0);
}

static void staple_revoked(struct hf_builder *builder)
{
    struct hf_span response = lab_ocsp(LAB_SERVER, MAKE_KEY_P256, /* revoked= */ true);
    hf_builder_identity_ocsp(builder, 0, response.data, response.len);
}

static void run(struct lab_pair *pair, const struct lab_side *client, const struct lab_side *server)
{
    lab_pair_open(pair, client, server);
    (void)lab_pair_run(pair);
}

/* H20 at both ends. */
static void a_revoked_peer_is_refused(void **state)
{
    (void)state;
    for (int v = 0; v < 2; v++) {
        struct lab_pair pair;
        run(&pair, &(struct lab_side){.max = lab_versions[v]}, &(struct lab_side){.more = client_is_revoked});
        lab_assert_failed(pair.server,
                          &(struct lab_failure){HF_ERR_certificate_revoked, HF_BY_US, HF_ALERT_certificate_revoked});
        const struct hf_failure *failure = hf_failure(pair.server);
        assert_int_equal(hf_failure_reason(failure), 20);
        assert_non_null(strstr(failure->got, "revoked on 2026-11-22 12:00 UTC (keyCompromise), says the CRL of "
                                             "CN=Lab Intermediate of 2026-11-22 12:00 UTC, number 02"));
        assert_non_null(strstr(failure->subject, "CN=billing"));
        assert_int_equal(hf_failure(pair.client)->error, HF_ERR_peer_finds_us_revoked);
        assert_int_equal(hf_failure_reason(hf_failure(pair.client)), 20);
        lab_pair_close(&pair);
        run(&pair, &(struct lab_side){.max = lab_versions[v], .more = server_is_revoked}, NULL);
        lab_assert_failed(pair.client,
                          &(struct lab_failure){HF_ERR_certificate_revoked, HF_BY_US, HF_ALERT_certificate_revoked});
        lab_pair_close(&pair);
        run(&pair, &(struct lab_side){.max = lab_versions[v]}, &(struct lab_side){.more = staple_revoked});
        lab_assert_failed(pair.client,
                          &(struct lab_failure){HF_ERR_certificate_revoked, HF_BY_US, HF_ALERT_certificate_revoked});
        lab_pair_close(&pair);
    }
}

static void what_is_unknown_is_refused_or_told(void **state)
{
    (void)state;
    struct lab_pair pair;
    run(&pair, NULL, &(struct lab_side){.more = hard_without_lists});
    lab_assert_failed(pair.server,
                      &(struct lab_failure){HF_ERR_revocation_unknown, HF_BY_US, HF_ALERT_certificate_unknown});
    assert_int_equal(hf_failure_reason(hf_failure(pair.server)), 20);
    lab_pair_close(&pair);
    run(&pair, NULL, &(struct lab_side){.more = soft_without_lists});
    lab_assert_open(&pair);
    assert_int_equal(hf_peer_revocation(hf_peer(pair.server)), HF_REVOCATION_UNKNOWN);
    assert_non_null(strstr(hf_peer_revocation_told(hf_peer(pair.server)), "neither CRL nor OCSP response"));
    assert_int_equal(hf_peer_revocation(hf_peer(pair.client)), HF_REVOCATION_NOT_CHECKED);
    lab_pair_close(&pair);
    run(&pair, NULL, &(struct lab_side){.more = client_is_fine});
    lab_assert_open(&pair);
    assert_int_equal(hf_peer_revocation(hf_peer(pair.server)), HF_REVOCATION_GOOD);
    assert_non_null(strstr(hf_peer_revocation_told(hf_peer(pair.server)), "the CRL of CN=Lab Intermediate"));
    lab_pair_close(&pair);
}

/* The lists are part of the policy that sessions are bound to. */
static void lists_are_part_of_the_policy(void **state)
{
    (void)state;
    void (*const settings[])(struct hf_builder *) = {NULL, hard_without_lists, soft_without_lists, client_is_fine,
                                                     client_is_revoked};
    struct hf_config *configs[HF_COUNT(settings)];
    for (size_t i = 0; i < HF_COUNT(settings); i++) {
        struct hf_failure failure;
        configs[i] = lab_config(HF_SERVER, &(struct lab_side){.more = settings[i]}, &failure);
        assert_non_null(configs[i]);
        for (size_t j = 0; j < i; j++)
            assert_memory_not_equal(configs[i]->policy.bytes, configs[j]->policy.bytes, configs[i]->policy.len);
    }
    for (size_t i = 0; i < HF_COUNT(settings); i++)
        hf_config_drop(configs[i]);
}

static void keeps_and_finds_it_fine(struct hf_builder *builder)
{
    hf_builder_sessions_outside(builder);
    client_is_fine(builder);
}

static void keeps_and_finds_it_revoked(struct hf_builder *builder)
{
    hf_builder_sessions_outside(builder);
    client_is_revoked(builder);
}

static void leave(struct hf_session *session)
{
    (void)session;
}

/* Also when the session is sealed by the policy that revokes: the lists are looked into again, not only compared. */
static void who_was_revoked_since_is_not_resumed(void **state)
{
    const struct lab_side fine = {.min = HF_TLS12, .max = HF_TLS12, .more = keeps_and_finds_it_fine};
    const struct lab_side revoked = {.min = HF_TLS12, .max = HF_TLS12, .more = keeps_and_finds_it_revoked};
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct resume_store store;
        struct lab_pair pair;
        resume_lab_first(&(struct resume_visit){.server = &fine}, &store);
        resume_lab_visit(&pair, &(struct resume_visit){.server = &fine}, &store);
        resume_lab_assert_open(&pair, /* resumed= */ true);
        lab_pair_close(&pair);
        resume_lab_open(&pair, &(struct resume_visit){.server = &revoked}, &store);
        if (i == 1)
            resume_lab_forge(&store.server, pair.server, leave);
        assert_int_equal(hf_answer_session(pair.server, store.server.at, store.server.len), HF_OK);
        resume_lab_run(&pair, LAB_NOW_MS);
        lab_assert_failed(pair.server,
                          &(struct lab_failure){HF_ERR_certificate_revoked, HF_BY_US, HF_ALERT_certificate_revoked});
        lab_pair_close(&pair);
    }
}

static void what_is_no_list_is_a_setting_that_fails(void **state)
{
    (void)state;
    struct hf_failure failure;
    struct hf_builder *builder = hf_builder_new(HF_SERVER);
    hf_builder_crl(builder, "text", 4);
    assert_null(hf_builder_finish(builder, LAB_NOW_S, &failure));
    assert_int_equal(failure.error, HF_ERR_file_malformed);
    assert_non_null(strstr(failure.got, "no X509 CRL block"));
    builder = hf_builder_new(HF_SERVER);
    hf_builder_ocsp_file(builder, "/nowhere/at.all");
    assert_null(hf_builder_finish(builder, LAB_NOW_S, &failure));
    assert_int_equal(failure.error, HF_ERR_file_unreadable);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_revoked_peer_is_refused),
        cmocka_unit_test(what_is_unknown_is_refused_or_told),
        cmocka_unit_test(lists_are_part_of_the_policy),
        cmocka_unit_test(who_was_revoked_since_is_not_resumed),
        cmocka_unit_test(what_is_no_list_is_a_setting_that_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
