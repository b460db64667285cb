/* Memory of the application in pieces, as struct iovec has it: several count as one, one after the other. */
#ifndef HANDFAST_PIECES_H
#define HANDFAST_PIECES_H

#include <stddef.h>

/* Bytes to read from; data may be NULL when len is 0. */
struct hf_bytes {
    const void *data;
    size_t len;
};

/* Room to write to; data may be NULL when len is 0. */
struct hf_room {
    void *data;
    size_t len;
};

#endif
