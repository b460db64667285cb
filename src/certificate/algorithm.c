/* The tables of OIDs, and the readers of what belongs to each: RFC 3279, 4055, 5480, 5758, 8410, 9881.
 * What is unknown stays unknown; what is known must be exactly right. */
#include "certificate/algorithm.h"

#include "certificate/oid.h"

/* How an algorithm's parameters must stand: absent (RFC 5758 3.2, RFC 8410 3), NULL (RFC 4055 5), or a structure. */
enum parameters { PARAMETERS_ABSENT, PARAMETERS_NULL, PARAMETERS_PSS };

struct signature_row {
    const char *oid;
    size_t oid_len;
    enum hf_certificate_signature signature;
    enum hf_certificate_hash hash;
    enum parameters parameters;
};

#define ROW(oid, signature, hash, parameters)                                                                          \
    {                                                                                                                  \
        oid, sizeof(oid) - 1, HF_CERTIFICATE_SIGNATURE_##signature, HF_CERTIFICATE_HASH_##hash,                        \
            PARAMETERS_##parameters                                                                                    \
    }

static const struct signature_row signature_rows[] = {
    ROW("\x2a\x86\x48\xce\x3d\x04\x03\x02", ECDSA, SHA256, ABSENT),
    ROW("\x2a\x86\x48\xce\x3d\x04\x03\x03", ECDSA, SHA384, ABSENT),
    ROW("\x2a\x86\x48\xce\x3d\x04\x03\x04", ECDSA, SHA512, ABSENT),
    ROW("\x2a\x86\x48\xce\x3d\x04\x03\x01", ECDSA, SHA224, ABSENT),
    ROW("\x2a\x86\x48\xce\x3d\x04\x01", ECDSA, SHA1, ABSENT),
    ROW("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b", RSA_PKCS1, SHA256, NULL),
    ROW("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c", RSA_PKCS1, SHA384, NULL),
    ROW("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d", RSA_PKCS1, SHA512, NULL),
    ROW("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0e", RSA_PKCS1, SHA224, NULL),
    ROW("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05", RSA_PKCS1, SHA1, NULL),
    ROW("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04", RSA_PKCS1, MD5, NULL),
    ROW("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x02", RSA_PKCS1, MD5, NULL), /* MD2 */
    ROW("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a", RSA_PSS, NONE, PSS),
    ROW("\x2b\x65\x70", ED25519, NONE, ABSENT),
    ROW("\x2b\x65\x71", ED448, NONE, ABSENT),
    ROW("\x60\x86\x48\x01\x65\x03\x04\x03\x11", ML_DSA_44, NONE, ABSENT),
    ROW("\x60\x86\x48\x01\x65\x03\x04\x03\x12", ML_DSA_65, NONE, ABSENT),
    ROW("\x60\x86\x48\x01\x65\x03\x04\x03\x13", ML_DSA_87, NONE, ABSENT),
};

struct hash_row {
    const char *oid;
    size_t oid_len;
    enum hf_certificate_hash hash;
};

static const struct hash_row hash_rows[] = {
    {"\x2b\x0e\x03\x02\x1a", 5, HF_CERTIFICATE_HASH_SHA1},
    {"\x60\x86\x48\x01\x65\x03\x04\x02\x04", 9, HF_CERTIFICATE_HASH_SHA224},
    {"\x60\x86\x48\x01\x65\x03\x04\x02\x01", 9, HF_CERTIFICATE_HASH_SHA256},
    {"\x60\x86\x48\x01\x65\x03\x04\x02\x02", 9, HF_CERTIFICATE_HASH_SHA384},
    {"\x60\x86\x48\x01\x65\x03\x04\x02\x03", 9, HF_CERTIFICATE_HASH_SHA512},
};

static bool ends_with_nothing(struct hf_der *der)
{
    return hf_der_end(der);
}

static bool ends_with_null(struct hf_der *der)
{
    if (hf_der_take(der, HF_DER_NULL).len != 0)
        return false;
    return hf_der_end(der);
}

