/* The certificates of the bench: root, intermediate, and a leaf for each end, all of one kind of key. Made anew for
 * each run, as the peers judge them by the real clock. */
#ifndef HF_BENCH_MATERIAL_H
#define HF_BENCH_MATERIAL_H

#include "peer.h"

/* Fills identities and root of the setup for its kind of key. The texts live until the program ends. */
void bench_material_fill(struct bench_setup *setup);

#endif
