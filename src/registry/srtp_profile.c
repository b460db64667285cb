/* srtp_profiles.def as a constant table. */
#include "registry/srtp_profile.h"

#include "base/must.h"
#include "registry/row_name.h"

static const struct hf_srtp_profile profiles[] = {
#define HF_SRTP_PROFILE(id, name) {id, name},
#include "registry/srtp_profiles.def"
#undef HF_SRTP_PROFILE
};

const struct hf_srtp_profile *hf_srtp_profile_find(uint16_t id)
{
    for (size_t i = 0; i < HF_COUNT(profiles); i++)
        if (profiles[i].id == id)
            return &profiles[i];
    return NULL;
}

const struct hf_srtp_profile *hf_srtp_profile_find_name(struct hf_span name)
{
    for (size_t i = 0; i < HF_COUNT(profiles); i++)
        if (hf_row_name_is(name, profiles[i].name))
            return &profiles[i];
    return NULL;
}
