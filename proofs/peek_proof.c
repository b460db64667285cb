/* What a listener reads before it keeps anything: any first record, any extensions of up to LEN bytes, any piece of a
 * hello of up to PIECE_LEN, and any datagram with an ID. All that is found lies in what was given; a cookie that is
 * found in a piece is framed as RFC 9846 4.3.2 says, and the search always comes further. The walk over the lists
 * before the extensions is the reader's (reader_proof.c) and the unit test's.
 * sources: base/reader.c base/span.c
 * unwind: 9
 * unwindset: read_extensions.0:5 hf_peek_next_cookie.0:10 main.0:21 */
#include "prove.h"

#include "listener/peek.c"

enum { LEN = 12, PIECE_LEN = 9, DATAGRAM_LEN = 20 };

static uint8_t bytes[DATAGRAM_LEN];

/* Not reached by what is proven here. */
enum hf_error hf_hello_cookie_cut(struct hf_span body, struct hf_hello_cookie *ret_parts)
{
    (void)body, (void)ret_parts;
    return HF_ERR_decode_error;
}

static bool lies_in(struct hf_span part, size_t len)
{
    return part.len == 0 || (part.data >= bytes && part.len <= len && (size_t)(part.data - bytes) <= len - part.len);
}

static void extensions(size_t len)
{
    struct hf_peek peek = {0};
    struct hf_reader reader = hf_reader_of(hf_span_of(bytes, len));
    PROVE_ASSUME(len <= LEN);
    read_extensions(&reader, &peek);
    PROVE_ASSERT(lies_in(peek.retry_cookie, len) && lies_in(peek.versions, len));
    PROVE_ASSERT(peek.retry_cookie.len + 8 <= len || peek.retry_cookie.len == 0);
}

static void piece(size_t len)
{
    size_t at = nondet_size();
    struct hf_span cookie = {0};
    PROVE_ASSUME(len <= PIECE_LEN && at <= len);
    const size_t from = at;
    if (!hf_peek_next_cookie(hf_span_of(bytes, len), &at, &cookie)) {
        PROVE_ASSERT(at == len);
        return;
    }
    PROVE_ASSERT(at > from && at <= len && cookie.len > 0 && lies_in(cookie, len));
    PROVE_ASSERT(cookie.data == bytes + at - 1 + 6 && bytes[at - 1] == 0 && bytes[at] == HF_EXTENSION_cookie);
}

static void record(size_t len)
{
    uint64_t sequence = 0;
    struct hf_span content = {0};
    if (!read_record(hf_span_of(bytes, len), &sequence, &content))
        return;
    PROVE_ASSERT(sequence >> 48 == 0 && bytes[0] == HF_CONTENT_HANDSHAKE && bytes[1] == VERSION_MAJOR);
    PROVE_ASSERT(bytes[3] == 0 && bytes[4] == 0 && content.len > 0);
    PROVE_ASSERT(content.data == bytes + 13 && content.len == ((size_t)bytes[11] << 8 | bytes[12]) &&
                 content.len <= len - 13);
}

static void id(size_t len)
{
    const size_t id_len = nondet_size();
    struct hf_span found = {0};
    if (!hf_peek_id(hf_span_of(bytes, len), id_len, &found))
        return;
    PROVE_ASSERT(found.len == id_len && id_len > 0 && lies_in(found, len));
    PROVE_ASSERT(found.data == bytes + (bytes[0] == HF_CONTENT_TLS12_CID ? 11 : 1));
}

int main(void)
{
    const size_t len = nondet_size();
    PROVE_ASSUME(len <= DATAGRAM_LEN);
    for (size_t i = 0; i < DATAGRAM_LEN; i++)
        bytes[i] = nondet_u8();
    switch (nondet_u8() % 4) {
    case 0:
        extensions(len);
        break;
    case 1:
        piece(len);
        break;
    case 2:
        record(len);
        break;
    default:
        id(len);
    }
    return 0;
}
