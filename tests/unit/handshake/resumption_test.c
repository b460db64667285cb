/* What a session may not carry over: another policy, another name, a peer that is no longer good, another secret.
 * Wounds of others that stand behind these cases: tickets of one virtual server taken by another with other client CAs
 * (CVE-2025-23419, CVE-2025-68121), and from before clients had to authenticate. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "engine/connection.h"
#include "support/make_certificate.h"
#include "support/resume_lab.h"

static const struct resume_visit usual = {0};

/* ---- another policy ---- */

/* Visits with the store of `before` must come to a full handshake. */
static void assert_not_resumed(const struct lab_side *before, const struct lab_side *after)
{
    struct resume_store store;
    struct lab_pair pair;
    resume_lab_first(&(struct resume_visit){.server = before}, &store);
    resume_lab_visit(&pair, &(struct resume_visit){.server = after}, &store);
    resume_lab_assert_open(&pair, /* resumed= */ false);
    struct hf_session_info info;
    hf_session_info(pair.server, &info);
    assert_int_equal(info.asked_for_certificate, after->client_auth != HF_CLIENT_AUTH_NONE);
    lab_pair_close(&pair);
}

static void admit_all(struct hf_builder *builder)
{
    hf_builder_sessions_outside(builder);
    hf_builder_admit(builder, "spiffe://lab/**");
}

static void judge_outside(struct hf_builder *builder)
{
    hf_builder_sessions_outside(builder);
    hf_builder_verdict_outside(builder);
}

static void trust_both(struct hf_builder *builder)
{
    hf_builder_sessions_outside(builder);
    hf_builder_trust_pem(builder, lab_other_root(), strlen(lab_other_root()));
}

#define SERVER(...) ((struct lab_side){.min = HF_TLS12, .max = HF_TLS12, .more = resume_lab_sessions_on, __VA_ARGS__})

static void sessions_of_milder_policies_are_not_inherited(void **state)
{
    (void)state;
    const struct lab_side none = SERVER(.client_auth = HF_CLIENT_AUTH_NONE);
    const struct lab_side request = SERVER(.client_auth = HF_CLIENT_AUTH_REQUEST);
    const struct lab_side require = SERVER(.client_auth = HF_CLIENT_AUTH_REQUIRE);
    struct lab_side admits = SERVER(.client_auth = HF_CLIENT_AUTH_REQUIRE);
    struct lab_side trusts = admits;
    admits.more = admit_all;
    trusts.more = trust_both;
    assert_not_resumed(&none, &require);
    assert_not_resumed(&none, &request);
    assert_not_resumed(&request, &require);
    assert_not_resumed(&require, &none);
    assert_not_resumed(&require, &admits);
    assert_not_resumed(&admits, &require);
    assert_not_resumed(&require, &trusts);
    assert_not_resumed(&require, &SERVER(.key = MAKE_KEY_ED25519));
}

static void name_no_cas(struct hf_builder *builder)
{
    hf_builder_sessions_outside(builder);
    hf_builder_send_authorities(builder, false); /* so that the client presents what it has */
}

static void another_ca_refuses_who_had_a_session(void **state)
{
    (void)state;
    struct resume_store store;
    struct lab_pair pair;
    resume_lab_first(&usual, &store);
    struct lab_side other = SERVER(.trusts_other = true);
    other.more = name_no_cas;
    resume_lab_visit(&pair, &(struct resume_visit){.server = &other}, &store);
    lab_assert_failed(pair.server, &(struct lab_failure){HF_ERR_unknown_issuer, HF_BY_US, HF_ALERT_unknown_ca});
    lab_pair_close(&pair);
}

static void admit_nobody_of_ours(struct hf_builder *builder)
{
    hf_builder_sessions_outside(builder);
    hf_builder_admit(builder, "spiffe://lab/other");
}

static const struct lab_side strict = {.min = HF_TLS12, .max = HF_TLS12, .more = admit_nobody_of_ours};

static void leave(struct hf_session *session)
{
    (void)session;
}

