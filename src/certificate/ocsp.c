/* Explicit tags everywhere but in certStatus (RFC 6960 B.1). Entries are checked once while reading. */
#include "certificate/ocsp.h"

#include "certificate/name.h"
#include "certificate/oid.h"

#define KEY_HASH_LEN 20

/* Passes over Extensions; tells whether one was critical. */
static bool take_extensions(struct hf_der *der, unsigned number)
{
    bool critical = false;
    if (!hf_der_next_is(der, HF_DER_CONTEXT_SET(number)))
        return false;
    struct hf_der wrapped = hf_der_enter(der, HF_DER_CONTEXT_SET(number));
    struct hf_der list = hf_der_enter(&wrapped, HF_DER_SEQUENCE);
    while (hf_der_more(&list)) {
        struct hf_der extension = hf_der_enter(&list, HF_DER_SEQUENCE);
        (void)hf_oid_take(&extension);
        if (hf_der_next_is(&extension, HF_DER_BOOLEAN))
            critical = hf_der_boolean(&extension) || critical;
        (void)hf_der_take(&extension, HF_DER_OCTET_STRING);
        if (!hf_der_end(&extension))
            hf_der_spoil(&list);
    }
    if (!hf_der_end(&list) || !hf_der_end(&wrapped))
        hf_der_spoil(der);
    return critical;
}

static void take_certificate_id(struct hf_der *der, struct hf_ocsp_answer *answer)
{
    struct hf_der id = hf_der_enter(der, HF_DER_SEQUENCE);
    answer->hash = hf_algorithm_take_hash(&id);
    answer->issuer_name_hash = hf_der_take(&id, HF_DER_OCTET_STRING);
    answer->issuer_key_hash = hf_der_take(&id, HF_DER_OCTET_STRING);
    answer->serial = hf_der_integer(&id);
    if (!hf_der_end(&id))
        hf_der_spoil(der);
}

static void take_revoked(struct hf_der *der, struct hf_ocsp_answer *answer)
{
    struct hf_der revoked = hf_der_enter(der, HF_DER_CONTEXT_SET(1));
    answer->status = HF_OCSP_REVOKED;
    answer->revoked_at_s = hf_der_time(&revoked);
    if (hf_der_next_is(&revoked, HF_DER_CONTEXT_SET(0))) {
        struct hf_der reason = hf_der_enter(&revoked, HF_DER_CONTEXT_SET(0));
        answer->reason = hf_der_small_tagged(&reason, HF_DER_ENUMERATED);
        if (!hf_der_end(&reason))
            hf_der_spoil(&revoked);
    }
    if (!hf_der_end(&revoked))
        hf_der_spoil(der);
}

static void take_status(struct hf_der *der, struct hf_ocsp_answer *answer)
{
    if (hf_der_next_is(der, HF_DER_CONTEXT_SET(1))) {
        take_revoked(der, answer);
        return;
    }
    bool good = hf_der_next_is(der, HF_DER_CONTEXT(0));
    answer->status = good ? HF_OCSP_GOOD : HF_OCSP_UNKNOWN;
    if (hf_der_take(der, good ? HF_DER_CONTEXT(0) : HF_DER_CONTEXT(2)).len != 0)
        hf_der_spoil(der);
}

static int64_t take_wrapped_time(struct hf_der *der)
{
    struct hf_der wrapped = hf_der_enter(der, HF_DER_CONTEXT_SET(0));
    int64_t time_s = hf_der_time(&wrapped);
    if (!hf_der_end(&wrapped))
        hf_der_spoil(der);
    return time_s;
}

bool hf_ocsp_next(struct hf_der *answers, struct hf_ocsp_answer *ret_answer)
{
    if (!hf_der_more(answers))
        return false;
    struct hf_ocsp_answer answer = {0};
    struct hf_der der = hf_der_enter(answers, HF_DER_SEQUENCE);
    take_certificate_id(&der, &answer);
    take_status(&der, &answer);
    answer.this_update_s = hf_der_time(&der);
    if (hf_der_next_is(&der, HF_DER_CONTEXT_SET(0)))
        answer.next_update_s = take_wrapped_time(&der);
    answer.unknown_critical = take_extensions(&der, 1);
    if (!hf_der_end(&der)) {
        hf_der_spoil(answers);
        return false;
    }
    *ret_answer = answer;
    return true;
}

