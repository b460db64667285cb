#include "contest.h"

#include <stdio.h>
#include <stdlib.h>

#include "peer.h"

enum { CONTENDERS = BENCH_PEERS_MAX + BENCH_FLOORS_MAX };

struct turns {
    double values[CONTENDERS][BENCH_VALUES_MAX][BENCH_TURNS_MAX];
    size_t counts[CONTENDERS];
    bool out[CONTENDERS];
};

bool bench_more_is_better(enum bench_unit unit)
{
    return unit == BENCH_MB_S || unit == BENCH_PER_S;
}

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static double median(double *values, size_t count)
{
    if (count == 0)
        return 0;
    qsort(values, count, sizeof *values, compare);
    return count % 2 == 1 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static void take_turn(struct turns *turns, size_t who, bench_probe probe, void *context)
{
    double values[BENCH_VALUES_MAX] = {0};
    if (context == NULL || probe == NULL || turns->out[who])
        return;
    if (!probe(context, values)) {
        turns->out[who] = true;
        turns->counts[who] = 0;
        return;
    }
    for (size_t i = 0; i < BENCH_VALUES_MAX; i++)
        turns->values[who][i][turns->counts[who]] = values[i];
    turns->counts[who]++;
}

static void append(const struct bench_contest *contest, struct turns *turns, struct bench_results *results)
{
    for (size_t value = 0; value < contest->value_count && results->count < BENCH_RESULTS_MAX; value++) {
        struct bench_result *result = &results->at[results->count++];
        (void)snprintf(result->name, sizeof result->name, "%s: %s", contest->name, contest->value_names[value]);
        result->unit = contest->units[value];
        for (size_t i = 0; i < BENCH_PEERS_MAX; i++)
            result->values[i] = median(turns->values[i][value], turns->counts[i]);
        for (size_t i = 0; i < BENCH_FLOORS_MAX; i++)
            result->floors[i] = median(turns->values[BENCH_PEERS_MAX + i][value], turns->counts[BENCH_PEERS_MAX + i]);
    }
}

void bench_contest_run(const struct bench_contest *contest, struct bench_results *results)
{
    struct turns *turns = calloc(1, sizeof *turns);
    if (turns == NULL)
        abort();
    (void)fprintf(stderr, "  %s\n", contest->name);
    for (size_t turn = 0; turn < contest->turns && turn < BENCH_TURNS_MAX; turn++) {
        for (size_t i = 0; i < BENCH_PEERS_MAX; i++)
            take_turn(turns, i, contest->probe, contest->contexts[i]);
        for (size_t i = 0; i < BENCH_FLOORS_MAX; i++)
            take_turn(turns, BENCH_PEERS_MAX + i, contest->floor_probe, contest->floors[i]);
    }
    append(contest, turns, results);
    free(turns);
}
