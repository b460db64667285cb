/* Ours has no call that names a profile: its lists say all that one does. Which suite, group and scheme each allows
 * stands in the suite's cases. */
#include "profiles.h"

#include "settings.h"

#include <handfast/connection.h>

#define SUITES_256      "TLS_AES_256_GCM_SHA384"
#define SUITES_256_BOTH SUITES_256 ":TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384:TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"

enum {
    P256 = 0x0017,
    P384 = 0x0018,
    MLKEM1024 = 0x0202,
    ECDSA_256 = 0x0403,
    ECDSA_384 = 0x0503,
    PSS_256 = 0x0804,
    PSS_384 = 0x0805,
    PSS_512 = 0x0806,
    PKCS1_256 = 0x0401,
    PKCS1_384 = 0x0501,
    PKCS1_512 = 0x0601
};

struct profile {
    size_t flag; /* of the bool in struct bogo_flags that asks for it */
    const char *suites;
    struct bogo_numbers groups;
    struct bogo_numbers schemes;
    uint64_t min_version;
};

static const struct profile profiles[] = {
    {offsetof(struct bogo_flags, fips_202205),
     "TLS_AES_128_GCM_SHA256:" SUITES_256_BOTH
     ":TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256:TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
     {.values = {P256, P384}, .count = 2},
     {.values = {PSS_256, PSS_384, PSS_512, PKCS1_256, ECDSA_256, PKCS1_384, ECDSA_384, PKCS1_512}, .count = 8},
     0},
    {offsetof(struct bogo_flags, wpa_202304),
     SUITES_256_BOTH,
     {.values = {P384}, .count = 1},
     {.values = {ECDSA_384, PSS_384, PSS_512, PKCS1_384, PKCS1_512}, .count = 5},
     0},
    {offsetof(struct bogo_flags, cnsa1_202603),
     SUITES_256_BOTH ":TLS_RSA_WITH_AES_256_GCM_SHA384",
     {.values = {MLKEM1024, P384}, .count = 2},
     {.values = {ECDSA_384, PSS_384, PKCS1_384}, .count = 3},
     0},
    {offsetof(struct bogo_flags, cnsa2_202603),
     SUITES_256,
     {.values = {MLKEM1024}, .count = 1},
     {.values = {ECDSA_384, PSS_384}, .count = 2},
     HF_TLS13},
    {offsetof(struct bogo_flags, cnsa_202407),
     SUITES_256 ":TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256",
     {.count = 0},
     {.count = 0},
     HF_TLS13},
};

static const struct profile *find(const struct bogo_flags *flags)
{
    for (size_t i = 0; i < sizeof profiles / sizeof profiles[0]; i++)
        if (*(const bool *)((const char *)flags + profiles[i].flag))
            return &profiles[i];
    return NULL;
}

static struct bogo_numbers without_ml_kem(const struct bogo_numbers *groups)
{
    struct bogo_numbers left = {.count = 0};
    for (size_t i = 0; i < groups->count; i++)
        if (groups->values[i] != MLKEM1024)
            left.values[left.count++] = groups->values[i];
    return left;
}

void bogo_profiles_apply(struct bogo_flags *flags)
{
    const struct profile *profile = find(flags);
    if (profile == NULL)
        return;
    flags->curves = bogo_settings_has_ml_kem() ? profile->groups : without_ml_kem(&profile->groups);
    if (flags->curves.count == 0 && profile->groups.count > 0)
        bogo_flags_unimplemented("a profile of ML-KEM alone, where libcrypto has none");
    flags->verify_prefs = profile->schemes;
    flags->signing_prefs = profile->schemes;
    if (profile->min_version > 0)
        flags->min_version = profile->min_version;
}

const char *bogo_profiles_suites(const struct bogo_flags *flags)
{
    const struct profile *profile = find(flags);
    return profile == NULL ? NULL : profile->suites;
}
