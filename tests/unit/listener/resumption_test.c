/* Sessions behind a cookie: who has one resumes it though the listener has forgotten the first hello. In 1.3 the key's
 * binder covers both hellos and the request between them (RFC 9846 4.3.11.2, RFC 9147 5.1). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <handfast/session.h>

#include "support/crowd.h"
#include "support/keepers.h"

struct kept {
    uint8_t bytes[8192];
    size_t len;
};

static void asks(struct hf_builder *builder)
{
    hf_builder_datagrams(builder);
    hf_builder_session_tickets(builder);
}

static void gives_tickets(struct hf_builder *builder)
{
    hf_builder_datagrams(builder);
    keepers_with_tickets(builder);
}

static void keeps_sessions(struct hf_builder *builder)
{
    hf_builder_datagrams(builder);
    keepers_with_cache(builder);
}

/* One client of a listener of its own, that offers what is kept, and at first keeps what it gets. */
static void visit(enum hf_version version, void (*more)(struct hf_builder *), struct kept *kept, bool resumes)
{
    struct crowd crowd = {.now_ms = LAB_NOW_MS, .count = 1};
    struct hf_failure failure;
    struct hf_session_info client, server;
    const struct lab_side of_client = {.min = version, .max = version, .more = asks};
    const struct lab_side of_server = {.min = version, .max = version, .more = more};
    crowd.client_config = lab_config(HF_CLIENT, &of_client, &failure);
    crowd.server_config = lab_config(HF_SERVER, &of_server, &failure);
    crowd.listener = hf_listener_new(crowd.server_config, NULL, NULL);
    assert_non_null(crowd.listener);
    crowd.clients[0] = (struct crowd_client){
        .address = "0",
        .connection =
            hf_connection_resume(crowd.client_config, "server.lab", kept->bytes, kept->len, LAB_NOW_MS, &failure),
    };
    assert_non_null(crowd.clients[0].connection);
    crowd_run(&crowd);
    struct hf_association *association = hf_listener_next(crowd.listener);
    assert_non_null(association);
    assert_int_equal(crowd_counts(&crowd).cookies, 1);
    hf_session_info(crowd.clients[0].connection, &client);
    hf_session_info(hf_association_connection(association), &server);
    assert_true(client.opened && server.opened);
    assert_int_equal(client.resumed, resumes);
    assert_int_equal(server.resumed, resumes);
    assert_string_equal(hf_peer_spiffe_id(hf_peer(hf_association_connection(association))), "spiffe://lab/billing");
    if (!resumes)
        assert_int_equal(hf_session_bytes(crowd.clients[0].connection, kept->bytes, sizeof kept->bytes, &kept->len),
                         HF_OK);
    crowd_close(&crowd);
}

static void sessions_of_1_2_are_resumed(void **state)
{
    (void)state;
    static void (*const ways[])(struct hf_builder *) = {gives_tickets, keeps_sessions};
    for (size_t i = 0; i < 2; i++) {
        struct kept kept = {.len = 0};
        visit(HF_TLS12, ways[i], &kept, /* resumes= */ false);
        visit(HF_TLS12, ways[i], &kept, /* resumes= */ true);
    }
}

static void sessions_of_1_3_are_resumed(void **state)
{
    (void)state;
    static void (*const ways[])(struct hf_builder *) = {gives_tickets, keeps_sessions};
    for (size_t i = 0; i < 2; i++) {
        struct kept kept = {.len = 0};
        visit(HF_TLS13, ways[i], &kept, /* resumes= */ false);
        visit(HF_TLS13, ways[i], &kept, /* resumes= */ true);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(sessions_of_1_2_are_resumed, keepers_set_up, keepers_tear_down),
        cmocka_unit_test_setup_teardown(sessions_of_1_3_are_resumed, keepers_set_up, keepers_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
