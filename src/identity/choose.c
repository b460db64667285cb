/* RFC 9846 4.5.1.2 asks a server for a certificate by name and scheme and lets it send an odd chain rather than none;
 * it asks a client for one that fits all of the CertificateRequest. Names are matched as RFC 9525 6.3 says, with
 * the wildcard as the whole left-most label only. */
#include "identity/choose.h"

#include "certificate/certificate.h"
#include "certificate/general_name.h"
#include "certificate/name.h"
#include "identity/misfit.h"
#include "registry/key_type.h"
#include "registry/signature_scheme.h"
#include "wire/read.h"

/* What follows the first dot, dot included; empty when there is none. */
static struct hf_span from_first_dot(struct hf_span name)
{
    for (size_t i = 0; i < name.len; i++) {
        if (name.data[i] == '.')
            return hf_span_part(name, i, name.len - i);
    }
    return hf_span_of(NULL, 0);
}

static int match(struct hf_span presented, struct hf_span wanted)
{
    if (hf_span_equal_folded(presented, wanted))
        return 2;
    struct hf_span rest = from_first_dot(wanted);
    bool wildcard = presented.len > 2 && presented.data[0] == '*' && presented.data[1] == '.';
    if (!wildcard || rest.len < 2 || rest.len == wanted.len)
        return 0;
    return hf_span_equal_folded(hf_span_part(presented, 1, presented.len - 1), rest) ? 1 : 0;
}

int hf_choose_names(const struct hf_identity *identity, struct hf_span name)
{
    const struct hf_certificate *leaf = &identity->parsed[0];
    if (name.len > 1 && name.data[name.len - 1] == '.')
        name = hf_span_part(name, 0, name.len - 1);
    int best = 0;
    struct hf_general_names names = hf_general_name_each(leaf->subject_alt_names);
    struct hf_general_name one;
    while (name.len > 0 && hf_general_name_next(&names, &one)) {
        int how = one.kind == HF_GENERAL_NAME_DNS ? match(one.value, name) : 0;
        best = how > best ? how : best;
    }
    return best;
}

static bool lists(const uint16_t *schemes, size_t count, uint16_t wanted)
{
    for (size_t i = 0; i < count; i++) {
        if (schemes[i] == wanted)
            return true;
    }
    return false;
}

static bool is_of_type(const struct hf_identity *identity, const struct hf_choose_wish *wish)
{
    return identity->type == HF_CERTIFICATE_TYPE_RAW ? wish->takes_raw : !wish->refuses_x509;
}

/* RFC 9345 4.1: the peer takes the scheme of the credential's key, and that of the certificate's key, which signed it.
 */
static bool is_credential_taken(const struct hf_identity *identity, const struct hf_choose_wish *wish)
{
    return hf_buffer_len(&identity->credential) == 0 ||
           (wish->rule == HF_CHOOSE_SCHEMES_13 && wish->now_s <= identity->credential_end_s &&
            lists(wish->delegated, wish->delegated_count, identity->schemes13.items[0]) &&
            lists(wish->schemes, wish->schemes_count, identity->credential_signed_by));
}

static bool pick_scheme(const struct hf_identity *identity, const struct hf_choose_wish *wish, uint16_t *ret_scheme)
{
    const struct hf_identity_schemes *own =
        wish->rule == HF_CHOOSE_SCHEMES_13 ? &identity->schemes13 : &identity->schemes12;
    if (hf_buffer_len(&identity->credential) > 0) { /* its scheme is in a list of its own */
        *ret_scheme = identity->schemes13.items[0];
        return is_credential_taken(identity, wish);
    }
    for (size_t i = 0; i < own->count; i++) {
        if (lists(wish->schemes, wish->schemes_count, own->items[i])) {
            *ret_scheme = own->items[i];
            return true;
        }
    }
    return false;
}

