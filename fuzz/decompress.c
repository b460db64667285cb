/* Fuzzes what becomes of a peer's compressed certificate: the algorithm by the first byte, the length that is said by
 * the next two, then the stream. Never more comes out than was said, and memory stays within a bound of it. */
#include <stdlib.h>

#include "compression/brotli.h"
#include "compression/zlib.h"
#include "compression/zstd.h"
#include "support/test_allocator.h"

enum { HEADER = 3, GUARD = 0x5a };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t into[65536 + 1];
    struct hf_test_allocator test;
    bool done = false;
    if (size < HEADER)
        return 0;
    const size_t len = (size_t)(data[1] << 8 | data[2]);
    hf_test_allocator_init(&test, 0);
    into[len] = GUARD;
    if (data[0] % 3 == 0)
        done = hf_zlib_decompress(&test.allocator, data + HEADER, size - HEADER, into, len);
    else if (data[0] % 3 == 1)
        done = hf_brotli_decompress(&test.allocator, data + HEADER, size - HEADER, into, len);
    else
        done = hf_zstd_decompress(&test.allocator, data + HEADER, size - HEADER, into, len);
    (void)done;
    if (into[len] != GUARD || test.live != 0 || test.peak_bytes > 300000 + 6 * len)
        abort();
    return 0;
}
