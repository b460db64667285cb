/* The entry is found by all of its CertID (GnuTLS once took the first of several: CVE-2026-3832), then its dates are
 * looked at, and at last the signature: by the CA itself, or by a responder to whom this very CA gave a certificate for
 * that purpose (RFC 6960 4.2.2.2). A responder's certificate is believed for its life. No nonce is asked for: responses
 * are stapled or come from files. */
#include "trust/ocsp_status.h"

#include "certificate/crl.h"
#include "certificate/name.h"
#include "certificate/ocsp.h"
#include "certificate/oid.h"
#include "crypto/hash.h"
#include "registry/key_type.h"
#include "trust/checks.h"
#include "trust/key.h"

#define AGE_MAX_S 86400 /* of an answer without nextUpdate: newer ones are always to be had (RFC 6960 4.2.2.1) */

struct lookup {
    const struct hf_status_question *question;
    struct hf_ocsp ocsp;
    struct hf_ocsp_answer answer;
    struct hf_text told;
};

static void name_response(struct lookup *lookup)
{
    hf_text_add(&lookup->told, "the OCSP response of ");
    hf_text_add_time(&lookup->told, lookup->answer.this_update_s);
    hf_text_add(&lookup->told, " about certificates of ");
    hf_name_print(lookup->question->issuer->subject, &lookup->told);
}

static enum hf_error is_digest(const struct lookup *lookup, enum hf_hash_id hash, struct hf_span of,
                               struct hf_span digest, bool *ret_is)
{
    struct hf_digest made;
    HF_TRY(hf_hash_once(lookup->question->asked->toolbox, hash, &of, 1, &made));
    *ret_is = hf_span_equal(hf_digest_span(&made), digest);
    return HF_OK;
}

static enum hf_error is_about(const struct lookup *lookup, const struct hf_ocsp_answer *answer, bool *ret_is)
{
    const struct hf_status_question *question = lookup->question;
    bool of_name = false;
    *ret_is = false;
    if (hf_key_type_hash(answer->hash) == HF_HASH_NONE || !hf_span_equal(answer->serial, question->subject->serial))
        return HF_OK;
    HF_TRY(is_digest(lookup, hf_key_type_hash(answer->hash), question->subject->issuer, answer->issuer_name_hash,
                     &of_name));
    return of_name ? is_digest(lookup, hf_key_type_hash(answer->hash), question->issuer->key.subject_public_key,
                               answer->issuer_key_hash, ret_is)
                   : HF_OK;
}

/* Of several entries about the certificate the newest. */
static enum hf_error find(struct lookup *lookup, bool *ret_found)
{
    struct hf_der each = hf_der_of(lookup->ocsp.answers);
    struct hf_ocsp_answer answer;
    *ret_found = false;
    while (hf_ocsp_next(&each, &answer)) {
        bool about = false;
        HF_TRY(is_about(lookup, &answer, &about));
        if (!about || (*ret_found && answer.this_update_s <= lookup->answer.this_update_s))
            continue;
        lookup->answer = answer;
        *ret_found = true;
    }
    return HF_OK;
}

static enum hf_error is_responder(const struct lookup *lookup, const struct hf_certificate *certificate, bool *ret_is)
{
    if (lookup->ocsp.responder_key.len > 0)
        return is_digest(lookup, HF_HASH_SHA1, certificate->key.subject_public_key, lookup->ocsp.responder_key, ret_is);
    *ret_is = hf_name_equal(lookup->ocsp.responder_name, certificate->subject);
    return HF_OK;
}

static bool signs_ocsp(const struct hf_certificate *certificate)
{
    struct hf_der oids = hf_der_of(certificate->extended_key_usage);
    while (hf_der_more(&oids))
        if (hf_span_equal(hf_oid_take(&oids), HF_OID("\x2b\x06\x01\x05\x05\x07\x03\x09")))
            return true;
    return false;
}

static bool is_of_today(const struct hf_certificate *certificate, int64_t now_s)
{
    return now_s >= certificate->not_before_s && now_s <= certificate->not_after_s;
}

/* RFC 6960 4.2.2.2: id-kp-OCSPSigning in a certificate that the CA in question signed itself. */
static enum hf_error check_delegate(const struct lookup *lookup, const struct hf_certificate *delegate)
{
    const struct hf_status_question *question = lookup->question;
    const struct hf_signed what = {delegate->tbs, delegate->signature_algorithm, delegate->signature};
    bool may_sign = (delegate->present & HF_CERTIFICATE_KEY_USAGE) == 0 ||
                    (delegate->key_usage & HF_KEY_USAGE_DIGITAL_SIGNATURE) != 0;
    if (!signs_ocsp(delegate) || !may_sign || delegate->unknown_critical.len > 0 ||
        !is_of_today(delegate, question->asked->now_s) || !hf_name_equal(delegate->issuer, question->issuer->subject))
        return HF_ERR_wrong_purpose;
    return hf_status_check_signed(question, question->issuer, &what);
}

