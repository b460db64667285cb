/* A listener whose config is replaced: who is there goes on, who comes is judged by the new one. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "base/must.h"
#include "support/crowd.h"
#include "support/test_allocator.h"

static bool hears(struct crowd *crowd, size_t place)
{
    char data[16];
    size_t len = 0;
    assert_int_equal(hf_write(crowd->clients[place].connection, "still here", 10, &len), HF_OK);
    crowd_run(crowd);
    for (struct hf_association *one; (one = hf_listener_next(crowd->listener)) != NULL;) {
        struct hf_connection *server = hf_association_connection(one);
        if (hf_read(server, data, sizeof data, &len) == HF_OK && len == 10)
            return true;
    }
    return false;
}

/* Clients of 1.3 are open before the server has judged them. */
static bool is_accepted(const struct crowd *crowd, size_t place)
{
    struct hf_session_info info;
    hf_session_info(crowd->clients[place].connection, &info);
    return info.accepted;
}

static void who_is_there_stays_and_who_comes_meets_the_new_one(void **state)
{
    (void)state;
    static const enum hf_version versions[] = {HF_TLS12, HF_TLS13};
    for (size_t v = 0; v < 2; v++) {
        struct crowd crowd;
        struct hf_failure failure;
        const struct lab_side stranger = {.trusts_other = true, .more = hf_builder_datagrams};
        crowd_open(&crowd, versions[v], NULL);
        (void)crowd_join(&crowd, 0);
        crowd_run(&crowd);
        assert_true(is_accepted(&crowd, 0));
        struct hf_config *other = lab_config(HF_SERVER, &stranger, &failure);
        assert_int_equal(hf_listener_use(crowd.listener, other), HF_OK);
        hf_config_drop(other);
        (void)crowd_join(&crowd, 1);
        crowd_run(&crowd);
        assert_false(is_accepted(&crowd, 1));
        assert_true(hears(&crowd, 0));
        assert_int_equal(hf_listener_use(crowd.listener, crowd.server_config), HF_OK);
        (void)crowd_join(&crowd, 2);
        crowd_run(&crowd);
        assert_true(is_accepted(&crowd, 2));
        crowd_close(&crowd);
    }
}

/* Its own memory is of the allocator that it began with, which the first config need not live for. */
static void memory_goes_back_to_where_it_came_from(void **state)
{
    (void)state;
    struct hf_test_allocator first, second;
    hf_test_allocator_init(&first, 0);
    hf_test_allocator_init(&second, 0);
    struct hf_config *one = crowd_config(HF_SERVER, HF_TLS13, NULL, &first.allocator);
    struct hf_config *other = crowd_config(HF_SERVER, HF_TLS13, NULL, &second.allocator);
    struct hf_listener *listener = hf_listener_new(one, NULL, NULL);
    assert_non_null(listener);
    assert_int_equal(hf_listener_use(listener, other), HF_OK);
    hf_config_drop(one);
    hf_config_drop(other);
    hf_listener_free(listener);
    assert_int_equal(first.live, 0);
    assert_int_equal(second.live, 0);
}

static void with_longer_ids(struct hf_builder *builder)
{
    hf_builder_datagrams(builder);
    hf_builder_connection_ids(builder, 9);
}

static void other_kinds_are_refused(void **state)
{
    (void)state;
    struct crowd crowd;
    struct hf_failure failure;
    crowd_open(&crowd, HF_TLS13, NULL);
    struct hf_config *longer = lab_config(HF_SERVER, &(struct lab_side){.more = with_longer_ids}, &failure);
    assert_non_null(longer);
    assert_int_equal(hf_listener_use(crowd.listener, longer), HF_ERR_wrong_call); /* records of those that are there */
    hf_config_drop(longer);
    struct hf_config *over_streams = lab_config(HF_SERVER, &(struct lab_side){0}, &failure);
    assert_int_equal(hf_listener_use(crowd.listener, NULL), HF_ERR_wrong_call);
    assert_int_equal(hf_listener_use(crowd.listener, over_streams), HF_ERR_wrong_call);
    assert_int_equal(hf_listener_use(crowd.listener, crowd.client_config), HF_ERR_wrong_call);
    (void)crowd_join(&crowd, 0);
    crowd_run(&crowd);
    assert_true(crowd_is_open(crowd.clients[0].connection));
    hf_config_drop(over_streams);
    crowd_close(&crowd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_is_there_stays_and_who_comes_meets_the_new_one),
        cmocka_unit_test(memory_goes_back_to_where_it_came_from),
        cmocka_unit_test(other_kinds_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
