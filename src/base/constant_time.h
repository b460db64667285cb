/* Choosing without branches: masks of all ones or all zeros, so that neither time nor memory accesses tell what was
 * chosen. For what an attacker would like to know bit by bit: padding, lengths and premasters (Lucky Thirteen,
 * Bleichenbacher). Values are below SIZE_MAX / 2. */
#ifndef HF_BASE_CONSTANT_TIME_H
#define HF_BASE_CONSTANT_TIME_H

#include <stddef.h>
#include <stdint.h>

/* The same value, of which the compiler no longer knows anything: it would turn masks back into branches, and count
 * loops by secrets. */
static inline size_t hf_constant_time_hide(size_t value)
{
    __asm__("" : "+r"(value));
    return value;
}

/* All ones when the highest bit of `value` is set, else 0. */
static inline size_t hf_constant_time_top(size_t value)
{
    return hf_constant_time_hide((size_t)0 - (value >> (sizeof value * 8 - 1)));
}

/* All ones when a < b. */
static inline size_t hf_constant_time_less(size_t a, size_t b)
{
    return hf_constant_time_top(hf_constant_time_hide(a) - hf_constant_time_hide(b));
}

/* All ones when a == b. */
static inline size_t hf_constant_time_equal(size_t a, size_t b)
{
    size_t different = hf_constant_time_hide(a) ^ hf_constant_time_hide(b);
    return hf_constant_time_top(~different & (different - 1));
}

/* `a` where the mask has ones, else `b`. */
static inline size_t hf_constant_time_select(size_t mask, size_t a, size_t b)
{
    return (mask & a) | (~mask & b);
}

#endif
