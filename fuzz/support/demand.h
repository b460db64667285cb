/* What must hold, or the program ends and the fuzzer keeps the input; and what most targets need first. */
#ifndef HF_FUZZ_DEMAND_H
#define HF_FUZZ_DEMAND_H

#include <stdbool.h>
#include <stdlib.h>

struct hf_toolbox;

static inline void demand(bool truth)
{
    if (!truth)
        abort();
}

/* Made once, and kept until the program ends. */
const struct hf_toolbox *demand_toolbox(void);

#endif
