/* Runs a pair over a wire that cuts or changes bytes. Bytes of each direction are counted from 0. */
#ifndef HF_TESTS_WIRE_TAP_H
#define HF_TESTS_WIRE_TAP_H

#include "support/lab.h"

#define WIRE_TAP_NEVER SIZE_MAX

enum wire_tap_direction { WIRE_TAP_TO_SERVER = 0, WIRE_TAP_TO_CLIENT = 1 };

struct wire_tap {
    size_t cut_at[2];  /* from this byte on nothing arrives */
    size_t flip_at[2]; /* this byte is changed by `mask` */
    uint8_t mask;
    size_t passed[2]; /* how many bytes were sent, arrived or not */
};

/* A wire that changes nothing. */
struct wire_tap wire_tap_clean(void);

/* Moves bytes until none moves. */
void wire_tap_run(struct wire_tap *tap, struct lab_pair *pair);

#endif
