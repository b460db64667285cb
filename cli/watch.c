/* A loop of libuv's own that is never waited in: the program's loop polls its descriptor and turns it once. */
#define _DEFAULT_SOURCE /* uv.h uses what POSIX adds to C */
#include "watch.h"

#include <stdlib.h>
#include <uv.h>

enum { FOLDERS_MAX = 512 };

struct hf_watch {
    uv_loop_t loop;
    uv_fs_event_t *folders[FOLDERS_MAX];
    size_t count;
    bool happened;
};

bool hf_watch_is_built_in(void)
{
    return true;
}

static void note(uv_fs_event_t *handle, const char *name, int events, int status)
{
    struct hf_watch *watch = handle->data;
    (void)name;
    (void)events;
    (void)status; /* a folder that cannot be watched any more is news, too */
    watch->happened = true;
}

struct hf_watch *hf_watch_new(void)
{
    struct hf_watch *watch = calloc(1, sizeof *watch);
    if (watch == NULL || uv_loop_init(&watch->loop) != 0) {
        free(watch);
        return NULL;
    }
    return watch;
}

static void free_handle(uv_handle_t *handle)
{
    free(handle);
}

void hf_watch_free(struct hf_watch *watch)
{
    if (watch == NULL)
        return;
    for (size_t i = 0; i < watch->count; i++)
        uv_close((uv_handle_t *)watch->folders[i], free_handle);
    (void)uv_run(&watch->loop, UV_RUN_DEFAULT);
    (void)uv_loop_close(&watch->loop);
    free(watch);
}

bool hf_watch_add(struct hf_watch *watch, const char *folder)
{
    uv_fs_event_t *handle = watch->count < FOLDERS_MAX ? calloc(1, sizeof *handle) : NULL;
    if (handle == NULL)
        return false;
    if (uv_fs_event_init(&watch->loop, handle) != 0) {
        free(handle);
        return false;
    }
    handle->data = watch;
    watch->folders[watch->count++] = handle;
    if (uv_fs_event_start(handle, note, folder, 0) != 0)
        return false;
    (void)uv_run(&watch->loop, UV_RUN_NOWAIT); /* only now is it in the set that the descriptor stands for */
    return true;
}

int hf_watch_fd(const struct hf_watch *watch)
{
    return uv_backend_fd(&watch->loop);
}

bool hf_watch_take(struct hf_watch *watch)
{
    (void)uv_run(&watch->loop, UV_RUN_NOWAIT);
    bool happened = watch->happened;
    watch->happened = false;
    return happened;
}
