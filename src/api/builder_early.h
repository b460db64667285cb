/* Early data in the builder. */
#ifndef HF_API_BUILDER_EARLY_H
#define HF_API_BUILDER_EARLY_H

#include "api/builder.h"

/* When all settings are known: what does not go together, and the guard that a server has unless it was given one. */
void hf_builder_early_check(struct hf_builder *builder);

#endif
