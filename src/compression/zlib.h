/* Certificates by zlib (RFC 1950; RFC 8879 4). Two sources implement this: zlib.c and, built without, zlib_none.c.
 * The functions are those of struct hf_certificate_compression (<handfast/compression.h>); their context is the
 * allocator (const struct hf_allocator), and of a peer's bytes never more comes out than was asked for. */
#ifndef HF_COMPRESSION_ZLIB_H
#define HF_COMPRESSION_ZLIB_H

#include "base/must.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether this library was built with it. */
bool hf_zlib_available(void);

/* False: it does not fit into `room`, or there is no memory. */
HF_MUST bool hf_zlib_compress(void *context, const uint8_t *bytes, size_t bytes_len, uint8_t *into, size_t room,
                              size_t *ret_len);

/* False: what comes out is not exactly `len` bytes, or something stands behind it, or there is no memory. */
HF_MUST bool hf_zlib_decompress(void *context, const uint8_t *compressed, size_t compressed_len, uint8_t *into,
                                size_t len);

#endif
