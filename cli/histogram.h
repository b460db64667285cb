/* How long things took: counted in bins that grow with the value, so that any number of values takes the same room, and
 * each is known to 1/64 (1.6 %) of itself. Microseconds, up to about 70 minutes. */
#ifndef HF_CLI_HISTOGRAM_H
#define HF_CLI_HISTOGRAM_H

#include <stdint.h>

enum {
    HF_HISTOGRAM_FINE = 64,   /* bins for each power of two; values below are counted each by itself */
    HF_HISTOGRAM_POWERS = 26, /* powers of two above these */
    HF_HISTOGRAM_BINS = HF_HISTOGRAM_FINE * (HF_HISTOGRAM_POWERS + 1)
};

/* Zeros: empty. */
struct hf_histogram {
    uint64_t bins[HF_HISTOGRAM_BINS];
    uint64_t count;
    uint64_t max; /* exact */
    uint64_t sum;
};

void hf_histogram_add(struct hf_histogram *histogram, uint64_t value);

/* All of `other`, too. */
void hf_histogram_join(struct hf_histogram *histogram, const struct hf_histogram *other);

/* The least value that at least `permille` of a thousand values do not pass, rounded up within its bin, and never above
 * the greatest; 0 when there are none. */
uint64_t hf_histogram_at(const struct hf_histogram *histogram, unsigned permille);

uint64_t hf_histogram_mean(const struct hf_histogram *histogram);

#endif
