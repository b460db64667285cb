/* A client's hello shown to the application before anything is chosen: what it sees, what it may answer, and that
 * nothing goes on, or is sent, until it did. <handfast/hello.h>. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include <handfast/hello.h>

#include "support/ech_lab.h"
#include "support/lab_check.h"
#include "support/test_allocator.h"

static void shows(struct hf_builder *builder)
{
    hf_builder_hello_outside(builder);
}

static void shows_by_datagrams(struct hf_builder *builder)
{
    hf_builder_datagrams(builder);
    hf_builder_hello_outside(builder);
}

static void shows_and_opens_ech(struct hf_builder *builder)
{
    hf_builder_hello_outside(builder);
    hf_builder_ech_pem(builder, ech_lab_pem(ECH_LAB_PUBLIC), strlen(ech_lab_pem(ECH_LAB_PUBLIC)), /* retry= */ true);
}

static void offers_ech(struct hf_builder *builder)
{
    const struct hf_span list = ech_lab_list(ECH_LAB_PUBLIC);
    hf_builder_ech_configs(builder, list.data, list.len);
}

/* The server has the hello, and nothing of its has gone out. */
static void open_shown(struct lab_pair *pair, const struct lab_side *client, const struct lab_side *server)
{
    const uint8_t *wire;
    lab_pair_open(pair, client, server);
    (void)lab_pair_run(pair);
    assert_true(lab_event(pair->server, HF_EVENT_NEEDS_HELLO));
    assert_int_equal(hf_output(pair->server, &wire), 0);
}

static bool is_text(const uint8_t *bytes, size_t len, const char *text)
{
    return len == strlen(text) && memcmp(bytes, text, len) == 0;
}

static void it_is_told_what_the_hello_says(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct lab_pair pair;
        struct hf_hello hello;
        open_shown(&pair, &(struct lab_side){.who = LAB_CLIENT, .alpn = "h2,http/1.1"},
                   &(struct lab_side){.min = lab_versions[i], .max = lab_versions[i], .more = shows});
        assert_false(hf_hello_wanted(pair.client, &hello));
        assert_true(hf_hello_wanted(pair.server, &hello));
        assert_string_equal(hello.server_name, "server.lab");
        assert_true(is_text(hello.protocols, hello.protocols_len, "\2h2\10http/1.1"));
        assert_false(hello.was_encrypted || hello.resumes || hello.early_data);
        assert_true(hello.len > 34 && hello.bytes[0] == 3 && hello.bytes[1] == 3);
        assert_int_equal(hf_answer_hello(pair.server, NULL), HF_OK);
        assert_false(hf_hello_wanted(pair.server, &hello));
        (void)lab_pair_run(&pair);
        lab_assert_open(&pair);
        lab_assert_data(&pair, pair.client, pair.server);
        lab_assert_data(&pair, pair.server, pair.client);
        assert_int_equal(hf_answer_hello(pair.server, NULL), HF_ERR_wrong_call);
        lab_pair_close(&pair);
    }
}

static void bytes_that_come_meanwhile_wait(void **state)
{
    (void)state;
    struct lab_pair pair;
    lab_pair_open(&pair, NULL, &(struct lab_side){.more = shows});
    (void)lab_pair_run_cut(&pair, 1);
    assert_true(lab_event(pair.server, HF_EVENT_NEEDS_HELLO));
    assert_int_equal(hf_feed(pair.server, "\x14\3\3\0\1\1", 6, LAB_NOW_MS),
                     HF_OK); /* change_cipher_spec: to be dropped */
    assert_int_equal(hf_answer_hello(pair.server, NULL), HF_OK);
    (void)lab_pair_run_cut(&pair, 1);
    lab_assert_open(&pair);
    lab_pair_close(&pair);
}

