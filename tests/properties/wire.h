/* A stream between two ends and whoever sits on it without keys: records are changed, lost, doubled, swapped, forged
 * and reflected on their way, by their number, so that the same happens however the stream is cut. */
#ifndef HF_TESTS_WIRE_H
#define HF_TESTS_WIRE_H

#include "end.h"

enum { WIRE_DEEDS_MAX = 4, WIRE_QUEUE_MAX = 1 << 18 };

struct wire_deed {
    enum hf_role from;
    unsigned kind;
    size_t record;
    unsigned value;
};

/* How what arrives is cut: 0 not at all, 1 into single bytes, else into pieces up to this length that `random` says. */
struct wire_cut {
    size_t piece_max;
    uint64_t random;
};

struct wire {
    struct world *world;
    struct wire_deed deeds[WIRE_DEEDS_MAX];
    size_t deed_count;
    struct wire_cut cut;
    struct wire_way {
        uint8_t *queue; /* as it will arrive */
        size_t len;
        size_t records;
        bool stopped;
        uint8_t *held; /* a record that goes behind the next */
        size_t held_len;
        uint8_t *last;
        size_t last_len;
    } ways[2];
};

void wire_draw(struct wire *wire, struct world *world);

void wire_begin(struct wire *wire, const struct wire_cut *cut);
void wire_end(struct wire *wire);

/* Moves what there is until nothing moves. */
void wire_run(struct wire *wire, struct end *client, struct end *server);

#endif
