/* Any record of up to LEN bytes as handshake fragments: what is read lies in the record and within its message.
 * sources: datagram/fragment.c base/reader.c base/writer.c base/span.c
 * unwind: 9 */
#include "prove.h"

#include "datagram/fragment.h"

enum { LEN = 28 };

int main(void)
{
    size_t len = nondet_size();
    PROVE_ASSUME(len <= LEN);
    uint8_t *bytes = prove_bytes(len);
    struct hf_reader content = hf_reader_of(hf_span_of(bytes, len));
    struct hf_fragment fragment = {0};
    for (int i = 0; i < 2 && hf_fragment_read(&content, &fragment); i++) {
        PROVE_ASSERT(fragment.message_len <= 0xffffff);
        PROVE_ASSERT(fragment.offset + fragment.bytes.len <= fragment.message_len);
        PROVE_ASSERT(fragment.bytes.len == 0 || (fragment.bytes.data >= bytes + HF_FRAGMENT_HEADER_LEN &&
                                                 fragment.bytes.data + fragment.bytes.len <= bytes + len));
    }
    return 0;
}
