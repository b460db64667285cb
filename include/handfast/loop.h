/* An event loop for one thread that moves many connections: which descriptors are ready, and whose time has come. Link
 * with libhandfast_io. It calls nobody: it is asked.
 *
 *     while (hf_loop_wait(loop, timeout_ms) == HF_OK) {
 *         while ((entry = hf_loop_next(loop, &ready)) != NULL) {     // ready 0: its deadline has passed
 *             ...                                                    // move what entry->owner is
 *             hf_loop_change(loop, entry, wants, due_ms);            // or hf_loop_remove
 *         }
 *     }
 *
 * Waiting costs what is ready, not what is watched. A loop and its entries belong to one thread; hf_loop_wake is for
 * any thread. It stands on epoll, so on Linux. */
#ifndef HANDFAST_LOOP_H
#define HANDFAST_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <handfast/failure.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What an entry waits for, and what it is ready for. */
enum { HF_LOOP_READ = 1, HF_LOOP_WRITE = 2 };

/* One descriptor, one deadline, or both: memory of the caller's, which stays where it is until it is removed. */
struct hf_loop_entry {
    /* Set before hf_loop_add, and read only after it. */
    int fd;          /* -1: none, there is a deadline only */
    bool shared;     /* other loops watch the same descriptor, a listening socket: what comes wakes one of them */
    void *owner;     /* the caller's */
    unsigned wants;  /* HF_LOOP_READ, HF_LOOP_WRITE; a hang-up is told as what is wanted, and not while that is 0 */
    uint64_t due_ms; /* by hf_socket_now_ms; UINT64_MAX: never */
    /* The loop's. */
    unsigned watched;
    size_t place;
};

struct hf_loop;

/* NULL when there is no memory, or the system has no more descriptors. */
struct hf_loop *hf_loop_new(void);

/* Entries in it are not looked at any more, their descriptors not closed; NULL is fine. */
void hf_loop_free(struct hf_loop *loop);

/* Watches an entry. no_memory, or network_failed when the system watches no more descriptors or not this one; then it
 * was not added. */
enum hf_error hf_loop_add(struct hf_loop *loop, struct hf_loop_entry *entry);

/* Another wish, another deadline. network_failed when the system refuses; then nothing of the descriptor is told. */
enum hf_error hf_loop_change(struct hf_loop *loop, struct hf_loop_entry *entry, unsigned wants, uint64_t due_ms);

/* No more of it is told, from what was ready already either. To be called before the descriptor is closed. */
void hf_loop_remove(struct hf_loop *loop, struct hf_loop_entry *entry);

/* Waits until an entry is ready or due, or somebody called hf_loop_wake, a signal came, or timeout_ms passed (-1: for
 * ever). HF_OK in each of these cases. What the wait before found and nobody took is forgotten, and found again. */
enum hf_error hf_loop_wait(struct hf_loop *loop, int timeout_ms);

/* The next entry that the last wait found, and what it is ready for; once what is ready was told, those that are due,
 * with 0: their deadline is taken off then. NULL: no more. */
struct hf_loop_entry *hf_loop_next(struct hf_loop *loop, unsigned *ret_ready);

/* Ends the wait that runs, or the next one. Any thread; safe in signal handlers. */
void hf_loop_wake(struct hf_loop *loop);

#ifdef __cplusplus
}
#endif
#endif
