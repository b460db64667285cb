/* The suite's algorithms for certificates, whose ids are private: its own make of RFC 8879. */
#ifndef HF_BOGO_COMPRESSION_H
#define HF_BOGO_COMPRESSION_H

#include "flags.h"

#include <handfast/compression.h>

/* Turns on those that the flags ask for, the suite's favourite first. */
void bogo_compression_set(struct hf_builder *builder, const struct bogo_flags *flags);

#endif
