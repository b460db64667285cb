/* What is measured: CPU time of the calling thread, and the heap.
 * The heap is seen through malloc and its kin, which this program replaces (meter.c): so what a peer's crypto library
 * allocates counts too. Bytes are those that the allocator gave, which is a little more than was asked for. */
#ifndef HF_BENCH_METER_H
#define HF_BENCH_METER_H

#include <stdbool.h>
#include <stddef.h>

/* Nanoseconds of CPU time of this thread; and of the clock on the wall. */
double bench_cpu_ns(void);
double bench_wall_ns(void);

struct bench_heap {
    long live;        /* bytes */
    long peak;        /* of live */
    long allocations; /* calls that gave memory */
};

/* From now on allocations of this thread count for `heap`; NULL: for nobody. One thread at a time. */
void bench_heap_watch(struct bench_heap *heap);

#endif
