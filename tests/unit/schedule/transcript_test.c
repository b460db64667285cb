/* The transcript against one-shot hashes, and every failed allocation. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "schedule/transcript.h"
#include "support/test_allocator.h"

static struct hf_toolbox *toolbox;

static int setup(void **state)
{
    (void)state;
    return hf_toolbox_new(&hf_allocation_standard, &toolbox) == HF_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    hf_toolbox_free(toolbox);
    return 0;
}

static void assert_digest(const struct hf_transcript *transcript, const char *text)
{
    struct hf_span part = hf_span_of_text(text);
    struct hf_digest wanted, got;
    assert_int_equal(hf_hash_once(toolbox, transcript->id, &part, 1, &wanted), HF_OK);
    assert_int_equal(hf_transcript_digest(transcript, &got), HF_OK);
    assert_true(hf_span_equal(hf_digest_span(&wanted), hf_digest_span(&got)));
}

static void hashes_before_and_after_choose(void **state)
{
    (void)state;
    struct hf_transcript transcript;
    struct hf_digest digest;
    hf_transcript_init(&transcript, toolbox, &hf_allocation_standard);
    assert_int_equal(hf_transcript_add(&transcript, hf_span_of_text("hello ")), HF_OK);
    assert_int_equal(hf_transcript_digest(&transcript, &digest), HF_ERR_wrong_call);
    assert_int_equal(hf_transcript_retry(&transcript), HF_ERR_wrong_call);
    assert_int_equal(hf_transcript_choose(&transcript, HF_HASH_SHA384, true), HF_OK);
    assert_int_equal(hf_transcript_choose(&transcript, HF_HASH_SHA256, true), HF_ERR_wrong_call);
    assert_digest(&transcript, "hello ");
    assert_int_equal(hf_transcript_add(&transcript, hf_span_of_text("world")), HF_OK);
    assert_digest(&transcript, "hello world");
    assert_true(hf_span_equal(hf_transcript_messages(&transcript), hf_span_of_text("hello world")));
    hf_transcript_forget_messages(&transcript);
    assert_int_equal(hf_transcript_messages(&transcript).len, 0);
    assert_int_equal(hf_transcript_add(&transcript, hf_span_of_text("!")), HF_OK);
    assert_digest(&transcript, "hello world!");
    assert_int_equal(hf_transcript_digest_with(&transcript, HF_HASH_SHA384, hf_span_of_text("x"), &digest),
                     HF_ERR_wrong_call);
    hf_transcript_release(&transcript);
}

static void retry_keeps_messages_for_the_second_hello(void **state)
{
    (void)state;
    struct hf_transcript transcript;
    struct hf_transcript from_cookie;
    struct hf_digest first, with, after;
    hf_transcript_init(&transcript, toolbox, &hf_allocation_standard);
    hf_transcript_init(&from_cookie, toolbox, &hf_allocation_standard);
    assert_int_equal(hf_transcript_add(&transcript, hf_span_of_text("first")), HF_OK);
    assert_int_equal(hf_transcript_choose(&transcript, HF_HASH_SHA256, false), HF_OK);
    assert_int_equal(hf_transcript_digest(&transcript, &first), HF_OK);
    assert_int_equal(hf_transcript_retry(&transcript), HF_OK);
    assert_int_equal(hf_transcript_add(&transcript, hf_span_of_text("retry")), HF_OK);
    assert_int_equal(hf_transcript_digest_with(&transcript, HF_HASH_SHA256, hf_span_of_text("second"), &with), HF_OK);
    assert_int_equal(hf_transcript_digest_with(&transcript, HF_HASH_SHA384, hf_span_of_text("second"), &after),
                     HF_ERR_wrong_call);
    assert_int_equal(hf_transcript_add(&transcript, hf_span_of_text("second")), HF_OK);
    assert_int_equal(hf_transcript_digest(&transcript, &after), HF_OK);
    assert_true(hf_span_equal(hf_digest_span(&with), hf_digest_span(&after)));

    assert_int_equal(hf_transcript_resume_retry(&from_cookie, hf_digest_span(&first)), HF_ERR_wrong_call);
    assert_int_equal(hf_transcript_choose(&from_cookie, HF_HASH_SHA256, false), HF_OK);
    assert_int_equal(hf_transcript_resume_retry(&from_cookie, hf_span_of("short", 5)), HF_ERR_wrong_call);
    assert_int_equal(hf_transcript_resume_retry(&from_cookie, hf_digest_span(&first)), HF_OK);
    assert_int_equal(hf_transcript_add(&from_cookie, hf_span_of_text("retrysecond")), HF_OK);
    assert_int_equal(hf_transcript_digest(&from_cookie, &with), HF_OK);
    assert_true(hf_span_equal(hf_digest_span(&with), hf_digest_span(&after)));
    hf_transcript_release(&transcript);
    hf_transcript_release(&from_cookie);
}

static void what_is_kept_is_bounded(void **state)
{
    (void)state;
    static uint8_t much[HF_TRANSCRIPT_KEPT_MAX];
    struct hf_transcript transcript;
    hf_transcript_init(&transcript, toolbox, &hf_allocation_standard);
    assert_int_equal(hf_transcript_add(&transcript, hf_span_of(much, sizeof much)), HF_OK);
    assert_int_equal(hf_transcript_add(&transcript, hf_span_of(much, 1)), HF_ERR_handshake_message_too_long);
    hf_transcript_release(&transcript);
}

static enum hf_error work(const struct hf_allocator *allocator)
{
    struct hf_transcript transcript;
    hf_transcript_init(&transcript, toolbox, allocator);
    enum hf_error error = hf_transcript_add(&transcript, hf_span_of_text("message"));
    if (error == HF_OK)
        error = hf_transcript_choose(&transcript, HF_HASH_SHA256, false);
    if (error == HF_OK)
        error = hf_transcript_retry(&transcript);
    if (error == HF_OK)
        error = hf_transcript_add(&transcript, hf_span_of_text("retry"));
    hf_transcript_release(&transcript);
    return error;
}

/* What follows a handshake is hashed behind it, as often as something follows; headers of datagrams are cut there too.
 */
