/* One row an extension: its OID, its bit, its reader. What has no row is remembered only when it is critical.
 * No extension may stand twice (RFC 5280 4.2), known or not: two readers would each believe another one. */
#include "certificate/extensions.h"

#include "certificate/distribution_point.h"
#include "certificate/general_name.h"
#include "certificate/oid.h"
#include "certificate/policy.h"

/* Reads an extension's value, which is all of `der`. False when it is flawed. */
typedef bool (*read_value)(struct hf_der *der, struct hf_certificate *certificate);

/* cA has the default FALSE and thus is never written out as FALSE (X.690 11.5). */
static bool read_basic_constraints(struct hf_der *der, struct hf_certificate *certificate)
{
    struct hf_der value = hf_der_enter(der, HF_DER_SEQUENCE);
    if (hf_der_next_is(&value, HF_DER_BOOLEAN)) {
        certificate->is_ca = hf_der_boolean(&value);
        if (!certificate->is_ca)
            return false;
    }
    if (hf_der_more(&value)) {
        certificate->has_path_len = true;
        certificate->path_len = hf_der_small(&value);
    }
    return hf_der_end(&value);
}

/* At least one bit is set (RFC 5280 4.2.1.3). */
static bool read_key_usage(struct hf_der *der, struct hf_certificate *certificate)
{
    certificate->key_usage = hf_der_named_bits(der);
    return certificate->key_usage != 0;
}

static uint32_t purpose_of(struct hf_span oid)
{
    if (hf_span_equal(oid, HF_OID("\x2b\x06\x01\x05\x05\x07\x03\x01")))
        return HF_PURPOSE_SERVER;
    if (hf_span_equal(oid, HF_OID("\x2b\x06\x01\x05\x05\x07\x03\x02")))
        return HF_PURPOSE_CLIENT;
    return hf_span_equal(oid, HF_OID("\x55\x1d\x25\x00")) ? HF_PURPOSE_ANY : HF_PURPOSE_OTHER;
}

static bool read_extended_key_usage(struct hf_der *der, struct hf_certificate *certificate)
{
    certificate->extended_key_usage = hf_der_take(der, HF_DER_SEQUENCE);
    struct hf_der oids = hf_der_of(certificate->extended_key_usage);
    while (hf_der_more(&oids))
        certificate->purposes |= purpose_of(hf_oid_take(&oids));
    return certificate->purposes != 0 && hf_der_end(&oids);
}

static bool read_subject_alt_name(struct hf_der *der, struct hf_certificate *certificate)
{
    certificate->subject_alt_names = hf_der_take(der, HF_DER_SEQUENCE);
    return hf_general_name_check_all(certificate->subject_alt_names);
}

/* Not both lists absent, neither empty (RFC 5280 4.2.1.10). */
static bool read_name_constraints(struct hf_der *der, struct hf_certificate *certificate)
{
    struct hf_der value = hf_der_enter(der, HF_DER_SEQUENCE);
    bool any = hf_der_more(&value);
    if (hf_der_next_is(&value, HF_DER_CONTEXT_SET(0))) {
        certificate->permitted_subtrees = hf_der_take(&value, HF_DER_CONTEXT_SET(0));
        any = any && hf_general_name_check_subtrees(certificate->permitted_subtrees);
    }
    if (hf_der_next_is(&value, HF_DER_CONTEXT_SET(1))) {
        certificate->excluded_subtrees = hf_der_take(&value, HF_DER_CONTEXT_SET(1));
        any = any && hf_general_name_check_subtrees(certificate->excluded_subtrees);
    }
    return any && hf_der_end(&value);
}

/* keyIdentifier [0]; authorityCertIssuer [1] and authorityCertSerialNumber [2] are passed by. */
bool hf_certificate_read_authority_key_id(struct hf_der *der, struct hf_span *ret_key_id)
{
    struct hf_der value = hf_der_enter(der, HF_DER_SEQUENCE);
    struct hf_span key_id = {0};
    if (hf_der_next_is(&value, HF_DER_CONTEXT(0)))
        key_id = hf_der_take(&value, HF_DER_CONTEXT(0));
    if (hf_der_next_is(&value, HF_DER_CONTEXT_SET(1)))
        (void)hf_der_take(&value, HF_DER_CONTEXT_SET(1));
    if (hf_der_next_is(&value, HF_DER_CONTEXT(2)))
        (void)hf_der_take(&value, HF_DER_CONTEXT(2));
    *ret_key_id = key_id;
    return hf_der_end(&value);
}

static bool read_authority_key_id(struct hf_der *der, struct hf_certificate *certificate)
{
    return hf_certificate_read_authority_key_id(der, &certificate->authority_key_id);
}

static bool read_subject_key_id(struct hf_der *der, struct hf_certificate *certificate)
{
    certificate->subject_key_id = hf_der_take(der, HF_DER_OCTET_STRING);
    return certificate->subject_key_id.len > 0;
}