/* Whether a scheme of TLS is what a certificate is signed with. The curve is not bound in certificates. */
static bool is_signed_with(const struct hf_certificate *certificate, const struct hf_signature_kind *kind)
{
    const struct hf_signature_algorithm *algorithm = &certificate->signature_algorithm;
    if (hf_key_type_hash(algorithm->hash) != kind->hash)
        return false;
    switch (algorithm->signature) {
    case HF_CERTIFICATE_SIGNATURE_RSA_PKCS1:
        return kind->padding == HF_PADDING_PKCS1;
    case HF_CERTIFICATE_SIGNATURE_RSA_PSS:
        return kind->padding == HF_PADDING_PSS;
    case HF_CERTIFICATE_SIGNATURE_ECDSA:
        return kind->key == HF_KEY_P256 || kind->key == HF_KEY_P384 || kind->key == HF_KEY_P521;
    case HF_CERTIFICATE_SIGNATURE_ED25519:
        return kind->key == HF_KEY_ED25519;
    case HF_CERTIFICATE_SIGNATURE_ED448:
        return kind->key == HF_KEY_ED448;
    case HF_CERTIFICATE_SIGNATURE_ML_DSA_44:
        return kind->key == HF_KEY_ML_DSA_44;
    case HF_CERTIFICATE_SIGNATURE_ML_DSA_65:
        return kind->key == HF_KEY_ML_DSA_65;
    case HF_CERTIFICATE_SIGNATURE_ML_DSA_87:
        return kind->key == HF_KEY_ML_DSA_87;
    case HF_CERTIFICATE_SIGNATURE_UNKNOWN:
        break;
    }
    return false;
}

static bool is_signed_acceptably(const struct hf_certificate *certificate, const struct hf_choose_wish *wish)
{
    bool apart = wish->certificate_schemes_count > 0;
    const uint16_t *schemes = apart ? wish->certificate_schemes : wish->schemes;
    size_t count = apart ? wish->certificate_schemes_count : wish->schemes_count;
    for (size_t i = 0; i < count; i++) {
        const struct hf_signature_scheme *scheme = hf_signature_scheme_find(schemes[i]);
        if (scheme != NULL && is_signed_with(certificate, &scheme->kind))
            return true;
    }
    return false;
}

/* The signature of a self-signed certificate proves nothing and is not judged (RFC 9846 4.3.3).
 * Returns the index of the first that is not acceptable; chain_count when all are. */
static size_t oddly_signed(const struct hf_identity *identity, const struct hf_choose_wish *wish)
{
    size_t i = identity->type == HF_CERTIFICATE_TYPE_RAW ? identity->chain_count : 0; /* nobody has signed it */
    while (i < identity->chain_count &&
           (hf_certificate_is_self_issued(&identity->parsed[i]) || is_signed_acceptably(&identity->parsed[i], wish)))
        i++;
    return i;
}

static bool has_issuer(const struct hf_identity *identity, struct hf_span name)
{
    for (size_t i = 0; i < identity->chain_count; i++)
        if (hf_name_equal(identity->parsed[i].issuer, name))
            return true;
    return false;
}

static bool is_issued_by_named(const struct hf_identity *identity, const struct hf_choose_wish *wish)
{
    struct hf_reader list = hf_reader_of(wish->authorities);
    struct hf_wire_distinguished_name authority;
    while (hf_wire_next_distinguished_name(&list, &authority))
        if (has_issuer(identity, authority.name))
            return true;
    return false;
}

/* A raw public key has no issuer. An identity may have a rule of its own (hf_builder_identity_issuers); without one a
 * client goes by the names where there are any, and a server only prefers by them. */
static bool fits_issuers(const struct hf_identity *identity, const struct hf_choose_wish *wish, bool default_fits)
{
    if (identity->type == HF_CERTIFICATE_TYPE_RAW || identity->issuers == HF_ISSUERS_ANY)
        return true;
    if (identity->issuers == HF_ISSUERS_BY_ROLE && (wish->authorities.len == 0 || default_fits))
        return true;
    return is_issued_by_named(identity, wish);
}

