/* Built without zlib: nobody is offered it. */
#include "compression/zlib.h"

bool hf_zlib_available(void)
{
    return false;
}

bool hf_zlib_compress(void *context, const uint8_t *bytes, size_t bytes_len, uint8_t *into, size_t room,
                      size_t *ret_len)
{
    (void)context, (void)bytes, (void)bytes_len, (void)into, (void)room, (void)ret_len;
    return false;
}

bool hf_zlib_decompress(void *context, const uint8_t *compressed, size_t compressed_len, uint8_t *into, size_t len)
{
    (void)context, (void)compressed, (void)compressed_len, (void)into, (void)len;
    return false;
}
