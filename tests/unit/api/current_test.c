/* The current config: what is taken is what was put there last; others stay as long as somebody holds them; configs of
 * another kind are refused; and what resumption makes of a change of trust. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <handfast/current.h>
#include <handfast/session.h>

#include <string.h>

#include "support/keepers.h"
#include "support/lab.h"
#include "support/test_allocator.h"

static struct hf_config *make(const struct lab_side *side)
{
    struct hf_failure failure;
    struct hf_config *config = lab_config(HF_SERVER, side, &failure);
    assert_non_null(config);
    return config;
}

/* Makes a config of this kind current, and holds it no longer. */
static void put(struct hf_current *current, const struct lab_side *side)
{
    struct hf_config *config = make(side);
    assert_int_equal(hf_current_replace(current, config), HF_OK);
    hf_config_drop(config);
}

static struct hf_current *current_of(const struct lab_side *side)
{
    struct hf_config *config = make(side);
    struct hf_current *current = hf_current_new(config);
    hf_config_drop(config);
    assert_non_null(current);
    return current;
}

static void what_is_taken_was_put_last(void **state)
{
    (void)state;
    struct hf_config *configs[3];
    for (size_t i = 0; i < 3; i++)
        configs[i] = make(&(struct lab_side){0});
    assert_null(hf_current_new(NULL));
    struct hf_current *current = hf_current_new(configs[0]);
    for (size_t i = 0; i < 300; i++) {
        struct hf_config *taken = hf_current_take(current);
        assert_ptr_equal(taken, configs[i % 3]);
        hf_config_drop(taken);
        assert_int_equal(hf_current_replace(current, configs[(i + 1) % 3]), HF_OK);
    }
    hf_current_free(current);
    hf_current_free(NULL);
    for (size_t i = 0; i < 3; i++)
        hf_config_drop(configs[i]);
}

/* More configs are held than there are slots: who has taken blocks nobody. */
static void holders_do_not_stand_in_the_way(void **state)
{
    (void)state;
    enum { MANY = 80 };
    struct hf_config *taken[MANY];
    struct hf_current *current = current_of(&(struct lab_side){0});
    for (size_t i = 0; i < MANY; i++) {
        taken[i] = hf_current_take(current);
        put(current, &(struct lab_side){0});
    }
    hf_current_free(current);
    for (size_t i = 0; i < MANY; i++) {
        assert_non_null(strstr(hf_config_groups(taken[i]), "x25519"));
        hf_config_drop(taken[i]);
    }
}

static void over_datagrams(struct hf_builder *builder)
{
    hf_builder_datagrams(builder);
}

static void other_kinds_are_refused(void **state)
{
    (void)state;
    struct hf_failure failure;
    struct hf_config *mine = make(&(struct lab_side){0});
    struct hf_config *other[] = {lab_config(HF_CLIENT, &(struct lab_side){.who = LAB_CLIENT}, &failure),
                                 make(&(struct lab_side){.more = over_datagrams}), NULL};
    struct hf_current *current = hf_current_new(mine);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(hf_current_replace(current, other[i]), HF_ERR_wrong_call);
        struct hf_config *taken = hf_current_take(current);
        assert_ptr_equal(taken, mine);
        hf_config_drop(taken);
        hf_config_drop(other[i]);
    }
    hf_current_free(current);
    hf_config_drop(mine);
}

static void memory_may_be_missing(void **state)
{
    (void)state;
    struct hf_test_allocator test;
    hf_test_allocator_init(&test, 0);
    struct hf_config *config = make(&(struct lab_side){.allocator = &test.allocator});
    test.fail_at = test.count + 1;
    assert_null(hf_current_new(config));
    test.fail_at = 0;
    struct hf_current *current = hf_current_new(config);
    assert_non_null(current);
    hf_config_drop(config);
    hf_current_free(current);
    assert_int_equal(test.live, 0);
}

/* ---- sessions across a replacement ---- */

static void trust_more(struct hf_builder *builder)
{
    keepers_with_tickets(builder);
    hf_builder_trust_pem(builder, lab_other_root(), strlen(lab_other_root()));
}

struct kept {
    uint8_t bytes[8192];
    size_t len;
};

/* One visit, with the session if there is one; keeps a new one if there is. What the server says of it. */
static struct hf_session_info visit(struct hf_current *current, enum hf_version version, struct kept *kept)
{
    struct hf_failure failure;
    struct hf_session_info info;
    const struct lab_side side = {
        .who = LAB_CLIENT, .min = version, .max = version, .more = hf_builder_session_tickets};
    struct hf_config *client = lab_config(HF_CLIENT, &side, &failure);
    struct hf_config *server = hf_current_take(current);
    struct lab_pair pair = {.client =
                                hf_connection_resume(client, "server.lab", kept->bytes, kept->len, LAB_NOW_MS, NULL),
                            .server = hf_connection_new(server, NULL, LAB_NOW_MS, NULL)};
    hf_config_drop(client);
    hf_config_drop(server);
    (void)lab_pair_run(&pair);
    hf_session_info(pair.server, &info);
    info.alpn = info.suite = info.group = info.own_scheme = info.peer_scheme = "";    /* they go with the connection */
    (void)hf_session_bytes(pair.client, kept->bytes, sizeof kept->bytes, &kept->len); /* else the old one stays */
    lab_pair_close(&pair);
    return info;
}

static void resumption_respects_the_new_trust(void **state)
{
    (void)state;
    static const enum hf_version versions[] = {HF_TLS12, HF_TLS13};
    for (size_t i = 0; i < 2; i++) {
        struct kept kept = {.len = 0};
        struct hf_current *current = current_of(&(struct lab_side){.more = keepers_with_tickets});
        assert_true(visit(current, versions[i], &kept).opened);
        assert_true(visit(current, versions[i], &kept).resumed);
        put(current, &(struct lab_side){.more = keepers_with_tickets}); /* the same again: sessions go on */
        assert_true(visit(current, versions[i], &kept).resumed);
        put(current, &(struct lab_side){.more = trust_more});
        struct hf_session_info info = visit(current, versions[i], &kept);
        assert_true(info.opened && !info.resumed);
        put(current, &(struct lab_side){.more = keepers_with_tickets, .trusts_other = true});
        info = visit(current, versions[i], &kept);
        assert_false(info.opened || info.resumed);
        hf_current_free(current);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_taken_was_put_last),
        cmocka_unit_test(holders_do_not_stand_in_the_way),
        cmocka_unit_test(other_kinds_are_refused),
        cmocka_unit_test(memory_may_be_missing),
        cmocka_unit_test_setup_teardown(resumption_respects_the_new_trust, keepers_set_up, keepers_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
