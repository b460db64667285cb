/* DEFLATE by zlib. Each record ends on a byte, with all of its content in it (RFC 3749 2.1), by a sync flush. What
 * comes out of a record is bounded before it is made: a small record cannot become a large one. */
#include "record/compression.h"

#include "base/must.h"

#include <zlib.h>

struct compression {
    struct hf_record_protection protection; /* first: methods get this and mean the whole */
    const struct hf_allocator *allocator;
    struct hf_record_protection *inner;
    bool seals;
    z_stream zlib;
    uint8_t room[HF_RECORD_COMPRESSED_MAX]; /* what was compressed, or inflated: lent until the next record */
};

bool hf_record_compression_available(void)
{
    return true;
}

/* zlib's memory comes from the config's allocator. */
static voidpf allocate(voidpf opaque, uInt count, uInt size)
{
    return hf_allocation_array(opaque, count, size);
}

static void release(voidpf opaque, voidpf memory)
{
    hf_allocation_free(opaque, memory);
}

static void lend(struct compression *compression, struct hf_span from)
{
    compression->zlib.next_in = (Bytef *)(uintptr_t)from.data; /* zlib reads it only */
    compression->zlib.avail_in = (uInt)from.len;
    compression->zlib.next_out = compression->room;
    compression->zlib.avail_out = sizeof compression->room;
}

static struct hf_span made(const struct compression *compression)
{
    return hf_span_of(compression->room, sizeof compression->room - compression->zlib.avail_out);
}

static enum hf_error compression_seal(struct hf_record_protection *protection, const struct hf_record_content *content,
                                      struct hf_writer *into)
{
    struct compression *compression = (struct compression *)protection;
    struct hf_record_content compressed = *content;
    if (content->bytes.len > HF_RECORD_CONTENT_MAX)
        return HF_ERR_internal;
    lend(compression, content->bytes);
    int done = deflate(&compression->zlib, Z_SYNC_FLUSH);
    bool is_empty = content->bytes.len == 0 && done == Z_BUF_ERROR; /* twice empty: zlib has nothing to add */
    if ((done != Z_OK && !is_empty) || compression->zlib.avail_in != 0 || compression->zlib.avail_out == 0)
        return HF_ERR_internal;
    compressed.bytes = made(compression);
    HF_TRY(hf_record_seal(compression->inner, &compressed, into));
    protection->usage = compression->inner->usage;
    return HF_OK;
}

static enum hf_error inflate_content(struct compression *compression, struct hf_span from, struct hf_span *ret_content)
{
    lend(compression, from);
    int done = from.len == 0 ? Z_OK : inflate(&compression->zlib, Z_SYNC_FLUSH);
    struct hf_span content = made(compression);
    if (content.len > HF_RECORD_CONTENT_MAX)
        return HF_ERR_record_too_long; /* RFC 5246 6.2.2: fatal */
    if ((done != Z_OK && done != Z_STREAM_END) || compression->zlib.avail_in != 0)
        return HF_ERR_bad_record;
    *ret_content = content;
    return HF_OK;
}

static enum hf_error compression_open(struct hf_record_protection *protection, const struct hf_record_wire *wire,
                                      uint8_t *into, struct hf_record_content *ret_content)
{
    struct compression *compression = (struct compression *)protection;
    struct hf_record_content content;
    HF_TRY(hf_record_open(compression->inner, wire, into, &content));
    protection->usage = compression->inner->usage;
    HF_TRY(inflate_content(compression, content.bytes, &content.bytes));
    *ret_content = content;
    return HF_OK;
}

static void compression_free(struct hf_record_protection *protection)
{
    struct compression *compression = (struct compression *)protection;
    (void)(compression->seals ? deflateEnd(&compression->zlib) : inflateEnd(&compression->zlib));
    hf_record_free(compression->inner);
    hf_allocation_wipe(compression->allocator, compression, sizeof *compression);
}

static const struct hf_record_methods compression_methods = {
    .seal = compression_seal, .open = compression_open, .free = compression_free};

/* DEFLATE (RFC 1951) in the format of RFC 1950, whose header begins the first record: RFC 3749 2.1. */
static bool start(struct compression *compression)
{
    compression->zlib.zalloc = allocate;
    compression->zlib.zfree = release;
    compression->zlib.opaque = (voidpf)(uintptr_t)compression->allocator;
    return compression->seals ? deflateInit(&compression->zlib, Z_DEFAULT_COMPRESSION) == Z_OK
                              : inflateInit(&compression->zlib) == Z_OK;
}

enum hf_error hf_record_compression_new(const struct hf_allocator *allocator, bool seals,
                                        struct hf_record_protection *inner,
                                        struct hf_record_protection **ret_protection)
{
    struct compression *compression = hf_allocation_new(allocator, sizeof *compression);
    if (compression == NULL) {
        hf_record_free(inner);
        return HF_ERR_no_memory;
    }
    compression->allocator = allocator;
    compression->seals = seals;
    compression->inner = inner;
    if (!start(compression)) {
        hf_record_free(inner);
        hf_allocation_free(allocator, compression);
        return HF_ERR_no_memory;
    }
    inner->content_max = HF_RECORD_COMPRESSED_MAX;
    compression->protection = (struct hf_record_protection){
        .methods = &compression_methods,
        .overhead = (uint16_t)(inner->overhead + HF_RECORD_COMPRESSED_MAX - HF_RECORD_CONTENT_MAX),
    };
    *ret_protection = &compression->protection;
    return HF_OK;
}