static void it_refuses_by_the_alert_it_wants(void **state)
{
    static const enum hf_alert alerts[] = {HF_ALERT_unrecognized_name, HF_ALERT_internal_error, HF_ALERT_access_denied};
    (void)state;
    for (size_t i = 0; i < 2 * sizeof alerts / sizeof alerts[0]; i++) {
        struct lab_pair pair;
        const enum hf_alert alert = alerts[i / 2];
        open_shown(&pair, NULL,
                   &(struct lab_side){.min = lab_versions[i % 2], .max = lab_versions[i % 2], .more = shows});
        assert_int_equal(hf_answer_refusal(pair.server, HF_ALERT_close_notify), HF_ERR_wrong_call);
        assert_int_equal(hf_answer_refusal(pair.server, HF_ALERT_none), HF_ERR_wrong_call);
        assert_int_equal(hf_answer_verdict(pair.server, true), HF_ERR_wrong_call);
        assert_int_equal(hf_answer_refusal(pair.server, alert), HF_ERR_hello_refused);
        (void)lab_pair_run(&pair);
        lab_assert_failed(pair.server, &(struct lab_failure){HF_ERR_hello_refused, HF_BY_US, alert});
        assert_string_equal(hf_failure(pair.server)->got, "server.lab");
        assert_int_equal(hf_failure(pair.client)->by, HF_BY_PEER);
        assert_int_equal(hf_failure(pair.client)->alert, alert);
        assert_int_equal(hf_answer_hello(pair.server, NULL), HF_ERR_hello_refused);
        lab_pair_close(&pair);
    }
}

static void assert_protocol(const struct lab_pair *pair, const char *wanted)
{
    struct hf_session_info info;
    hf_session_info(pair->client, &info);
    assert_string_equal(info.alpn, wanted);
    hf_session_info(pair->server, &info);
    assert_string_equal(info.alpn, wanted);
}

/* One of the client's, whatever the config says; also behind a HelloRetryRequest, where nobody is asked again. */
static void it_chooses_the_protocol(void **state)
{
    static const char *const ours[] = {NULL, "h2", "spdy"};
    (void)state;
    for (size_t i = 0; i < 4 * sizeof ours / sizeof ours[0]; i++) {
        struct lab_pair pair;
        const struct lab_side client = {
            .who = LAB_CLIENT, .alpn = "h2,http/1.1", .groups = "x25519:secp384r1:secp256r1"};
        const struct lab_side server = {.min = lab_versions[i % 2],
                                        .max = lab_versions[i % 2],
                                        .alpn = ours[i / 4],
                                        .groups = i % 4 < 2 ? "secp384r1:secp256r1" : "x25519:secp256r1",
                                        .more = shows};
        open_shown(&pair, &client, &server);
        assert_int_equal(hf_answer_hello(pair.server, &(struct hf_hello_answer){.protocol = "", .protocol_len = 0}),
                         HF_ERR_wrong_call);
        assert_int_equal(hf_answer_hello(pair.server, &(struct hf_hello_answer){.protocol = "h", .protocol_len = 1}),
                         HF_ERR_wrong_call);
        assert_int_equal(
            hf_answer_hello(pair.server, &(struct hf_hello_answer){.protocol = "http/1.1", .protocol_len = 8}), HF_OK);
        (void)lab_pair_run(&pair);
        assert_false(lab_event_first(pair.server, HF_EVENT_NEEDS_HELLO));
        lab_assert_open(&pair);
        assert_protocol(&pair, "http/1.1");
        lab_pair_close(&pair);
    }
}

/* Without a say in it the config's list counts, and where it has none of the client's the handshake fails. */
static void without_a_choice_the_configs_list_counts(void **state)
{
    (void)state;
    struct lab_pair pair;
    const struct lab_side client = {.who = LAB_CLIENT, .alpn = "h2,http/1.1"};
    open_shown(&pair, &client, &(struct lab_side){.alpn = "http/1.1", .more = shows});
    assert_int_equal(hf_answer_hello(pair.server, &(struct hf_hello_answer){0}), HF_OK);
    (void)lab_pair_run(&pair);
    assert_protocol(&pair, "http/1.1");
    lab_pair_close(&pair);
    open_shown(&pair, &client, &(struct lab_side){.alpn = "spdy", .more = shows});
    assert_int_equal(hf_answer_hello(pair.server, NULL), HF_ERR_no_application_protocol);
    lab_assert_failed(
        pair.server, &(struct lab_failure){HF_ERR_no_application_protocol, HF_BY_US, HF_ALERT_no_application_protocol});
    lab_pair_close(&pair);
}

static bool was_acknowledged;

/* server_name is the only extension of ours without bytes whose number is 0. */
static void look_for_the_name(void *context, const struct hf_connection *connection, const struct hf_seen *what)
{
    (void)context, (void)connection;
    const bool may = strcmp(what->message, "ServerHello") == 0 || strcmp(what->message, "EncryptedExtensions") == 0;
    for (size_t at = 38; may && !what->sent && at + 4 <= what->len; at++)
        was_acknowledged |= memcmp(what->bytes + at, "\0\0\0\0", 4) == 0;
    if (strcmp(what->message, "EncryptedExtensions") == 0)
        was_acknowledged |= what->len >= 10 && memcmp(what->bytes + 6, "\0\0\0\0", 4) == 0;
}

