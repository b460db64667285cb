/* Any decrypted record of up to LEN bytes: the padding is good exactly when RFC 5246 6.2.3.2 says so, content and MAC
 * are found where they are, nothing outside the record is read, whatever the padding claims. The loops of 256 steps end
 * at the record's length here; longer records are the unit test's. Masks are made by unsigned numbers that wrap, which
 * C defines.
 * sources: record/cbc_padding.c base/span.c
 * without: --unsigned-overflow-check --conversion-check
 * unwind: 17 */
#include "prove.h"

#include "record/cbc_padding.h"

enum { LEN = 14, MAC = 3 };

static bool is_good(const uint8_t *bytes, size_t len)
{
    size_t padding = (size_t)bytes[len - 1] + 1;
    if (padding + MAC > len)
        return false;
    for (size_t i = 1; i <= LEN; i++)
        if (i <= padding && bytes[len - i] != padding - 1)
            return false;
    return true;
}

int main(void)
{
    size_t len = nondet_size();
    PROVE_ASSUME(len > MAC && len <= LEN);
    uint8_t *bytes = prove_bytes(len);
    struct hf_cbc_padding found = hf_cbc_padding_strip(hf_span_of(bytes, len), MAC);
    bool good = is_good(bytes, len);
    PROVE_ASSERT(found.good == (good ? SIZE_MAX : 0));
    PROVE_ASSERT(found.content_len == len - MAC - (good ? (size_t)bytes[len - 1] + 1 : 0));
    uint8_t mac[HF_DIGEST_MAX];
    hf_cbc_padding_take_mac(hf_span_of(bytes, len), found.content_len, MAC, mac);
    for (size_t i = 0; i < MAC; i++)
        PROVE_ASSERT(mac[i] == bytes[found.content_len + i]);
    return 0;
}
