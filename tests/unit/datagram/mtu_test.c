#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "datagram/mtu.h"

static void flights_shrink_when_they_are_lost_again_and_again(void **state)
{
    (void)state;
    struct hf_mtu mtu;
    hf_mtu_init(&mtu);
    hf_mtu_lost(&mtu, 1);
    assert_int_equal(mtu.flight, HF_MTU_DEFAULT);
    hf_mtu_lost(&mtu, 2);
    assert_int_equal(mtu.flight, 548);
    hf_mtu_lost(&mtu, 9);
    assert_int_equal(mtu.flight, HF_MTU_MIN);
    hf_mtu_lost(&mtu, 2);
    assert_int_equal(mtu.flight, HF_MTU_MIN);
    assert_int_equal(mtu.path, HF_MTU_DEFAULT); /* data is refused by what the application says */
}

static void what_the_application_says_is_clipped(void **state)
{
    (void)state;
    struct hf_mtu mtu;
    hf_mtu_init(&mtu);
    hf_mtu_set(&mtu, 10);
    assert_int_equal(mtu.path, HF_MTU_MIN);
    hf_mtu_set(&mtu, 1000000);
    assert_int_equal(mtu.path, HF_MTU_MAX);
    hf_mtu_set(&mtu, 1400);
    assert_int_equal(mtu.flight, 1400);
    hf_mtu_lost(&mtu, 9);
    assert_int_equal(mtu.flight, 1400); /* loss is no news of a path that is known */
}

static void a_hello_is_whole_every_second_time(void **state)
{
    (void)state;
    struct hf_mtu mtu;
    hf_mtu_init(&mtu);
    for (unsigned times = 1; times < 10; times++) {
        hf_mtu_lost_hello(&mtu, times);
        assert_int_equal(mtu.flight, times >= 4 && times % 2 == 0 ? 548 : HF_MTU_DEFAULT);
    }
    hf_mtu_set(&mtu, 1300);
    hf_mtu_lost_hello(&mtu, 4);
    assert_int_equal(mtu.flight, 1300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flights_shrink_when_they_are_lost_again_and_again),
        cmocka_unit_test(what_the_application_says_is_clipped),
        cmocka_unit_test(a_hello_is_whole_every_second_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