/* Also when the session is sealed by the stricter policy: rules are judged again, not only compared. */
static void rules_refuse_who_had_a_session(void **state)
{
    (void)state;
    struct resume_store store;
    resume_lab_first(&usual, &store);
    for (int i = 0; i < 2; i++) {
        struct lab_pair pair;
        resume_lab_open(&pair, &(struct resume_visit){.server = &strict}, &store);
        if (i == 1)
            resume_lab_forge(&store.server, pair.server, leave);
        assert_int_equal(hf_answer_session(pair.server, store.server.at, store.server.len), HF_OK);
        resume_lab_run(&pair, LAB_NOW_MS);
        lab_assert_failed(pair.server, &(struct lab_failure){HF_ERR_not_admitted, HF_BY_US, HF_ALERT_access_denied});
        assert_string_equal(hf_failure(pair.server)->where, "Certificate");
        lab_pair_close(&pair);
    }
}

/* ---- another name ---- */

static void a_client_offers_no_session_of_another_name(void **state)
{
    (void)state;
    struct resume_store store;
    struct lab_pair pair;
    const struct lab_side other = {.who = LAB_CLIENT, .name = "a.wild.lab", .max = HF_TLS12};
    const struct lab_side same = {.who = LAB_CLIENT, .max = HF_TLS12};
    const uint8_t *id;
    size_t len;
    resume_lab_first(&(struct resume_visit){.client = &same}, &store);
    resume_lab_open(&pair, &(struct resume_visit){.client = &other}, &store);
    assert_false(hf_session_wanted(pair.server, &id, &len)); /* a hello of 1.2 without session: no ID at all */
    resume_lab_run(&pair, LAB_NOW_MS);
    resume_lab_assert_open(&pair, /* resumed= */ false);
    lab_pair_close(&pair);
}

/* A client that does offer it: the server sees another SNI. RFC 6066 3. */
static void a_server_resumes_no_session_of_another_name(void **state)
{
    (void)state;
    struct resume_store store;
    struct lab_pair pair;
    const struct lab_side other = {.who = LAB_CLIENT, .name = "a.wild.lab"};
    const struct resume_visit visit = {.client = &other};
    struct resume_store nothing = {0};
    resume_lab_first(&usual, &store);
    resume_lab_visit(&pair, &visit, &nothing);
    resume_lab_forge(&store.client, pair.client, leave);
    lab_pair_close(&pair);
    resume_lab_open(&pair, &visit, &store);
    const uint8_t *id = NULL;
    size_t len = 0;
    assert_true(hf_session_wanted(pair.server, &id, &len));
    assert_memory_equal(id, store.id, len); /* it was offered */
    assert_int_equal(hf_answer_session(pair.server, store.server.at, store.server.len), HF_OK);
    resume_lab_run(&pair, LAB_NOW_MS);
    resume_lab_assert_open(&pair, /* resumed= */ false);
    lab_pair_close(&pair);
}

/* ---- time ---- */

static void a_session_ends_after_a_day(void **state)
{
    (void)state;
    const uint64_t day_ms = UINT64_C(86400000);
    struct resume_store store;
    struct lab_pair pair;
    resume_lab_first(&usual, &store);
    resume_lab_visit(&pair, &(struct resume_visit){.now_ms = LAB_NOW_MS + day_ms - 1000}, &store);
    resume_lab_assert_open(&pair, /* resumed= */ true);
    lab_pair_close(&pair);
    resume_lab_visit(&pair, &(struct resume_visit){.now_ms = LAB_NOW_MS + day_ms}, &store);
    resume_lab_assert_open(&pair, /* resumed= */ false);
    lab_pair_close(&pair);
    resume_lab_visit(&pair, &(struct resume_visit){.now_ms = LAB_NOW_MS - 2000}, &store); /* from the future */
    resume_lab_assert_open(&pair, /* resumed= */ false);
    lab_pair_close(&pair);
}

/* A client's certificate that ends an hour from now, and its root: made once, because signatures differ. */
static struct short_lived {
    char *chain, *key, *root;
} short_lived;

