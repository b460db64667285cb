/* Protection profiles of SRTP (RFC 5764 4.1.2), one row each in srtp_profiles.def. What they protect is the
 * application's; here they are names and numbers. */
#ifndef HF_REGISTRY_SRTP_PROFILE_H
#define HF_REGISTRY_SRTP_PROFILE_H

#include "base/span.h"

struct hf_srtp_profile {
    uint16_t id;
    const char *name; /* the registry's */
};

enum { HF_SRTP_PROFILES_MAX = 8 };

/* Rows are constants of the library. NULL when there is none; a name's case does not count. */
const struct hf_srtp_profile *hf_srtp_profile_find(uint16_t id);
const struct hf_srtp_profile *hf_srtp_profile_find_name(struct hf_span name);

#endif
