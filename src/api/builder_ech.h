/* What hf_builder_finish asks of Encrypted Client Hello. */
#ifndef HF_API_BUILDER_ECH_H
#define HF_API_BUILDER_ECH_H

#include "api/builder.h"

/* Checks the settings against each other, and puts together what clients are told of our keys. */
void hf_builder_ech_finish(struct hf_builder *builder);

#endif