static int make_short_lived(void **state)
{
    (void)state;
    struct make_certificate *root = make_certificate(&(struct make_certificate_of){.subject = "CN=Short", .ca = true});
    struct make_certificate *leaf = make_certificate(&(struct make_certificate_of){.subject = "CN=soon gone",
                                                                                   .issuer = root,
                                                                                   .ekus = "clientAuth",
                                                                                   .not_before_s = LAB_NOW_S - 8640000,
                                                                                   .not_after_s = LAB_NOW_S + 3600});
    short_lived.chain = make_certificate_pem(leaf);
    short_lived.key = make_certificate_key_pem(leaf);
    short_lived.root = make_certificate_pem(root);
    make_certificate_free(leaf);
    make_certificate_free(root);
    return 0;
}

static int free_short_lived(void **state)
{
    (void)state;
    free(short_lived.chain);
    free(short_lived.key);
    free(short_lived.root);
    return 0;
}

static void add_short_lived(struct hf_builder *builder)
{
    hf_builder_identity_pem(builder, short_lived.chain, strlen(short_lived.chain), short_lived.key,
                            strlen(short_lived.key));
}

static void trust_short_lived(struct hf_builder *builder)
{
    hf_builder_trust_pem(builder, short_lived.root, strlen(short_lived.root));
    hf_builder_sessions_outside(builder);
}

static void last_a_day(struct hf_session *session)
{
    assert_int_equal(session->lifetime_s, 3600);
    session->lifetime_s = 86400;
}

/* First by the session's own end, which is that of its certificate; then, with that end forged away, because the kept
 * certificate is judged again. */
static void an_expired_client_is_not_resumed(void **state)
{
    (void)state;
    const struct lab_side client = {.who = LAB_CLIENT, .more = add_short_lived};
    struct lab_side server = SERVER(.trusts_other = true); /* so that the other identity does not fit */
    server.more = trust_short_lived;
    struct resume_visit visit = {.client = &client, .server = &server};
    struct resume_store store;
    struct lab_pair pair;
    resume_lab_first(&visit, &store);
    resume_lab_visit(&pair, &visit, &store);
    resume_lab_assert_open(&pair, /* resumed= */ true);
    struct resume_store forged = store;
    resume_lab_forge(&forged.server, pair.server, last_a_day);
    lab_pair_close(&pair);
    visit.now_ms = LAB_NOW_MS + UINT64_C(7200000);
    for (int i = 0; i < 2; i++) {
        resume_lab_visit(&pair, &visit, i == 0 ? &store : &forged);
        /* Asked who it is now, the client has nothing to show any more. */
        lab_assert_failed(pair.server,
                          &(struct lab_failure){HF_ERR_certificate_missing, HF_BY_US, HF_ALERT_handshake_failure});
        lab_pair_close(&pair);
    }
}

/* ---- nobody, and the application's verdict ---- */

static void nobody_stays_nobody(void **state)
{
    (void)state;
    const struct lab_side client = {.anonymous = true};
    const struct lab_side server = SERVER(.client_auth = HF_CLIENT_AUTH_REQUEST);
    const struct resume_visit visit = {.client = &client, .server = &server};
    struct resume_store store;
    struct lab_pair pair;
    resume_lab_first(&visit, &store);
    resume_lab_visit(&pair, &visit, &store);
    resume_lab_assert_open(&pair, /* resumed= */ true);
    assert_null(hf_peer(pair.server));
    assert_true(lab_event(pair.server, HF_EVENT_UNAUTHENTICATED));
    lab_pair_close(&pair);
}

static void drop_chain(struct hf_session *session)
{
    session->chain_count = 0;
}

/* Even sealed by the right policy: who must show a certificate is not resumed without one. */
static void a_required_certificate_must_be_kept(void **state)
{
    (void)state;
    struct resume_store store;
    struct lab_pair pair;
    resume_lab_first(&usual, &store);
    resume_lab_open(&pair, &usual, &store);
    resume_lab_forge(&store.server, pair.server, drop_chain);
    assert_int_equal(hf_answer_session(pair.server, store.server.at, store.server.len), HF_OK);
    resume_lab_run(&pair, LAB_NOW_MS);
    resume_lab_assert_open(&pair, /* resumed= */ false);
    assert_non_null(hf_peer(pair.server));
    lab_pair_close(&pair);
}

