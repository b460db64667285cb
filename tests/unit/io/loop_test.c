/* The event loop over pipes and socket pairs: what is ready, what is due, what was removed, and who is woken. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <handfast/loop.h>
#include <handfast/socket.h>

enum { MANY = 500, WAIT_MS = 10000 };

struct pair {
    int fds[2];
    struct hf_loop_entry entry;
};

static void open_pair(struct pair *pair, struct hf_loop *loop, unsigned wants)
{
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair->fds), 0);
    pair->entry = (struct hf_loop_entry){.fd = pair->fds[0], .owner = pair, .wants = wants, .due_ms = UINT64_MAX};
    assert_int_equal(hf_loop_add(loop, &pair->entry), HF_OK);
}

static void close_pair(struct pair *pair, struct hf_loop *loop)
{
    hf_loop_remove(loop, &pair->entry);
    close(pair->fds[0]);
    if (pair->fds[1] >= 0)
        close(pair->fds[1]);
}

static void what_is_ready_is_told(void **state)
{
    (void)state;
    struct hf_loop *loop = hf_loop_new();
    struct pair quiet;
    struct pair busy;
    unsigned ready = 0;
    open_pair(&quiet, loop, HF_LOOP_READ);
    open_pair(&busy, loop, HF_LOOP_READ);
    assert_int_equal(hf_loop_wait(loop, 0), HF_OK);
    assert_null(hf_loop_next(loop, &ready));
    assert_int_equal(write(busy.fds[1], "a", 1), 1);
    for (int turn = 0; turn < 2; turn++) { /* as long as nobody reads it */
        assert_int_equal(hf_loop_wait(loop, WAIT_MS), HF_OK);
        assert_ptr_equal(hf_loop_next(loop, &ready), &busy.entry);
        assert_int_equal(ready, HF_LOOP_READ);
        assert_null(hf_loop_next(loop, &ready));
    }
    assert_int_equal(hf_loop_change(loop, &busy.entry, HF_LOOP_READ | HF_LOOP_WRITE, UINT64_MAX), HF_OK);
    assert_int_equal(hf_loop_wait(loop, WAIT_MS), HF_OK);
    assert_ptr_equal(hf_loop_next(loop, &ready), &busy.entry);
    assert_int_equal(ready, HF_LOOP_READ | HF_LOOP_WRITE);
    close_pair(&quiet, loop);
    close_pair(&busy, loop);
    hf_loop_free(loop);
}

/* The kernel tells of hang-ups whether anybody asked or not; the loop tells those that want something. */
static void a_hang_up_is_told_to_who_waits(void **state)
{
    (void)state;
    struct hf_loop *loop = hf_loop_new();
    struct pair pair;
    unsigned ready = 0;
    open_pair(&pair, loop, 0);
    close(pair.fds[1]);
    pair.fds[1] = -1;
    assert_int_equal(hf_loop_wait(loop, 20), HF_OK);
    assert_null(hf_loop_next(loop, &ready));
    assert_int_equal(hf_loop_change(loop, &pair.entry, HF_LOOP_READ, UINT64_MAX), HF_OK);
    assert_int_equal(hf_loop_wait(loop, WAIT_MS), HF_OK);
    assert_ptr_equal(hf_loop_next(loop, &ready), &pair.entry);
    assert_int_equal(ready, HF_LOOP_READ);
    assert_int_equal(hf_loop_change(loop, &pair.entry, 0, UINT64_MAX), HF_OK);
    assert_int_equal(hf_loop_wait(loop, 20), HF_OK);
    assert_null(hf_loop_next(loop, &ready));
    close_pair(&pair, loop);
    hf_loop_free(loop);
}

