/* When the files of a configuration have changed: by watching the folders that they and their links lie in, and by
 * SIGHUP. A change is told once it has been quiet for a moment, as files are seldom written in one step, and only if a
 * file is another one now, or has other times or another length: what else lies in the folders does not count. */
#ifndef HF_CLI_CHANGES_H
#define HF_CLI_CHANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HF_CHANGES_PATHS_MAX = 192, HF_CHANGES_QUIET_MS = 200, HF_CHANGES_LATEST_MS = 2000 };

struct hf_watch;

struct hf_changes {
    const char *paths[HF_CHANGES_PATHS_MAX]; /* files, and folders whose files count */
    uint64_t marks[HF_CHANGES_PATHS_MAX];    /* what each was when it was looked at last */
    bool changed[HF_CHANGES_PATHS_MAX];      /* by the last look */
    size_t count;
    struct hf_watch *watch; /* NULL: SIGHUP only */
    uint64_t began_ms;      /* of the first event that is not told yet; 0: none */
    uint64_t due_ms;        /* when to look; UINT64_MAX: no event waits */
};

/* Prepares: no path yet. SIGHUP is caught from now on. */
void hf_changes_init(struct hf_changes *changes);

/* One path more; it is borrowed. NULL, and more than there is room for, are passed over. */
void hf_changes_add(struct hf_changes *changes, const char *path);

/* Looks at all of them, and with `watch` begins to watch. False: there is no watching on this system. */
bool hf_changes_begin(struct hf_changes *changes, bool watch);

void hf_changes_end(struct hf_changes *changes);

/* To be polled for reading; -1: nothing. And when to come again at the latest. */
int hf_changes_fd(const struct hf_changes *changes);
uint64_t hf_changes_deadline(const struct hf_changes *changes);

/* Whether it is time to load again: changed[i] says by which paths; by none of them after SIGHUP alone. */
bool hf_changes_due(struct hf_changes *changes, uint64_t now_ms);

#endif
