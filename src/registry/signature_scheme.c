/* signature_schemes.def as a constant table, and the one place that knows when a scheme binds its curve: in TLS 1.3
 * handshakes only (RFC 9846 4.3.3; RFC 5246 7.4.1.4.1 names hash and signature, and certificates name an OID). */
#include "registry/signature_scheme.h"

#include <handfast/config.h>

#include "base/must.h"
#include "registry/row_name.h"

enum { EITHER = false, CLIENT = true };
enum {
    NEVER = 0,
    ANY = HF_VERSION_BIT_12 | HF_VERSION_BIT_13,
    ONLY_12 = HF_VERSION_BIT_12,
    ONLY_13 = HF_VERSION_BIT_13
};

static const struct hf_signature_scheme schemes[] = {
#define HF_HISTORIC_NONE 0
#define HF_SIGNATURE_SCHEME(id, name, key, hash, padding, handshake, certificates, signer, historic)                   \
    {                                                                                                                  \
        id,        name,         {HF_KEY_##key, HF_HASH_##hash, HF_PADDING_##padding},                                 \
        handshake, certificates, HF_HISTORIC_##historic,                                                               \
        signer},
#include "registry/signature_schemes.def"
#undef HF_SIGNATURE_SCHEME
#undef HF_HISTORIC_NONE
};

size_t hf_signature_scheme_count(void)
{
    return HF_COUNT(schemes);
}

const struct hf_signature_scheme *hf_signature_scheme_at(size_t index)
{
    return index < HF_COUNT(schemes) ? &schemes[index] : NULL;
}

const struct hf_signature_scheme *hf_signature_scheme_find(uint16_t id)
{
    for (size_t i = 0; i < HF_COUNT(schemes); i++) {
        if (schemes[i].id == id)
            return &schemes[i];
    }
    return NULL;
}

const struct hf_signature_scheme *hf_signature_scheme_find_name(struct hf_span name)
{
    for (size_t i = 0; i < HF_COUNT(schemes); i++) {
        if (hf_row_name_is(name, schemes[i].name))
            return &schemes[i];
    }
    return NULL;
}

static bool is_curve(enum hf_key_type key)
{
    return key == HF_KEY_P256 || key == HF_KEY_P384 || key == HF_KEY_P521;
}

/* The scheme's kind for this key; false when the key is of another type. */
static bool fits(const struct hf_signature_scheme *scheme, bool curve_bound, enum hf_key_type key,
                 struct hf_signature_kind *ret_kind)
{
    struct hf_signature_kind kind = scheme->kind;
    if (!curve_bound && is_curve(kind.key) && is_curve(key))
        kind.key = key;
    if (kind.key != key)
        return false;
    *ret_kind = kind;
    return true;
}

bool hf_signature_scheme_fits(const struct hf_signature_scheme *scheme, enum hf_version_bit version,
                              enum hf_key_type key, struct hf_signature_kind *ret_kind)
{
    bool curve_bound = (version & HF_VERSION_BIT_13) != 0;
    return (scheme->handshake & version) != 0 && fits(scheme, curve_bound, key, ret_kind);
}

bool hf_signature_scheme_fits_certificate(const struct hf_signature_scheme *scheme, enum hf_version_bit version,
                                          enum hf_key_type issuer_key, struct hf_signature_kind *ret_kind)
{
    return (scheme->certificates & version) != 0 && fits(scheme, /* curve_bound= */ false, issuer_key, ret_kind);
}
