/* The frame of a certificate (RFC 5280 4.1), read straight through: the first flaw found is told and ends the reading.
 * Work is on a local; the caller's struct is set when everything held. */
#include "certificate/certificate.h"

#include "certificate/extensions.h"
#include "certificate/name.h"

#define SERIAL_LEN_MAX 20 /* RFC 5280 4.1.2.2 */

static bool flaw(struct hf_certificate_flaw *into, const char *field, const char *what)
{
    *into = (struct hf_certificate_flaw){.field = field, .what = what};
    return false;
}

/* version is a default and thus never written out as v1 (X.690 11.5). */
static bool read_version(struct hf_der *tbs, struct hf_certificate *certificate, struct hf_certificate_flaw *found)
{
    certificate->version = 1;
    if (!hf_der_next_is(tbs, HF_DER_CONTEXT_SET(0)))
        return true;
    struct hf_der version = hf_der_enter(tbs, HF_DER_CONTEXT_SET(0));
    uint32_t value = hf_der_small(&version);
    if (!hf_der_end(&version) || value < 1 || value > 2)
        return flaw(found, "version", "is not v2 or v3");
    certificate->version = value + 1;
    return true;
}

static bool read_serial(struct hf_der *tbs, struct hf_certificate *certificate, struct hf_certificate_flaw *found)
{
    certificate->serial = hf_der_integer(tbs);
    if (certificate->serial.len == 0)
        return flaw(found, "serialNumber", "is not a DER INTEGER");
    if (certificate->serial.data[0] >= 0x80)
        return flaw(found, "serialNumber", "is negative");
    size_t sign = certificate->serial.data[0] == 0 && certificate->serial.len > 1 ? 1 : 0;
    if (certificate->serial.len - sign > SERIAL_LEN_MAX)
        return flaw(found, "serialNumber", "is longer than 20 bytes");
    return true;
}

static bool read_validity(struct hf_der *tbs, struct hf_certificate *certificate, struct hf_certificate_flaw *found)
{
    struct hf_der validity = hf_der_enter(tbs, HF_DER_SEQUENCE);
    certificate->not_before_s = hf_der_time(&validity);
    certificate->not_after_s = hf_der_time(&validity);
    if (!hf_der_end(&validity))
        return flaw(found, "validity", "holds a time that is not in the form of RFC 5280");
    return true;
}

static bool read_names(struct hf_der *tbs, struct hf_certificate *certificate, struct hf_certificate_flaw *found)
{
    certificate->issuer = hf_der_take_whole(tbs, HF_DER_SEQUENCE);
    if (!hf_name_check(certificate->issuer))
        return flaw(found, "issuer", "is not a DER Name");
    if (hf_name_is_empty(certificate->issuer))
        return flaw(found, "issuer", "is empty");
    if (!read_validity(tbs, certificate, found))
        return false;
    certificate->subject = hf_der_take_whole(tbs, HF_DER_SEQUENCE);
    if (!hf_name_check(certificate->subject))
        return flaw(found, "subject", "is not a DER Name");
    return true;
}

/* issuerUniqueID and subjectUniqueID are of v2 and v3, extensions of v3 (RFC 5280 4.1.2.8, 4.1.2.9). */
static bool read_tail(struct hf_der *tbs, struct hf_certificate *certificate, struct hf_certificate_flaw *found)
{
    for (unsigned number = 1; number <= 2; number++) {
        if (!hf_der_next_is(tbs, HF_DER_CONTEXT(number)))
            continue;
        struct hf_span bits = hf_der_take(tbs, HF_DER_CONTEXT(number));
        if (certificate->version < 2 || bits.len == 0 || bits.data[0] > 7)
            return flaw(found, "uniqueIdentifier", "has no place here");
    }
    if (hf_der_next_is(tbs, HF_DER_CONTEXT_SET(3))) {
        struct hf_der wrapped = hf_der_enter(tbs, HF_DER_CONTEXT_SET(3));
        struct hf_span extensions = hf_der_take_whole(&wrapped, HF_DER_SEQUENCE);
        if (certificate->version != 3)
            return flaw(found, "extensions", "stand in a certificate that is not v3");
        if (!hf_der_end(&wrapped))
            return flaw(found, "extensions", "are not DER");
        if (!hf_certificate_read_extensions(extensions, certificate, found))
            return false;
    }
    if (!hf_der_end(tbs))
        return flaw(found, "tbsCertificate", "goes on after its end");
    return true;
}

static bool read_tbs(struct hf_certificate *certificate, struct hf_span *ret_algorithm,
                     struct hf_certificate_flaw *found)
{
    struct hf_der whole = hf_der_of(certificate->tbs);
    struct hf_der tbs = hf_der_enter(&whole, HF_DER_SEQUENCE);
    if (!read_version(&tbs, certificate, found) || !read_serial(&tbs, certificate, found))
        return false;
    *ret_algorithm = hf_der_take_whole(&tbs, HF_DER_SEQUENCE);
    if (!read_names(&tbs, certificate, found))
        return false;
    struct hf_span spki = hf_der_take_whole(&tbs, HF_DER_SEQUENCE);
    if (!hf_algorithm_read_spki(spki, &certificate->key))
        return flaw(found, "subjectPublicKeyInfo", "does not hold a key in the form of its algorithm");
    return read_tail(&tbs, certificate, found);
}

static bool read_certificate(struct hf_certificate *certificate, struct hf_certificate_flaw *found)
{
    if (certificate->der.len > HF_CERTIFICATE_LEN_MAX)
        return flaw(found, "Certificate", "is longer than 65536 bytes");
    struct hf_der outer = hf_der_of(certificate->der);
    struct hf_der der = hf_der_enter(&outer, HF_DER_SEQUENCE);
    if (!hf_der_end(&outer))
        return flaw(found, "Certificate", "is not exactly one DER SEQUENCE");
    certificate->tbs = hf_der_take_whole(&der, HF_DER_SEQUENCE);
    struct hf_span algorithm = hf_der_take_whole(&der, HF_DER_SEQUENCE);
    certificate->signature = hf_der_bit_bytes(&der);
    if (!hf_der_end(&der))
        return flaw(found, "Certificate", "is not tbsCertificate, signatureAlgorithm and signatureValue");
    struct hf_span inner = {0};
    if (!read_tbs(certificate, &inner, found))
        return false;
    /* The two say the same, byte for byte (RFC 5280 4.1.1.2): only the inner one is signed. */
    if (!hf_span_equal(inner, algorithm))
        return flaw(found, "signatureAlgorithm", "differs from the one that is signed");
    if (!hf_algorithm_read_signature(algorithm, &certificate->signature_algorithm))
        return flaw(found, "signatureAlgorithm", "has wrong parameters");
    return true;
}

enum hf_error hf_certificate_read(struct hf_span der, struct hf_certificate *ret_certificate,
                                  struct hf_certificate_flaw *ret_flaw)
{
    struct hf_certificate certificate = {.der = der};
    struct hf_certificate_flaw found = {.field = "", .what = ""};
    if (!read_certificate(&certificate, &found)) {
        if (ret_flaw != NULL)
            *ret_flaw = found;
        return HF_ERR_bad_certificate_encoding;
    }
    *ret_certificate = certificate;
    return HF_OK;
}

bool hf_certificate_is_self_issued(const struct hf_certificate *certificate)
{
    return hf_name_equal(certificate->issuer, certificate->subject);
}

bool hf_certificate_can_extend(const struct hf_certificate *certificate)
{
    return certificate->version == 3;
}