/* One AccessDescription; *ret_uri is empty unless its location is a URI. */
static struct hf_span take_access(struct hf_der *list, struct hf_span *ret_uri)
{
    struct hf_der access = hf_der_enter(list, HF_DER_SEQUENCE);
    struct hf_span method = hf_oid_take(&access);
    bool is_uri = hf_der_next_is(&access, HF_DER_CONTEXT(HF_GENERAL_NAME_URI));
    uint8_t tag = 0;
    struct hf_span content = {0};
    struct hf_span whole = {0};
    if (!hf_der_element(&access, &tag, &content, &whole) || !hf_der_end(&access))
        hf_der_spoil(list);
    *ret_uri = is_uri ? content : hf_span_of(NULL, 0);
    return method;
}

/* The first caIssuers and the first ocsp that is a URI (RFC 5280 4.2.2.1). */
static bool read_authority_info_access(struct hf_der *der, struct hf_certificate *certificate)
{
    struct hf_der list = hf_der_enter(der, HF_DER_SEQUENCE);
    while (hf_der_more(&list)) {
        struct hf_span uri = {0};
        struct hf_span method = take_access(&list, &uri);
        if (hf_span_equal(method, HF_OID("\x2b\x06\x01\x05\x05\x07\x30\x02")) && certificate->issuer_url.len == 0)
            certificate->issuer_url = uri;
        if (hf_span_equal(method, HF_OID("\x2b\x06\x01\x05\x05\x07\x30\x01")) && certificate->ocsp_url.len == 0)
            certificate->ocsp_url = uri;
    }
    return hf_der_end(&list);
}

/* Features :: INTEGERs, of which status_request (5) is one; at least one in practice (RFC 7633 4.1). */
static bool read_tls_feature(struct hf_der *der, struct hf_certificate *certificate)
{
    enum { STATUS_REQUEST = 5 };
    struct hf_der list = hf_der_enter(der, HF_DER_SEQUENCE);
    bool any = hf_der_more(&list);
    while (hf_der_more(&list))
        if (hf_der_small(&list) == STATUS_REQUEST)
            certificate->must_staple = true;
    return any && hf_der_end(&list);
}

/* NULL (RFC 9345 4.2). */
static bool read_delegation_usage(struct hf_der *der, struct hf_certificate *certificate)
{
    (void)certificate;
    return hf_der_take(der, HF_DER_NULL).len == 0;
}

static bool read_policies(struct hf_der *der, struct hf_certificate *certificate)
{
    certificate->policies = hf_der_take(der, HF_DER_SEQUENCE);
    return hf_policy_check_all(certificate->policies);
}

static bool read_policy_mappings(struct hf_der *der, struct hf_certificate *certificate)
{
    certificate->policy_mappings = hf_der_take(der, HF_DER_SEQUENCE);
    return hf_policy_check_mappings(certificate->policy_mappings);
}

/* Counts of certificates, context-tagged INTEGERs; not both absent (RFC 5280 4.2.1.11). */
static bool read_policy_constraints(struct hf_der *der, struct hf_certificate *certificate)
{
    struct hf_der value = hf_der_enter(der, HF_DER_SEQUENCE);
    bool any = hf_der_more(&value);
    certificate->require_explicit_policy = HF_CERTIFICATE_NO_LIMIT;
    certificate->inhibit_policy_mapping = HF_CERTIFICATE_NO_LIMIT;
    if (hf_der_next_is(&value, HF_DER_CONTEXT(0)))
        certificate->require_explicit_policy = hf_der_small_tagged(&value, HF_DER_CONTEXT(0));
    if (hf_der_next_is(&value, HF_DER_CONTEXT(1)))
        certificate->inhibit_policy_mapping = hf_der_small_tagged(&value, HF_DER_CONTEXT(1));
    return any && hf_der_end(&value);
}

static bool read_inhibit_any_policy(struct hf_der *der, struct hf_certificate *certificate)
{
    certificate->inhibit_any_policy = hf_der_small(der);
    return true;
}

/* Distribution points are looked through for a URI to show; which CRL speaks for the certificate, CRLs themselves say
 * (RFC 5280 5.2.5). */
static bool read_crl_distribution_points(struct hf_der *der, struct hf_certificate *certificate)
{
    certificate->crl_distribution_points = hf_der_take(der, HF_DER_SEQUENCE);
    struct hf_der list = hf_der_of(certificate->crl_distribution_points);
    bool any = hf_der_more(&list);
    while (hf_der_more(&list)) {
        struct hf_distribution_point point;
        if (!hf_distribution_point_take(&list, &point))
            return false;
        if (certificate->crl_url.len == 0)
            certificate->crl_url = hf_distribution_point_uri(&point);
    }
    return any && hf_der_end(&list);
}

struct extension_row {
    const char *oid;
    size_t oid_len;
    uint32_t bit;
    read_value read;
    const char *field;
};

#define ID_CE "\x55\x1d"
#define ROW(oid, bit, read, field)                                                                                     \
    {                                                                                                                  \
        oid, sizeof(oid) - 1, HF_CERTIFICATE_##bit, read, field                                                        \
    }

