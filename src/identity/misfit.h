/* Puts into words why an identity does not fit what a peer asked for (table of failures, H14, H15, H17-H19). */
#ifndef HF_IDENTITY_MISFIT_H
#define HF_IDENTITY_MISFIT_H

#include "identity/choose.h"

/* Writes misfit->text for misfit->reason, which concerns the certificate at `depth` of the identity's chain. */
void hf_misfit_tell(const struct hf_identity *identity, const struct hf_choose_wish *wish, size_t depth,
                    struct hf_identity_misfit *misfit);

#endif
