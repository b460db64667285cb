/* Key usages: keyCertSign and cRLSign for CAs; digitalSignature for leaves, which is all that TLS 1.3 and ECDHE suites
 * ask (RFC 9846 4.5.1.2).
 * Path lengths: the root allows the issuers, the issuers allow leaves only. */
#include "authority/certify.h"

static enum hf_error read_spki(const struct hf_private_key *key, struct hf_buffer *into, struct hf_spki *ret_spki)
{
    HF_TRY(hf_private_key_spki(key, into));
    return hf_algorithm_read_spki(hf_buffer_span(into), ret_spki) ? HF_OK : HF_ERR_unsupported_key;
}

/* Fills serial, key and key identifier of the shape, and signs. `der` holds the public key meanwhile. */
static enum hf_error complete(const struct hf_toolbox *toolbox, struct hf_template *shape,
                              const struct hf_private_key *signer, const struct hf_spki *spki,
                              struct hf_writer *ret_der)
{
    uint8_t key_id[HF_TEMPLATE_KEY_ID_LEN];
    if (shape->not_after_s <= shape->not_before_s)
        return HF_ERR_setting_invalid;
    HF_TRY(hf_template_key_id(toolbox, spki, key_id));
    HF_TRY(hf_template_new_serial(shape->serial));
    struct hf_template whole = *shape;
    whole.spki = spki->raw;
    whole.subject_key_id = hf_span_of(key_id, sizeof(key_id));
    if (whole.authority_key_id.len == 0)
        whole.authority_key_id = whole.subject_key_id;
    return hf_template_sign(&whole, signer, ret_der);
}

static enum hf_error make(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                          struct hf_template *shape, const struct hf_certify_subject *subject,
                          const struct hf_private_key *signer, struct hf_writer *ret_der)
{
    shape->subject = subject->name;
    struct hf_buffer der;
    hf_buffer_init(&der, allocator, HF_CERTIFICATE_LEN_MAX);
    struct hf_spki spki;
    enum hf_error error = read_spki(subject->key, &der, &spki);
    if (error == HF_OK)
        error = complete(toolbox, shape, signer, &spki, ret_der);
    hf_buffer_release(&der);
    return error;
}

/* What follows from the issuer: its name, its key identifier, and its dates, which bound those of what it issues. */
static void set_issuer(struct hf_template *shape, const struct hf_certificate *issuer,
                       const struct hf_certify_validity *validity)
{
    shape->issuer = issuer->subject;
    shape->authority_key_id = issuer->subject_key_id;
    shape->not_before_s = validity->not_before_s > issuer->not_before_s ? validity->not_before_s : issuer->not_before_s;
    shape->not_after_s = validity->not_after_s < issuer->not_after_s ? validity->not_after_s : issuer->not_after_s;
}

enum hf_error hf_certify_root(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                              const struct hf_certify_subject *subject, struct hf_writer *ret_der)
{
    struct hf_template shape = {.is_ca = true,
                                .path_len = 1,
                                .key_usage = HF_KEY_USAGE_CERT_SIGN | HF_KEY_USAGE_CRL_SIGN,
                                .not_before_s = subject->validity.not_before_s,
                                .not_after_s = subject->validity.not_after_s};
    return make(toolbox, allocator, &shape, subject, subject->key, ret_der);
}

enum hf_error hf_certify_issuer(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                const struct hf_certify_issuer *root, const struct hf_certify_subject *subject,
                                struct hf_writer *ret_der)
{
    struct hf_template shape = {.is_ca = true,
                                .path_len = 0,
                                .key_usage = HF_KEY_USAGE_CERT_SIGN | HF_KEY_USAGE_CRL_SIGN,
                                .purposes = subject->purpose,
                                .permitted = subject->permitted,
                                .excluded = subject->excluded};
    set_issuer(&shape, root->certificate, &subject->validity);
    return make(toolbox, allocator, &shape, subject, root->key, ret_der);
}

/* A server's RSA key may also decrypt: the RSA key exchange of TLS 1.2 asks for that (RFC 5246 7.4.2), RFC 5280 4.2.1.3
 * calls it keyEncipherment. Other keys cannot. */
static uint16_t leaf_usage(const struct hf_certify_subject *subject)
{
    const bool decrypts = subject->purpose == HF_PURPOSE_SERVER && hf_private_key_type(subject->key) == HF_KEY_RSA;
    return (uint16_t)(HF_KEY_USAGE_DIGITAL_SIGNATURE | (decrypts ? HF_KEY_USAGE_KEY_ENCIPHERMENT : 0));
}

enum hf_error hf_certify_leaf(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                              const struct hf_certify_issuer *issuer, const struct hf_certify_subject *subject,
                              struct hf_writer *ret_der)
{
    struct hf_template shape = {.path_len = -1,
                                .key_usage = leaf_usage(subject),
                                .purposes = subject->purpose,
                                .names = subject->names,
                                .delegates = subject->delegates};
    set_issuer(&shape, issuer->certificate, &subject->validity);
    return make(toolbox, allocator, &shape, subject, issuer->key, ret_der);
}
