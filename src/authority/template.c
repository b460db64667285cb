/* The TBSCertificate is written part by part as RFC 5280 4.1 lists them, then signed. Extensions are in the order of
 * their OIDs; those that narrow what a key may do are critical, so that no reader may pass over them. */
#include "authority/template.h"

#include "authority/der_write.h"
#include "certificate/oid.h"
#include "crypto/hash.h"
#include "crypto/random.h"

/* How a key signs certificates. */
struct signing {
    enum hf_key_type key;
    struct hf_signature_kind kind;
    const char *oid;
    size_t oid_len;
    bool has_null; /* RFC 4055 5: RSA's parameters are NULL; the others have none */
};

#define ECDSA_WITH "\x2a\x86\x48\xce\x3d\x04\x03"
#define ML_DSA     "\x60\x86\x48\x01\x65\x03\x04\x03" /* RFC 9881 2 */

static const struct signing signings[] = {
    {HF_KEY_P256, {HF_KEY_P256, HF_HASH_SHA256, HF_PADDING_NONE}, ECDSA_WITH "\x02", 8, false},
    {HF_KEY_P384, {HF_KEY_P384, HF_HASH_SHA384, HF_PADDING_NONE}, ECDSA_WITH "\x03", 8, false},
    {HF_KEY_P521, {HF_KEY_P521, HF_HASH_SHA512, HF_PADDING_NONE}, ECDSA_WITH "\x04", 8, false},
    {HF_KEY_ED25519, {HF_KEY_ED25519, HF_HASH_NONE, HF_PADDING_NONE}, "\x2b\x65\x70", 3, false},
    {HF_KEY_ML_DSA_44, {HF_KEY_ML_DSA_44, HF_HASH_NONE, HF_PADDING_NONE}, ML_DSA "\x11", 9, false},
    {HF_KEY_ML_DSA_65, {HF_KEY_ML_DSA_65, HF_HASH_NONE, HF_PADDING_NONE}, ML_DSA "\x12", 9, false},
    {HF_KEY_ML_DSA_87, {HF_KEY_ML_DSA_87, HF_HASH_NONE, HF_PADDING_NONE}, ML_DSA "\x13", 9, false},
    {HF_KEY_RSA, {HF_KEY_RSA, HF_HASH_SHA256, HF_PADDING_PKCS1}, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b", 9, true},
};

static const struct signing *signing_of(const struct hf_private_key *key)
{
    for (size_t i = 0; i < HF_COUNT(signings); i++) {
        if (signings[i].key == hf_private_key_type(key))
            return &signings[i];
    }
    return NULL;
}

enum hf_error hf_template_new_serial(uint8_t ret_serial[HF_TEMPLATE_SERIAL_LEN])
{
    HF_TRY(hf_random_system.fill(hf_random_system.context, ret_serial, HF_TEMPLATE_SERIAL_LEN));
    ret_serial[0] = (uint8_t)((ret_serial[0] & 0x7f) | 0x40); /* positive, and always of the same length */
    return HF_OK;
}

enum hf_error hf_template_key_id(const struct hf_toolbox *toolbox, const struct hf_spki *key,
                                 uint8_t ret_id[HF_TEMPLATE_KEY_ID_LEN])
{
    struct hf_digest digest;
    HF_TRY(hf_hash_once(toolbox, HF_HASH_SHA256, &key->subject_public_key, 1, &digest));
    bool fits =
        hf_span_copy(hf_span_part(hf_digest_span(&digest), 0, HF_TEMPLATE_KEY_ID_LEN), ret_id, HF_TEMPLATE_KEY_ID_LEN);
    return fits ? HF_OK : HF_ERR_internal;
}

void hf_template_write_name(struct hf_writer *writer, const char *common_name)
{
    size_t name = hf_der_write_open(writer, HF_DER_SEQUENCE);
    size_t relative = hf_der_write_open(writer, HF_DER_SET);
    size_t attribute = hf_der_write_open(writer, HF_DER_SEQUENCE);
    hf_der_write_value(writer, HF_DER_OID, HF_OID("\x55\x04\x03"));
    hf_der_write_value(writer, HF_DER_UTF8_STRING, hf_span_of_text(common_name));
    hf_der_write_close(writer, attribute);
    hf_der_write_close(writer, relative);
    hf_der_write_close(writer, name);
}

static void write_algorithm(struct hf_writer *writer, const struct signing *signing)
{
    size_t mark = hf_der_write_open(writer, HF_DER_SEQUENCE);
    hf_der_write_value(writer, HF_DER_OID, hf_span_of(signing->oid, signing->oid_len));
    if (signing->has_null)
        hf_der_write_value(writer, HF_DER_NULL, hf_span_of(NULL, 0));
    hf_der_write_close(writer, mark);
}

/* An extension lies in an OCTET STRING; its value is written between open and close. */
struct extension {
    size_t whole;
    size_t value;
};

static struct extension open_extension(struct hf_writer *writer, uint8_t number, bool critical)
{
    struct extension extension = {.whole = hf_der_write_open(writer, HF_DER_SEQUENCE)};
    const uint8_t oid[3] = {0x55, 0x1d, number}; /* id-ce */
    hf_der_write_value(writer, HF_DER_OID, hf_span_of(oid, sizeof(oid)));
    if (critical)
        hf_der_write_true(writer);
    extension.value = hf_der_write_open(writer, HF_DER_OCTET_STRING);
    return extension;
}

static void close_extension(struct hf_writer *writer, struct extension extension)
{
    hf_der_write_close(writer, extension.value);
    hf_der_write_close(writer, extension.whole);
}

static void write_key_ids(struct hf_writer *writer, const struct hf_template *shape)
{
    if (shape->subject_key_id.len > 0) {
        struct extension extension = open_extension(writer, 14, /* critical */ false);
        hf_der_write_value(writer, HF_DER_OCTET_STRING, shape->subject_key_id);
        close_extension(writer, extension);
    }
    if (shape->authority_key_id.len > 0) {
        struct extension extension = open_extension(writer, 35, /* critical */ false);
        size_t mark = hf_der_write_open(writer, HF_DER_SEQUENCE);
        hf_der_write_value(writer, HF_DER_CONTEXT(0), shape->authority_key_id);
        hf_der_write_close(writer, mark);
        close_extension(writer, extension);
    }
}

static void write_constraints(struct hf_writer *writer, const struct hf_template *shape)
{
    struct extension extension = open_extension(writer, 19, /* critical */ true);
    size_t mark = hf_der_write_open(writer, HF_DER_SEQUENCE);
    if (shape->is_ca)
        hf_der_write_true(writer);
    if (shape->is_ca && shape->path_len >= 0)
        hf_der_write_small(writer, (uint32_t)shape->path_len);
    hf_der_write_close(writer, mark);
    close_extension(writer, extension);
    if (shape->permitted.len + shape->excluded.len == 0)
        return;
    extension = open_extension(writer, 30, /* critical */ true);
    mark = hf_der_write_open(writer, HF_DER_SEQUENCE);
    if (shape->permitted.len > 0)
        hf_der_write_value(writer, HF_DER_CONTEXT_SET(0), shape->permitted);
    if (shape->excluded.len > 0)
        hf_der_write_value(writer, HF_DER_CONTEXT_SET(1), shape->excluded);
    hf_der_write_close(writer, mark);
    close_extension(writer, extension);
}

static void write_usage(struct hf_writer *writer, const struct hf_template *shape)
{
    struct extension extension = open_extension(writer, 15, /* critical */ true);
    hf_der_write_named_bits(writer, shape->key_usage);
    close_extension(writer, extension);
    if (shape->purposes == 0)
        return;
    extension = open_extension(writer, 37, /* critical */ false);
    size_t mark = hf_der_write_open(writer, HF_DER_SEQUENCE);
    if ((shape->purposes & HF_PURPOSE_SERVER) != 0)
        hf_der_write_value(writer, HF_DER_OID, HF_OID("\x2b\x06\x01\x05\x05\x07\x03\x01"));
    if ((shape->purposes & HF_PURPOSE_CLIENT) != 0)
        hf_der_write_value(writer, HF_DER_OID, HF_OID("\x2b\x06\x01\x05\x05\x07\x03\x02"));
    hf_der_write_close(writer, mark);
    close_extension(writer, extension);
}

/* RFC 9345 4.2: NULL, and never critical. */
static void write_delegation(struct hf_writer *writer)
{
    struct extension extension = {.whole = hf_der_write_open(writer, HF_DER_SEQUENCE)};
    hf_der_write_value(writer, HF_DER_OID, HF_OID("\x2b\x06\x01\x04\x01\x82\xda\x4b\x2c"));
    extension.value = hf_der_write_open(writer, HF_DER_OCTET_STRING);
    hf_der_write_value(writer, HF_DER_NULL, hf_span_of(NULL, 0));
    close_extension(writer, extension);
}

static void write_extensions(struct hf_writer *writer, const struct hf_template *shape)
{
    size_t outer = hf_der_write_open(writer, HF_DER_CONTEXT_SET(3));
    size_t list = hf_der_write_open(writer, HF_DER_SEQUENCE);
    write_key_ids(writer, shape);
    write_usage(writer, shape);
    if (shape->names.len > 0) {
        struct extension extension = open_extension(writer, 17, /* critical */ false);
        hf_der_write_value(writer, HF_DER_SEQUENCE, shape->names);
        close_extension(writer, extension);
    }
    write_constraints(writer, shape);
    if (shape->delegates)
        write_delegation(writer);
    hf_der_write_close(writer, list);
    hf_der_write_close(writer, outer);
}

static void write_tbs(struct hf_writer *writer, const struct hf_template *shape, const struct signing *signing)
{
    size_t tbs = hf_der_write_open(writer, HF_DER_SEQUENCE);
    size_t version = hf_der_write_open(writer, HF_DER_CONTEXT_SET(0));
    hf_der_write_small(writer, 2); /* v3 */
    hf_der_write_close(writer, version);
    hf_der_write_unsigned(writer, hf_span_of(shape->serial, sizeof(shape->serial)));
    write_algorithm(writer, signing);
    hf_writer_bytes(writer, shape->issuer.len > 0 ? shape->issuer : shape->subject);
    size_t validity = hf_der_write_open(writer, HF_DER_SEQUENCE);
    hf_der_write_time(writer, shape->not_before_s);
    hf_der_write_time(writer, shape->not_after_s);
    hf_der_write_close(writer, validity);
    hf_writer_bytes(writer, shape->subject);
    hf_writer_bytes(writer, shape->spki);
    write_extensions(writer, shape);
    hf_der_write_close(writer, tbs);
}

enum hf_error hf_template_sign(const struct hf_template *shape, const struct hf_private_key *issuer_key,
                               struct hf_writer *writer)
{
    const struct signing *signing = signing_of(issuer_key);
    if (signing == NULL)
        return HF_ERR_unsupported_key;
    uint8_t bytes[HF_TEMPLATE_LEN_MAX];
    struct hf_writer tbs = hf_writer_of(bytes, sizeof(bytes));
    write_tbs(&tbs, shape, signing);
    if (!hf_writer_end(&tbs))
        return HF_ERR_setting_invalid;
    uint8_t signature[HF_SIGNATURE_MAX];
    struct hf_signature_room room = {.into = signature, .room = sizeof(signature)};
    size_t len = 0;
    HF_TRY(hf_private_key_sign(issuer_key, signing->kind, hf_writer_span(&tbs), room, &len));
    size_t mark = hf_der_write_open(writer, HF_DER_SEQUENCE);
    hf_writer_bytes(writer, hf_writer_span(&tbs));
    write_algorithm(writer, signing);
    hf_der_write_bit_bytes(writer, hf_span_of(signature, len));
    hf_der_write_close(writer, mark);
    return hf_writer_end(writer) ? HF_OK : HF_ERR_setting_invalid;
}
