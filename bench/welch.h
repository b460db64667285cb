/* Whether two classes of inputs take the same time: Welch's t-test over interleaved measurements, raw and with the
 * slowest cut away at several heights (after Reparaz, Balasch and Verbauwhede, "Dude, is my code constant time?",
 * 2017). |t| below 4.5 says nothing was found; above 10 that there is a difference. */
#ifndef HF_BENCH_WELCH_H
#define HF_BENCH_WELCH_H

#include <stddef.h>
#include <stdint.h>

struct welch_sample {
    uint64_t ticks;
    unsigned char in_class; /* 0 or 1 */
};

struct welch_result {
    double t;          /* the largest |t| of all cuts, with its sign: above 0 when class 0 takes longer */
    double kept;       /* which part of the samples was left by that cut, 0 to 1 */
    double mean;       /* ticks of class 0, by that cut */
    double difference; /* class 0 less class 1, in ticks, by that cut */
};

/* `room` has as many entries as `samples`; it is written over. */
struct welch_result welch_compare(const struct welch_sample *samples, size_t count, uint64_t *room);

#endif
