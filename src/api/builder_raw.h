/* What the builder checks of raw public keys when all settings are known. */
#ifndef HF_API_BUILDER_RAW_H
#define HF_API_BUILDER_RAW_H

#include "api/builder.h"

/* Fills in the types of certificates that were not set, and refuses what could let a stranger in. */
void hf_builder_raw_check(struct hf_builder *builder);

/* Whether peers may prove themselves by certificates: else no anchors are needed. Once the types are filled in. */
bool hf_builder_raw_takes_x509(const struct hf_config *config);

#endif