static void watches(struct hf_builder *builder)
{
    hf_builder_any_server_name(builder);
    hf_builder_observe(builder, look_for_the_name, NULL);
}

/* RFC 6066 3: a name that was used is acknowledged: by itself where a certificate is for it, else when the application
 * says so. The client then refuses the certificate, which is for another name. */
static void a_name_that_was_used_is_acknowledged(void **state)
{
    (void)state;
    for (int i = 0; i < 8; i++) {
        struct lab_pair pair;
        const bool is_ours = i / 2 % 2 == 1, uses = i / 4 == 1;
        was_acknowledged = false;
        open_shown(&pair, &(struct lab_side){.who = LAB_CLIENT, .name = is_ours ? NULL : "other.lab", .more = watches},
                   &(struct lab_side){.min = lab_versions[i % 2], .max = lab_versions[i % 2], .more = shows});
        assert_int_equal(hf_answer_hello(pair.server, &(struct hf_hello_answer){.uses_name = uses}), HF_OK);
        (void)lab_pair_run(&pair);
        assert_int_equal(was_acknowledged, is_ours || uses);
        lab_pair_close(&pair);
    }
}

static enum hf_ech_state ech_of(const struct hf_connection *connection)
{
    struct hf_ech_info info;
    hf_ech_info(connection, &info);
    return info.state;
}

static void an_encrypted_hello_is_shown_as_it_is_inside(void **state)
{
    (void)state;
    struct lab_pair pair;
    struct hf_hello hello;
    open_shown(&pair, &(struct lab_side){.who = LAB_CLIENT, .more = offers_ech},
               &(struct lab_side){.more = shows_and_opens_ech});
    assert_true(hf_hello_wanted(pair.server, &hello));
    assert_true(hello.was_encrypted);
    assert_string_equal(hello.server_name, "server.lab");
    assert_int_equal(hf_answer_hello(pair.server, NULL), HF_OK);
    (void)lab_pair_run(&pair);
    lab_assert_open(&pair);
    assert_int_equal(ech_of(pair.client), HF_ECH_ACCEPTED);
    lab_pair_close(&pair);
}

/* RFC 9849 6.1.6: the client learns that its hello was rejected, by a server that proves the public name, and is given
 * nothing to try instead: it may come without. */
static void an_encrypted_hello_can_be_passed_over(void **state)
{
    (void)state;
    struct lab_pair pair;
    struct hf_ech_info info;
    const struct hf_hello_answer declines = {.declines_ech = true};
    const struct hf_hello_answer both = {.declines_ech = true, .protocol = "h2", .protocol_len = 2};
    open_shown(&pair, &(struct lab_side){.who = LAB_CLIENT, .alpn = "h2", .more = offers_ech},
               &(struct lab_side){.client_auth = HF_CLIENT_AUTH_NONE, .more = shows_and_opens_ech});
    assert_int_equal(hf_answer_hello(pair.server, &both), HF_ERR_wrong_call);
    assert_int_equal(hf_answer_hello(pair.server, &declines), HF_OK);
    (void)lab_pair_run(&pair);
    assert_int_equal(ech_of(pair.server), HF_ECH_REJECTED);
    lab_assert_failed(pair.client, &(struct lab_failure){HF_ERR_ech_rejected, HF_BY_US, HF_ALERT_ech_required});
    hf_ech_info(pair.client, &info);
    assert_int_equal(info.retry_configs_len, 0);
    lab_pair_close(&pair);
    /* where nothing came encrypted there is nothing to decline */
    open_shown(&pair, NULL, &(struct lab_side){.more = shows_and_opens_ech});
    assert_int_equal(hf_answer_hello(pair.server, &declines), HF_OK);
    (void)lab_pair_run(&pair);
    lab_assert_open(&pair);
    lab_pair_close(&pair);
}

static void over_datagrams_it_is_the_same(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct lab_pair pair;
        open_shown(&pair, &(struct lab_side){.who = LAB_CLIENT, .more = hf_builder_datagrams},
                   &(struct lab_side){.min = lab_versions[i], .max = lab_versions[i], .more = shows_by_datagrams});
        assert_int_equal(hf_answer_hello(pair.server, NULL), HF_OK);
        (void)lab_pair_run(&pair);
        lab_assert_open(&pair);
        lab_assert_data(&pair, pair.client, pair.server);
        lab_pair_close(&pair);
    }
}

