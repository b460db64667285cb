/* glibc lets a program replace malloc and its kin; the originals stay reachable under their inner names. */
#include "meter.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <time.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *memory);

static _Thread_local struct bench_heap *watched;

static double seconds_ns(clockid_t clock)
{
    struct timespec time;
    (void)clock_gettime(clock, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

double bench_cpu_ns(void)
{
    return seconds_ns(CLOCK_THREAD_CPUTIME_ID);
}

double bench_wall_ns(void)
{
    return seconds_ns(CLOCK_MONOTONIC);
}

void bench_heap_watch(struct bench_heap *heap)
{
    watched = heap;
}

static void *note(void *memory)
{
    if (watched == NULL || memory == NULL)
        return memory;
    watched->live += (long)malloc_usable_size(memory);
    watched->allocations++;
    if (watched->live > watched->peak)
        watched->peak = watched->live;
    return memory;
}

static void forget(void *memory)
{
    if (watched != NULL && memory != NULL)
        watched->live -= (long)malloc_usable_size(memory);
}

void *malloc(size_t size)
{
    return note(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
    return note(__libc_calloc(count, size));
}

void *realloc(void *memory, size_t size)
{
    forget(memory);
    return note(__libc_realloc(memory, size));
}

void *memalign(size_t alignment, size_t size)
{
    return note(__libc_memalign(alignment, size));
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return memalign(alignment, size);
}

int posix_memalign(void **ret_memory, size_t alignment, size_t size)
{
    void *memory = memalign(alignment, size);
    if (memory == NULL)
        return ENOMEM;
    *ret_memory = memory;
    return 0;
}

void free(void *memory)
{
    forget(memory);
    __libc_free(memory);
}
