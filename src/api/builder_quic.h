/* QUIC in the builder. */
#ifndef HF_API_BUILDER_QUIC_H
#define HF_API_BUILDER_QUIC_H

#include "api/builder.h"

/* Before lists are filled in by default: TLS 1.3 alone. */
void hf_builder_quic_narrow(struct hf_builder *builder);

/* When all settings are known. */
void hf_builder_quic_check(struct hf_builder *builder);

#endif