static void judge_server_outside(struct hf_builder *builder)
{
    hf_builder_verdict_outside(builder);
}

static void first_judged(const struct resume_visit *visit, struct resume_store *store)
{
    struct lab_pair pair;
    struct resume_store nothing = {0};
    resume_lab_visit(&pair, visit, &nothing);
    (void)hf_answer_verdict(visit->client != NULL ? pair.client : pair.server, true);
    resume_lab_run(&pair, LAB_NOW_MS);
    resume_lab_assert_open(&pair, /* resumed= */ false);
    resume_lab_keep(&pair, store);
    lab_pair_close(&pair);
}

static void the_application_judges_again(void **state)
{
    (void)state;
    const struct lab_side server = {.min = HF_TLS12, .max = HF_TLS12, .more = judge_outside};
    const struct lab_side client = {.who = LAB_CLIENT, .more = judge_server_outside};
    const struct resume_visit visits[] = {{.server = &server}, {.client = &client}};
    for (int i = 0; i < 4; i++) {
        bool accepts = i % 2 == 0;
        struct resume_store store;
        struct lab_pair pair;
        const uint8_t *id;
        size_t len;
        first_judged(&visits[i / 2], &store);
        resume_lab_visit(&pair, &visits[i / 2], &store);
        struct hf_connection *judge = i / 2 == 0 ? pair.server : pair.client;
        assert_true(lab_event(judge, HF_EVENT_NEEDS_VERDICT));
        assert_string_equal(hf_peer_subject(hf_peer_candidate(judge)), i / 2 == 0 ? "CN=billing" : "CN=server.lab");
        assert_false(hf_session_wanted(judge, &id, &len));
        assert_int_equal(hf_answer_session(judge, NULL, 0), HF_ERR_wrong_call);
        assert_int_equal(hf_answer_verdict(judge, accepts), accepts ? HF_OK : HF_ERR_verdict_refused);
        resume_lab_run(&pair, LAB_NOW_MS);
        if (accepts)
            resume_lab_assert_open(&pair, /* resumed= */ true);
        else
            lab_assert_failed(judge,
                              &(struct lab_failure){HF_ERR_verdict_refused, HF_BY_US, HF_ALERT_certificate_unknown});
        lab_pair_close(&pair);
    }
}

/* ---- what does not fit the session ---- */

static void change_secret(struct hf_session *session)
{
    session->secret.bytes[5] ^= 1;
}

static void another_secret_opens_nothing(void **state)
{
    (void)state;
    struct resume_store store;
    struct lab_pair pair;
    resume_lab_first(&usual, &store);
    resume_lab_open(&pair, &usual, &store);
    resume_lab_forge(&store.server, pair.server, change_secret);
    assert_int_equal(hf_answer_session(pair.server, store.server.at, store.server.len), HF_OK);
    resume_lab_run(&pair, LAB_NOW_MS);
    lab_assert_failed(pair.client, &(struct lab_failure){HF_ERR_bad_record, HF_BY_US, HF_ALERT_bad_record_mac});
    assert_null(hf_peer(pair.server));
    assert_non_null(hf_failure(pair.server));
    lab_pair_close(&pair);
}

/* The same keys, another transcript: Finished itself is looked at. */
static void a_changed_hello_fails_the_finished(void **state)
{
    (void)state;
    struct resume_store store;
    struct lab_pair pair;
    static const uint8_t more[] = {0};
    resume_lab_first(&usual, &store);
    resume_lab_open(&pair, &usual, &store);
    assert_int_equal(hf_transcript_add(&pair.server->handshake.work->transcript, hf_span_of(more, 1)), HF_OK);
    assert_int_equal(hf_answer_session(pair.server, store.server.at, store.server.len), HF_OK);
    resume_lab_run(&pair, LAB_NOW_MS);
    lab_assert_failed(pair.client, &(struct lab_failure){HF_ERR_bad_finished, HF_BY_US, HF_ALERT_decrypt_error});
    lab_pair_close(&pair);
}

