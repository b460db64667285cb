/* The check by itself: which question goes where and when, which answer counts. RFC 9853 5. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "datagram/return_routability.h"

enum { OLD = 0, NEW = 7, THIRD = 8, RECORD_LEN = 40, WAIT_MS = 900 };

static uint8_t next_byte;

static enum hf_error fill(void *context, uint8_t *into, size_t len)
{
    (void)context;
    for (size_t i = 0; i < len; i++)
        into[i] = next_byte;
    next_byte++;
    return HF_OK;
}

static const struct hf_random counting = {.fill = fill};

static struct hf_return_routability new_check(bool is_basic)
{
    next_byte = 1;
    return (struct hf_return_routability){.random = &counting, .is_agreed = true, .is_basic = is_basic, .bound = OLD};
}

static void hear(struct hf_return_routability *check, uint32_t path, uint64_t sequence, uint64_t now_ms)
{
    const struct hf_routability_heard heard = {
        .path = path, .epoch = 3, .sequence = sequence, .len = 50, .now_ms = now_ms, .wait_ms = WAIT_MS};
    hf_return_routability_heard(check, &heard);
}

/* The question that goes now; its path. */
static uint32_t expect_question(struct hf_return_routability *check, uint64_t now_ms, uint8_t cookie)
{
    struct hf_routability_message message;
    uint8_t wanted[9] = {0};
    memset(wanted + 1, cookie, 8);
    assert_int_equal(hf_return_routability_tick(check, now_ms, RECORD_LEN, &message), HF_OK);
    assert_int_equal(message.len, sizeof wanted);
    assert_memory_equal(message.bytes, wanted, sizeof wanted);
    return message.path;
}

static void expect_silence(struct hf_return_routability *check, uint64_t now_ms)
{
    struct hf_routability_message message;
    assert_int_equal(hf_return_routability_tick(check, now_ms, RECORD_LEN, &message), HF_OK);
    assert_int_equal(message.len, 0);
}

static enum hf_error give(struct hf_return_routability *check, uint8_t type, uint8_t cookie, uint32_t path,
                          struct hf_routability_message *reply)
{
    uint8_t bytes[9] = {type};
    memset(bytes + 1, cookie, 8);
    return hf_return_routability_take(check, hf_span_of(bytes, sizeof bytes), path, 0, reply);
}

static void answer(struct hf_return_routability *check, uint8_t type, uint8_t cookie, uint32_t path)
{
    struct hf_routability_message reply;
    assert_int_equal(give(check, type, cookie, path, &reply), HF_OK);
    assert_int_equal(reply.len, 0);
}

static void the_new_path_is_asked_at_once_when_basic(void **state)
{
    (void)state;
    struct hf_return_routability check = new_check(true);
    hear(&check, OLD, 5, 0);
    assert_true(hf_return_routability_deadline(&check) == UINT64_MAX);
    hear(&check, NEW, 6, 1000);
    assert_true(hf_return_routability_deadline(&check) == 1000);
    assert_int_equal(expect_question(&check, 1000, 1), NEW);
    expect_silence(&check, 1299);
    assert_int_equal(expect_question(&check, 1300, 2), NEW);
    answer(&check, 1, 1, NEW); /* the first one's answer counts still */
    assert_int_equal(check.bound, NEW);
    assert_int_equal(check.moved, 1);
    assert_int_equal(check.stage, HF_ROUTABILITY_SETTLED);
}

static void answers_that_do_not_count(void **state)
{
    (void)state;
    struct hf_return_routability check = new_check(true);
    hear(&check, NEW, 6, 1000);
    answer(&check, 1, 0, NEW); /* before anything was asked: cookies are zeros */
    (void)expect_question(&check, 1000, 1);
    answer(&check, 1, 2, NEW);   /* another cookie */
    answer(&check, 1, 1, OLD);   /* by another path */
    answer(&check, 1, 1, THIRD); /* likewise */
    answer(&check, 2, 1, NEW);   /* path_drop says nothing of a new path */
    assert_int_equal(check.bound, OLD);
    assert_int_equal(check.stage, HF_ROUTABILITY_ASKS_NEW);
    answer(&check, 1, 1, NEW);
    assert_int_equal(check.bound, NEW);
    answer(&check, 1, 1, OLD); /* a check that is over */
    assert_int_equal(check.bound, NEW);
}

static void nobody_answers(void **state)
{
    (void)state;
    struct hf_return_routability check = new_check(false);
    hear(&check, NEW, 6, 1000);
    assert_int_equal(expect_question(&check, 1000, 1), OLD);
    assert_int_equal(expect_question(&check, 1300, 2), OLD);
    assert_int_equal(expect_question(&check, 1600, 3), OLD);
    expect_silence(&check, 1899);
    assert_int_equal(expect_question(&check, 1900, 4), NEW); /* RFC 9853 5.2: the basic check follows */
    answer(&check, 1, 1, OLD);                               /* too late */
    assert_int_equal(check.stage, HF_ROUTABILITY_ASKS_NEW);
    assert_int_equal(expect_question(&check, 2200, 5), NEW);
    assert_int_equal(expect_question(&check, 2500, 6), NEW);
    expect_silence(&check, 2800);
    assert_int_equal(check.stage, HF_ROUTABILITY_SETTLED);
    assert_int_equal(check.bound, OLD);
    assert_int_equal(check.failed, 1);
}