static const struct extension_row extension_rows[] = {
    ROW(ID_CE "\x13", BASIC_CONSTRAINTS, read_basic_constraints, "basicConstraints"),
    ROW(ID_CE "\x0f", KEY_USAGE, read_key_usage, "keyUsage"),
    ROW(ID_CE "\x25", EXTENDED_KEY_USAGE, read_extended_key_usage, "extKeyUsage"),
    ROW(ID_CE "\x11", SUBJECT_ALT_NAME, read_subject_alt_name, "subjectAltName"),
    ROW(ID_CE "\x1e", NAME_CONSTRAINTS, read_name_constraints, "nameConstraints"),
    ROW(ID_CE "\x23", AUTHORITY_KEY_ID, read_authority_key_id, "authorityKeyIdentifier"),
    ROW(ID_CE "\x0e", SUBJECT_KEY_ID, read_subject_key_id, "subjectKeyIdentifier"),
    ROW("\x2b\x06\x01\x05\x05\x07\x01\x01", AUTHORITY_INFO_ACCESS, read_authority_info_access, "authorityInfoAccess"),
    ROW(ID_CE "\x20", POLICIES, read_policies, "certificatePolicies"),
    ROW(ID_CE "\x21", POLICY_MAPPINGS, read_policy_mappings, "policyMappings"),
    ROW(ID_CE "\x24", POLICY_CONSTRAINTS, read_policy_constraints, "policyConstraints"),
    ROW(ID_CE "\x36", INHIBIT_ANY_POLICY, read_inhibit_any_policy, "inhibitAnyPolicy"),
    ROW(ID_CE "\x1f", CRL_DISTRIBUTION_POINTS, read_crl_distribution_points, "cRLDistributionPoints"),
    ROW("\x2b\x06\x01\x05\x05\x07\x01\x18", TLS_FEATURE, read_tls_feature, "tlsFeature"),
    ROW("\x2b\x06\x01\x04\x01\x82\xda\x4b\x2c", DELEGATION_USAGE, read_delegation_usage, "delegationUsage"),
};

static bool flaw(struct hf_certificate_flaw *into, const char *field, const char *what)
{
    if (into != NULL)
        *into = (struct hf_certificate_flaw){.field = field, .what = what};
    return false;
}

bool hf_certificate_next_extension(struct hf_der *list, struct hf_extension_bytes *ret_extension)
{
    if (!hf_der_more(list))
        return false;
    struct hf_der der = hf_der_enter(list, HF_DER_SEQUENCE);
    struct hf_extension_bytes extension = {.oid = hf_oid_take(&der)};
    if (hf_der_next_is(&der, HF_DER_BOOLEAN)) {
        extension.critical = hf_der_boolean(&der);
        if (!extension.critical) /* the default, written out (X.690 11.5) */
            hf_der_spoil(&der);
    }
    extension.value = hf_der_take(&der, HF_DER_OCTET_STRING);
    if (!hf_der_end(&der)) {
        hf_der_spoil(list);
        return false;
    }
    *ret_extension = extension;
    return true;
}

static bool read_known(const struct extension_row *row, const struct hf_extension_bytes *extension,
                       struct hf_certificate *certificate, struct hf_certificate_flaw *found)
{
    struct hf_der value = hf_der_of(extension->value);
    if (!row->read(&value, certificate) || !hf_der_end(&value))
        return flaw(found, row->field, "is not in the form of RFC 5280");
    certificate->present |= row->bit;
    if (extension->critical)
        certificate->critical |= row->bit;
    return true;
}

static bool read_one(const struct hf_extension_bytes *extension, struct hf_certificate *certificate,
                     struct hf_certificate_flaw *found)
{
    for (size_t i = 0; i < HF_COUNT(extension_rows); i++)
        if (hf_span_equal(extension->oid, hf_span_of(extension_rows[i].oid, extension_rows[i].oid_len)))
            return read_known(&extension_rows[i], extension, certificate, found);
    if (extension->critical && certificate->unknown_critical.len == 0)
        certificate->unknown_critical = extension->oid;
    return true;
}

bool hf_certificate_read_extensions(struct hf_span extensions, struct hf_certificate *ret_certificate,
                                    struct hf_certificate_flaw *ret_flaw)
{
    struct hf_span seen[HF_EXTENSIONS_COUNT_MAX];
    size_t count = 0;
    struct hf_certificate certificate = *ret_certificate;
    struct hf_der outer = hf_der_of(extensions);
    struct hf_der list = hf_der_enter(&outer, HF_DER_SEQUENCE);
    struct hf_extension_bytes extension;
    while (hf_certificate_next_extension(&list, &extension)) {
        for (size_t i = 0; i < count; i++)
            if (hf_span_equal(seen[i], extension.oid))
                return flaw(ret_flaw, "extensions", "hold one of them twice");
        if (count == HF_EXTENSIONS_COUNT_MAX)
            return flaw(ret_flaw, "extensions", "are more than 64");
        seen[count++] = extension.oid;
        if (!read_one(&extension, &certificate, ret_flaw))
            return false;
    }
    if (!hf_der_end(&list) || !hf_der_end(&outer) || count == 0)
        return flaw(ret_flaw, "extensions", "are not DER");
    *ret_certificate = certificate;
    return true;
}
