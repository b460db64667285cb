/* A contest: one thing measured for every contender that can do it, turn by turn in the same run, so that what else the
 * machine does touches all alike. The median of the turns counts. The floor is a contender that does the primitive
 * operations alone, those that this thing cannot avoid. */
#ifndef HF_BENCH_CONTEST_H
#define HF_BENCH_CONTEST_H

#include <stdbool.h>
#include <stddef.h>

enum { BENCH_PEERS_MAX = 6, BENCH_VALUES_MAX = 4, BENCH_TURNS_MAX = 64, BENCH_FLOORS_MAX = 2, BENCH_RESULTS_MAX = 256 };

enum bench_unit { BENCH_US, BENCH_MB_S, BENCH_BYTES, BENCH_COUNT, BENCH_PER_S };

/* Measures once, and fills the values; false: it failed, or there is nothing to measure. */
typedef bool (*bench_probe)(void *context, double *ret_values);

struct bench_contest {
    const char *name;
    const char *value_names[BENCH_VALUES_MAX];
    enum bench_unit units[BENCH_VALUES_MAX];
    size_t value_count;
    bench_probe probe;
    void *contexts[BENCH_PEERS_MAX]; /* in the order of bench_peers; NULL: cannot do this */
    bench_probe floor_probe;         /* NULL: there is no floor */
    void *floors[BENCH_FLOORS_MAX];
    size_t turns;
};

struct bench_result {
    char name[96];
    enum bench_unit unit;
    double values[BENCH_PEERS_MAX];  /* 0: none */
    double floors[BENCH_FLOORS_MAX]; /* 0: none */
};

struct bench_results {
    struct bench_result at[BENCH_RESULTS_MAX];
    size_t count;
};

/* Runs it and appends a result for each value. */
void bench_contest_run(const struct bench_contest *contest, struct bench_results *results);

/* Whether more of this unit is better. */
bool bench_more_is_better(enum bench_unit unit);

#endif
