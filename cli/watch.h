/* Tells that something happened in folders: inotify, through libuv. Without libuv (watch_none.c) there is none of it,
 * and hf_watch_new says so by NULL. */
#ifndef HF_CLI_WATCH_H
#define HF_CLI_WATCH_H

#include <stdbool.h>
#include <stddef.h>

struct hf_watch;

/* Whether this program was built with it. */
bool hf_watch_is_built_in(void);

/* Watches nothing yet. NULL: it is not built in, or the system gives no more of it. Free it with hf_watch_free. */
struct hf_watch *hf_watch_new(void);
void hf_watch_free(struct hf_watch *watch);

/* Watches what happens to the names in this folder, too: made, written, renamed, removed. False: it cannot. */
bool hf_watch_add(struct hf_watch *watch, const char *folder);

/* Readable (poll) when something may have happened. */
int hf_watch_fd(const struct hf_watch *watch);

/* Takes what is there; whether anything happened since the last call. */
bool hf_watch_take(struct hf_watch *watch);

#endif
