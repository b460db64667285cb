#include "api/read_file.h"

#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { CHUNK = 4096 };

static enum hf_error refuse(enum hf_error error, const char *path, const char *got, struct hf_failure *ret_failure)
{
    struct hf_text where = hf_text_of(ret_failure->where, sizeof ret_failure->where);
    hf_text_add_safe(&where, hf_span_of_text(path));
    struct hf_text text = hf_text_of(ret_failure->got, sizeof ret_failure->got);
    hf_text_add(&text, "%s", got);
    ret_failure->error = error;
    return error;
}

static enum hf_error read_all(FILE *file, const char *path, struct hf_buffer *into, struct hf_failure *ret_failure)
{
    size_t got = CHUNK;
    while (got == CHUNK) {
        uint8_t *room = hf_buffer_reserve(into, CHUNK);
        if (room == NULL)
            return refuse(HF_ERR_file_malformed, path, "a file that is too long", ret_failure);
        got = fread(room, 1, CHUNK, file);
        hf_buffer_grew(into, got);
    }
    return ferror(file) ? refuse(HF_ERR_file_unreadable, path, strerror(errno), ret_failure) : HF_OK;
}

enum hf_error hf_read_file(const char *path, struct hf_buffer *into, struct hf_failure *ret_failure)
{
    FILE *file = fopen(path, "rbe");
    if (file == NULL)
        return refuse(HF_ERR_file_unreadable, path, strerror(errno), ret_failure);
    (void)setvbuf(file, NULL, _IONBF, 0); /* keys leave no copy in a stream's buffer */
    enum hf_error error = read_all(file, path, into, ret_failure);
    (void)fclose(file);
    return error;
}