static void who_was_removed_is_not_told(void **state)
{
    (void)state;
    struct hf_loop *loop = hf_loop_new();
    struct pair pairs[3];
    unsigned ready = 0;
    for (size_t i = 0; i < 3; i++) {
        open_pair(&pairs[i], loop, HF_LOOP_READ);
        assert_int_equal(write(pairs[i].fds[1], "a", 1), 1);
    }
    assert_int_equal(hf_loop_wait(loop, WAIT_MS), HF_OK);
    const struct hf_loop_entry *first = hf_loop_next(loop, &ready);
    assert_non_null(first);
    for (size_t i = 0; i < 3; i++)
        if (&pairs[i].entry != first)
            close_pair(&pairs[i], loop);
    assert_null(hf_loop_next(loop, &ready));
    for (size_t i = 0; i < 3; i++)
        if (&pairs[i].entry == first)
            close_pair(&pairs[i], loop);
    hf_loop_free(loop);
}

/* Set, moved, taken back, in no order; told in theirs, once each. */
static void deadlines_come_in_their_order(void **state)
{
    (void)state;
    static struct hf_loop_entry entries[MANY];
    struct hf_loop *loop = hf_loop_new();
    uint64_t past = hf_socket_now_ms() - 2 * MANY;
    uint64_t before = 0;
    size_t count = 0;
    unsigned ready = 7;
    for (size_t i = 0; i < MANY; i++) {
        entries[i] = (struct hf_loop_entry){.fd = -1, .due_ms = past + i * 7919 % MANY};
        assert_int_equal(hf_loop_add(loop, &entries[i]), HF_OK);
    }
    for (size_t i = 0; i < MANY; i += 3)
        assert_int_equal(hf_loop_change(loop, &entries[i], 0, past + i * 104729 % MANY), HF_OK);
    for (size_t i = 1; i < MANY; i += 3)
        hf_loop_remove(loop, &entries[i]);
    assert_int_equal(hf_loop_change(loop, &entries[2], 0, UINT64_MAX), HF_OK);
    assert_int_equal(hf_loop_change(loop, &entries[5], 0, hf_socket_now_ms() + 3600000), HF_OK);
    uint64_t due[MANY];
    for (size_t i = 0; i < MANY; i++)
        due[i] = entries[i].due_ms;
    assert_int_equal(hf_loop_wait(loop, WAIT_MS), HF_OK);
    for (struct hf_loop_entry *at = hf_loop_next(loop, &ready); at != NULL; at = hf_loop_next(loop, &ready)) {
        size_t place = (size_t)(at - entries);
        assert_int_equal(ready, 0);
        assert_true(place % 3 != 1 && place != 2 && place != 5);
        assert_true(due[place] >= before);
        before = due[place];
        count++;
    }
    assert_int_equal(count, MANY - (MANY + 1) / 3 - 2);
    assert_int_equal(hf_loop_wait(loop, 0), HF_OK);
    assert_null(hf_loop_next(loop, &ready));
    hf_loop_free(loop);
}

static void a_deadline_ends_the_wait(void **state)
{
    (void)state;
    struct hf_loop *loop = hf_loop_new();
    struct hf_loop_entry entry = {.fd = -1, .due_ms = hf_socket_now_ms() + 30};
    unsigned ready = 0;
    assert_int_equal(hf_loop_add(loop, &entry), HF_OK);
    const struct hf_loop_entry *told = NULL;
    while (told == NULL) { /* the system may wake early */
        assert_int_equal(hf_loop_wait(loop, -1), HF_OK);
        told = hf_loop_next(loop, &ready);
    }
    assert_ptr_equal(told, &entry);
    assert_true(hf_socket_now_ms() >= entry.due_ms || entry.due_ms == UINT64_MAX);
    hf_loop_free(loop);
}