/* The delegate's certificate among those of the response; HF_ERR_unknown_issuer when there is none. */
static enum hf_error find_delegate(const struct lookup *lookup, struct hf_certificate *ret_delegate)
{
    struct hf_der each = hf_der_of(lookup->ocsp.certificates);
    for (size_t i = 0; i < HF_OCSP_STATUS_RESPONDERS_MAX && hf_der_more(&each); i++) {
        struct hf_span der = hf_der_take_whole(&each, HF_DER_SEQUENCE);
        bool is = false;
        if (hf_certificate_read(der, ret_delegate, NULL) != HF_OK)
            continue;
        HF_TRY(is_responder(lookup, ret_delegate, &is));
        enum hf_error error = is ? check_delegate(lookup, ret_delegate) : HF_ERR_unknown_issuer;
        if (error == HF_OK || hf_status_is_own_fault(error))
            return error;
    }
    return HF_ERR_unknown_issuer;
}

static enum hf_error check_signature(const struct lookup *lookup)
{
    const struct hf_signed what = {lookup->ocsp.tbs, lookup->ocsp.signature_algorithm, lookup->ocsp.signature};
    const struct hf_certificate *issuer = lookup->question->issuer;
    struct hf_certificate delegate;
    bool by_issuer = false;
    HF_TRY(is_responder(lookup, issuer, &by_issuer));
    if (by_issuer)
        return hf_status_check_signed(lookup->question, issuer, &what);
    HF_TRY(find_delegate(lookup, &delegate));
    return hf_status_check_signed(lookup->question, &delegate, &what);
}

/* The question, as far as dates go: an answer without nextUpdate has an age of its own. */
static struct hf_status_question with_age(const struct lookup *lookup)
{
    struct hf_status_question question = *lookup->question;
    if (question.age_max_s == 0 && lookup->answer.next_update_s == 0)
        question.age_max_s = AGE_MAX_S;
    return question;
}

static bool is_fresh(const struct lookup *lookup)
{
    const struct hf_status_question question = with_age(lookup);
    return hf_status_is_fresh(&question, lookup->answer.this_update_s, lookup->answer.next_update_s);
}

static enum hf_status_kind take_answer(struct lookup *lookup)
{
    const struct hf_ocsp_answer *answer = &lookup->answer;
    if (answer->status == HF_OCSP_REVOKED) {
        hf_text_add(&lookup->told, "revoked on ");
        hf_text_add_time(&lookup->told, answer->revoked_at_s);
        hf_text_add(&lookup->told, " (%s), says ", hf_crl_reason_name(answer->reason));
    }
    name_response(lookup);
    if (answer->status == HF_OCSP_REVOKED)
        return HF_STATUS_REVOKED;
    if (!is_fresh(lookup)) {
        hf_text_add(&lookup->told, " is not current");
        return HF_STATUS_NONE;
    }
    hf_text_add(&lookup->told, answer->status == HF_OCSP_GOOD ? " says good" : " does not know it");
    return answer->status == HF_OCSP_GOOD ? HF_STATUS_GOOD : HF_STATUS_NONE;
}

static enum hf_error judge(struct lookup *lookup, struct hf_status *status)
{
    bool found = false;
    HF_TRY(find(lookup, &found));
    if (!found) {
        hf_text_add(&lookup->told, "the OCSP response is about other certificates");
        return HF_OK;
    }
    enum hf_error error = check_signature(lookup);
    if (hf_status_is_own_fault(error))
        return error;
    if (error != HF_OK || lookup->ocsp.unknown_critical || lookup->answer.unknown_critical) {
        name_response(lookup);
        hf_text_add(&lookup->told, error == HF_OK                   ? " has a critical extension that is not known here"
                                   : error == HF_ERR_unknown_issuer ? " is of a responder that the CA did not authorise"
                                                                    : " does not bear its responder's signature");
        return HF_OK;
    }
    const struct hf_status_question question = with_age(lookup);
    status->kind = take_answer(lookup);
    status->until_s = hf_status_fresh_until(&question, lookup->answer.this_update_s, lookup->answer.next_update_s);
    status->since_s = lookup->answer.revoked_at_s;
    return HF_OK;
}

enum hf_error hf_ocsp_status(const struct hf_status_question *question, struct hf_span response,
                             struct hf_status *ret_status)
{
    struct hf_status status = {.kind = HF_STATUS_NONE};
    struct lookup lookup = {.question = question, .told = hf_text_of(status.told, sizeof status.told)};
    if (hf_ocsp_read(response, &lookup.ocsp) != HF_OK)
        hf_text_add(&lookup.told, "the OCSP response cannot be read");
    else if (lookup.ocsp.status != 0)
        hf_text_add(&lookup.told, "the OCSP responder gave no answer, but status %u (RFC 6960 4.2.1)",
                    (unsigned)lookup.ocsp.status);
    else
        HF_TRY(judge(&lookup, &status));
    *ret_status = status;
    return HF_OK;
}
