/* zlib in one call each way: the output's room is the exact length, so nothing can grow beyond it. */
#include "compression/zlib.h"

#include "base/allocation.h"

#include <zlib.h>

bool hf_zlib_available(void)
{
    return true;
}

static voidpf allocate(voidpf opaque, uInt count, uInt size)
{
    return hf_allocation_array(opaque, count, size);
}

static void release(voidpf opaque, voidpf memory)
{
    hf_allocation_free(opaque, memory);
}

/* zlib counts in uInt and takes input as its own: it only reads it. */
static bool lend(z_stream *stream, void *context, struct hf_span from, struct hf_span into)
{
    if (from.len > UINT32_MAX || into.len > UINT32_MAX)
        return false;
    *stream = (z_stream){
        .zalloc = allocate,
        .zfree = release,
        .opaque = context,
        .next_in = (Bytef *)(uintptr_t)from.data,
        .avail_in = (uInt)from.len,
        .next_out = (Bytef *)(uintptr_t)into.data,
        .avail_out = (uInt)into.len,
    };
    return true;
}

bool hf_zlib_compress(void *context, const uint8_t *bytes, size_t bytes_len, uint8_t *into, size_t room,
                      size_t *ret_len)
{
    z_stream stream;
    if (!lend(&stream, context, hf_span_of(bytes, bytes_len), hf_span_of(into, room)) ||
        deflateInit(&stream, Z_BEST_COMPRESSION) != Z_OK)
        return false;
    const bool is_done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
    const size_t left = stream.avail_out;
    (void)deflateEnd(&stream);
    if (is_done)
        *ret_len = room - left;
    return is_done;
}

bool hf_zlib_decompress(void *context, const uint8_t *compressed, size_t compressed_len, uint8_t *into, size_t len)
{
    z_stream stream;
    if (!lend(&stream, context, hf_span_of(compressed, compressed_len), hf_span_of(into, len)) ||
        inflateInit(&stream) != Z_OK)
        return false;
    const bool is_whole = inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_in == 0 && stream.avail_out == 0;
    (void)inflateEnd(&stream);
    return is_whole;
}
