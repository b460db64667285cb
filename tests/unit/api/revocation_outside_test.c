/* Revocation that the application looks up before its verdict: it is told what is missing and where, what it finds is
 * judged by the same rules as what a config was given, and nothing worthless opens a connection. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "support/lab_check.h"
#include "support/test_allocator.h"

static void ask_hard(struct hf_builder *builder)
{
    hf_builder_verdict_outside(builder);
    hf_builder_revocation(builder, HF_REVOCATION_HARD, 0);
    hf_builder_revocation_outside(builder);
}

static void ask_soft(struct hf_builder *builder)
{
    ask_hard(builder);
    hf_builder_revocation(builder, HF_REVOCATION_SOFT, 0);
}

/* The lab's lists are a day old. */
static void ask_for_fresh(struct hf_builder *builder)
{
    ask_hard(builder);
    hf_builder_revocation(builder, HF_REVOCATION_HARD, 3600);
}

static void ask_nobody(struct hf_builder *builder)
{
    hf_builder_verdict_outside(builder);
    hf_builder_revocation(builder, HF_REVOCATION_SOFT, 0);
}

/* A pair in which one end waits for a verdict of the other: its peer's identity is `of`. */
struct scene {
    struct lab_pair pair;
    struct hf_connection *judge, *judged;
    enum lab_who of;
};

static void open_scene(struct scene *scene, bool server_judges, enum hf_version version,
                       void (*more)(struct hf_builder *))
{
    const struct lab_side client = {.min = version, .max = version, .more = server_judges ? NULL : more};
    const struct lab_side server = {.min = version, .max = version, .more = server_judges ? more : NULL};
    lab_pair_open(&scene->pair, &client, &server);
    scene->judge = server_judges ? scene->pair.server : scene->pair.client;
    scene->judged = server_judges ? scene->pair.client : scene->pair.server;
    scene->of = server_judges ? LAB_CLIENT : LAB_SERVER;
    (void)lab_pair_run(&scene->pair);
    assert_true(lab_event(scene->judge, HF_EVENT_NEEDS_VERDICT));
}

static size_t missing_count(const struct scene *scene)
{
    struct hf_revocation_missing missing;
    size_t count = 0;
    while (hf_revocation_missing(scene->judge, count, &missing))
        count++;
    return count;
}

static enum hf_error answer_ocsp(const struct scene *scene, struct hf_span response)
{
    return hf_answer_revocation(scene->judge, HF_REVOCATION_ANSWER_OCSP, response.data, response.len);
}

static enum hf_error answer_crls(const struct scene *scene, enum lab_who revoked)
{
    const char *crls = lab_crls(revoked, MAKE_KEY_P256, revoked == scene->of);
    return hf_answer_revocation(scene->judge, HF_REVOCATION_ANSWER_CRL, crls, strlen(crls));
}

static struct hf_span good(const struct scene *scene)
{
    return lab_ocsp(scene->of, MAKE_KEY_P256, /* revoked= */ false);
}

/* Runs a story for either judge and both versions. */
static void for_each(void (*more)(struct hf_builder *), void (*story)(struct scene *scene))
{
    static const enum hf_version versions[] = {HF_TLS12, HF_TLS13};
    for (size_t i = 0; i < 4; i++) {
        struct scene scene;
        open_scene(&scene, i % 2 == 0, versions[i / 2], more);
        story(&scene);
        lab_pair_close(&scene.pair);
    }
}

static void assert_opens(struct scene *scene, enum hf_revocation_state state)
{
    struct hf_session_info info;
    assert_int_equal(hf_answer_verdict(scene->judge, /* accept= */ true), HF_OK);
    (void)lab_pair_run(&scene->pair);
    hf_session_info(scene->judge, &info);
    assert_true(info.opened);
    assert_int_equal(hf_peer_revocation(hf_peer(scene->judge)), state);
}

static void assert_refuses(struct scene *scene, enum hf_error error)
{
    assert_int_equal(hf_failure(scene->judge)->error, error);
    assert_null(hf_peer(scene->judge));
    (void)lab_pair_run(&scene->pair);
    assert_int_equal(hf_failure(scene->judged)->alert, hf_failure(scene->judge)->alert);
}

