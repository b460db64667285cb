/* CertificateList is read straight through (RFC 5280 5.1); its entries are checked once while reading, so that finding
 * one later cannot fail. */
#include "certificate/crl.h"

#include "certificate/extensions.h"
#include "certificate/name.h"
#include "certificate/oid.h"

#define VERSION_2      1
#define EXTENSIONS_MAX 16

static bool flaw(struct hf_certificate_flaw *into, const char *field, const char *what)
{
    *into = (struct hf_certificate_flaw){.field = field, .what = what};
    return false;
}

/* DEFAULT FALSE: there only when true. */
static bool take_flag(struct hf_der *der, unsigned number)
{
    if (!hf_der_next_is(der, HF_DER_CONTEXT(number)))
        return false;
    struct hf_span content = hf_der_take(der, HF_DER_CONTEXT(number));
    if (content.len != 1 || content.data[0] != 0xff)
        hf_der_spoil(der);
    return true;
}

/* RFC 5280 5.2.5 */
static bool read_scope(struct hf_der *der, struct hf_crl *crl)
{
    struct hf_der value = hf_der_enter(der, HF_DER_SEQUENCE);
    bool sound = true;
    if (hf_der_next_is(&value, HF_DER_CONTEXT_SET(0)))
        sound = hf_distribution_point_take_name(&value, &crl->point);
    crl->only_users = take_flag(&value, 1);
    crl->only_cas = take_flag(&value, 2);
    crl->some_reasons = hf_der_next_is(&value, HF_DER_CONTEXT(3));
    if (crl->some_reasons)
        (void)hf_der_named_bits_tagged(&value, HF_DER_CONTEXT(3));
    crl->indirect = take_flag(&value, 4);
    crl->only_attributes = take_flag(&value, 5);
    unsigned kinds = (unsigned)crl->only_users + (unsigned)crl->only_cas + (unsigned)crl->only_attributes;
    return sound && kinds <= 1 && hf_der_end(&value);
}

static bool read_extension(const struct hf_extension_bytes *extension, struct hf_crl *crl)
{
    struct hf_der value = hf_der_of(extension->value);
    bool sound = true;
    if (hf_span_equal(extension->oid, HF_OID("\x55\x1d\x14"))) {
        crl->number = hf_der_unsigned(&value);
        crl->number_critical = extension->critical;
    } else if (hf_span_equal(extension->oid, HF_OID("\x55\x1d\x1b"))) {
        crl->base_number = hf_der_unsigned(&value);
        sound = extension->critical; /* RFC 5280 5.2.4: else old readers would take a delta for a whole list */
    } else if (hf_span_equal(extension->oid, HF_OID("\x55\x1d\x1c"))) {
        crl->scope = extension->value;
        sound = read_scope(&value, crl);
    } else if (hf_span_equal(extension->oid, HF_OID("\x55\x1d\x23"))) {
        sound = hf_certificate_read_authority_key_id(&value, &crl->authority_key_id);
    } else {
        if (extension->critical && crl->unknown_critical.len == 0)
            crl->unknown_critical = extension->oid;
        return true;
    }
    return hf_der_end(&value) && sound;
}

static bool read_extensions(struct hf_der *tbs, struct hf_crl *crl)
{
    struct hf_span seen[EXTENSIONS_MAX];
    size_t count = 0;
    struct hf_extension_bytes extension;
    struct hf_der wrapped = hf_der_enter(tbs, HF_DER_CONTEXT_SET(0));
    struct hf_der list = hf_der_enter(&wrapped, HF_DER_SEQUENCE);
    while (hf_certificate_next_extension(&list, &extension)) {
        for (size_t i = 0; i < count; i++)
            if (hf_span_equal(seen[i], extension.oid))
                return false;
        if (count == EXTENSIONS_MAX || !read_extension(&extension, crl))
            return false;
        seen[count++] = extension.oid;
    }
    return hf_der_end(&list) && hf_der_end(&wrapped) && count > 0;
}

static bool is_reason(struct hf_span oid)
{
    return hf_span_equal(oid, HF_OID("\x55\x1d\x15"));
}

/* RFC 5280 5.3: a reason is read, dates and comments are passed by; certificateIssuer, critical, is of indirect lists
 * only and not known here. */
static bool take_entry(struct hf_der *list, struct hf_crl_entry *ret_entry, struct hf_span *ret_unknown)
{
    struct hf_der der = hf_der_enter(list, HF_DER_SEQUENCE);
    struct hf_extension_bytes extension;
    ret_entry->serial = hf_der_integer(&der);
    ret_entry->date_s = hf_der_time(&der);
    ret_entry->reason = HF_CRL_REASON_UNSPECIFIED;
    if (hf_der_more(&der)) {
        struct hf_der extensions = hf_der_enter(&der, HF_DER_SEQUENCE);
        while (hf_certificate_next_extension(&extensions, &extension)) {
            struct hf_der value = hf_der_of(extension.value);
            if (is_reason(extension.oid))
                ret_entry->reason = hf_der_small_tagged(&value, HF_DER_ENUMERATED);
            else if (extension.critical)
                *ret_unknown = extension.oid;
            if (is_reason(extension.oid) && !hf_der_end(&value))
                hf_der_spoil(&extensions);
        }
        if (!hf_der_end(&extensions))
            hf_der_spoil(&der);
    }
    if (!hf_der_end(&der))
        hf_der_spoil(list);
    return !list->reader.bad;
}

