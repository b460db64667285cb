/* The floor of data by ipsec-mb: its AES-GCM and ChaCha20-Poly1305 alone, with keys that are ready. */
#ifndef HF_BENCH_FLOOR_MULTI_H
#define HF_BENCH_FLOOR_MULTI_H

#include "ground.h"
#include "peer.h"

struct bench_floor_multi;

/* NULL where the bench was built without ipsec-mb. Aborts when there is no memory. */
struct bench_floor_multi *bench_floor_multi_new(enum bench_aead aead);
void bench_floor_multi_free(struct bench_floor_multi *floor);

/* MB/s of data in records, sealed and opened. */
double bench_floor_multi_seal_mb_s(struct bench_floor_multi *floor, const struct bench_ground *ground);
double bench_floor_multi_open_mb_s(struct bench_floor_multi *floor, const struct bench_ground *ground);

#endif
