#include "welch.h"

#include <math.h>
#include <stdlib.h>

enum { CUTS = 20, LEAST = 500 };

static int compare_ticks(const void *a, const void *b)
{
    const uint64_t left = *(const uint64_t *)a;
    const uint64_t right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

struct moments {
    double count;
    double mean;
    double squares; /* sum of squared distances from the mean */
};

/* Welford's way, which loses nothing by adding up. */
static void add(struct moments *moments, double value)
{
    const double before = value - moments->mean;
    moments->count += 1;
    moments->mean += before / moments->count;
    moments->squares += before * (value - moments->mean);
}

static double squared_error(const struct moments *moments)
{
    return moments->squares / (moments->count - 1) / moments->count;
}

static struct welch_result compare_below(const struct welch_sample *samples, size_t count, uint64_t limit)
{
    struct moments classes[2] = {{.count = 0}, {.count = 0}};
    for (size_t i = 0; i < count; i++)
        if (samples[i].ticks <= limit)
            add(&classes[samples[i].in_class], (double)samples[i].ticks);
    struct welch_result result = {.kept = (classes[0].count + classes[1].count) / (double)count,
                                  .mean = classes[0].mean,
                                  .difference = classes[0].mean - classes[1].mean};
    if (classes[0].count < LEAST || classes[1].count < LEAST)
        return result;
    const double error = sqrt(squared_error(&classes[0]) + squared_error(&classes[1]));
    result.t = error > 0                ? result.difference / error
               : result.difference == 0 ? 0
                                        : copysign(HUGE_VAL, result.difference);
    return result;
}

struct welch_result welch_compare(const struct welch_sample *samples, size_t count, uint64_t *room)
{
    for (size_t i = 0; i < count; i++)
        room[i] = samples[i].ticks;
    qsort(room, count, sizeof *room, compare_ticks);
    struct welch_result worst = compare_below(samples, count, UINT64_MAX);
    for (size_t i = 0; i < CUTS; i++) {
        const double part = 1 - pow(0.5, 10.0 * (double)(i + 1) / CUTS);
        const struct welch_result cut = compare_below(samples, count, room[(size_t)((double)(count - 1) * part)]);
        if (fabs(cut.t) > fabs(worst.t))
            worst = cut;
    }
    return worst;
}