static void the_old_path_decides_when_enhanced(void **state)
{
    (void)state;
    struct hf_return_routability check = new_check(false);
    hear(&check, NEW, 6, 1000);
    (void)expect_question(&check, 1000, 1);
    answer(&check, 1, 1, NEW); /* RFC 9853 5.4: not by the way that was asked */
    assert_int_equal(check.stage, HF_ROUTABILITY_ASKS_OLD);
    answer(&check, 1, 1, OLD);
    assert_int_equal(check.stayed, 1);
    assert_int_equal(check.bound, OLD);
    hear(&check, NEW, 7, 2000);
    (void)expect_question(&check, 2000, 2);
    answer(&check, 2, 2, OLD); /* it has left */
    assert_int_equal(expect_question(&check, 2000, 3), NEW);
    answer(&check, 1, 3, NEW);
    assert_int_equal(check.bound, NEW);
}

static void only_what_is_newest_begins_a_check(void **state)
{
    (void)state;
    struct hf_return_routability check = new_check(true);
    hear(&check, OLD, 10, 0);
    hear(&check, NEW, 10, 0);
    hear(&check, NEW, 9, 0);
    assert_int_equal(check.begun, 0);
    const struct hf_routability_heard older = {.path = NEW, .epoch = 2, .sequence = 99, .len = 50};
    hf_return_routability_heard(&check, &older);
    assert_int_equal(check.begun, 0);
    const struct hf_routability_heard later = {.path = NEW, .epoch = 4, .sequence = 0, .len = 50};
    hf_return_routability_heard(&check, &later);
    assert_int_equal(check.begun, 1);
    hear(&check, THIRD, 11, 0); /* meanwhile: nothing */
    assert_int_equal(check.candidate, NEW);
    check.is_agreed = false;
    check.stage = HF_ROUTABILITY_SETTLED;
    const struct hf_routability_heard unagreed = {.path = NEW, .epoch = 4, .sequence = 5, .len = 50};
    hf_return_routability_heard(&check, &unagreed);
    assert_int_equal(check.begun, 1);
}

/* Three times 50 bytes carry one question of 140, until more comes. */
static void questions_do_not_amplify(void **state)
{
    (void)state;
    struct hf_return_routability check = new_check(true);
    struct hf_routability_message message;
    hear(&check, NEW, 6, 0);
    assert_int_equal(hf_return_routability_tick(&check, 0, 140, &message), HF_OK);
    assert_int_equal(message.len, 9);
    assert_int_equal(hf_return_routability_tick(&check, 300, 140, &message), HF_OK);
    assert_int_equal(message.len, 0);
    hear(&check, NEW, 7, 400);
    assert_int_equal(hf_return_routability_tick(&check, 600, 140, &message), HF_OK);
    assert_int_equal(message.len, 9);
}

static void questions_are_answered_where_they_came_from(void **state)
{
    (void)state;
    struct hf_return_routability check = new_check(false);
    struct hf_routability_message reply;
    uint8_t wanted[9] = {1};
    memset(wanted + 1, 0x55, 8);
    assert_int_equal(give(&check, 0, 0x55, THIRD, &reply), HF_OK);
    assert_int_equal(reply.path, THIRD);
    assert_int_equal(reply.len, sizeof wanted);
    assert_memory_equal(reply.bytes, wanted, sizeof wanted);
    hf_return_routability_prefer(&check, NEW);
    assert_int_equal(give(&check, 0, 0x55, OLD, &reply), HF_OK);
    assert_int_equal(reply.bytes[0], 2); /* we have left there */
    assert_int_equal(give(&check, 0, 0x55, NEW, &reply), HF_OK);
    assert_int_equal(reply.bytes[0], 1);
}

/* RFC 9853 4: unknown types are ignored, whatever they hold. */
static void messages_are_read_to_the_byte(void **state)
{
    (void)state;
    struct hf_return_routability check = new_check(false);
    struct hf_routability_message reply;
    uint8_t bytes[12] = {0};
    for (size_t len = 0; len <= sizeof bytes; len++)
        for (uint8_t type = 0; type <= 2; type++) {
            bytes[0] = type;
            enum hf_error error = hf_return_routability_take(&check, hf_span_of(bytes, len), OLD, 0, &reply);
            assert_int_equal(error, len == 9 ? HF_OK : HF_ERR_decode_error);
        }
    for (size_t len = 1; len <= sizeof bytes; len++)
        for (unsigned type = 3; type < 256; type++) {
            bytes[0] = (uint8_t)type;
            assert_int_equal(hf_return_routability_take(&check, hf_span_of(bytes, len), OLD, 0, &reply), HF_OK);
            assert_int_equal(reply.len, 0);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_new_path_is_asked_at_once_when_basic),
        cmocka_unit_test(answers_that_do_not_count),
        cmocka_unit_test(nobody_answers),
        cmocka_unit_test(the_old_path_decides_when_enhanced),
        cmocka_unit_test(only_what_is_newest_begins_a_check),
        cmocka_unit_test(questions_do_not_amplify),
        cmocka_unit_test(questions_are_answered_where_they_came_from),
        cmocka_unit_test(messages_are_read_to_the_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
