/* The floor: libcrypto's primitives alone, with contexts and keys that are ready. */
#ifndef HF_BENCH_FLOOR_H
#define HF_BENCH_FLOOR_H

#include <stdbool.h>
#include <stddef.h>

#include "ground.h"
#include "peer.h"

struct bench_floor;

/* Keys and contexts for one kind of certificate and one AEAD. Aborts when there is no memory. */
struct bench_floor *bench_floor_new(bool rsa, enum bench_aead aead);
void bench_floor_free(struct bench_floor *floor);

/* Nanoseconds of one operation, the mean of `count`. */
double bench_floor_key_pair_ns(struct bench_floor *floor, size_t count); /* X25519 */
double bench_floor_derive_ns(struct bench_floor *floor, size_t count);
double bench_floor_sign_ns(struct bench_floor *floor, size_t count);
double bench_floor_verify_ns(struct bench_floor *floor, size_t count);

/* MB/s of data in records, sealed and opened. */
double bench_floor_seal_mb_s(struct bench_floor *floor, const struct bench_ground *ground);
double bench_floor_open_mb_s(struct bench_floor *floor, const struct bench_ground *ground);

#endif