static void who_closed_is_asked_nothing(void **state)
{
    (void)state;
    struct lab_pair pair;
    struct hf_hello hello;
    open_shown(&pair, NULL, &(struct lab_side){.more = shows});
    hf_close(pair.server);
    assert_false(hf_hello_wanted(pair.server, &hello));
    assert_int_equal(hf_answer_hello(pair.server, NULL), HF_ERR_wrong_call);
    assert_int_equal(hf_answer_refusal(pair.server, HF_ALERT_internal_error), HF_ERR_wrong_call);
    lab_pair_close(&pair);
}

static void a_hello_that_is_wrong_is_not_shown(void **state)
{
    (void)state;
    struct lab_pair pair;
    static const uint8_t hello[] = {22, 3, 1, 0, 7, 1, 0, 0, 3, 3, 3, 0};
    lab_pair_open(&pair, NULL, &(struct lab_side){.more = shows});
    assert_int_equal(hf_feed(pair.server, hello, sizeof hello, LAB_NOW_MS), HF_ERR_decode_error);
    assert_false(lab_event(pair.server, HF_EVENT_NEEDS_HELLO));
    lab_pair_close(&pair);
}

static void a_client_has_none_to_look_at(void **state)
{
    (void)state;
    struct hf_failure failure = {0};
    assert_null(lab_config(HF_CLIENT, &(struct lab_side){.who = LAB_CLIENT, .more = shows}, &failure));
    assert_int_equal(failure.error, HF_ERR_setting_invalid);
    assert_string_equal(failure.where, "hf_builder_hello_outside");
}

/* Whether it opened, where the server's n-th allocation fails. */
static bool opens_without(struct hf_test_allocator *test, size_t n, enum hf_version version)
{
    struct lab_pair pair = {0};
    struct hf_failure failure = {0};
    hf_test_allocator_init(test, 0);
    const struct lab_side server = {.min = version, .max = version, .allocator = &test->allocator, .more = shows};
    struct hf_config *client_config = lab_config(HF_CLIENT, &(struct lab_side){.who = LAB_CLIENT}, &failure);
    struct hf_config *server_config = lab_config(HF_SERVER, &server, &failure);
    pair.client = hf_connection_new(client_config, "server.lab", LAB_NOW_MS, NULL);
    pair.server = hf_connection_new(server_config, NULL, LAB_NOW_MS, NULL);
    hf_config_drop(client_config);
    hf_config_drop(server_config);
    assert_non_null(pair.server);
    test->count = 0;
    test->fail_at = n;
    (void)lab_pair_run(&pair);
    if (lab_event(pair.server, HF_EVENT_NEEDS_HELLO))
        (void)hf_answer_hello(pair.server, NULL);
    (void)lab_pair_run(&pair);
    const bool opened = lab_event(pair.server, HF_EVENT_OPENED);
    if (!opened)
        assert_string_equal(hf_error_name(hf_failure(pair.server)->error), "no_memory");
    lab_pair_close(&pair);
    return opened;
}

static void without_memory_it_says_so(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++)
        for (size_t n = 1;; n++) {
            struct hf_test_allocator test;
            const bool opened = opens_without(&test, n, lab_versions[i]);
            assert_int_equal(test.live, 0);
            if (!hf_test_allocator_failed(&test)) {
                assert_true(opened && n > 5);
                break;
            }
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_told_what_the_hello_says),
        cmocka_unit_test(bytes_that_come_meanwhile_wait),
        cmocka_unit_test(it_refuses_by_the_alert_it_wants),
        cmocka_unit_test(it_chooses_the_protocol),
        cmocka_unit_test(without_a_choice_the_configs_list_counts),
        cmocka_unit_test(a_name_that_was_used_is_acknowledged),
        cmocka_unit_test(an_encrypted_hello_is_shown_as_it_is_inside),
        cmocka_unit_test(an_encrypted_hello_can_be_passed_over),
        cmocka_unit_test(over_datagrams_it_is_the_same),
        cmocka_unit_test(who_closed_is_asked_nothing),
        cmocka_unit_test(a_hello_that_is_wrong_is_not_shown),
        cmocka_unit_test(a_client_has_none_to_look_at),
        cmocka_unit_test(without_memory_it_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
