/* Files read whole and written whole: a new file appears complete or not at all, keys are never readable by others, and
 * nothing is overwritten unless replacing was asked for. */
#ifndef HF_CLI_FILE_H
#define HF_CLI_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include <handfast/failure.h>

enum {
    HF_FILE_MAX = 16777216, /* bytes of a file that is read */
    HF_FILE_PATH_MAX = 4096,
    HF_FILE_PRIVATE = 0600, /* modes */
    HF_FILE_PUBLIC = 0644
};

/* A file's bytes, with a NUL behind them. */
struct hf_file {
    char *bytes;
    size_t len;
};

/* Each of these returns false with *ret_failure filled; `where` in it is the path. */

/* Reads a file whole; give it back with hf_file_wipe. */
bool hf_file_read(const char *path, struct hf_file *ret_file, struct hf_failure *ret_failure);

/* Writes a new file; HF_ERR_file_exists when there is one of this name. By a temporary file in the same directory,
 * flushed to disk, then linked to its name. */
bool hf_file_write_new(const char *path, const char *text, int mode, struct hf_failure *ret_failure);

/* The same, but takes the place of a file that may be there, in one step. */
bool hf_file_replace(const char *path, const char *text, int mode, struct hf_failure *ret_failure);

/* Appends one line, made by the caller, line end included, to a file that may not be there yet. */
bool hf_file_append(const char *path, const char *line, struct hf_failure *ret_failure);

/* Whether there is something of this name. */
bool hf_file_exists(const char *path);

/* Fills a failure about a path; errno_value 0: nothing more is known. Returns false. */
bool hf_file_fail(enum hf_error error, const char *path, int errno_value, struct hf_failure *ret_failure);

/* Says in a failure that came from elsewhere which file it is about. */
void hf_file_name(struct hf_failure *failure, const char *path);

/* Puts "directory/name" into `into` (HF_FILE_PATH_MAX bytes); directory NULL or ".": the name alone. */
void hf_file_join(char *into, const char *directory, const char *name);

/* Wipes and frees. */
void hf_file_wipe(struct hf_file *file);

#endif
