/* suites.def as a constant table. It is short, so a search from the front is as fast as any. */
#include "registry/suite.h"

#include "base/must.h"
#include "registry/row_name.h"

static const struct hf_suite suites[] = {
#define HF_SUITE(id, name, alias, version, aead, hash, key_exchange, auth)                                             \
    {id,                                                                                                               \
     name,                                                                                                             \
     alias,                                                                                                            \
     HF_VERSION_BIT_##version,                                                                                         \
     HF_AEAD_##aead,                                                                                                   \
     HF_HASH_##hash,                                                                                                   \
     HF_SUITE_KEY_EXCHANGE_##key_exchange,                                                                             \
     HF_SUITE_AUTH_##auth},
#include "registry/suites.def"
#undef HF_SUITE
};

size_t hf_suite_count(void)
{
    return HF_COUNT(suites);
}

const struct hf_suite *hf_suite_at(size_t index)
{
    return index < HF_COUNT(suites) ? &suites[index] : NULL;
}

const struct hf_suite *hf_suite_find(uint16_t id)
{
    for (size_t i = 0; i < HF_COUNT(suites); i++) {
        if (suites[i].id == id)
            return &suites[i];
    }
    return NULL;
}

const struct hf_suite *hf_suite_find_name(struct hf_span name)
{
    for (size_t i = 0; i < HF_COUNT(suites); i++) {
        if (hf_row_name_is(name, suites[i].name) || hf_row_name_is(name, suites[i].alias))
            return &suites[i];
    }
    return NULL;
}
