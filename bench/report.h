/* The results as a table on the screen, and as JSON. */
#ifndef HF_BENCH_REPORT_H
#define HF_BENCH_REPORT_H

#include <stdio.h>

#include "contest.h"

void bench_report_table(const struct bench_results *results, FILE *out);
void bench_report_json(const struct bench_results *results, FILE *out);

#endif