/* Whoever sets a deadline that has passed, each time it is told, does not keep the others from being heard. */
static void who_is_always_due_holds_up_nobody(void **state)
{
    (void)state;
    struct hf_loop *loop = hf_loop_new();
    struct hf_loop_entry eager = {.fd = -1, .due_ms = 1};
    struct pair pair;
    unsigned ready = 0;
    size_t told = 0;
    open_pair(&pair, loop, HF_LOOP_READ);
    assert_int_equal(hf_loop_add(loop, &eager), HF_OK);
    assert_int_equal(hf_loop_wait(loop, WAIT_MS), HF_OK);
    assert_int_equal(write(pair.fds[1], "a", 1), 1);
    while (hf_loop_next(loop, &ready) == &eager && told < MANY) {
        assert_int_equal(hf_loop_change(loop, &eager, 0, 1), HF_OK);
        told++;
    }
    assert_int_equal(told, 1);
    assert_int_equal(hf_loop_wait(loop, WAIT_MS), HF_OK);
    assert_ptr_equal(hf_loop_next(loop, &ready), &pair.entry);
    close_pair(&pair, loop);
    hf_loop_free(loop);
}

static void *wake(void *loop)
{
    hf_loop_wake(loop);
    return NULL;
}

static void another_thread_ends_the_wait(void **state)
{
    (void)state;
    struct hf_loop *loop = hf_loop_new();
    pthread_t thread;
    unsigned ready = 0;
    assert_int_equal(pthread_create(&thread, NULL, wake, loop), 0);
    assert_int_equal(hf_loop_wait(loop, -1), HF_OK); /* or it would never end */
    assert_null(hf_loop_next(loop, &ready));
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(hf_loop_wait(loop, 0), HF_OK);
    hf_loop_free(loop);
}

/* A listening socket of several loops: each sees it, and one that does not want it any more does not. */
static void a_shared_descriptor_is_watched_and_left(void **state)
{
    (void)state;
    struct hf_loop *loops[2] = {hf_loop_new(), hf_loop_new()};
    struct hf_loop_entry entries[2];
    int fds[2];
    unsigned ready = 0;
    assert_int_equal(pipe(fds), 0);
    for (size_t i = 0; i < 2; i++) {
        entries[i] = (struct hf_loop_entry){.fd = fds[0], .shared = true, .wants = HF_LOOP_READ, .due_ms = UINT64_MAX};
        assert_int_equal(hf_loop_add(loops[i], &entries[i]), HF_OK);
    }
    assert_int_equal(write(fds[1], "a", 1), 1);
    assert_int_equal(hf_loop_change(loops[0], &entries[0], 0, UINT64_MAX), HF_OK);
    assert_int_equal(hf_loop_wait(loops[0], 20), HF_OK);
    assert_null(hf_loop_next(loops[0], &ready));
    assert_int_equal(hf_loop_wait(loops[1], WAIT_MS), HF_OK);
    assert_ptr_equal(hf_loop_next(loops[1], &ready), &entries[1]);
    assert_int_equal(hf_loop_change(loops[0], &entries[0], HF_LOOP_READ, UINT64_MAX), HF_OK);
    assert_int_equal(hf_loop_wait(loops[0], WAIT_MS), HF_OK);
    assert_ptr_equal(hf_loop_next(loops[0], &ready), &entries[0]);
    for (size_t i = 0; i < 2; i++) {
        hf_loop_remove(loops[i], &entries[i]);
        hf_loop_free(loops[i]);
    }
    close(fds[0]);
    close(fds[1]);
}

static void what_cannot_be_watched_is_refused(void **state)
{
    (void)state;
    struct hf_loop *loop = hf_loop_new();
    struct hf_loop_entry closed = {.fd = 1 << 20, .wants = HF_LOOP_READ, .due_ms = UINT64_MAX};
    assert_int_equal(hf_loop_add(loop, &closed), HF_ERR_network_failed);
    hf_loop_free(loop);
    hf_loop_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_ready_is_told),
        cmocka_unit_test(a_hang_up_is_told_to_who_waits),
        cmocka_unit_test(who_was_removed_is_not_told),
        cmocka_unit_test(deadlines_come_in_their_order),
        cmocka_unit_test(a_deadline_ends_the_wait),
        cmocka_unit_test(who_is_always_due_holds_up_nobody),
        cmocka_unit_test(another_thread_ends_the_wait),
        cmocka_unit_test(a_shared_descriptor_is_watched_and_left),
        cmocka_unit_test(what_cannot_be_watched_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
