/* Any number that is expected, any bits that a unified header shows: the number found has these bits, is a number that
 * a record can have, and none with the same bits is nearer to what is expected. RFC 9147 4.2.2.
 * sources: record/dtls13.c
 * unwind: 2 */
#include "prove.h"

#include "record/dtls13.h"
#include "record/dtls_plain.h"

static uint64_t distance(uint64_t a, uint64_t b)
{
    return a > b ? a - b : b - a;
}

int main(void)
{
    uint64_t expected = nondet_u64();
    unsigned bits = nondet_bool() ? 8 : 16;
    uint64_t span = UINT64_C(1) << bits;
    uint64_t low = nondet_u64();
    PROVE_ASSUME(expected <= HF_DTLS_SEQUENCE_MAX + 1 && low < span);
    uint64_t number = hf_dtls13_reconstruct(expected, low, bits);
    PROVE_ASSERT((number & (span - 1)) == low);
    if (expected <= HF_DTLS_SEQUENCE_MAX)
        PROVE_ASSERT(number <= HF_DTLS_SEQUENCE_MAX);
    uint64_t other = nondet_u64();
    PROVE_ASSUME((other & (span - 1)) == low && other <= HF_DTLS_SEQUENCE_MAX);
    if (expected <= HF_DTLS_SEQUENCE_MAX)
        PROVE_ASSERT(distance(number, expected) <= distance(other, expected));
    return 0;
}
