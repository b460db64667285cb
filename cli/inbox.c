#define _POSIX_C_SOURCE 200809L
#include "inbox.h"

#include <stdlib.h>
#include <string.h>

bool hf_inbox_open(struct hf_inbox *inbox)
{
    struct hf_letter *letters = calloc(HF_INBOX_LETTERS_MAX, sizeof *letters);
    if (letters == NULL || pthread_mutex_init(&inbox->lock, NULL) != 0) {
        free(letters);
        return false;
    }
    inbox->letters = letters;
    return true;
}

void hf_inbox_close(struct hf_inbox *inbox)
{
    if (inbox->letters == NULL)
        return;
    pthread_mutex_destroy(&inbox->lock);
    free(inbox->letters);
    inbox->letters = NULL;
}

bool hf_inbox_put(struct hf_inbox *inbox, const struct sockaddr_storage *from, socklen_t from_len, const char *bytes,
                  size_t len)
{
    if (len > HF_INBOX_LETTER_ROOM)
        return false;
    pthread_mutex_lock(&inbox->lock);
    bool has_room = inbox->count < HF_INBOX_LETTERS_MAX;
    if (has_room) {
        struct hf_letter *letter = &inbox->letters[(inbox->first + inbox->count++) % HF_INBOX_LETTERS_MAX];
        letter->from = *from;
        letter->from_len = from_len;
        letter->len = len;
        memcpy(letter->bytes, bytes, len);
    }
    pthread_mutex_unlock(&inbox->lock);
    return has_room;
}

bool hf_inbox_take(struct hf_inbox *inbox, struct hf_letter *ret_letter)
{
    pthread_mutex_lock(&inbox->lock);
    bool has_one = inbox->count > 0;
    if (has_one) {
        *ret_letter = inbox->letters[inbox->first];
        inbox->first = (inbox->first + 1) % HF_INBOX_LETTERS_MAX;
        inbox->count--;
    }
    pthread_mutex_unlock(&inbox->lock);
    return has_one;
}
