/* libcrypto's primitives alone, for orientation: these rows have floors and no contenders. */
#include "floor.h"
#include "rows.h"

enum { COUNT = 16 };

static bool probe(void *context, double *ret_values)
{
    ret_values[0] = bench_floor_key_pair_ns(context, COUNT) / 1e3;
    ret_values[1] = bench_floor_derive_ns(context, COUNT) / 1e3;
    ret_values[2] = bench_floor_sign_ns(context, COUNT) / 1e3;
    ret_values[3] = bench_floor_verify_ns(context, COUNT) / 1e3;
    return true;
}

static void run(bool rsa, const struct bench_options *options, struct bench_results *results)
{
    struct bench_contest contest = {
        .name = rsa ? "primitives, RSA of 2048 bits" : "primitives, P-256",
        .value_names = {"X25519 key pair", "X25519 derive", "sign", "verify"},
        .units = {BENCH_US, BENCH_US, BENCH_US, BENCH_US},
        .value_count = 4,
        .floor_probe = probe,
        .turns = options->turns,
    };
    if (!bench_rows_want(options, contest.name))
        return;
    struct bench_floor *floor = bench_floor_new(rsa, BENCH_AES_128_GCM);
    contest.floors[0] = floor;
    bench_contest_run(&contest, results);
    bench_floor_free(floor);
}

void bench_rows_primitives(const struct bench_options *options, struct bench_results *results)
{
    run(false, options, results);
    run(true, options, results);
}
