#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "datagram/retransmit_timer.h"

static void it_doubles_up_to_a_minute_and_gives_up(void **state)
{
    (void)state;
    struct hf_retransmit_timer timer;
    hf_retransmit_timer_init(&timer);
    assert_true(timer.due_ms == HF_RETRANSMIT_NEVER);
    hf_retransmit_timer_start(&timer, 1000);
    uint64_t now_ms = 1000;
    static const unsigned waits[] = {400, 800, 1600, 3200, 6400, 12800, 25600, 51200, 60000};
    for (unsigned i = 0; i < HF_RETRANSMIT_TRIES; i++) {
        assert_int_equal(timer.due_ms, now_ms + waits[i]);
        now_ms = timer.due_ms;
        assert_true(hf_retransmit_timer_expire(&timer, now_ms));
    }
    now_ms = timer.due_ms;
    assert_false(hf_retransmit_timer_expire(&timer, now_ms));
    assert_true(timer.due_ms == HF_RETRANSMIT_NEVER);
}

static void an_answer_measures_the_round_trip_of_what_went_once(void **state)
{
    (void)state;
    struct hf_retransmit_timer timer;
    hf_retransmit_timer_init(&timer);
    hf_retransmit_timer_start(&timer, 0);
    hf_retransmit_timer_answered(&timer, 200);
    hf_retransmit_timer_start(&timer, 1000);
    assert_int_equal(timer.due_ms, 1000 + 350);
    assert_true(hf_retransmit_timer_expire(&timer, 1350));
    hf_retransmit_timer_answered(&timer, 1360); /* of which copy? nobody knows: RFC 6298 3 */
    hf_retransmit_timer_start(&timer, 2000);
    assert_int_equal(timer.due_ms, 2000 + 350);
    hf_retransmit_timer_answered(&timer, 2001);
    hf_retransmit_timer_start(&timer, 3000);
    assert_int_equal(timer.due_ms, 3000 + HF_RETRANSMIT_MIN_MS);
}

static void it_does_not_double_while_the_peer_is_heard_of(void **state)
{
    (void)state;
    struct hf_retransmit_timer timer;
    hf_retransmit_timer_init(&timer);
    hf_retransmit_timer_start(&timer, 0);
    hf_retransmit_timer_heard(&timer);
    assert_true(hf_retransmit_timer_expire(&timer, 400));
    assert_int_equal(timer.due_ms, 800);
    assert_true(hf_retransmit_timer_expire(&timer, 800));
    assert_int_equal(timer.due_ms, 1600);
}

static void a_fixed_schedule_heeds_nothing_but_the_clock(void **state)
{
    (void)state;
    struct hf_retransmit_timer timer;
    hf_retransmit_timer_init(&timer);
    hf_retransmit_timer_start(&timer, 1000);
    hf_retransmit_timer_fix(&timer, 100);
    assert_int_equal(timer.due_ms, 1100); /* what is out is timed anew */
    for (unsigned i = 0; i < HF_RETRANSMIT_FIXED_TRIES; i++) {
        uint64_t now_ms = timer.due_ms;
        hf_retransmit_timer_heard(&timer);
        hf_retransmit_timer_answered(&timer, now_ms);
        assert_true(hf_retransmit_timer_expire(&timer, now_ms));
        assert_int_equal(timer.due_ms - now_ms, i < 9 ? 200u << i : 60000);
    }
    assert_false(hf_retransmit_timer_expire(&timer, timer.due_ms));
    hf_retransmit_timer_start(&timer, 5000);
    assert_true(hf_retransmit_timer_expire(&timer, 5100));
    hf_retransmit_timer_fix(&timer, 300);
    assert_int_equal(timer.due_ms, 5100 + 600);
    hf_retransmit_timer_fix(&timer, 0);
    hf_retransmit_timer_answered(&timer, 5200);
    hf_retransmit_timer_start(&timer, 6000);
    assert_int_equal(timer.due_ms, 6000 + HF_RETRANSMIT_INITIAL_MS);
}

/* Two ends that hear of each other and do not get on end some time, too. */
static void a_flight_does_not_go_for_ever(void **state)
{
    (void)state;
    struct hf_retransmit_timer timer;
    hf_retransmit_timer_init(&timer);
    hf_retransmit_timer_start(&timer, 0);
    unsigned times = 0;
    while (hf_retransmit_timer_expire(&timer, timer.due_ms)) {
        hf_retransmit_timer_heard(&timer);
        times++;
    }
    assert_int_equal(times, HF_RETRANSMIT_RESENDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_doubles_up_to_a_minute_and_gives_up),
        cmocka_unit_test(an_answer_measures_the_round_trip_of_what_went_once),
        cmocka_unit_test(it_does_not_double_while_the_peer_is_heard_of),
        cmocka_unit_test(a_fixed_schedule_heeds_nothing_but_the_clock),
        cmocka_unit_test(a_flight_does_not_go_for_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