static bool check_entries(struct hf_crl *crl)
{
    struct hf_der list = hf_der_of(crl->revoked);
    struct hf_crl_entry entry;
    while (hf_der_more(&list))
        if (!take_entry(&list, &entry, &crl->unknown_critical))
            return false;
    return hf_der_end(&list);
}

bool hf_crl_find(const struct hf_crl *crl, struct hf_span serial, struct hf_crl_entry *ret_entry)
{
    struct hf_der list = hf_der_of(crl->index != NULL ? hf_crl_index_find(crl->index, serial) : crl->revoked);
    struct hf_span unknown = {0};
    struct hf_crl_entry entry;
    while (hf_der_more(&list) && take_entry(&list, &entry, &unknown)) {
        if (!hf_span_equal(entry.serial, serial))
            continue;
        *ret_entry = entry;
        return true;
    }
    return false;
}

static bool read_dates(struct hf_der *tbs, struct hf_crl *crl)
{
    crl->this_update_s = hf_der_time(tbs);
    if (hf_der_next_is(tbs, HF_DER_UTC_TIME) || hf_der_next_is(tbs, HF_DER_GENERALIZED_TIME))
        crl->next_update_s = hf_der_time(tbs);
    return !tbs->reader.bad;
}

static bool read_tbs(struct hf_crl *crl, struct hf_span *ret_algorithm, struct hf_certificate_flaw *found)
{
    struct hf_der whole = hf_der_of(crl->tbs);
    struct hf_der tbs = hf_der_enter(&whole, HF_DER_SEQUENCE);
    bool version_2 = hf_der_next_is(&tbs, HF_DER_INTEGER);
    if (version_2 && hf_der_small(&tbs) != VERSION_2)
        return flaw(found, "version", "is not v2");
    *ret_algorithm = hf_der_take_whole(&tbs, HF_DER_SEQUENCE);
    crl->issuer = hf_der_take_whole(&tbs, HF_DER_SEQUENCE);
    if (!hf_name_check(crl->issuer) || hf_name_is_empty(crl->issuer))
        return flaw(found, "issuer", "is not a DER Name, or is empty");
    if (!read_dates(&tbs, crl))
        return flaw(found, "thisUpdate or nextUpdate", "is not in the form of RFC 5280");
    if (hf_der_next_is(&tbs, HF_DER_SEQUENCE))
        crl->revoked = hf_der_take(&tbs, HF_DER_SEQUENCE);
    if (!check_entries(crl))
        return flaw(found, "revokedCertificates", "holds an entry that is not in the form of RFC 5280");
    if (hf_der_more(&tbs) && (!version_2 || !read_extensions(&tbs, crl)))
        return flaw(found, "crlExtensions", "are not in the form of RFC 5280");
    return hf_der_end(&tbs) || flaw(found, "tbsCertList", "goes on after its end");
}

static bool read_crl(struct hf_crl *crl, struct hf_certificate_flaw *found)
{
    struct hf_der outer = hf_der_of(crl->der);
    struct hf_der der = hf_der_enter(&outer, HF_DER_SEQUENCE);
    if (!hf_der_end(&outer))
        return flaw(found, "CertificateList", "is not exactly one DER SEQUENCE");
    crl->tbs = hf_der_take_whole(&der, HF_DER_SEQUENCE);
    struct hf_span algorithm = hf_der_take_whole(&der, HF_DER_SEQUENCE);
    struct hf_span inner = {0};
    crl->signature = hf_der_bit_bytes(&der);
    if (!hf_der_end(&der))
        return flaw(found, "CertificateList", "is not tbsCertList, signatureAlgorithm and signatureValue");
    if (!read_tbs(crl, &inner, found))
        return false;
    if (!hf_span_equal(inner, algorithm)) /* RFC 5280 5.1.1.2: only the inner one is signed */
        return flaw(found, "signatureAlgorithm", "differs from the one that is signed");
    return hf_algorithm_read_signature(algorithm, &crl->signature_algorithm) ||
           flaw(found, "signatureAlgorithm", "has wrong parameters");
}

enum hf_error hf_crl_read(struct hf_span der, struct hf_crl *ret_crl, struct hf_certificate_flaw *ret_flaw)
{
    struct hf_crl crl = {.der = der};
    struct hf_certificate_flaw found = {.field = "", .what = ""};
    if (!read_crl(&crl, &found)) {
        if (ret_flaw != NULL)
            *ret_flaw = found;
        return HF_ERR_bad_certificate_encoding;
    }
    *ret_crl = crl;
    return HF_OK;
}

const char *hf_crl_reason_name(uint32_t reason)
{
    static const char *const names[] = {"unspecified",        "keyCompromise", "cACompromise",
                                        "affiliationChanged", "superseded",    "cessationOfOperation",
                                        "certificateHold",    "unspecified",   "removeFromCRL",
                                        "privilegeWithdrawn", "aACompromise"};
    return reason < HF_COUNT(names) ? names[reason] : names[0];
}