static void a_fork_goes_on_elsewhere(void **state)
{
    (void)state;
    struct hf_transcript first, second;
    struct hf_hash *fork = NULL;
    struct hf_digest forked, whole;
    hf_transcript_init(&first, toolbox, &hf_allocation_standard);
    hf_transcript_init(&second, toolbox, &hf_allocation_standard);
    assert_int_equal(hf_transcript_add(&first, hf_span_of_text("hand")), HF_OK);
    assert_int_equal(hf_transcript_fork(&first, &fork), HF_ERR_wrong_call);
    assert_int_equal(hf_transcript_choose(&first, HF_HASH_SHA256, false), HF_OK);
    assert_int_equal(hf_transcript_fork(&first, &fork), HF_OK);
    assert_int_equal(hf_transcript_add(&first, hf_span_of_text("x")), HF_OK);
    hf_transcript_go_on(&second, HF_HASH_SHA256, fork, 2);
    assert_int_equal(hf_transcript_add(&second, hf_span_of_text("typecuLATE")), HF_OK);
    assert_int_equal(hf_transcript_digest(&second, &forked), HF_OK);
    const struct hf_span parts[] = {hf_span_of_text("hand"), hf_span_of_text("typeLATE")};
    assert_int_equal(hf_hash_once(toolbox, HF_HASH_SHA256, parts, 2, &whole), HF_OK);
    assert_true(hf_span_equal(hf_digest_span(&whole), hf_digest_span(&forked)));
    assert_int_equal(hf_transcript_messages(&second).len, 0);
    hf_transcript_release(&first);
    hf_transcript_release(&second);
}

static void failed_allocations(void **state)
{
    (void)state;
    for (size_t n = 1;; n++) {
        struct hf_test_allocator test;
        hf_test_allocator_init(&test, n);
        enum hf_error error = work(&test.allocator);
        assert_int_equal(test.live, 0);
        if (!hf_test_allocator_failed(&test)) {
            assert_int_equal(error, HF_OK);
            break;
        }
        assert_int_equal(error, HF_ERR_no_memory);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_before_and_after_choose),
        cmocka_unit_test(retry_keeps_messages_for_the_second_hello),
        cmocka_unit_test(what_is_kept_is_bounded),
        cmocka_unit_test(a_fork_goes_on_elsewhere),
        cmocka_unit_test(failed_allocations),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
