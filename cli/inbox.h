/* Datagrams that one thread of `serve --dtls` hands to another: of peers that have moved to an address whose datagrams
 * the kernel brings elsewhere. Few wait at a time; more are lost, as the network loses. Any thread may put, one takes.
 */
#ifndef HF_CLI_INBOX_H
#define HF_CLI_INBOX_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

enum { HF_INBOX_LETTERS_MAX = 64, HF_INBOX_LETTER_ROOM = 2048 /* bytes; longer datagrams are lost */ };

struct hf_letter {
    struct sockaddr_storage from;
    socklen_t from_len;
    size_t len;
    char bytes[HF_INBOX_LETTER_ROOM];
};

struct hf_inbox {
    pthread_mutex_t lock;
    struct hf_letter *letters; /* a ring */
    size_t first;
    size_t count;
};

/* False: no memory. */
bool hf_inbox_open(struct hf_inbox *inbox);

/* Nobody puts any more. One of zeros is fine. */
void hf_inbox_close(struct hf_inbox *inbox);

/* False: there is no room. */
bool hf_inbox_put(struct hf_inbox *inbox, const struct sockaddr_storage *from, socklen_t from_len, const char *bytes,
                  size_t len);

/* False: it is empty. */
bool hf_inbox_take(struct hf_inbox *inbox, struct hf_letter *ret_letter);

#endif
