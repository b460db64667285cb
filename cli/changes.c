/* Marks are taken before anything is loaded: what changes while it is loaded differs from them and is seen next time.
 * Watching begins anew before each look, as links may lead to other folders now, and folders may be others of the same
 * name: Kubernetes swaps the link ..data, certbot a link into its archive. */
#define _DEFAULT_SOURCE
#include "changes.h"

#include "watch.h"

#include <dirent.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static volatile sig_atomic_t hung_up;

static void note_hangup(int signal_number)
{
    (void)signal_number;
    hung_up = 1;
}

void hf_changes_init(struct hf_changes *changes)
{
    struct sigaction action = {.sa_handler = note_hangup};
    *changes = (struct hf_changes){.due_ms = UINT64_MAX};
    sigaction(SIGHUP, &action, NULL);
}

void hf_changes_add(struct hf_changes *changes, const char *path)
{
    if (path != NULL && changes->count < HF_CHANGES_PATHS_MAX)
        changes->paths[changes->count++] = path;
}

/* ---- marks ---- */

/* FNV-1a, 64 bits: no secret and no attacker, only "the same as before?". */
static uint64_t mix_one(uint64_t mark, uint64_t value)
{
    return (mark ^ value) * UINT64_C(0x100000001b3);
}

static uint64_t mix_text(uint64_t mark, const char *text)
{
    for (; *text != '\0'; text++)
        mark = mix_one(mark, (unsigned char)*text);
    return mark;
}

static uint64_t mark_of(const char *path, struct stat *ret_found)
{
    uint64_t mark = UINT64_C(0xcbf29ce484222325);
    if (stat(path, ret_found) != 0)
        return 0;
    const uint64_t facts[] = {(uint64_t)ret_found->st_dev,          (uint64_t)ret_found->st_ino,
                              (uint64_t)ret_found->st_size,         (uint64_t)ret_found->st_mtim.tv_sec,
                              (uint64_t)ret_found->st_mtim.tv_nsec, (uint64_t)ret_found->st_ctim.tv_sec,
                              (uint64_t)ret_found->st_ctim.tv_nsec};
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++)
        mark = mix_one(mark, facts[i]);
    return mark;
}

/* Of a folder: of the files in it, in whatever order they are listed. */
static uint64_t mark_of_folder(const char *folder)
{
    char path[PATH_MAX];
    struct stat found;
    uint64_t mark = 1;
    DIR *listing = opendir(folder);
    const struct dirent *entry;
    while (listing != NULL && (entry = readdir(listing)) != NULL)
        if (entry->d_name[0] != '.' && snprintf(path, sizeof path, "%s/%s", folder, entry->d_name) < (int)sizeof path)
            mark += mix_text(mark_of(path, &found), entry->d_name);
    if (listing != NULL)
        closedir(listing);
    return mark;
}

static bool look(struct hf_changes *changes)
{
    bool any = false;
    for (size_t i = 0; i < changes->count; i++) {
        struct stat found;
        uint64_t mark = mark_of(changes->paths[i], &found);
        if (mark != 0 && S_ISDIR(found.st_mode))
            mark = mark_of_folder(changes->paths[i]);
        changes->changed[i] = mark != changes->marks[i];
        changes->marks[i] = mark;
        any = any || changes->changed[i];
    }
    return any;
}

/* ---- watching ---- */

/* The folder that the last name of the path stands in. */
static void cut_name(char path[PATH_MAX])
{
    char *slash = strrchr(path, '/');
    if (slash == NULL)
        (void)snprintf(path, PATH_MAX, ".");
    else
        slash[slash == path ? 1 : 0] = '\0';
}

/* The folder of a path, or the nearest one above it that is there. */
static void watch_above(struct hf_watch *watch, const char *path)
{
    char folder[PATH_MAX];
    if (snprintf(folder, sizeof folder, "%s", path) >= (int)sizeof folder)
        return;
    do
        cut_name(folder);
    while (!hf_watch_add(watch, folder) && strcmp(folder, "/") != 0 && strcmp(folder, ".") != 0);
}

/* Where the name stands, and where what it leads to stands; and the folder itself. */
static void watch_path(struct hf_watch *watch, const char *path)
{
    char real[PATH_MAX];
    struct stat found;
    watch_above(watch, path);
    if (realpath(path, real) == NULL)
        return;
    watch_above(watch, real);
    if (stat(real, &found) == 0 && S_ISDIR(found.st_mode))
        (void)hf_watch_add(watch, real);
}

static void watch_all(struct hf_changes *changes)
{
    struct hf_watch *watch = hf_watch_new();
    if (watch == NULL)
        return; /* the old one is better than none */
    for (size_t i = 0; i < changes->count; i++)
        watch_path(watch, changes->paths[i]);
    hf_watch_free(changes->watch);
    changes->watch = watch;
}

bool hf_changes_begin(struct hf_changes *changes, bool watch)
{
    if (watch)
        watch_all(changes);
    (void)look(changes);
    return !watch || changes->watch != NULL;
}

void hf_changes_end(struct hf_changes *changes)
{
    hf_watch_free(changes->watch);
    changes->watch = NULL;
}

int hf_changes_fd(const struct hf_changes *changes)
{
    return changes->watch == NULL ? -1 : hf_watch_fd(changes->watch);
}

uint64_t hf_changes_deadline(const struct hf_changes *changes)
{
    return changes->due_ms;
}

/* Quiet for a moment, but not put off for ever. */
static void note_event(struct hf_changes *changes, uint64_t now_ms)
{
    if (changes->began_ms == 0)
        changes->began_ms = now_ms;
    uint64_t latest_ms = changes->began_ms + HF_CHANGES_LATEST_MS;
    changes->due_ms = now_ms + HF_CHANGES_QUIET_MS < latest_ms ? now_ms + HF_CHANGES_QUIET_MS : latest_ms;
}

bool hf_changes_due(struct hf_changes *changes, uint64_t now_ms)
{
    bool asked = hung_up != 0;
    if (changes->watch != NULL && hf_watch_take(changes->watch))
        note_event(changes, now_ms);
    if (!asked && now_ms < changes->due_ms)
        return false;
    hung_up = 0;
    changes->began_ms = 0;
    changes->due_ms = UINT64_MAX;
    if (changes->watch != NULL)
        watch_all(changes);
    return look(changes) || asked;
}
