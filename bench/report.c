#include "report.h"

#include "peer.h"

static const char *const unit_names[] = {"us", "MB/s", "B", "", "/s"};

/* How much better the first is than the second; above 1 is better. */
static double ratio(double ours, double theirs, enum bench_unit unit)
{
    if (ours == 0 || theirs == 0)
        return 0;
    return bench_more_is_better(unit) ? ours / theirs : theirs / ours;
}

static double best_peer(const struct bench_result *result)
{
    double best = 0;
    for (size_t i = BENCH_OURS; bench_peers[i] != NULL; i++) {
        double value = result->values[i];
        if (value != 0 && (best == 0 || ratio(value, best, result->unit) > 1))
            best = value;
    }
    return best;
}

static void print_cell(FILE *out, double value, int decimals)
{
    if (value == 0)
        (void)fprintf(out, " %11s", "-");
    else
        (void)fprintf(out, " %11.*f", decimals, value);
}

void bench_report_table(const struct bench_results *results, FILE *out)
{
    (void)fprintf(out, "%-58s", "");
    for (size_t i = 0; bench_peers[i] != NULL; i++)
        (void)fprintf(out, " %11s", bench_peers[i]->name);
    (void)fprintf(out, " %11s %11s %11s %11s %11s\n", "floor", "2nd floor", "to best", "to floor", "to 2nd");
    for (size_t row = 0; row < results->count; row++) {
        const struct bench_result *result = &results->at[row];
        (void)fprintf(out, "%-52s %-5s", result->name, unit_names[result->unit]);
        for (size_t i = 0; bench_peers[i] != NULL; i++)
            print_cell(out, result->values[i], 1);
        for (size_t i = 0; i < BENCH_FLOORS_MAX; i++)
            print_cell(out, result->floors[i], 1);
        print_cell(out, ratio(result->values[0], best_peer(result), result->unit), 2);
        for (size_t i = 0; i < BENCH_FLOORS_MAX; i++)
            print_cell(out, ratio(result->values[0], result->floors[i], result->unit), 2);
        (void)fputc('\n', out);
    }
    if (bench_peers_missing[0] != '\0')
        (void)fprintf(out, "Not installed when this was built, so not measured:%s.\n", bench_peers_missing);
}

static void print_result(const struct bench_result *result, FILE *out)
{
    (void)fprintf(out, "  {\"row\": \"%s\", \"unit\": \"%s\", \"values\": {", result->name, unit_names[result->unit]);
    const char *between = "";
    for (size_t i = 0; bench_peers[i] != NULL; i++) {
        if (result->values[i] == 0)
            continue;
        (void)fprintf(out, "%s\"%s\": %.3f", between, bench_peers[i]->name, result->values[i]);
        between = ", ";
    }
    (void)fprintf(out,
                  "}, \"floor\": %.3f, \"second_floor\": %.3f, \"to_best\": %.3f, \"to_floor\": %.3f, "
                  "\"to_second\": %.3f}",
                  result->floors[0], result->floors[1], ratio(result->values[0], best_peer(result), result->unit),
                  ratio(result->values[0], result->floors[0], result->unit),
                  ratio(result->values[0], result->floors[1], result->unit));
}

void bench_report_json(const struct bench_results *results, FILE *out)
{
    (void)fprintf(out, "{\"versions\": {");
    for (size_t i = 0; bench_peers[i] != NULL; i++)
        (void)fprintf(out, "%s\"%s\": \"%s\"", i == 0 ? "" : ", ", bench_peers[i]->name, bench_peers[i]->version());
    (void)fprintf(out, "},\n \"rows\": [\n");
    for (size_t row = 0; row < results->count; row++) {
        print_result(&results->at[row], out);
        (void)fprintf(out, "%s\n", row + 1 < results->count ? "," : "");
    }
    (void)fprintf(out, "]}\n");
}
