/* Any reads from any span of up to LEN bytes: nothing outside it is read, what is lent lies in it, a bad reader yields
 * nothing and stays bad.
 * sources: base/reader.c base/span.c
 * unwind: 9 */
#include "prove.h"

#include "base/reader.h"

enum { LEN = 6, READS = 2 };

static void check_lent(struct hf_span lent, const uint8_t *bytes, size_t len)
{
    if (lent.len > 0)
        PROVE_ASSERT(lent.data >= bytes && lent.len <= len && (size_t)(lent.data - bytes) <= len - lent.len);
}

int main(void)
{
    size_t len = nondet_size();
    PROVE_ASSUME(len <= LEN);
    uint8_t *bytes = prove_bytes(len);
    struct hf_reader reader = hf_reader_of(hf_span_of(bytes, len));
    for (int i = 0; i < READS; i++) {
        size_t left = reader.left;
        bool bad = reader.bad;
        struct hf_span lent = {0};
        switch (nondet_u8() % 4) {
        case 0: {
            size_t width = nondet_size();
            PROVE_ASSUME(width >= 1 && width <= 8);
            uint64_t value = hf_reader_uint(&reader, width);
            PROVE_ASSERT(!reader.bad || value == 0);
            PROVE_ASSERT(width == 8 || value >> (8 * width) == 0);
            break;
        }
        case 1:
            lent = hf_reader_bytes(&reader, nondet_size());
            break;
        case 2: {
            size_t prefix = nondet_size();
            size_t min = nondet_size();
            size_t max = nondet_size();
            PROVE_ASSUME(prefix >= 1 && prefix <= 4);
            lent = hf_reader_vector(&reader, prefix, min, max);
            PROVE_ASSERT(reader.bad || (lent.len >= min && lent.len <= max));
            break;
        }
        default:
            lent = hf_reader_rest(&reader);
            PROVE_ASSERT(reader.left == 0);
            break;
        }
        check_lent(lent, bytes, len);
        PROVE_ASSERT(reader.left <= left);
        PROVE_ASSERT(!bad || reader.bad);
        PROVE_ASSERT(!reader.bad || (reader.left == 0 && lent.len == 0));
    }
    return 0;
}
