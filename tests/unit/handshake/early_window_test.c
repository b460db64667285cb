/* How far a client may be off about its ticket's age (hf_builder_early_window), and what the server tells of it: RFC
 * 9846 8.3. That of 10 seconds is in early_data_test.c. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <handfast/early.h>

#include "base/must.h"
#include "support/keepers.h"
#include "support/resume_lab.h"

static void sends(struct hf_builder *builder)
{
    hf_builder_session_tickets(builder);
    hf_builder_early_data(builder, 1000);
}

static void takes(struct hf_builder *builder)
{
    keepers_with_tickets(builder);
    hf_builder_early_data(builder, 1000);
    hf_builder_early_window(builder, 60);
}

static struct hf_connection *client_with(const struct resume_bytes *session)
{
    struct hf_failure failure = {0};
    struct hf_config *config = lab_config(HF_CLIENT, &(struct lab_side){.who = LAB_CLIENT, .more = sends}, &failure);
    struct hf_connection *made =
        session->len == 0 ? hf_connection_new(config, "server.lab", LAB_NOW_MS, &failure)
                          : hf_connection_resume(config, "server.lab", session->at, session->len, LAB_NOW_MS, &failure);
    hf_config_drop(config);
    assert_non_null(made);
    return made;
}

/* A visit to this server, by which the client comes again. */
static void visit_first(struct hf_config *config, struct resume_bytes *ret_session)
{
    struct lab_pair pair = {client_with(&(struct resume_bytes){.len = 0}),
                            hf_connection_new(config, NULL, LAB_NOW_MS, NULL)};
    (void)lab_pair_run(&pair);
    assert_int_equal(hf_session_bytes(pair.client, ret_session->at, sizeof ret_session->at, &ret_session->len), HF_OK);
    lab_pair_close(&pair);
}

static void the_window_may_be_wider(void **state)
{
    static const struct {
        uint64_t delay_ms;
        bool taken;
        int skew_s;
    } cases[] = {{0, true, 0}, {11499, true, -11}, {60000, true, -60}, {60001, false, -60}, {3000000, false, -3000}};
    (void)state;
    for (size_t i = 0; i < HF_COUNT(cases); i++) {
        struct hf_failure failure = {0};
        struct hf_config *config = lab_config(HF_SERVER, &(struct lab_side){.more = takes}, &failure);
        struct resume_bytes session = {0};
        struct hf_session_info info;
        size_t len;
        assert_non_null(config);
        visit_first(config, &session);
        struct lab_pair pair = {client_with(&session), hf_connection_new(config, NULL, LAB_NOW_MS, NULL)};
        assert_int_equal(hf_write_early(pair.client, "early", 5, &len), HF_OK);
        resume_lab_run(&pair, LAB_NOW_MS + cases[i].delay_ms);
        assert_int_equal(lab_event(pair.server, HF_EVENT_EARLY_DATA), cases[i].taken);
        hf_session_info(pair.server, &info);
        assert_true(info.resumed);
        assert_int_equal(info.ticket_age_skew_s, cases[i].skew_s);
        hf_session_info(pair.client, &info);
        assert_int_equal(info.ticket_age_skew_s, 0); /* a server's to tell */
        lab_pair_close(&pair);
        hf_config_drop(config);
    }
}

static void no_window(struct hf_builder *builder)
{
    hf_builder_early_window(builder, 0);
}

static void long_window(struct hf_builder *builder)
{
    hf_builder_early_window(builder, 61);
}

static void some_window(struct hf_builder *builder)
{
    hf_builder_early_window(builder, 30);
}

static void assert_refused(enum hf_role role, void (*more)(struct hf_builder *builder))
{
    struct hf_failure failure = {0};
    assert_null(lab_config(role, &(struct lab_side){.who = role == HF_CLIENT ? LAB_CLIENT : LAB_SERVER, .more = more},
                           &failure));
    assert_int_equal(failure.error, HF_ERR_setting_invalid);
    assert_string_equal(failure.where, "hf_builder_early_window");
}

static void a_window_has_bounds_and_is_a_servers(void **state)
{
    (void)state;
    assert_refused(HF_SERVER, no_window);
    assert_refused(HF_SERVER, long_window);
    assert_refused(HF_CLIENT, some_window);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_window_may_be_wider, keepers_set_up, keepers_tear_down),
        cmocka_unit_test(a_window_has_bounds_and_is_a_servers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
