#include "support/make_revocation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/must.h"

#define DAY INT64_C(86400)

static void need(int ok)
{
    if (ok != 1)
        abort();
}

static void *need_memory(void *made)
{
    if (made == NULL)
        abort();
    return made;
}

static int64_t or_default(int64_t time_s, int64_t otherwise_s)
{
    return time_s != 0 ? time_s : otherwise_s;
}

static ASN1_TIME *time_of(int64_t time_s)
{
    return need_memory(ASN1_TIME_set(NULL, (time_t)time_s));
}

static ASN1_GENERALIZEDTIME *general_time_of(int64_t time_s)
{
    return time_s < 0 ? NULL : need_memory(ASN1_GENERALIZEDTIME_set(NULL, (time_t)time_s));
}

static void set_dates(X509_CRL *crl, const struct make_crl_of *of)
{
    ASN1_TIME *this_update = time_of(or_default(of->this_update_s, MAKE_CERTIFICATE_NOW - DAY));
    need(X509_CRL_set1_lastUpdate(crl, this_update));
    ASN1_TIME_free(this_update);
    if (of->next_update_s < 0)
        return;
    ASN1_TIME *next_update = time_of(or_default(of->next_update_s, MAKE_CERTIFICATE_NOW + 10 * DAY));
    need(X509_CRL_set1_nextUpdate(crl, next_update));
    ASN1_TIME_free(next_update);
}

static void add_revoked(X509_CRL *crl, const struct make_certificate *certificate, int reason)
{
    X509_REVOKED *revoked = need_memory(X509_REVOKED_new());
    ASN1_TIME *date = time_of(MAKE_CERTIFICATE_NOW - DAY);
    need(X509_REVOKED_set_serialNumber(revoked, X509_get_serialNumber(certificate->x509)));
    need(X509_REVOKED_set_revocationDate(revoked, date));
    ASN1_TIME_free(date);
    if (reason != 0) {
        ASN1_ENUMERATED *value = need_memory(ASN1_ENUMERATED_new());
        need(ASN1_ENUMERATED_set(value, reason));
        need(X509_REVOKED_add1_ext_i2d(revoked, NID_crl_reason, value, 0, 0));
        ASN1_ENUMERATED_free(value);
    }
    need(X509_CRL_add0_revoked(crl, revoked));
}

static void add_number(X509_CRL *crl, int nid, int number, int critical)
{
    ASN1_INTEGER *value = need_memory(ASN1_INTEGER_new());
    need(ASN1_INTEGER_set(value, number));
    need(X509_CRL_add1_ext_i2d(crl, nid, value, critical, 0));
    ASN1_INTEGER_free(value);
}

static void add_extension(X509_CRL *crl, X509_EXTENSION *extension)
{
    need(X509_CRL_add_ext(crl, need_memory(extension), -1));
    X509_EXTENSION_free(extension);
}

static void add_unknown(X509_CRL *crl, const char *oid)
{
    ASN1_OBJECT *object = need_memory(OBJ_txt2obj(oid, 1));
    ASN1_OCTET_STRING *value = need_memory(ASN1_OCTET_STRING_new());
    need(ASN1_OCTET_STRING_set(value, (const unsigned char *)"\x05\x00", 2));
    add_extension(crl, X509_EXTENSION_create_by_OBJ(NULL, object, 1, value));
    ASN1_OCTET_STRING_free(value);
    ASN1_OBJECT_free(object);
}

static void add_extensions(X509_CRL *crl, const struct make_crl_of *of)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, of->issuer->x509, NULL, NULL, crl, 0);
    add_extension(crl, X509V3_EXT_conf_nid(NULL, &context, NID_authority_key_identifier, "keyid"));
    if (of->number >= 0)
        add_number(crl, NID_crl_number, of->number == 0 ? 1 : of->number, of->number_critical);
    if (of->base_number != 0)
        add_number(crl, NID_delta_crl, of->base_number, 1);
    if (of->critical_oid != NULL)
        add_unknown(crl, of->critical_oid);
    if (of->scope == NULL)
        return;
    char scope[256];
    need(snprintf(scope, sizeof scope, "critical,%s", of->scope) < (int)sizeof scope);
    add_extension(crl, X509V3_EXT_conf_nid(NULL, &context, NID_issuing_distribution_point, scope));
}

static struct make_revocation *made_of(uint8_t *der, int len)
{
    struct make_revocation *made = need_memory(malloc(sizeof *made));
    need(len > 0);
    *made = (struct make_revocation){.der = need_memory(malloc((size_t)len)), .len = (size_t)len};
    memcpy(made->der, der, made->len);
    OPENSSL_free(der);
    return made;
}

