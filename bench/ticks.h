/* The finest clock that the CPU has, kept in place among the instructions around it. */
#ifndef HF_BENCH_TICKS_H
#define HF_BENCH_TICKS_H

#include <stdint.h>

#if defined(__x86_64__)
#define BENCH_TICKS "cycles"
static inline uint64_t bench_ticks(void)
{
    uint32_t low = 0;
    uint32_t high = 0;
    __asm__ __volatile__("lfence\n\trdtsc\n\tlfence" : "=a"(low), "=d"(high) : : "memory");
    return (uint64_t)high << 32 | low;
}
#elif defined(__aarch64__)
#define BENCH_TICKS "ticks"
static inline uint64_t bench_ticks(void)
{
    uint64_t ticks = 0;
    __asm__ __volatile__("isb\n\tmrs %0, cntvct_el0\n\tisb" : "=r"(ticks) : : "memory");
    return ticks;
}
#else
#include <time.h>
#define BENCH_TICKS "ns"
static inline uint64_t bench_ticks(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}
#endif

#endif
