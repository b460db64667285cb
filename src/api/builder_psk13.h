/* Keys shared beforehand of TLS 1.3, in the builder. */
#ifndef HF_API_BUILDER_PSK13_H
#define HF_API_BUILDER_PSK13_H

#include "api/builder.h"

/* When all settings are known: what does not go with certificates beside such a key. */
void hf_builder_psk13_check(struct hf_builder *builder);

#endif
