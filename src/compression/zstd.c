/* Zstandard in one call each way: in that form it writes straight into the room given and needs no window, whatever a
 * frame announces. Its own memory, a context of fixed size, is malloc's. */
#include "compression/zstd.h"

#include <zstd.h>

enum { LEVEL = 19 }; /* the best that costs no memory out of the ordinary */

bool hf_zstd_available(void)
{
    return true;
}

bool hf_zstd_compress(void *context, const uint8_t *bytes, size_t bytes_len, uint8_t *into, size_t room,
                      size_t *ret_len)
{
    (void)context;
    const size_t made = ZSTD_compress(into, room, bytes, bytes_len, LEVEL);
    if (ZSTD_isError(made))
        return false;
    *ret_len = made;
    return true;
}

bool hf_zstd_decompress(void *context, const uint8_t *compressed, size_t compressed_len, uint8_t *into, size_t len)
{
    (void)context;
    return ZSTD_decompress(into, len, compressed, compressed_len) == len;
}
