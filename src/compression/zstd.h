/* Certificates by Zstandard (RFC 8878; RFC 8879 4). Two sources implement this: zstd.c and, built without, zstd_none.c.
 * The functions are those of struct hf_certificate_compression (<handfast/compression.h>); their context is not
 * looked at, as libzstd takes no allocator by its stable interface; of a peer's bytes never more comes out than was
 * asked for. */
#ifndef HF_COMPRESSION_ZSTD_H
#define HF_COMPRESSION_ZSTD_H

#include "base/must.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether this library was built with it. */
bool hf_zstd_available(void);

/* False: it does not fit into `room`, or there is no memory. */
HF_MUST bool hf_zstd_compress(void *context, const uint8_t *bytes, size_t bytes_len, uint8_t *into, size_t room,
                              size_t *ret_len);

/* False: what comes out is not exactly `len` bytes, or something stands behind it, or there is no memory. */
HF_MUST bool hf_zstd_decompress(void *context, const uint8_t *compressed, size_t compressed_len, uint8_t *into,
                                size_t len);

#endif
