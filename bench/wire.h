/* Bytes on their way from one end to the other. Room is taken once, before anything is measured. */
#ifndef HF_BENCH_WIRE_H
#define HF_BENCH_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BENCH_WIRE_ROOM = 1 << 21 };

struct bench_wire {
    uint8_t *data;
    size_t begin, end;
};

/* As an end sees it. */
struct bench_link {
    struct bench_wire *in;
    struct bench_wire *out;
};

void bench_wire_init(struct bench_wire *wire);
void bench_wire_free(struct bench_wire *wire);
void bench_wire_clear(struct bench_wire *wire);
bool bench_wire_put(struct bench_wire *wire, const void *data, size_t len);
/* Takes at most `room` bytes; says how many. */
size_t bench_wire_get(struct bench_wire *wire, void *into, size_t room);
size_t bench_wire_len(const struct bench_wire *wire);

#endif
