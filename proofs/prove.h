/* What all harnesses share. A harness is a program without a test's numbers: every nondet_ value may be anything, and
 * CBMC searches all of them, within the bounds that the harness states, for one that breaks an assertion, reads or
 * writes out of bounds, overflows or is undefined (proofs/run has the list of checks). */
#ifndef HF_PROVE_H
#define HF_PROVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define PROVE_ASSUME(condition) __CPROVER_assume(condition)
#define PROVE_ASSERT(condition) __CPROVER_assert(condition, #condition)

uint8_t nondet_u8(void);
uint16_t nondet_u16(void);
uint32_t nondet_u32(void);
uint64_t nondet_u64(void);
size_t nondet_size(void);
bool nondet_bool(void);

/* A block of exactly `len` bytes of any content, so that one byte beyond is out of bounds. */
static inline uint8_t *prove_bytes(size_t len)
{
    uint8_t *bytes = malloc(len);
    PROVE_ASSUME(bytes != NULL);
    return bytes;
}

#endif