static void find_all(struct scene *scene)
{
    struct hf_revocation_missing missing;
    size_t len = 0;
    for (size_t depth = 0; depth < 2; depth++) {
        assert_true(hf_revocation_missing(scene->judge, depth, &missing));
        assert_int_equal(missing.depth, depth);
        const struct hf_peer *peer = hf_peer_candidate(scene->judge);
        assert_ptr_equal(missing.certificate, hf_peer_chain(peer, depth, &len));
        assert_int_equal(missing.certificate_len, len);
        assert_ptr_equal(missing.issuer, hf_peer_chain(peer, depth + 1, &len));
        assert_int_equal(missing.issuer_len, len);
    }
    assert_int_equal(missing_count(scene), 2);
    assert_int_equal(hf_peer_revocation(hf_peer_candidate(scene->judge)), HF_REVOCATION_UNKNOWN);
    assert_int_equal(answer_ocsp(scene, good(scene)), HF_OK);
    assert_true(hf_revocation_missing(scene->judge, 0, &missing));
    assert_int_equal(missing.depth, 1);
    assert_int_equal(missing_count(scene), 1);
    assert_int_equal(answer_crls(scene, LAB_CLIENT_STRANGER), HF_OK);
    assert_int_equal(missing_count(scene), 0);
    assert_opens(scene, HF_REVOCATION_GOOD);
}

static void what_is_missing_is_told_and_found(void **state)
{
    (void)state;
    for_each(ask_hard, find_all);
}

static void accept_at_once(struct scene *scene)
{
    assert_int_equal(hf_answer_verdict(scene->judge, /* accept= */ true), HF_ERR_revocation_unknown);
    assert_refuses(scene, HF_ERR_revocation_unknown);
    assert_int_equal(answer_ocsp(scene, good(scene)), HF_ERR_revocation_unknown);
}

static void accept_softly(struct scene *scene)
{
    assert_int_equal(missing_count(scene), 2);
    assert_opens(scene, HF_REVOCATION_UNKNOWN);
}

static void accepting_what_is_missing_is_refused_where_it_is_hard(void **state)
{
    (void)state;
    for_each(ask_hard, accept_at_once);
    for_each(ask_soft, accept_softly);
}

static void find_revoked_by_ocsp(struct scene *scene)
{
    assert_int_equal(answer_ocsp(scene, lab_ocsp(scene->of, MAKE_KEY_P256, /* revoked= */ true)),
                     HF_ERR_certificate_revoked);
    assert_refuses(scene, HF_ERR_certificate_revoked);
    assert_int_equal(hf_failure(scene->judge)->alert, HF_ALERT_certificate_revoked);
}

static void find_revoked_by_crl(struct scene *scene)
{
    assert_int_equal(answer_crls(scene, scene->of), HF_ERR_certificate_revoked);
    assert_refuses(scene, HF_ERR_certificate_revoked);
}

/* What says good does not outweigh what says revoked. */
static void find_both(struct scene *scene)
{
    assert_int_equal(answer_ocsp(scene, good(scene)), HF_OK);
    find_revoked_by_crl(scene);
}

static void the_revoked_are_refused(void **state)
{
    (void)state;
    for_each(ask_hard, find_revoked_by_ocsp);
    for_each(ask_soft, find_revoked_by_ocsp);
    for_each(ask_hard, find_revoked_by_crl);
    for_each(ask_hard, find_both);
}

static void find_nothing_of_use(struct scene *scene)
{
    uint8_t forged[4096];
    struct hf_span response = good(scene);
    const enum lab_who another = scene->of == LAB_CLIENT ? LAB_SERVER : LAB_CLIENT;
    assert_true(hf_span_copy(response, forged, sizeof forged));
    forged[response.len - 8] ^= 1; /* of the signature, which is last where the CA itself responds */
    assert_int_equal(answer_ocsp(scene, hf_span_of(forged, response.len)), HF_OK);
    assert_int_equal(missing_count(scene), 2);
    assert_int_equal(answer_ocsp(scene, lab_ocsp(another, MAKE_KEY_P256, /* revoked= */ false)), HF_OK);
    assert_int_equal(missing_count(scene), 2);
    assert_true(strlen(hf_peer_revocation_told(hf_peer_candidate(scene->judge))) > 0);
    accept_at_once(scene);
}