/* The first reason against an identity as a client's, and the certificate it is about. */
static enum hf_misfit_reason judge(const struct hf_identity *identity, const struct hf_choose_wish *wish,
                                   uint16_t *ret_scheme, size_t *ret_depth)
{
    *ret_depth = 0;
    if (!is_of_type(identity, wish))
        return HF_MISFIT_TYPE;
    if ((identity->purposes & HF_IDENTITY_FOR_CLIENT) == 0)
        return HF_MISFIT_PURPOSE;
    for (size_t i = 0; i < identity->chain_count; i++) {
        *ret_depth = i;
        if (wish->now_s > identity->parsed[i].not_after_s)
            return HF_MISFIT_EXPIRED;
        if (wish->now_s < identity->parsed[i].not_before_s)
            return HF_MISFIT_NOT_YET_VALID;
    }
    *ret_depth = identity->chain_count - 1;
    if (!fits_issuers(identity, wish, /* default_fits= */ false))
        return HF_MISFIT_AUTHORITY;
    *ret_depth = 0;
    if (!is_credential_taken(identity, wish))
        return HF_MISFIT_CREDENTIAL;
    if (!pick_scheme(identity, wish, ret_scheme))
        return HF_MISFIT_SCHEME;
    size_t odd = oddly_signed(identity, wish);
    if (odd == identity->chain_count)
        return HF_MISFIT_NONE;
    *ret_depth = odd;
    return HF_MISFIT_CHAIN_SCHEME;
}

bool hf_choose_for_client(const struct hf_choose_list *list, const struct hf_choose_wish *wish,
                          struct hf_choice *ret_choice)
{
    bool found = false;
    for (size_t i = 0; i < list->count; i++) {
        uint16_t scheme = 0;
        size_t depth = 0;
        enum hf_misfit_reason reason = judge(list->items[i], wish, &scheme, &depth);
        if (reason != HF_MISFIT_NONE && (reason != HF_MISFIT_CHAIN_SCHEME || found))
            continue;
        *ret_choice = (struct hf_choice){.identity = list->items[i], .index = i, .scheme = scheme};
        found = true;
        if (reason == HF_MISFIT_NONE)
            break;
    }
    return found;
}

size_t hf_choose_report(const struct hf_choose_list *list, const struct hf_choose_wish *wish,
                        struct hf_identity_misfit *ret_misfits, size_t room)
{
    size_t count = list->count < room ? list->count : room;
    for (size_t i = 0; i < count; i++) {
        uint16_t scheme = 0;
        size_t depth = 0;
        enum hf_misfit_reason reason = judge(list->items[i], wish, &scheme, &depth);
        ret_misfits[i] = (struct hf_identity_misfit){.index = i, .reason = reason};
        hf_misfit_tell(list->items[i], wish, depth, &ret_misfits[i]);
    }
    return count;
}

/* How well an identity serves: its name first, then a CA that the peer named, then a chain signed as it asked. 0: not.
 */
static unsigned score(const struct hf_identity *identity, const struct hf_choose_wish *wish, uint16_t *ret_scheme)
{
    if (!is_of_type(identity, wish) || !fits_issuers(identity, wish, /* default_fits= */ true) ||
        !pick_scheme(identity, wish, ret_scheme))
        return 0;
    const bool is_raw = identity->type == HF_CERTIFICATE_TYPE_RAW; /* it has no name that could be a wrong one */
    unsigned name = is_raw ? 2 : (unsigned)hf_choose_names(identity, wish->server_name);
    unsigned chain = oddly_signed(identity, wish) == identity->chain_count ? 1 : 0;
    unsigned issuer = is_issued_by_named(identity, wish) ? 1 : 0;
    return 1 + 4 * name + 2 * issuer + chain;
}

static bool lacks_issuer_only(const struct hf_choose_list *list, const struct hf_choose_wish *wish)
{
    uint16_t scheme;
    for (size_t i = 0; i < list->count; i++)
        if (is_of_type(list->items[i], wish) && pick_scheme(list->items[i], wish, &scheme))
            return true;
    return false;
}

enum hf_error hf_choose_for_server(const struct hf_choose_list *list, const struct hf_choose_wish *wish,
                                   struct hf_choice *ret_choice)
{
    if (list->count == 0)
        return HF_ERR_no_server_identity;
    unsigned best = 0;
    struct hf_choice choice = {.identity = NULL};
    for (size_t i = 0; i < list->count; i++) {
        uint16_t scheme = 0;
        unsigned points = score(list->items[i], wish, &scheme);
        if (points > best) {
            best = points;
            choice = (struct hf_choice){.identity = list->items[i], .index = i, .scheme = scheme};
        }
    }
    if (choice.identity == NULL)
        return lacks_issuer_only(list, wish) ? HF_ERR_no_common_issuer : HF_ERR_no_common_signature_scheme;
    *ret_choice = choice;
    return HF_OK;
}
