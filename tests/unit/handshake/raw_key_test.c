/* Raw public keys (RFC 7250) through whole handshakes: of either end and of both, known beforehand or judged by the
 * application, resumed, and without a type in common. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "support/keepers.h"
#include "support/raw_lab.h"
#include "support/resume_lab.h"

static void client_by_key(struct hf_builder *builder)
{
    raw_lab_identity(builder, LAB_CLIENT);
    raw_lab_trust(builder, LAB_SERVER);
    hf_builder_own_certificate_types(builder, "raw");
}

static void server_by_key(struct hf_builder *builder)
{
    raw_lab_identity(builder, LAB_SERVER);
    hf_builder_own_certificate_types(builder, "raw:x509");
    raw_lab_trust(builder, LAB_CLIENT);
}

static void client_knows_key(struct hf_builder *builder)
{
    raw_lab_trust(builder, LAB_SERVER);
}

static void server_has_key(struct hf_builder *builder)
{
    raw_lab_identity(builder, LAB_SERVER);
    hf_builder_own_certificate_types(builder, "raw:x509");
}

static void any_key_judged(struct hf_builder *builder)
{
    hf_builder_any_raw_key(builder);
    hf_builder_verdict_outside(builder);
}

static void only_keys(struct hf_builder *builder)
{
    raw_lab_trust(builder, LAB_SERVER);
    hf_builder_peer_certificate_types(builder, "raw");
}

static void assert_raw(const struct hf_connection *connection, bool is_raw)
{
    const struct hf_peer *peer = hf_peer(connection);
    size_t len;
    assert_non_null(peer);
    assert_int_equal(hf_peer_raw_key(peer, &len) != NULL, is_raw);
    assert_int_equal(len > 0, is_raw);
    assert_int_equal(hf_peer_chain_count(peer) == 0, is_raw);
    if (is_raw)
        assert_non_null(strstr(hf_peer_subject(peer), "raw public key"));
}

static void both_ends_by_key(void **state)
{
    (void)state;
    for (int v = 0; v < 2; v++) {
        struct lab_pair pair;
        lab_pair_open(&pair, &(struct lab_side){.max = lab_versions[v], .more = client_by_key},
                      &(struct lab_side){.more = server_by_key});
        (void)lab_pair_run(&pair);
        lab_assert_open(&pair);
        assert_raw(pair.client, true);
        assert_raw(pair.server, true);
        lab_assert_data(&pair, pair.client, pair.server);
        lab_pair_close(&pair);
    }
}

/* Each end by its own type: the server by key, the client by certificate; and nothing changes where one has no keys. */
static void each_end_by_its_own_type(void **state)
{
    (void)state;
    for (int v = 0; v < 2; v++) {
        struct lab_pair pair;
        lab_pair_open(&pair, &(struct lab_side){.max = lab_versions[v], .more = client_knows_key},
                      &(struct lab_side){.more = server_has_key});
        (void)lab_pair_run(&pair);
        lab_assert_open(&pair);
        assert_raw(pair.client, true);
        assert_raw(pair.server, false);
        lab_pair_close(&pair);
        lab_pair_open(&pair, &(struct lab_side){.max = lab_versions[v], .more = client_knows_key}, NULL);
        (void)lab_pair_run(&pair);
        lab_assert_open(&pair);
        assert_raw(pair.client, false);
        lab_pair_close(&pair);
    }
}

static void the_application_judges_keys(void **state)
{
    (void)state;
    for (int v = 0; v < 2; v++)
        for (int accepts = 0; accepts < 2; accepts++) {
            struct lab_pair pair;
            size_t len;
            lab_pair_open(&pair, &(struct lab_side){.max = lab_versions[v], .more = any_key_judged},
                          &(struct lab_side){.more = server_has_key});
            (void)lab_pair_run(&pair);
            assert_true(lab_event(pair.client, HF_EVENT_NEEDS_VERDICT));
            assert_null(hf_peer(pair.client));
            assert_non_null(hf_peer_raw_key(hf_peer_candidate(pair.client), &len));
            (void)hf_answer_verdict(pair.client, accepts == 1);
            (void)lab_pair_run(&pair);
            if (accepts == 1)
                lab_assert_open(&pair);
            else
                lab_assert_failed(
                    pair.client, &(struct lab_failure){HF_ERR_verdict_refused, HF_BY_US, HF_ALERT_certificate_unknown});
            lab_pair_close(&pair);
        }
}