/* And at the server: the client's transcript is another after it sent its hello. */
static void the_clients_finished_is_looked_at(void **state)
{
    (void)state;
    static const uint8_t more[] = {0};
    struct resume_store store;
    struct lab_pair pair;
    const struct lab_side client = {.who = LAB_CLIENT, .more = judge_server_outside};
    const struct resume_visit visit = {.client = &client};
    first_judged(&visit, &store);
    resume_lab_visit(&pair, &visit, &store);
    /* The client rests: its read side will still be right, if the byte is added behind the server's Finished. */
    struct hf_proofs proofs = pair.server->handshake.proofs;
    assert_false(hf_proofs_suffice(&proofs, HF_PROOFS_ALL)); /* POSSESSION and FINISHED are still to come */
    assert_true(hf_proofs_suffice(&proofs, HF_PROOFS_KEPT));
    assert_false(hf_proofs_suffice(&proofs, HF_PROOFS_PEER));
    assert_int_equal(hf_transcript_add(&pair.server->handshake.work->transcript, hf_span_of(more, 1)), HF_OK);
    assert_int_equal(hf_answer_verdict(pair.client, true), HF_OK);
    resume_lab_run(&pair, LAB_NOW_MS);
    lab_assert_failed(pair.server, &(struct lab_failure){HF_ERR_bad_finished, HF_BY_US, HF_ALERT_decrypt_error});
    lab_pair_close(&pair);
}

/* RFC 7627 5.3: the session has extended master secret, the hello has not. */
static void a_hello_without_extended_master_secret_is_refused(void **state)
{
    (void)state;
    struct resume_store store;
    struct lab_pair pair;
    resume_lab_first(&usual, &store);
    resume_lab_open(&pair, &usual, &store);
    pair.server->handshake.work->facts.extended_master_secret = false;
    assert_int_equal(hf_answer_session(pair.server, store.server.at, store.server.len),
                     HF_ERR_extended_master_secret_missing);
    resume_lab_run(&pair, LAB_NOW_MS);
    lab_assert_failed(pair.server, &(struct lab_failure){HF_ERR_extended_master_secret_missing, HF_BY_US,
                                                         HF_ALERT_handshake_failure});
    lab_pair_close(&pair);
}

static void allow_without(struct hf_builder *builder)
{
    hf_builder_allow_without_extended_master_secret(builder);
}

static void an_answer_that_differs_from_the_session_is_refused(void **state)
{
    (void)state;
    const struct lab_side server = {.min = HF_TLS12, .max = HF_TLS12, .more = judge_outside};
    const struct lab_side client = {.who = LAB_CLIENT, .more = allow_without};
    for (int i = 0; i < 2; i++) {
        struct resume_store store = {0};
        struct lab_pair pair;
        const struct resume_visit visit = {.client = &client, .server = &server};
        resume_lab_visit(&pair, &visit, &store);
        (void)hf_answer_verdict(pair.server, true);
        resume_lab_run(&pair, LAB_NOW_MS);
        resume_lab_keep(&pair, &store);
        lab_pair_close(&pair);
        resume_lab_visit(&pair, &visit, &store); /* the server rests before its hello */
        struct hf_negotiated *choice = &pair.server->handshake.work->choice;
        if (i == 0)
            choice->extended_master_secret = false;
        else
            choice->suite = hf_suite_find(choice->suite->id == 0xc02b ? 0xcca9 : 0xc02b);
        assert_int_equal(hf_answer_verdict(pair.server, true), HF_OK);
        resume_lab_run(&pair, LAB_NOW_MS);
        lab_assert_failed(
            pair.client,
            i == 0 ? &(struct lab_failure){HF_ERR_extended_master_secret_missing, HF_BY_US, HF_ALERT_handshake_failure}
                   : &(struct lab_failure){HF_ERR_illegal_parameter, HF_BY_US, HF_ALERT_illegal_parameter});
        lab_pair_close(&pair);
    }
}