static void find_stale(struct scene *scene)
{
    assert_int_equal(answer_crls(scene, LAB_CLIENT_STRANGER), HF_OK);
    assert_int_equal(missing_count(scene), 2);
    assert_non_null(strstr(hf_peer_revocation_told(hf_peer_candidate(scene->judge)), "not current"));
    accept_at_once(scene);
}

static void what_is_worth_nothing_leaves_it_missing(void **state)
{
    (void)state;
    for_each(ask_hard, find_nothing_of_use);
    for_each(ask_for_fresh, find_stale);
}

static void answer_rubbish(struct scene *scene)
{
    assert_int_equal(answer_ocsp(scene, hf_span_of_text("<html>not found</html>")), HF_ERR_file_malformed);
    assert_int_equal(hf_answer_revocation(scene->judge, HF_REVOCATION_ANSWER_CRL, NULL, 0), HF_ERR_file_malformed);
    assert_int_equal(missing_count(scene), 2);
    assert_int_equal(answer_crls(scene, LAB_CLIENT_STRANGER), HF_OK);
    assert_opens(scene, HF_REVOCATION_GOOD);
    assert_int_equal(answer_ocsp(scene, good(scene)), HF_ERR_wrong_call);
}

static void refuse(struct scene *scene)
{
    assert_int_equal(hf_answer_verdict(scene->judge, /* accept= */ false), HF_ERR_verdict_refused);
    assert_refuses(scene, HF_ERR_verdict_refused);
}

static void rubbish_changes_nothing_and_refusing_is_free(void **state)
{
    (void)state;
    for_each(ask_hard, answer_rubbish);
    for_each(ask_hard, refuse);
}

static void ask_without_leave(struct scene *scene)
{
    assert_int_equal(missing_count(scene), 0);
    assert_int_equal(answer_ocsp(scene, good(scene)), HF_ERR_wrong_call);
    assert_opens(scene, HF_REVOCATION_UNKNOWN);
}

static void it_is_asked_for_by_name(void **state)
{
    (void)state;
    for_each(ask_nobody, ask_without_leave);
}

static void ask_before_no_verdict(struct hf_builder *builder)
{
    hf_builder_revocation_outside(builder);
}

static void ask_about_nothing(struct hf_builder *builder)
{
    ask_hard(builder);
    hf_builder_revocation(builder, HF_REVOCATION_OFF, 0);
}

static void settings_that_contradict_are_told(void **state)
{
    (void)state;
    struct hf_failure failure = {0};
    assert_null(lab_config(HF_SERVER, &(struct lab_side){.more = ask_before_no_verdict}, &failure));
    assert_int_equal(failure.error, HF_ERR_setting_invalid);
    assert_non_null(strstr(failure.wanted, "hf_builder_verdict_outside"));
    assert_null(lab_config(HF_SERVER, &(struct lab_side){.more = ask_about_nothing}, &failure));
    assert_int_equal(failure.error, HF_ERR_setting_invalid);
    assert_non_null(strstr(failure.got, "HF_REVOCATION_OFF"));
}

static void memory_may_be_missing(void **state)
{
    (void)state;
    for (size_t nth = 1;; nth++) {
        struct hf_test_allocator test;
        hf_test_allocator_init(&test, 0);
        struct scene scene = {.of = LAB_CLIENT};
        const struct lab_side server = {.allocator = &test.allocator, .more = ask_hard};
        lab_pair_open(&scene.pair, NULL, &server);
        scene.judge = scene.pair.server;
        (void)lab_pair_run(&scene.pair);
        test.fail_at = test.count + nth;
        enum hf_error error = answer_crls(&scene, LAB_CLIENT_STRANGER);
        bool failed = hf_test_allocator_failed(&test);
        assert_int_equal(error, failed ? HF_ERR_no_memory : HF_OK);
        lab_pair_close(&scene.pair);
        assert_int_equal(test.live, 0);
        if (!failed)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_missing_is_told_and_found),
        cmocka_unit_test(accepting_what_is_missing_is_refused_where_it_is_hard),
        cmocka_unit_test(the_revoked_are_refused),
        cmocka_unit_test(what_is_worth_nothing_leaves_it_missing),
        cmocka_unit_test(rubbish_changes_nothing_and_refusing_is_free),
        cmocka_unit_test(it_is_asked_for_by_name),
        cmocka_unit_test(settings_that_contradict_are_told),
        cmocka_unit_test(memory_may_be_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