static void without_a_type_in_common_both_are_told(void **state)
{
    (void)state;
    for (int v = 0; v < 2; v++) {
        struct lab_pair pair;
        lab_pair_open(&pair, &(struct lab_side){.max = lab_versions[v], .more = only_keys}, NULL);
        (void)lab_pair_run(&pair);
        lab_assert_failed(pair.server, &(struct lab_failure){HF_ERR_certificate_type_unsupported, HF_BY_US,
                                                             HF_ALERT_unsupported_certificate});
        lab_pair_close(&pair);
    }
}

static void server_has_key_and_sessions(struct hf_builder *builder)
{
    server_has_key(builder);
    resume_lab_sessions_on(builder);
}

static void keys_are_judged_again_in_resumptions(void **state)
{
    (void)state;
    static const struct lab_side client = {.max = HF_TLS12, .more = client_knows_key};
    static const struct lab_side stranger = {.max = HF_TLS12};
    struct resume_store store = {0};
    struct lab_pair pair;
    static struct lab_side server;
    server = resume_lab_server;
    server.more = server_has_key_and_sessions;
    const struct resume_visit visit = {.client = &client, .server = &server};
    resume_lab_first(&visit, &store);
    resume_lab_visit(&pair, &visit, &store);
    resume_lab_assert_open(&pair, /* resumed= */ true);
    assert_raw(pair.client, true);
    lab_pair_close(&pair);
    const struct resume_visit later = {.client = &stranger, .server = &server}; /* the key is not known any more */
    resume_lab_visit(&pair, &later, &store);
    resume_lab_assert_open(&pair, /* resumed= */ false);
    assert_raw(pair.client, false);
    lab_pair_close(&pair);
}

static void only_keys_and_tickets(struct hf_builder *builder)
{
    only_keys(builder);
    hf_builder_session_tickets(builder);
}

static void server_has_key_and_tickets(struct hf_builder *builder)
{
    server_has_key(builder);
    keepers_with_tickets(builder);
}

static void shows_no_key(struct hf_builder *builder)
{
    server_has_key_and_tickets(builder);
    hf_builder_own_certificate_types(builder, "x509");
}

/* In 1.3, too, where the server says that it would show a key again; or says nothing, as it shows none any more:
 * nothing comes that would be of another type. */
static void a_client_of_keys_only_resumes(void **state)
{
    (void)state;
    static const struct lab_side client = {.more = only_keys_and_tickets};
    static const struct lab_side server = {.more = server_has_key_and_tickets}, later = {.more = shows_no_key};
    struct resume_store store = {0};
    assert_int_equal(keepers_set_up(state), 0);
    for (int i = 0; i < 3; i++) {
        struct lab_pair pair;
        const struct resume_visit visit = {.client = &client, .server = i < 2 ? &server : &later};
        resume_lab_open(&pair, &visit, &store);
        resume_lab_assert_open(&pair, /* resumed= */ i > 0);
        assert_raw(pair.client, true);
        assert_true(lab_event_first(pair.client, HF_EVENT_SESSION));
        assert_int_equal(hf_session_bytes(pair.client, store.client.at, sizeof store.client.at, &store.client.len),
                         HF_OK);
        lab_pair_close(&pair);
    }
    (void)keepers_tear_down(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ends_by_key),
        cmocka_unit_test(each_end_by_its_own_type),
        cmocka_unit_test(the_application_judges_keys),
        cmocka_unit_test(without_a_type_in_common_both_are_told),
        cmocka_unit_test(keys_are_judged_again_in_resumptions),
        cmocka_unit_test(a_client_of_keys_only_resumes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
