/* A ticket of one virtual server opens another that has the same ticket keys and asks for other clients (nginx,
 * CVE-2025-23419; httpd, CVE-2025-23048; Go, CVE-2025-68121). And: a ticket made before clients were asked who they are
 * opens a server that asks (botan#5818). Both in TLS 1.2 and 1.3, with one cache and one set of keys for all servers;
 * the client's own binding is forged away, so that it is the server that must see it. RFC 9846 C.4, 4.7.1. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "support/keepers.h"
#include "support/resume_lab.h"

static const enum hf_version versions[] = {HF_TLS12, HF_TLS13};

static void admits_billing(struct hf_builder *builder)
{
    keepers_with_tickets(builder);
    hf_builder_admit(builder, "spiffe://lab/billing");
}

static void admits_others(struct hf_builder *builder)
{
    keepers_with_tickets(builder);
    hf_builder_admit(builder, "spiffe://lab/others");
}

static void leave(struct hf_session *session)
{
    (void)session;
}

/* A first visit at `from`; its session is then bound to the client `to_client` would be, and offered at `to`. */
struct route {
    const struct lab_side *from_client, *from, *to_client, *to;
};

static void follow(const struct route *route, struct lab_pair *ret_pair)
{
    struct resume_store store = {0};
    struct resume_store none = {0};
    struct lab_pair pair;
    const struct resume_visit first = {.client = route->from_client, .server = route->from};
    const struct resume_visit second = {.client = route->to_client, .server = route->to};
    resume_lab_open(&pair, &first, &none);
    resume_lab_assert_open(&pair, /* resumed= */ false);
    assert_int_equal(hf_session_bytes(pair.client, store.client.at, sizeof store.client.at, &store.client.len), HF_OK);
    lab_pair_close(&pair);
    resume_lab_open(&pair, &second, &none); /* only to learn the policy of such a client */
    resume_lab_forge(&store.client, pair.client, leave);
    lab_pair_close(&pair);
    resume_lab_open(ret_pair, &second, &store);
}

static void another_virtual_server_does_not_resume(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const struct lab_side here = {.more = admits_billing, .max = versions[i]};
        const struct lab_side there = {.more = admits_others, .max = versions[i]};
        const struct lab_side open = {.more = keepers_with_tickets, .max = versions[i], .trusts_other = true};
        const struct lab_side client = {.who = LAB_CLIENT, .more = hf_builder_session_tickets, .max = versions[i]};
        const struct lab_side *const servers[] = {&there, &open};
        for (size_t k = 0; k < 2; k++) { /* other rules; other CAs */
            struct hf_session_info info;
            struct lab_pair pair;
            follow(&(struct route){&client, &here, &client, &here}, &pair);
            resume_lab_assert_open(&pair, /* resumed= */ true);
            lab_pair_close(&pair);
            struct resume_store store = {0};
            struct resume_store none = {0};
            resume_lab_open(&pair, &(struct resume_visit){.client = &client, .server = &here}, &none);
            assert_int_equal(hf_session_bytes(pair.client, store.client.at, sizeof store.client.at, &store.client.len),
                             HF_OK);
            lab_pair_close(&pair);
            resume_lab_open(&pair, &(struct resume_visit){.client = &client, .server = servers[k]}, &store);
            hf_session_info(pair.server, &info);
            assert_false(info.resumed);
            assert_non_null(hf_failure(pair.server)); /* a full handshake, which this client does not pass */
            assert_null(hf_peer(pair.server));
            lab_pair_close(&pair);
        }
    }
}

/* The same under another name of the same config: the name asked for is part of what a session is bound to. */
static void another_name_does_not_resume(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const struct lab_side server = {.more = keepers_with_tickets, .max = versions[i]};
        const struct lab_side client = {.who = LAB_CLIENT, .more = hf_builder_session_tickets, .max = versions[i]};
        struct lab_side elsewhere = client;
        struct lab_pair pair;
        elsewhere.name = "127.0.0.1";
        follow(&(struct route){&client, &server, &elsewhere, &server}, &pair);
        resume_lab_assert_open(&pair, /* resumed= */ false);
        lab_pair_close(&pair);
    }
}

/* Whoever was not asked then is asked now; with none to show it does not pass. */
static void a_ticket_from_before_clients_were_asked_is_none(void **state)
{
    (void)state;
    static void (*const places[])(struct hf_builder *) = {keepers_with_tickets, keepers_with_cache};
    for (size_t i = 0; i < 4; i++) {
        const enum hf_version version = versions[i / 2];
        const struct lab_side before = {.more = places[i % 2], .max = version, .client_auth = HF_CLIENT_AUTH_NONE};
        const struct lab_side now = {.more = places[i % 2], .max = version};
        const struct lab_side nobody = {.anonymous = true, .more = hf_builder_session_tickets, .max = version};
        struct lab_pair pair;
        follow(&(struct route){&nobody, &before, &nobody, &before}, &pair);
        resume_lab_assert_open(&pair, /* resumed= */ true);
        lab_pair_close(&pair);
        struct resume_store store = {0};
        struct resume_store none = {0};
        resume_lab_open(&pair, &(struct resume_visit){.client = &nobody, .server = &before}, &none);
        assert_int_equal(hf_session_bytes(pair.client, store.client.at, sizeof store.client.at, &store.client.len),
                         HF_OK);
        lab_pair_close(&pair);
        resume_lab_open(&pair, &(struct resume_visit){.client = &nobody, .server = &now}, &store);
        assert_non_null(hf_failure(pair.server));
        assert_int_equal(hf_failure(pair.server)->error, HF_ERR_certificate_missing);
        lab_pair_close(&pair);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, keepers_set_up, keepers_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(another_virtual_server_does_not_resume),
        TEST(another_name_does_not_resume),
        TEST(a_ticket_from_before_clients_were_asked_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
