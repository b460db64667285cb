/* The profiles that the suite's "compliance policies" stand for: each is a few lists, and a version. */
#ifndef HF_BOGO_PROFILES_H
#define HF_BOGO_PROFILES_H

#include "flags.h"

/* Where the flags name a profile: sets the groups, schemes and the version of its lists in them. */
void bogo_profiles_apply(struct bogo_flags *flags);

/* The suites of the profile that the flags name, as hf_builder_suites takes them; NULL: they name none. */
const char *bogo_profiles_suites(const struct bogo_flags *flags);

#endif
