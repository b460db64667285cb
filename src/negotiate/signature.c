/* Signature schemes. Which versions allow a scheme in a handshake is a column of the registry: PKCS#1 and SHA-1 have
 * no bit for TLS 1.3 there. The peer's list is bounded by what the registry knows, however long it is. RFC 9846 4.3.3.
 */
#include "negotiate/signature.h"

#include "extension/fail.h"
#include "negotiate/names.h"

enum { RSA_PKCS1_SHA1 = 0x0201, ECDSA_SHA1 = 0x0203 };

static bool is_own(const struct hf_config *config, uint16_t id)
{
    for (size_t i = 0; i < config->scheme_count; i++)
        if (config->schemes[i]->id == id)
            return true;
    return false;
}

static bool has(const struct hf_negotiate_schemes *schemes, uint16_t id)
{
    for (size_t i = 0; i < schemes->count; i++)
        if (schemes->items[i] == id)
            return true;
    return false;
}

void hf_negotiate_signature_list(const struct hf_config *config, struct hf_span list,
                                 struct hf_negotiate_schemes *ret_schemes)
{
    struct hf_negotiate_schemes found = {.count = 0};
    struct hf_reader reader = hf_reader_of(list);
    while (hf_reader_more(&reader) && found.count < HF_NEGOTIATE_SCHEMES_MAX) {
        const uint16_t id = hf_reader_u16(&reader);
        if (hf_signature_scheme_find(id) == NULL || has(&found, id))
            continue;
        if (config == NULL || is_own(config, id))
            found.items[found.count++] = id;
    }
    *ret_schemes = found;
}

void hf_negotiate_signature_list_default12(const struct hf_config *config, struct hf_negotiate_schemes *ret_schemes)
{
    static const uint8_t both[] = {RSA_PKCS1_SHA1 >> 8, RSA_PKCS1_SHA1 & 0xff, ECDSA_SHA1 >> 8, ECDSA_SHA1 & 0xff};
    hf_negotiate_signature_list(config, hf_span_of(both, sizeof both), ret_schemes);
}

enum hf_error hf_negotiate_signature_check(const struct hf_config *config, enum hf_version_bit generation, uint16_t id,
                                           enum hf_key_type key, struct hf_signature_kind *ret_kind,
                                           struct hf_failure *ret_failure)
{
    const struct hf_signature_scheme *scheme = hf_signature_scheme_find(id);
    struct hf_signature_kind kind;
    if (scheme != NULL && is_own(config, id) && hf_signature_scheme_fits(scheme, generation, key, &kind)) {
        *ret_kind = kind;
        return HF_OK;
    }
    (void)hf_extension_fail(ret_failure, HF_ERR_wrong_signature_scheme, "");
    struct hf_text wanted = hf_extension_fail_wanted(ret_failure);
    hf_text_add(&wanted, "one that fits a key of type %s, of those that were offered: ", hf_key_type_name(key));
    hf_negotiate_names_own_schemes(&wanted, config, generation);
    struct hf_text got = hf_extension_fail_got(ret_failure);
    hf_text_add(&got, "%s (0x%04x)", scheme != NULL ? scheme->name : "an unknown scheme", (unsigned)id);
    return HF_ERR_wrong_signature_scheme;
}
