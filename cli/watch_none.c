/* In place of watch.c where there is no libuv. */
#include "watch.h"

bool hf_watch_is_built_in(void)
{
    return false;
}

struct hf_watch *hf_watch_new(void)
{
    return NULL;
}

void hf_watch_free(struct hf_watch *watch)
{
    (void)watch;
}

bool hf_watch_add(struct hf_watch *watch, const char *folder)
{
    (void)watch;
    (void)folder;
    return false;
}

int hf_watch_fd(const struct hf_watch *watch)
{
    (void)watch;
    return -1;
}

bool hf_watch_take(struct hf_watch *watch)
{
    (void)watch;
    return false;
}
