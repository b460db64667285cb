/* Brotli in one call each way. What a stream announces decides how much its decoder allocates, up to a window of 16
 * MiB, so the decoder gets an allowance that follows from the length asked for. The encoder ends the process when an
 * allocation fails (libbrotlienc as distributions build it), so its allocator does not return then: it leaves, and what
 * the encoder held is given back by a list. */
#include "compression/brotli.h"

#include "base/allocation.h"

#include <setjmp.h>

#include <brotli/decode.h>
#include <brotli/encode.h>

bool hf_brotli_available(void)
{
    return true;
}

/* ---- decoding ---- */

/* The decoder's state and tables take some 100 KB at most, its ring holds no more than twice what comes out and grows
 * by doubling, so all its rings together less than six times. */
enum { TABLES = 262144, RINGS = 6 };

struct allowance {
    const struct hf_allocator *allocator;
    size_t left; /* what was given back does not count again */
};

static void *allow(void *opaque, size_t size)
{
    struct allowance *allowance = opaque;
    if (size > allowance->left)
        return NULL;
    allowance->left -= size;
    return hf_allocation_bytes(allowance->allocator, size);
}

static void give_back(void *opaque, void *memory)
{
    const struct allowance *allowance = opaque;
    hf_allocation_free(allowance->allocator, memory);
}

bool hf_brotli_decompress(void *context, const uint8_t *compressed, size_t compressed_len, uint8_t *into, size_t len)
{
    struct allowance allowance = {.allocator = context, .left = TABLES + RINGS * len};
    BrotliDecoderState *decoder = BrotliDecoderCreateInstance(allow, give_back, &allowance);
    if (decoder == NULL)
        return false;
    size_t in_left = compressed_len, out_left = len;
    const bool is_whole = BrotliDecoderDecompressStream(decoder, &in_left, &compressed, &out_left, &into, NULL) ==
                              BROTLI_DECODER_RESULT_SUCCESS &&
                          in_left == 0 && out_left == 0;
    BrotliDecoderDestroyInstance(decoder);
    return is_whole;
}

/* ---- encoding ---- */

/* In front of each block; as aligned as any memory must be. */
union block {
    struct {
        union block *next, *before;
    } list;
    max_align_t aligned;
};

struct encoding {
    const struct hf_allocator *allocator;
    union block held; /* the list's head */
    jmp_buf no_memory;
    const uint8_t *in;
    uint8_t *out;
    size_t in_left, out_left;
};

static void *hold(void *opaque, size_t size)
{
    struct encoding *encoding = opaque;
    union block *block = size > SIZE_MAX - sizeof *block
                             ? NULL
                             : (union block *)(void *)hf_allocation_bytes(encoding->allocator, sizeof *block + size);
    if (block == NULL)
        longjmp(encoding->no_memory, 1);
    block->list.next = encoding->held.list.next;
    block->list.before = &encoding->held;
    block->list.next->list.before = block;
    encoding->held.list.next = block;
    return block + 1;
}

static void let_go(void *opaque, void *memory)
{
    const struct encoding *encoding = opaque;
    if (memory == NULL)
        return;
    union block *block = (union block *)memory - 1;
    block->list.before->list.next = block->list.next;
    block->list.next->list.before = block->list.before;
    hf_allocation_free(encoding->allocator, block);
}

/* The window needs no more than the bytes there are: a smaller one is a smaller stream and less for the reader. */
static uint32_t window_for(size_t len)
{
    uint32_t bits = BROTLI_MIN_WINDOW_BITS;
    while (bits < BROTLI_MAX_WINDOW_BITS && ((size_t)1 << bits) - 16 < len)
        bits++;
    return bits;
}

/* Its default quality is the best there is. */
static bool encode(struct encoding *encoding)
{
    BrotliEncoderState *encoder = BrotliEncoderCreateInstance(hold, let_go, encoding);
    if (encoder == NULL)
        return false;
    return BrotliEncoderSetParameter(encoder, BROTLI_PARAM_LGWIN, window_for(encoding->in_left)) &&
           BrotliEncoderSetParameter(encoder, BROTLI_PARAM_SIZE_HINT, (uint32_t)encoding->in_left) &&
           BrotliEncoderCompressStream(encoder, BROTLI_OPERATION_FINISH, &encoding->in_left, &encoding->in,
                                       &encoding->out_left, &encoding->out, NULL) &&
           BrotliEncoderIsFinished(encoder);
}

/* The encoder itself lies in the list too. */
static bool encode_or_leave(struct encoding *encoding)
{
    return setjmp(encoding->no_memory) == 0 && encode(encoding);
}

bool hf_brotli_compress(void *context, const uint8_t *bytes, size_t bytes_len, uint8_t *into, size_t room,
                        size_t *ret_len)
{
    struct encoding encoding = {.allocator = context, .in = bytes, .in_left = bytes_len, .out = into, .out_left = room};
    encoding.held.list.next = encoding.held.list.before = &encoding.held;
    const bool is_done = encode_or_leave(&encoding);
    while (encoding.held.list.next != &encoding.held)
        let_go(&encoding, encoding.held.list.next + 1);
    if (is_done)
        *ret_len = room - encoding.out_left;
    return is_done;
}
