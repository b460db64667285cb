/* suites.def and suites_on_request.def as one constant table. It is short, so a search from the front is as fast as
 * any.
 */
#include "registry/suite.h"

#include <handfast/config.h>

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
     HF_SUITE_AUTH_##auth,                                                                                             \
     HF_BLOCK_CIPHER_NONE,                                                                                             \
     HF_HASH_NONE,                                                                                                     \
     0},
#include "registry/suites.def"
#undef HF_SUITE
#define HF_SUITE_ON_REQUEST(id, name, alias, version, aead, block, mac, hash, key_exchange, auth, switches)            \
    {id,                                                                                                               \
     name,                                                                                                             \
     alias,                                                                                                            \
     HF_VERSION_BIT_##version,                                                                                         \
     HF_AEAD_##aead,                                                                                                   \
     HF_HASH_##hash,                                                                                                   \
     HF_SUITE_KEY_EXCHANGE_##key_exchange,                                                                             \
     HF_SUITE_AUTH_##auth,                                                                                             \
     HF_BLOCK_CIPHER_##block,                                                                                          \
     HF_HASH_##mac,                                                                                                    \
     switches},
#include "registry/suites_on_request.def"
#undef HF_SUITE_ON_REQUEST
};

static const struct hf_suite_traits traits[] = {
    [HF_SUITE_KEY_EXCHANGE_NONE] = {.signs = true},
    [HF_SUITE_KEY_EXCHANGE_ECDHE] = {.signs = true, .has_curve = true},
    [HF_SUITE_KEY_EXCHANGE_DHE] = {.signs = true, .has_field = true},
    [HF_SUITE_KEY_EXCHANGE_RSA] = {.decrypts = true},
    [HF_SUITE_KEY_EXCHANGE_PSK] = {.has_psk = true},
    [HF_SUITE_KEY_EXCHANGE_DHE_PSK] = {.has_psk = true, .has_field = true},
    [HF_SUITE_KEY_EXCHANGE_ECDHE_PSK] = {.has_psk = true, .has_curve = true},
    [HF_SUITE_KEY_EXCHANGE_RSA_PSK] = {.has_psk = true, .decrypts = true},
};

const struct hf_suite_traits *hf_suite_traits_of(const struct hf_suite *suite)
{
    return &traits[suite->key_exchange];
}

bool hf_suite_certifies(const struct hf_suite *suite)
{
    return traits[suite->key_exchange].signs || traits[suite->key_exchange].decrypts;
}

bool hf_suite_is_readable(const struct hf_suite *suite)
{
    return suite->aead == HF_AEAD_NONE && suite->block == HF_BLOCK_CIPHER_NONE;
}

bool hf_suite_is_current(const struct hf_suite *suite)
{
    return suite->switches == 0 && !traits[suite->key_exchange].has_psk;
}

size_t hf_suite_key_len(const struct hf_suite *suite)
{
    return suite->aead != HF_AEAD_NONE ? hf_aead_key_len(suite->aead) : hf_block_cipher_key_len(suite->block);
}

size_t hf_suite_mac_len(const struct hf_suite *suite)
{
    return hf_hash_len(suite->mac);
}

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
