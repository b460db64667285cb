/* The check of a Finished, whatever it was made over: the one place that gives HF_PROOF_FINISHED. */
#ifndef HF_HANDSHAKE_FINISHED_H
#define HF_HANDSHAKE_FINISHED_H

#include "handshake/handshake.h"

HF_MUST enum hf_error hf_finished_check(struct hf_handshake *handshake, struct hf_span body,
                                        const struct hf_digest *expected);

#endif
