/* Files that the caller of the builder names: identities. The library reads no file that it was not given. */
#ifndef HF_API_READ_FILE_H
#define HF_API_READ_FILE_H

#include "base/buffer.h"
#include "error/error.h"

/* Appends the file's bytes; the buffer's maximum bounds them. file_unreadable and *ret_failure (where: the path; got:
 * the reason) when it cannot be read, file_malformed when it is longer than the maximum. */
HF_MUST enum hf_error hf_read_file(const char *path, struct hf_buffer *into, struct hf_failure *ret_failure);

#endif
