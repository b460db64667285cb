/* What threads of `serve --dtls` hand to each other: in order, bounded, and whole or not at all. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "inbox.h"

static bool put(struct hf_inbox *inbox, char what, size_t len)
{
    static char bytes[HF_INBOX_LETTER_ROOM + 1];
    const struct sockaddr_storage from = {.ss_family = AF_INET};
    bytes[0] = what;
    return hf_inbox_put(inbox, &from, sizeof(struct sockaddr), bytes, len);
}

static void letters_come_in_their_order(void **state)
{
    (void)state;
    struct hf_inbox inbox = {.letters = NULL};
    struct hf_letter letter;
    assert_true(hf_inbox_open(&inbox));
    assert_false(hf_inbox_take(&inbox, &letter));
    for (int turn = 0; turn < 3; turn++) { /* round the ring */
        for (int i = 0; i < HF_INBOX_LETTERS_MAX; i++)
            assert_true(put(&inbox, (char)i, 1 + (size_t)i));
        assert_false(put(&inbox, 'x', 1));
        for (int i = 0; i < HF_INBOX_LETTERS_MAX - turn; i++) {
            assert_true(hf_inbox_take(&inbox, &letter));
            assert_int_equal(letter.bytes[0], i);
            assert_int_equal(letter.len, 1 + i);
            assert_int_equal(letter.from.ss_family, AF_INET);
        }
        while (hf_inbox_take(&inbox, &letter))
            continue;
        assert_true(put(&inbox, 'y', 1)); /* so that the next turn begins elsewhere */
        assert_true(hf_inbox_take(&inbox, &letter));
    }
    hf_inbox_close(&inbox);
    hf_inbox_close(&inbox);
}

static void what_is_too_long_is_lost(void **state)
{
    (void)state;
    struct hf_inbox inbox = {.letters = NULL};
    struct hf_letter letter;
    assert_true(hf_inbox_open(&inbox));
    assert_false(put(&inbox, 'a', HF_INBOX_LETTER_ROOM + 1));
    assert_true(put(&inbox, 'b', HF_INBOX_LETTER_ROOM));
    assert_true(hf_inbox_take(&inbox, &letter));
    assert_int_equal(letter.len, HF_INBOX_LETTER_ROOM);
    assert_int_equal(letter.bytes[0], 'b');
    assert_false(hf_inbox_take(&inbox, &letter));
    hf_inbox_close(&inbox);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_come_in_their_order),
        cmocka_unit_test(what_is_too_long_is_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
