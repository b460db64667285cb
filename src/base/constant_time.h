/* Choosing without branches: masks of all ones or all zeros, so that neither time nor memory accesses tell what was
 * chosen. For what an attacker would like to know bit by bit: padding, lengths and premasters (Lucky Thirteen,
 * Bleichenbacher). Values are below SIZE_MAX / 2. */
#ifndef HF_BASE_CONSTANT_TIME_H
#define HF_BASE_CONSTANT_TIME_H

#include <stddef.h>
#include <stdint.h>

/* All ones when the highest bit of `value` is set, else 0. The compiler may not see through it. */
static inline size_t hf_constant_time_top(size_t value)
{
    size_t mask = (size_t)0 - (value >> (sizeof value * 8 - 1));
    __asm__("" : "+r"(mask));
    return mask;
}

/* All ones when a < b. */
static inline size_t hf_constant_time_less(size_t a, size_t b)
{
    return hf_constant_time_top(a - b);
}

/* All ones when a == b. */
static inline size_t hf_constant_time_equal(size_t a, size_t b)
{
    return hf_constant_time_top(~(a ^ b) & ((a ^ b) - 1));
}

/* `a` where the mask has ones, else `b`. */
static inline size_t hf_constant_time_select(size_t mask, size_t a, size_t b)
{
    return (mask & a) | (~mask & b);
}

#endif
