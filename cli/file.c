/* link() is what makes a new name appear only if it is free, complete from its first moment; rename() is what replaces
 * in one step. The temporary file is made with O_EXCL and its final mode, whatever the umask says. */
#define _GNU_SOURCE /* explicit_bzero */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool hf_file_fail(enum hf_error error, const char *path, int errno_value, struct hf_failure *ret_failure)
{
    *ret_failure =
        (struct hf_failure){.error = error, .by = HF_BY_SETTINGS, .alert = (uint16_t)HF_ALERT_none, .depth = -1};
    if (errno_value != 0)
        (void)snprintf(ret_failure->got, sizeof(ret_failure->got), "%s", strerror(errno_value));
    hf_file_name(ret_failure, path);
    return false;
}

void hf_file_name(struct hf_failure *failure, const char *path)
{
    (void)snprintf(failure->where, sizeof(failure->where), "%s", path);
}

static bool fill(int fd, struct hf_file *file)
{
    size_t room = 0;
    for (;;) {
        if (file->len + 1 >= room) {
            size_t grown = room == 0 ? 8192 : room * 2;
            char *bytes = grown > 2 * (size_t)HF_FILE_MAX ? NULL : malloc(grown);
            if (bytes == NULL) {
                errno = EFBIG;
                return false;
            }
            if (file->bytes != NULL)
                memcpy(bytes, file->bytes, file->len);
            struct hf_file old = *file;
            hf_file_wipe(&old);
            file->bytes = bytes;
            room = grown;
        }
        ssize_t got = read(fd, file->bytes + file->len, room - file->len - 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            file->bytes[file->len] = '\0';
            return got == 0;
        }
        file->len += (size_t)got;
    }
}

bool hf_file_read(const char *path, struct hf_file *ret_file, struct hf_failure *ret_failure)
{
    struct hf_file file = {.bytes = NULL};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool read_all = fd >= 0 && fill(fd, &file);
    int error = errno;
    if (fd >= 0)
        close(fd);
    if (!read_all) {
        hf_file_wipe(&file);
        return hf_file_fail(HF_ERR_file_unreadable, path, error, ret_failure);
    }
    *ret_file = file;
    return true;
}

void hf_file_wipe(struct hf_file *file)
{
    if (file->bytes != NULL)
        explicit_bzero(file->bytes, file->len);
    free(file->bytes);
    *file = (struct hf_file){.bytes = NULL};
}

static bool write_all(int fd, const char *text)
{
    for (size_t left = strlen(text); left > 0;) {
        ssize_t done = write(fd, text, left);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return false;
        text += done;
        left -= (size_t)done;
    }
    return true;
}

/* The directory's entry must be on disk, too, before the file counts as written. */
static void sync_directory_of(const char *path)
{
    char directory[HF_FILE_PATH_MAX];
    (void)snprintf(directory, sizeof(directory), "%s", path);
    char *slash = strrchr(directory, '/');
    if (slash != NULL)
        slash[slash == directory ? 1 : 0] = '\0';
    int fd = open(slash == NULL ? "." : directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
}

static bool write_temporary(char *temporary, const char *path, const char *text, int mode)
{
    int len = snprintf(temporary, HF_FILE_PATH_MAX, "%s.new.%ld", path, (long)getpid());
    if (len < 0 || len >= HF_FILE_PATH_MAX) {
        errno = ENAMETOOLONG;
        return false;
    }
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, HF_FILE_PRIVATE);
    if (fd < 0)
        return false;
    bool written = write_all(fd, text) && fchmod(fd, (mode_t)mode) == 0 && fsync(fd) == 0;
    int error = errno;
    written = close(fd) == 0 && written;
    if (!written) {
        (void)unlink(temporary);
        errno = error;
    }
    return written;
}

bool hf_file_write_new(const char *path, const char *text, int mode, struct hf_failure *ret_failure)
{
    char temporary[HF_FILE_PATH_MAX];
    if (!write_temporary(temporary, path, text, mode))
        return hf_file_fail(HF_ERR_file_not_written, path, errno, ret_failure);
    bool linked = link(temporary, path) == 0;
    int error = errno;
    (void)unlink(temporary);
    if (!linked)
        return hf_file_fail(error == EEXIST ? HF_ERR_file_exists : HF_ERR_file_not_written, path,
                            error == EEXIST ? 0 : error, ret_failure);
    sync_directory_of(path);
    return true;
}

bool hf_file_replace(const char *path, const char *text, int mode, struct hf_failure *ret_failure)
{
    char temporary[HF_FILE_PATH_MAX];
    if (!write_temporary(temporary, path, text, mode))
        return hf_file_fail(HF_ERR_file_not_written, path, errno, ret_failure);
    if (rename(temporary, path) != 0) {
        int error = errno;
        (void)unlink(temporary);
        return hf_file_fail(HF_ERR_file_not_written, path, error, ret_failure);
    }
    sync_directory_of(path);
    return true;
}

bool hf_file_append(const char *path, const char *line, struct hf_failure *ret_failure)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, HF_FILE_PRIVATE);
    bool written = fd >= 0 && write_all(fd, line) && fsync(fd) == 0;
    int error = errno;
    if (fd >= 0)
        close(fd);
    return written ? true : hf_file_fail(HF_ERR_file_not_written, path, error, ret_failure);
}

bool hf_file_exists(const char *path)
{
    struct stat about;
    return lstat(path, &about) == 0;
}

void hf_file_join(char *into, const char *directory, const char *name)
{
    bool here = directory == NULL || directory[0] == '\0' || strcmp(directory, ".") == 0;
    size_t len = here ? 0 : strlen(directory);
    const char *between = len == 0 || directory[len - 1] == '/' ? "" : "/";
    int written = snprintf(into, HF_FILE_PATH_MAX, "%s%s%s", here ? "" : directory, between, name);
    if (written < 0 || written >= HF_FILE_PATH_MAX)
        into[0] = '\0'; /* opening "" fails with a name: no path of ours is cut in silence */
}