struct make_revocation *make_crl(const struct make_crl_of *of)
{
    X509_CRL *crl = need_memory(X509_CRL_new());
    if (!of->version_1) /* which is no number in the encoding */
        need(X509_CRL_set_version(crl, 1));
    need(X509_CRL_set_issuer_name(crl, X509_get_subject_name(of->issuer->x509)));
    set_dates(crl, of);
    for (size_t i = 0; i < HF_COUNT(of->revoked) && of->revoked[i].certificate != NULL; i++)
        add_revoked(crl, of->revoked[i].certificate, of->revoked[i].reason);
    if (!of->version_1)
        add_extensions(crl, of);
    EVP_PKEY *key = of->key_of != NULL ? of->key_of->key : of->issuer->key;
    need(X509_CRL_sign(crl, key, EVP_get_digestbyname(of->hash != NULL ? of->hash : "sha256")) > 0);
    uint8_t *der = NULL;
    int len = i2d_X509_CRL(crl, &der);
    struct make_revocation *made = made_of(der, len);
    made->der[made->len - 1] ^= of->damage_signature ? 1 : 0;
    X509_CRL_free(crl);
    return made;
}

static void add_entry(OCSP_BASICRESP *basic, const struct make_ocsp_of *of, size_t i)
{
    const EVP_MD *hash = EVP_get_digestbyname(of->entries[i].hash != NULL ? of->entries[i].hash : "sha1");
    OCSP_CERTID *id = need_memory(OCSP_cert_to_id(hash, of->entries[i].certificate->x509, of->entries[i].issuer->x509));
    ASN1_TIME *revoked = time_of(MAKE_CERTIFICATE_NOW - DAY);
    ASN1_GENERALIZEDTIME *this_update =
        general_time_of(or_default(of->entries[i].this_update_s, MAKE_CERTIFICATE_NOW - DAY));
    ASN1_GENERALIZEDTIME *next_update =
        general_time_of(or_default(of->entries[i].next_update_s, MAKE_CERTIFICATE_NOW + DAY));
    bool is_revoked = of->entries[i].status == MAKE_OCSP_REVOKED;
    need_memory(OCSP_basic_add1_status(basic, id, (int)of->entries[i].status, OCSP_REVOKED_STATUS_KEYCOMPROMISE,
                                       is_revoked ? revoked : NULL, this_update, next_update));
    ASN1_GENERALIZEDTIME_free(next_update);
    ASN1_GENERALIZEDTIME_free(this_update);
    ASN1_TIME_free(revoked);
    OCSP_CERTID_free(id);
}

static void sign(OCSP_BASICRESP *basic, const struct make_ocsp_of *of)
{
    const struct make_certificate *by = of->responder != NULL ? of->responder : of->entries[0].issuer;
    bool bare = of->responder == NULL || of->leave_out_responder;
    unsigned long flags = (bare ? OCSP_NOCERTS : 0U) | (of->by_key ? OCSP_RESPID_KEY : 0U);
    need(OCSP_basic_sign(basic, by->x509, by->key, EVP_sha256(), NULL, flags));
    if (!of->damage_signature)
        return;
    const ASN1_OCTET_STRING *signature = OCSP_resp_get0_signature(basic);
    uint8_t *bytes = (uint8_t *)(uintptr_t)ASN1_STRING_get0_data(signature);
    bytes[ASN1_STRING_length(signature) - 1] ^= 1;
}

struct make_revocation *make_ocsp(const struct make_ocsp_of *of)
{
    OCSP_BASICRESP *basic = need_memory(OCSP_BASICRESP_new());
    for (size_t i = 0; i < HF_COUNT(of->entries) && of->entries[i].certificate != NULL; i++)
        add_entry(basic, of, i);
    sign(basic, of);
    OCSP_RESPONSE *response =
        need_memory(OCSP_response_create(of->response_status, of->response_status == 0 ? basic : NULL));
    uint8_t *der = NULL;
    int len = i2d_OCSP_RESPONSE(response, &der);
    struct make_revocation *made = made_of(der, len);
    OCSP_RESPONSE_free(response);
    OCSP_BASICRESP_free(basic);
    return made;
}

char *make_revocation_pem(const struct make_revocation *first, const struct make_revocation *second)
{
    BIO *bio = need_memory(BIO_new(BIO_s_mem()));
    need(PEM_write_bio(bio, "X509 CRL", "", first->der, (long)first->len) > 0);
    need(PEM_write_bio(bio, "X509 CRL", "", second->der, (long)second->len) > 0);
    char *at = NULL;
    size_t len = (size_t)BIO_get_mem_data(bio, &at);
    char *text = need_memory(malloc(len + 1));
    memcpy(text, at, len);
    text[len] = '\0';
    BIO_free(bio);
    return text;
}

void make_revocation_free(struct make_revocation *made)
{
    if (made == NULL)
        return;
    free(made->der);
    free(made);
}

struct hf_span make_revocation_span(const struct make_revocation *made)
{
    return hf_span_of(made->der, made->len);
}
