/* Any 13 bytes that stand before a record of DTLS (RFC 6347 4.1): what is read, written again, is the same bytes, and
 * the number fits the 48 bits that it has. Shorter headers are read as zeros, and nothing behind them is.
 * sources: record/dtls_plain.c base/allocation.c base/secret.c base/reader.c base/writer.c base/span.c
 * unwind: 14 */
#include "prove.h"

#include "record/dtls_plain.h"

int main(void)
{
    size_t len = nondet_size();
    PROVE_ASSUME(len <= HF_DTLS_HEADER_LEN);
    uint8_t *bytes = prove_bytes(len);
    uint8_t again[HF_DTLS_HEADER_LEN];
    const struct hf_record_content content = hf_dtls_plain_read_header(hf_span_of(bytes, len));
    PROVE_ASSERT(content.sequence <= HF_DTLS_SEQUENCE_MAX && content.bytes.len == 0 && content.id.len == 0);
    PROVE_ASSERT(hf_dtls_plain_number(&content) >> 48 == content.epoch);
    PROVE_ASSERT((hf_dtls_plain_number(&content) & HF_DTLS_SEQUENCE_MAX) == content.sequence);
    if (len < HF_DTLS_HEADER_LEN || content.version == 0)
        return 0;
    size_t body_len = (size_t)bytes[11] << 8 | bytes[12];
    size_t at = nondet_size();
    struct hf_writer writer = hf_writer_of(again, sizeof again);
    hf_dtls_plain_write_header(&content, body_len, &writer);
    PROVE_ASSUME(at < sizeof again);
    PROVE_ASSERT(!writer.bad && writer.len == sizeof again && again[at] == bytes[at]);
    return 0;
}
