#include "histogram.h"

#include <stddef.h>

/* Which bin a value is in: below FINE its own; above, FINE for each power of two. */
static size_t bin_of(uint64_t value)
{
    size_t power = 0;
    while (value >= 2 * (uint64_t)HF_HISTOGRAM_FINE) {
        value /= 2;
        power++;
    }
    size_t bin = power * HF_HISTOGRAM_FINE + (size_t)value;
    return bin < HF_HISTOGRAM_BINS ? bin : HF_HISTOGRAM_BINS - 1;
}

/* The greatest value that is in it. */
static uint64_t top_of(size_t bin)
{
    if (bin < 2 * (size_t)HF_HISTOGRAM_FINE)
        return bin;
    size_t power = bin / HF_HISTOGRAM_FINE - 1;
    uint64_t first = bin - power * HF_HISTOGRAM_FINE;
    return ((first + 1) << power) - 1;
}

void hf_histogram_add(struct hf_histogram *histogram, uint64_t value)
{
    histogram->bins[bin_of(value)]++;
    histogram->count++;
    histogram->sum += value;
    histogram->max = value > histogram->max ? value : histogram->max;
}

void hf_histogram_join(struct hf_histogram *histogram, const struct hf_histogram *other)
{
    for (size_t i = 0; i < HF_HISTOGRAM_BINS; i++)
        histogram->bins[i] += other->bins[i];
    histogram->count += other->count;
    histogram->sum += other->sum;
    histogram->max = other->max > histogram->max ? other->max : histogram->max;
}

uint64_t hf_histogram_at(const struct hf_histogram *histogram, unsigned permille)
{
    uint64_t wanted = (histogram->count * permille + 999) / 1000;
    uint64_t seen = 0;
    if (histogram->count == 0)
        return 0;
    wanted = wanted == 0 ? 1 : wanted;
    for (size_t i = 0; i < HF_HISTOGRAM_BINS - 1; i++) {
        seen += histogram->bins[i];
        if (seen >= wanted)
            return top_of(i) < histogram->max ? top_of(i) : histogram->max;
    }
    return histogram->max;
}

uint64_t hf_histogram_mean(const struct hf_histogram *histogram)
{
    return histogram->count == 0 ? 0 : histogram->sum / histogram->count;
}