/* A hash's AlgorithmIdentifier: parameters NULL or absent, both are to be taken (RFC 4055 2.1). */
enum hf_certificate_hash hf_algorithm_take_hash(struct hf_der *outer)
{
    struct hf_der der = hf_der_enter(outer, HF_DER_SEQUENCE);
    struct hf_span oid = hf_oid_take(&der);
    if (!(hf_der_more(&der) ? ends_with_null(&der) : ends_with_nothing(&der))) {
        hf_der_spoil(outer);
        return HF_CERTIFICATE_HASH_NONE;
    }
    for (size_t i = 0; i < HF_COUNT(hash_rows); i++)
        if (hf_span_equal(oid, hf_span_of(hash_rows[i].oid, hash_rows[i].oid_len)))
            return hash_rows[i].hash;
    return HF_CERTIFICATE_HASH_NONE;
}

/* maskGenAlgorithm: MGF1 with the signature's own hash is all that is done (RFC 9846 4.3.3). */
static bool mask_is_mgf1_of(struct hf_der *outer, enum hf_certificate_hash hash)
{
    struct hf_der der = hf_der_enter(outer, HF_DER_SEQUENCE);
    bool mgf1 = hf_span_equal(hf_oid_take(&der), HF_OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08"));
    enum hf_certificate_hash mask_hash = hf_algorithm_take_hash(&der);
    if (!hf_der_end(&der))
        hf_der_spoil(outer);
    return mgf1 && mask_hash == hash;
}

/* RSASSA-PSS-params (RFC 4055 3.1). A mask that is not MGF1 of the same hash makes the algorithm unknown, and a
 * default that is written out is not DER, except that the defaults (SHA-1) are of no use to us. */
static bool read_pss(struct hf_der *outer, struct hf_signature_algorithm *algorithm)
{
    struct hf_der der = hf_der_enter(outer, HF_DER_SEQUENCE);
    enum hf_certificate_hash hash = HF_CERTIFICATE_HASH_SHA1;
    uint32_t salt_len = 20;
    bool mask_fits = true;
    if (hf_der_next_is(&der, HF_DER_CONTEXT_SET(0))) {
        struct hf_der inside = hf_der_enter(&der, HF_DER_CONTEXT_SET(0));
        hash = hf_algorithm_take_hash(&inside);
        if (!hf_der_end(&inside))
            return false;
    }
    mask_fits = hash == HF_CERTIFICATE_HASH_SHA1;
    if (hf_der_next_is(&der, HF_DER_CONTEXT_SET(1))) {
        struct hf_der inside = hf_der_enter(&der, HF_DER_CONTEXT_SET(1));
        mask_fits = mask_is_mgf1_of(&inside, hash);
        if (!hf_der_end(&inside))
            return false;
    }
    if (hf_der_next_is(&der, HF_DER_CONTEXT_SET(2))) {
        struct hf_der inside = hf_der_enter(&der, HF_DER_CONTEXT_SET(2));
        salt_len = hf_der_small(&inside);
        if (!hf_der_end(&inside))
            return false;
    }
    if (!hf_der_end(&der)) /* trailerField has one legal value, its default, so it is never there */
        return false;
    algorithm->signature = mask_fits && hash != HF_CERTIFICATE_HASH_NONE ? HF_CERTIFICATE_SIGNATURE_RSA_PSS
                                                                         : HF_CERTIFICATE_SIGNATURE_UNKNOWN;
    algorithm->hash = hash;
    algorithm->salt_len = salt_len;
    return true;
}

static bool read_parameters(struct hf_der *der, const struct signature_row *row,
                            struct hf_signature_algorithm *algorithm)
{
    algorithm->signature = row->signature;
    algorithm->hash = row->hash;
    if (row->parameters == PARAMETERS_ABSENT)
        return ends_with_nothing(der);
    /* RSA's should hold NULL; that it is missing must be tolerated (RFC 4055 5). */
    if (row->parameters == PARAMETERS_NULL)
        return hf_der_more(der) ? ends_with_null(der) : ends_with_nothing(der);
    return read_pss(der, algorithm) && hf_der_end(der);
}

bool hf_algorithm_read_signature(struct hf_span whole, struct hf_signature_algorithm *ret_algorithm)
{
    struct hf_der outer = hf_der_of(whole);
    struct hf_der der = hf_der_enter(&outer, HF_DER_SEQUENCE);
    struct hf_signature_algorithm algorithm = {.oid = hf_oid_take(&der)};
    if (!hf_der_end(&outer) || algorithm.oid.len == 0)
        return false;
    const struct signature_row *row = NULL;
    for (size_t i = 0; i < HF_COUNT(signature_rows); i++)
        if (hf_span_equal(algorithm.oid, hf_span_of(signature_rows[i].oid, signature_rows[i].oid_len)))
            row = &signature_rows[i];
    if (row != NULL && !read_parameters(&der, row, &algorithm))
        return false;
    *ret_algorithm = algorithm;
    return true;
}

/* RSA of 16384 bits is 2048 bytes; what is longer counts as no number. */
#define NUMBER_LEN_MAX 4096

static unsigned bits_of(struct hf_span magnitude)
{
    if (magnitude.len == 0 || magnitude.len > NUMBER_LEN_MAX)
        return 0;
    unsigned bits = (unsigned)magnitude.len * 8;
    for (unsigned top = magnitude.data[0]; bits > 0 && (top & 0x80U) == 0 && top != 0; top <<= 1)
        bits--;
    return magnitude.data[0] == 0 ? 0 : bits;
}

/* RSAPublicKey (RFC 8017 A.1.1). */
static bool read_rsa(struct hf_span bits, struct hf_spki *spki)
{
    struct hf_der outer = hf_der_of(bits);
    struct hf_der der = hf_der_enter(&outer, HF_DER_SEQUENCE);
    spki->modulus = hf_der_unsigned(&der);
    spki->exponent = hf_der_unsigned(&der);
    spki->bits = bits_of(spki->modulus);
    return hf_der_end(&der) && hf_der_end(&outer) && spki->bits > 0;
}

struct curve_row {
    const char *oid;
    size_t oid_len;
    enum hf_spki_kind kind;
    unsigned bits;
};

static const struct curve_row curve_rows[] = {
    {"\x2a\x86\x48\xce\x3d\x03\x01\x07", 8, HF_SPKI_P256, 256},
    {"\x2b\x81\x04\x00\x22", 5, HF_SPKI_P384, 384},
    {"\x2b\x81\x04\x00\x23", 5, HF_SPKI_P521, 521},
};

/* Named curves only (RFC 5480 2.1.1); another curve, or one spelled out, leaves the key unknown. */
static bool read_ec(struct hf_der *der, struct hf_span bits, struct hf_spki *spki)
{
    if (!hf_der_next_is(der, HF_DER_OID))
        return true;
    struct hf_span curve = hf_oid_take(der);
    if (!hf_der_end(der))
        return false;
    for (size_t i = 0; i < HF_COUNT(curve_rows); i++) {
        if (!hf_span_equal(curve, hf_span_of(curve_rows[i].oid, curve_rows[i].oid_len)))
            continue;
        size_t field = (curve_rows[i].bits + 7) / 8;
        if (bits.len == 0 || (bits.data[0] == 4 && bits.len != 1 + 2 * field))
            return false;
        spki->kind = bits.data[0] == 4 ? curve_rows[i].kind : HF_SPKI_UNKNOWN; /* compressed points are not done */
        spki->bits = curve_rows[i].bits;
        spki->point = bits;
    }
    return true;
}

/* Keys that are one string of a fixed length, with no parameters (RFC 8410 3 and 4, RFC 9881 2 and 4). */
struct raw_row {
    const char *oid;
    size_t oid_len;
    enum hf_spki_kind kind;
    unsigned len;
    unsigned bits;
};

static const struct raw_row raw_rows[] = {
    {"\x2b\x65\x70", 3, HF_SPKI_ED25519, 32, 256},
    {"\x2b\x65\x71", 3, HF_SPKI_ED448, 57, 456},
    {"\x60\x86\x48\x01\x65\x03\x04\x03\x11", 9, HF_SPKI_ML_DSA_44, 1312, 1312 * 8},
    {"\x60\x86\x48\x01\x65\x03\x04\x03\x12", 9, HF_SPKI_ML_DSA_65, 1952, 1952 * 8},
    {"\x60\x86\x48\x01\x65\x03\x04\x03\x13", 9, HF_SPKI_ML_DSA_87, 2592, 2592 * 8},
};

static bool read_raw(struct hf_der *der, struct hf_span bits, struct hf_spki *spki)
{
    for (size_t i = 0; i < HF_COUNT(raw_rows); i++) {
        const struct raw_row *row = &raw_rows[i];
        if (!hf_span_equal(spki->oid, hf_span_of(row->oid, row->oid_len)))
            continue;
        spki->kind = row->kind;
        spki->bits = row->bits;
        spki->point = bits;
        return ends_with_nothing(der) && bits.len == row->len;
    }
    return true;
}

/* id-RSASSA-PSS keys may bind the hash by parameters (RFC 4055 1.2). */
static bool read_pss_key(struct hf_der *der, struct hf_span bits, struct hf_spki *spki)
{
    spki->kind = HF_SPKI_RSA_PSS;
    if (hf_der_more(der)) {
        spki->pss_restricted = true;
        if (!read_pss(der, &spki->pss))
            return false;
    }
    return hf_der_end(der) && read_rsa(bits, spki);
}

static bool read_key(struct hf_der *der, struct hf_span bits, struct hf_spki *spki)
{
    if (hf_span_equal(spki->oid, HF_OID("\x2a\x86\x48\xce\x3d\x02\x01")))
        return read_ec(der, bits, spki);
    if (hf_span_equal(spki->oid, HF_OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"))) {
        spki->kind = HF_SPKI_RSA;
        return ends_with_null(der) && read_rsa(bits, spki);
    }
    if (hf_span_equal(spki->oid, HF_OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a")))
        return read_pss_key(der, bits, spki);
    return read_raw(der, bits, spki);
}

bool hf_algorithm_read_spki(struct hf_span whole, struct hf_spki *ret_spki)
{
    struct hf_spki spki = {.raw = whole};
    struct hf_der outer = hf_der_of(whole);
    struct hf_der der = hf_der_enter(&outer, HF_DER_SEQUENCE);
    spki.algorithm = hf_der_take_whole(&der, HF_DER_SEQUENCE);
    struct hf_span bits = hf_der_bit_bytes(&der);
    if (!hf_der_end(&der) || !hf_der_end(&outer))
        return false;
    spki.subject_public_key = bits;
    struct hf_der again = hf_der_of(spki.algorithm);
    struct hf_der algorithm = hf_der_enter(&again, HF_DER_SEQUENCE);
    spki.oid = hf_oid_take(&algorithm);
    if (spki.oid.len == 0 || !read_key(&algorithm, bits, &spki))
        return false;
    *ret_spki = spki;
    return true;
}

const char *hf_algorithm_spki_name(enum hf_spki_kind kind)
{
    static const char *const names[] = {"unknown", "RSA",   "RSA-PSS",   "P-256",     "P-384",    "P-521",
                                        "Ed25519", "Ed448", "ML-DSA-44", "ML-DSA-65", "ML-DSA-87"};
    return (size_t)kind < HF_COUNT(names) ? names[kind] : names[0];
}

const char *hf_algorithm_signature_name(const struct hf_signature_algorithm *algorithm)
{
    static const char *const ecdsa[] = {"ECDSA",
                                        "ECDSA with MD5",
                                        "ECDSA with SHA-1",
                                        "ECDSA with SHA-224",
                                        "ECDSA with SHA-256",
                                        "ECDSA with SHA-384",
                                        "ECDSA with SHA-512"};
    static const char *const rsa[] = {"RSA",
                                      "RSA with MD5",
                                      "RSA with SHA-1",
                                      "RSA with SHA-224",
                                      "RSA with SHA-256",
                                      "RSA with SHA-384",
                                      "RSA with SHA-512"};
    static const char *const pss[] = {"RSA-PSS",
                                      "RSA-PSS with MD5",
                                      "RSA-PSS with SHA-1",
                                      "RSA-PSS with SHA-224",
                                      "RSA-PSS with SHA-256",
                                      "RSA-PSS with SHA-384",
                                      "RSA-PSS with SHA-512"};
    size_t hash = (size_t)algorithm->hash < HF_COUNT(rsa) ? (size_t)algorithm->hash : 0;
    switch (algorithm->signature) {
    case HF_CERTIFICATE_SIGNATURE_ECDSA:
        return ecdsa[hash];
    case HF_CERTIFICATE_SIGNATURE_RSA_PKCS1:
        return rsa[hash];
    case HF_CERTIFICATE_SIGNATURE_RSA_PSS:
        return pss[hash];
    case HF_CERTIFICATE_SIGNATURE_ED25519:
        return "Ed25519";
    case HF_CERTIFICATE_SIGNATURE_ED448:
        return "Ed448";
    case HF_CERTIFICATE_SIGNATURE_ML_DSA_44:
        return "ML-DSA-44";
    case HF_CERTIFICATE_SIGNATURE_ML_DSA_65:
        return "ML-DSA-65";
    case HF_CERTIFICATE_SIGNATURE_ML_DSA_87:
        return "ML-DSA-87";
    case HF_CERTIFICATE_SIGNATURE_UNKNOWN:
        break;
    }
    return "unknown";
}
