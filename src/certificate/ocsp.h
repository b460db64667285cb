/* An OCSP response (RFC 6960 4.2.1) as spans over its DER, strictly read. Whether it may be believed, and which of its
 * entries is about a certificate, is for trust/ocsp_answer.h. */
#ifndef HF_CERTIFICATE_OCSP_H
#define HF_CERTIFICATE_OCSP_H

#include "certificate/certificate.h"

#define HF_OCSP_LEN_MAX 1048576

struct hf_ocsp {
    struct hf_span der;
    uint32_t status; /* responseStatus: 0 is successful; else nothing of the following is there */
    struct hf_span tbs;
    struct hf_signature_algorithm signature_algorithm;
    struct hf_span signature;
    struct hf_span certificates;   /* one whole Certificate behind the other; empty: none */
    struct hf_span responder_name; /* whole Name; empty: it is named by its key */
    struct hf_span responder_key;  /* SHA-1 of its key, 20 bytes */
    int64_t produced_at_s;
    struct hf_span answers; /* content of responses */
    bool unknown_critical;  /* a critical extension, which none of ours is */
};

HF_MUST enum hf_error hf_ocsp_read(struct hf_span der, struct hf_ocsp *ret_ocsp);

enum hf_ocsp_status { HF_OCSP_GOOD, HF_OCSP_REVOKED, HF_OCSP_UNKNOWN };

/* One SingleResponse. */
struct hf_ocsp_answer {
    enum hf_certificate_hash hash; /* by which the issuer is named; HF_CERTIFICATE_HASH_NONE: one that is not known */
    struct hf_span issuer_name_hash;
    struct hf_span issuer_key_hash;
    struct hf_span serial; /* content of the INTEGER */
    enum hf_ocsp_status status;
    int64_t revoked_at_s;
    uint32_t reason; /* as in CRLs */
    int64_t this_update_s;
    int64_t next_update_s; /* 0: not said */
    bool unknown_critical;
};

/* Iterates over the content of responses that was checked. */
bool hf_ocsp_next(struct hf_der *answers, struct hf_ocsp_answer *ret_answer);

#endif
