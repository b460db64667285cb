/* What a certificate is to say, and its bytes: TBSCertificate and the whole signed Certificate of RFC 5280 4.1. */
#ifndef HF_AUTHORITY_TEMPLATE_H
#define HF_AUTHORITY_TEMPLATE_H

#include "base/writer.h"
#include "certificate/certificate.h"
#include "crypto/private_key.h"

enum {
    HF_TEMPLATE_SERIAL_LEN = 16, /* 128 bits, of which 126 are random: see hf_template_new_serial */
    HF_TEMPLATE_KEY_ID_LEN = 20,
    HF_TEMPLATE_LEN_MAX = 16384 /* bytes of a certificate that is issued here */
};

/* All borrowed. Empty spans and zeros: the part is left out. */
struct hf_template {
    uint8_t serial[HF_TEMPLATE_SERIAL_LEN];
    struct hf_span issuer;  /* whole Name; empty: the subject (self-signed) */
    struct hf_span subject; /* whole Name */
    int64_t not_before_s;
    int64_t not_after_s;
    struct hf_span spki; /* whole SubjectPublicKeyInfo */
    bool is_ca;
    int path_len;             /* of a CA; -1: no limit */
    uint16_t key_usage;       /* enum hf_key_usage */
    uint32_t purposes;        /* HF_PURPOSE_SERVER, HF_PURPOSE_CLIENT */
    bool delegates;           /* DelegationUsage: RFC 9345 4.2 */
    struct hf_span names;     /* content of GeneralNames */
    struct hf_span permitted; /* content of GeneralSubtrees */
    struct hf_span excluded;
    struct hf_span subject_key_id;
    struct hf_span authority_key_id;
};

/* Fills the serial number: positive, 16 bytes, never the same (RFC 5280 4.1.2.2 asks for at most 20 bytes). */
HF_MUST enum hf_error hf_template_new_serial(uint8_t ret_serial[HF_TEMPLATE_SERIAL_LEN]);

/* The key identifier of a public key: the left 160 bits of the SHA-256 of its BIT STRING (RFC 7093 2, method 1). */
HF_MUST enum hf_error hf_template_key_id(const struct hf_toolbox *toolbox, const struct hf_spki *key,
                                         uint8_t ret_id[HF_TEMPLATE_KEY_ID_LEN]);

/* Writes a Name with one attribute, commonName as UTF8String. */
void hf_template_write_name(struct hf_writer *writer, const char *common_name);

/* Writes the certificate, signed by `issuer_key` with the hash that fits it. HF_ERR_setting_invalid when it would be
 * longer than the writer's room. */
HF_MUST enum hf_error hf_template_sign(const struct hf_template *template, const struct hf_private_key *issuer_key,
                                       struct hf_writer *writer);

#endif
