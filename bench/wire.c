#include "wire.h"

#include <stdlib.h>
#include <string.h>

void bench_wire_init(struct bench_wire *wire)
{
    wire->data = malloc(BENCH_WIRE_ROOM);
    if (wire->data == NULL)
        abort();
    bench_wire_clear(wire);
}

void bench_wire_free(struct bench_wire *wire)
{
    free(wire->data);
}

void bench_wire_clear(struct bench_wire *wire)
{
    wire->begin = wire->end = 0;
}

bool bench_wire_put(struct bench_wire *wire, const void *data, size_t len)
{
    if (len > BENCH_WIRE_ROOM - wire->end)
        return false;
    memcpy(wire->data + wire->end, data, len);
    wire->end += len;
    return true;
}

size_t bench_wire_get(struct bench_wire *wire, void *into, size_t room)
{
    size_t len = bench_wire_len(wire) < room ? bench_wire_len(wire) : room;
    memcpy(into, wire->data + wire->begin, len);
    wire->begin += len;
    if (wire->begin == wire->end)
        bench_wire_clear(wire);
    return len;
}

size_t bench_wire_len(const struct bench_wire *wire)
{
    return wire->end - wire->begin;
}