/* ---- what belongs to the connection, and other versions ---- */

/* A session would go on under its own suite (RFC 5246 7.4.1.3); it does where that is still the best in common. */
static void a_better_suite_goes_before_a_session(void **state)
{
    (void)state;
    const struct lab_side before = SERVER(.suites = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
    const struct lab_side after =
        SERVER(.suites = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384:TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
    const struct lab_side better =
        SERVER(.suites = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256:TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
    struct resume_store store;
    struct lab_pair pair;
    struct hf_session_info info;
    resume_lab_first(&(struct resume_visit){.server = &before}, &store);
    resume_lab_visit(&pair, &(struct resume_visit){.server = &after}, &store);
    resume_lab_assert_open(&pair, /* resumed= */ true);
    hf_session_info(pair.server, &info);
    assert_string_equal(info.suite, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
    lab_pair_close(&pair);
    resume_lab_visit(&pair, &(struct resume_visit){.server = &better}, &store);
    resume_lab_assert_open(&pair, /* resumed= */ false);
    hf_session_info(pair.server, &info);
    assert_string_equal(info.suite, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
    lab_pair_close(&pair);
    const struct lab_side without = SERVER(.suites = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
    resume_lab_visit(&pair, &(struct resume_visit){.server = &without}, &store);
    resume_lab_assert_open(&pair, /* resumed= */ false);
    lab_pair_close(&pair);
}

static void application_protocols_are_chosen_anew(void **state)
{
    (void)state;
    const struct lab_side client = {.who = LAB_CLIENT, .alpn = "h2,http/1.1"};
    struct resume_store store;
    struct lab_pair pair;
    struct hf_session_info info;
    resume_lab_first(&(struct resume_visit){.client = &client, .server = &SERVER(.alpn = "h2")}, &store);
    resume_lab_visit(&pair, &(struct resume_visit){.client = &client, .server = &SERVER(.alpn = "http/1.1")}, &store);
    resume_lab_assert_open(&pair, /* resumed= */ true);
    hf_session_info(pair.client, &info);
    assert_string_equal(info.alpn, "http/1.1");
    lab_pair_close(&pair);
}

static void a_newer_server_gives_a_newer_version(void **state)
{
    (void)state;
    const struct lab_side newer = {.more = resume_lab_sessions_on};
    struct resume_store store;
    struct lab_pair pair;
    struct hf_session_info info;
    resume_lab_first(&usual, &store);
    resume_lab_visit(&pair, &(struct resume_visit){.server = &newer}, &store);
    resume_lab_assert_open(&pair, /* resumed= */ false);
    hf_session_info(pair.client, &info);
    assert_int_equal(info.version, HF_TLS13);
    lab_pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sessions_of_milder_policies_are_not_inherited),
        cmocka_unit_test(another_ca_refuses_who_had_a_session),
        cmocka_unit_test(rules_refuse_who_had_a_session),
        cmocka_unit_test(a_client_offers_no_session_of_another_name),
        cmocka_unit_test(a_server_resumes_no_session_of_another_name),
        cmocka_unit_test(a_session_ends_after_a_day),
        cmocka_unit_test(an_expired_client_is_not_resumed),
        cmocka_unit_test(nobody_stays_nobody),
        cmocka_unit_test(a_required_certificate_must_be_kept),
        cmocka_unit_test(the_application_judges_again),
        cmocka_unit_test(another_secret_opens_nothing),
        cmocka_unit_test(a_changed_hello_fails_the_finished),
        cmocka_unit_test(the_clients_finished_is_looked_at),
        cmocka_unit_test(a_hello_without_extended_master_secret_is_refused),
        cmocka_unit_test(an_answer_that_differs_from_the_session_is_refused),
        cmocka_unit_test(a_better_suite_goes_before_a_session),
        cmocka_unit_test(application_protocols_are_chosen_anew),
        cmocka_unit_test(a_newer_server_gives_a_newer_version),
    };
    return cmocka_run_group_tests(tests, make_short_lived, free_short_lived);
}
