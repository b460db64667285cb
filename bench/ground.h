/* Where the records of a floor lie: walking through memory as the rows of data do, from one record of plaintext to as
 * much wire as they write, and from there to as much room as they read into; or one record that stays in the cache. */
#ifndef HF_BENCH_GROUND_H
#define HF_BENCH_GROUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire.h"

enum { BENCH_RECORD_MAX = 16384, BENCH_READ_ROOM = 1 << 16, BENCH_HEADER_LEN = 5, BENCH_TAG_LEN = 16 };

struct bench_ground {
    size_t record_len; /* of plaintext; divides BENCH_READ_ROOM */
    size_t count;      /* records; all of them fit into BENCH_WIRE_ROOM */
    bool warm;         /* the same record each time */
};

/* Memory of a floor. */
struct bench_field {
    uint8_t record[BENCH_RECORD_MAX];
    uint8_t wire[BENCH_WIRE_ROOM];
    uint8_t into[BENCH_READ_ROOM];
};

/* The `index`th record: its header, with the ciphertext behind it, and the tag behind that. */
static inline uint8_t *bench_ground_wire(const struct bench_ground *ground, struct bench_field *field, size_t index)
{
    size_t whole = BENCH_HEADER_LEN + ground->record_len + BENCH_TAG_LEN;
    return field->wire + (ground->warm ? 0 : index * whole);
}

static inline uint8_t *bench_ground_into(const struct bench_ground *ground, struct bench_field *field, size_t index)
{
    return field->into + (ground->warm ? 0 : index * ground->record_len % BENCH_READ_ROOM);
}

/* Nonces are of 12 bytes; a warm record has the same each time. */
static inline void bench_ground_nonce(const struct bench_ground *ground, size_t index, uint8_t nonce[12])
{
    for (size_t i = 0; i < 12; i++)
        nonce[i] = i < sizeof index && !ground->warm ? (uint8_t)(index >> (8 * i)) : 0;
}

#endif