static bool read_responder(struct hf_der *der, struct hf_ocsp *ocsp)
{
    if (hf_der_next_is(der, HF_DER_CONTEXT_SET(1))) {
        struct hf_der name = hf_der_enter(der, HF_DER_CONTEXT_SET(1));
        ocsp->responder_name = hf_der_take_whole(&name, HF_DER_SEQUENCE);
        return hf_der_end(&name) && hf_name_check(ocsp->responder_name);
    }
    struct hf_der key = hf_der_enter(der, HF_DER_CONTEXT_SET(2));
    ocsp->responder_key = hf_der_take(&key, HF_DER_OCTET_STRING);
    return hf_der_end(&key) && ocsp->responder_key.len == KEY_HASH_LEN;
}

static bool check_answers(struct hf_span answers)
{
    struct hf_der each = hf_der_of(answers);
    struct hf_ocsp_answer answer;
    while (hf_ocsp_next(&each, &answer))
        continue;
    return answers.len > 0 && hf_der_end(&each);
}

static bool read_data(struct hf_ocsp *ocsp)
{
    struct hf_der whole = hf_der_of(ocsp->tbs);
    struct hf_der data = hf_der_enter(&whole, HF_DER_SEQUENCE);
    if (hf_der_next_is(&data, HF_DER_CONTEXT_SET(0))) /* v1 is the default and the only one */
        return false;
    if (!read_responder(&data, ocsp))
        return false;
    ocsp->produced_at_s = hf_der_time(&data);
    ocsp->answers = hf_der_take(&data, HF_DER_SEQUENCE);
    ocsp->unknown_critical = take_extensions(&data, 1);
    return hf_der_end(&data) && check_answers(ocsp->answers);
}

static bool read_basic(struct hf_span bytes, struct hf_ocsp *ocsp)
{
    struct hf_der whole = hf_der_of(bytes);
    struct hf_der basic = hf_der_enter(&whole, HF_DER_SEQUENCE);
    if (!hf_der_end(&whole))
        return false;
    ocsp->tbs = hf_der_take_whole(&basic, HF_DER_SEQUENCE);
    struct hf_span algorithm = hf_der_take_whole(&basic, HF_DER_SEQUENCE);
    ocsp->signature = hf_der_bit_bytes(&basic);
    if (hf_der_next_is(&basic, HF_DER_CONTEXT_SET(0))) {
        struct hf_der wrapped = hf_der_enter(&basic, HF_DER_CONTEXT_SET(0));
        ocsp->certificates = hf_der_take(&wrapped, HF_DER_SEQUENCE);
        if (!hf_der_end(&wrapped))
            return false;
    }
    return hf_der_end(&basic) && hf_algorithm_read_signature(algorithm, &ocsp->signature_algorithm) && read_data(ocsp);
}

static bool read_ocsp(struct hf_ocsp *ocsp)
{
    struct hf_der outer = hf_der_of(ocsp->der);
    struct hf_der response = hf_der_enter(&outer, HF_DER_SEQUENCE);
    ocsp->status = hf_der_small_tagged(&response, HF_DER_ENUMERATED);
    if (ocsp->status != 0)
        return hf_der_end(&response) && hf_der_end(&outer);
    struct hf_der wrapped = hf_der_enter(&response, HF_DER_CONTEXT_SET(0));
    struct hf_der bytes = hf_der_enter(&wrapped, HF_DER_SEQUENCE);
    bool basic = hf_span_equal(hf_oid_take(&bytes), HF_OID("\x2b\x06\x01\x05\x05\x07\x30\x01\x01"));
    struct hf_span inner = hf_der_take(&bytes, HF_DER_OCTET_STRING);
    bool framed = hf_der_end(&bytes) && hf_der_end(&wrapped) && hf_der_end(&response) && hf_der_end(&outer);
    return framed && basic && read_basic(inner, ocsp);
}

enum hf_error hf_ocsp_read(struct hf_span der, struct hf_ocsp *ret_ocsp)
{
    struct hf_ocsp ocsp = {.der = der};
    if (der.len > HF_OCSP_LEN_MAX || !read_ocsp(&ocsp))
        return HF_ERR_bad_certificate_encoding;
    *ret_ocsp = ocsp;
    return HF_OK;
}
