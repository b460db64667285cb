/* handfast-bench: Handfast and the TLS libraries of this machine, measured side by side. `--help` tells the options. */
#include "report.h"
#include "rows.h"

#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "handfast-bench: measures Handfast beside OpenSSL, GnuTLS, wolfSSL and Mbed TLS, as far as they are installed.\n"
    "  --turns N        turns of each row, 1 to 64 (9)\n"
    "  --connections N  the most connections at once in the rows on scale (1000; 100000 takes minutes)\n"
    "  --only TEXT      rows whose name has TEXT in it\n"
    "  --json FILE      writes the results as JSON too\n"
    "Times are CPU time of one thread; \"to best\" above 1: better than the best peer; \"to floor\": 1 is the floor,\n"
    "libcrypto's primitives that the row cannot avoid. \"2nd floor\": of a handshake when chains were verified "
    "before,\n"
    "of data by ipsec-mb's AEAD.\n";

static bool number(const char *text, size_t min, size_t max, size_t *ret_number)
{
    char *end = NULL;
    unsigned long value = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || value < min || value > max)
        return false;
    *ret_number = value;
    return true;
}

static bool take_option(const char *name, const char *value, struct bench_options *options, const char **ret_json)
{
    if (strcmp(name, "--turns") == 0)
        return number(value, 1, BENCH_TURNS_MAX, &options->turns);
    if (strcmp(name, "--connections") == 0)
        return number(value, 1, 1000000, &options->connections);
    if (strcmp(name, "--only") == 0)
        options->only = value;
    else if (strcmp(name, "--json") == 0)
        *ret_json = value;
    else
        return false;
    return true;
}

static void run(const struct bench_options *options, struct bench_results *results)
{
    bench_rows_handshake(options, results);
    bench_rows_bulk(options, results);
    bench_rows_memory(options, results);
    bench_rows_threads(options, results);
    bench_rows_scale(options, results);
    bench_rows_primitives(options, results);
}

static int write_json(const struct bench_results *results, const char *path)
{
    FILE *out = fopen(path, "w");
    if (out == NULL) {
        perror(path);
        return 1;
    }
    bench_report_json(results, out);
    if (fclose(out) == 0)
        return 0;
    perror(path);
    return 1;
}

int main(int argc, char **argv)
{
    static struct bench_results results;
    struct bench_options options = {.turns = 9, .connections = 1000};
    const char *json = NULL;
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 < argc && take_option(argv[i], argv[i + 1], &options, &json))
            continue;
        bool asked = strcmp(argv[i], "--help") == 0;
        (void)fprintf(asked ? stdout : stderr, "%s%s", asked ? "" : "handfast-bench: what does that mean?\n", usage);
        return asked ? 0 : 2;
    }
    run(&options, &results);
    bench_report_table(&results, stdout);
    return json == NULL ? 0 : write_json(&results, json);
}
