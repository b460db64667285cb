/* Any inner plaintext of up to LEN bytes (RFC 9846 5.4): content, type and zeros are exactly what was there.
 * sources: record/inner_plaintext.c base/span.c
 * unwind: 14 */
#include "prove.h"

#include "record/inner_plaintext.h"

enum { LEN = 12 };

int main(void)
{
    size_t len = nondet_size();
    PROVE_ASSUME(len <= LEN);
    uint8_t *bytes = prove_bytes(len);
    struct hf_record_content content = {0};
    enum hf_error error = hf_inner_plaintext_read(hf_span_of(bytes, len), &content);
    size_t at = nondet_size();
    PROVE_ASSUME(at < len);
    if (error == HF_OK) {
        PROVE_ASSERT(content.bytes.len + 1 + content.padding == len && content.type != 0);
        PROVE_ASSERT(bytes[content.bytes.len] == content.type);
        PROVE_ASSERT(at <= content.bytes.len || bytes[at] == 0);
    } else {
        PROVE_ASSERT(error == HF_ERR_inner_plaintext_empty && bytes[at] == 0);
    }
    return 0;
}
