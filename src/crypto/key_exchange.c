/* Diffie-Hellman on five curves and in five fields, ML-KEM, and hybrids of both. Peers' keys are made by
 * copying a template and setting the encoded point, which skips libcrypto's decoders and name look-ups (measured: 4.7
 * us, not 19.7, for P-256), and a derive does not repeat the check of the group's order: 58 us, not 115. */
#include "crypto/key_exchange.h"

#include "base/reader.h"
#include "crypto/toolbox_parts.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/dh.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <openssl/params.h>

#define SECRET_MAX 66   /* P-521 */
#define FIELD_MAX  1024 /* ffdhe8192 */

/* A Diffie-Hellman group, a KEM, or both side by side. */
struct shape {
    enum hf_template classic; /* NONE: ML-KEM alone */
    size_t point_len;
    size_t classic_secret_len;
    enum hf_template kem;
    size_t kem_key_len;  /* encapsulation key: the offering side's share (FIPS 203, table 3) */
    size_t kem_text_len; /* ciphertext: the answering side's share */
    bool kem_first;      /* in shares and in the secret; each hybrid has its own order in the draft */
    int curve;           /* libcrypto's number of the curve, 0 for X25519 and X448 */
    bool field;          /* a finite field: points are numbers of the prime's length */
};

static const struct shape shapes[HF_KEY_EXCHANGE_COUNT] = {
    [HF_KEY_EXCHANGE_X25519] = {.classic = HF_TEMPLATE_X25519, .point_len = 32, .classic_secret_len = 32},
    [HF_KEY_EXCHANGE_X448] = {.classic = HF_TEMPLATE_X448, .point_len = 56, .classic_secret_len = 56},
    [HF_KEY_EXCHANGE_P256] = {.classic = HF_TEMPLATE_P256,
                              .point_len = 65,
                              .classic_secret_len = 32,
                              .curve = NID_X9_62_prime256v1},
    [HF_KEY_EXCHANGE_P384] = {.classic = HF_TEMPLATE_P384,
                              .point_len = 97,
                              .classic_secret_len = 48,
                              .curve = NID_secp384r1},
    [HF_KEY_EXCHANGE_P521] = {.classic = HF_TEMPLATE_P521,
                              .point_len = 133,
                              .classic_secret_len = 66,
                              .curve = NID_secp521r1},
    [HF_KEY_EXCHANGE_X25519MLKEM768] = {HF_TEMPLATE_X25519, 32, 32, HF_TEMPLATE_ML_KEM_768, 1184, 1088, true, 0, false},
    [HF_KEY_EXCHANGE_SECP256R1MLKEM768] = {HF_TEMPLATE_P256, 65, 32, HF_TEMPLATE_ML_KEM_768, 1184, 1088, false,
                                           NID_X9_62_prime256v1, false},
    [HF_KEY_EXCHANGE_SECP384R1MLKEM1024] = {HF_TEMPLATE_P384, 97, 48, HF_TEMPLATE_ML_KEM_1024, 1568, 1568, false,
                                            NID_secp384r1, false},
    [HF_KEY_EXCHANGE_MLKEM512] = {.kem = HF_TEMPLATE_ML_KEM_512, .kem_key_len = 800, .kem_text_len = 768},
    [HF_KEY_EXCHANGE_MLKEM768] = {.kem = HF_TEMPLATE_ML_KEM_768, .kem_key_len = 1184, .kem_text_len = 1088},
    [HF_KEY_EXCHANGE_MLKEM1024] = {.kem = HF_TEMPLATE_ML_KEM_1024, .kem_key_len = 1568, .kem_text_len = 1568},
    [HF_KEY_EXCHANGE_FFDHE2048] = {HF_TEMPLATE_FFDHE2048, 256, 256, .field = true},
    [HF_KEY_EXCHANGE_FFDHE3072] = {HF_TEMPLATE_FFDHE3072, 384, 384, .field = true},
    [HF_KEY_EXCHANGE_FFDHE4096] = {HF_TEMPLATE_FFDHE4096, 512, 512, .field = true},
    [HF_KEY_EXCHANGE_FFDHE6144] = {HF_TEMPLATE_FFDHE6144, 768, 768, .field = true},
    [HF_KEY_EXCHANGE_FFDHE8192] = {HF_TEMPLATE_FFDHE8192, 1024, 1024, .field = true},
};

#define KEM_SECRET_LEN 32

struct hf_key_exchange {
    const struct hf_toolbox *toolbox;
    const struct hf_allocator *allocator;
    enum hf_key_exchange_id id;
    EVP_PKEY *classic; /* NULL when the group has none */
    EVP_PKEY *kem;     /* likewise */
    size_t share_len;
    uint8_t share[];
};

/* One share taken apart, or one being put together. */
struct halves {
    struct hf_span classic;
    struct hf_span kem;
};

static const struct shape *shape_of(enum hf_key_exchange_id id)
{
    return &shapes[id > HF_KEY_EXCHANGE_NONE && id < HF_KEY_EXCHANGE_COUNT ? id : HF_KEY_EXCHANGE_NONE];
}

bool hf_key_exchange_available(const struct hf_toolbox *toolbox, enum hf_key_exchange_id id)
{
    const struct shape *shape = shape_of(id);
    if (shape->classic == HF_TEMPLATE_NONE && shape->kem == HF_TEMPLATE_NONE)
        return false;
    return (shape->classic == HF_TEMPLATE_NONE || toolbox->templates[shape->classic] != NULL) &&
           (shape->kem == HF_TEMPLATE_NONE || toolbox->templates[shape->kem] != NULL);
}

bool hf_key_exchange_has_kem(enum hf_key_exchange_id id)
{
    return shape_of(id)->kem_key_len > 0;
}

enum hf_key_exchange_id hf_key_exchange_classic(enum hf_key_exchange_id id)
{
    for (size_t i = 0; hf_key_exchange_has_kem(id) && i < HF_KEY_EXCHANGE_COUNT; i++) {
        const enum hf_key_exchange_id other = (enum hf_key_exchange_id)i;
        if (shapes[i].classic == shapes[id].classic && !hf_key_exchange_has_kem(other))
            return other;
    }
    return id;
}

bool hf_key_exchange_has_field(enum hf_key_exchange_id id)
{
    return shape_of(id)->field;
}

static bool write_number(const EVP_PKEY *template, const char *name, size_t len, struct hf_writer *into)
{
    BIGNUM *number = NULL;
    uint8_t *room = hf_writer_room(into, len);
    bool done = room != NULL && EVP_PKEY_get_bn_param(template, name, &number) == 1 &&
                BN_bn2binpad(number, room, (int)len) == (int)len;
    BN_free(number);
    return done;
}

enum hf_error hf_key_exchange_write_field(const struct hf_toolbox *toolbox, enum hf_key_exchange_id id,
                                          struct hf_writer *prime, struct hf_writer *generator)
{
    const struct shape *shape = shape_of(id);
    const EVP_PKEY *template = toolbox->templates[shape->classic];
    if (!shape->field || template == NULL)
        return HF_ERR_unsupported_here;
    bool done = write_number(template, OSSL_PKEY_PARAM_FFC_P, shape->point_len, prime) &&
                write_number(template, OSSL_PKEY_PARAM_FFC_G, 1, generator);
    return done ? HF_OK : hf_toolbox_forget(HF_ERR_crypto_failed);
}

size_t hf_key_exchange_offer_len(enum hf_key_exchange_id id)
{
    return shape_of(id)->point_len + shape_of(id)->kem_key_len;
}

size_t hf_key_exchange_answer_len(enum hf_key_exchange_id id)
{
    return shape_of(id)->point_len + shape_of(id)->kem_text_len;
}

enum hf_key_exchange_id hf_key_exchange_id_of(const struct hf_key_exchange *exchange)
{
    return exchange->id;
}

struct hf_span hf_key_exchange_share(const struct hf_key_exchange *exchange)
{
    return hf_span_of(exchange->share, exchange->share_len);
}

void hf_key_exchange_free(struct hf_key_exchange *exchange)
{
    if (exchange == NULL)
        return;
    EVP_PKEY_free(exchange->classic);
    EVP_PKEY_free(exchange->kem);
    hf_allocation_free(exchange->allocator, exchange);
}

/* Cuts a share in two; the reader catches every wrong length. */
static enum hf_error split(const struct shape *shape, size_t kem_len, struct hf_span share, struct halves *halves)
{
    struct hf_reader reader = hf_reader_of(share);
    if (shape->field && share.len > 0 && share.len <= shape->point_len) {
        halves->classic = share;
        return HF_OK;
    }
    if (shape->kem_first)
        halves->kem = hf_reader_bytes(&reader, kem_len);
    halves->classic = hf_reader_bytes(&reader, shape->point_len);
    if (!shape->kem_first)
        halves->kem = hf_reader_bytes(&reader, kem_len);
    return hf_reader_end(&reader) ? HF_OK : HF_ERR_bad_key_share;
}

/* A new pair of the template's type. */
static EVP_PKEY *generate(EVP_PKEY *template)
{
    EVP_PKEY *made = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, template, NULL);
    if (context != NULL && EVP_PKEY_keygen_init(context) > 0 && EVP_PKEY_generate(context, &made) <= 0)
        made = NULL;
    EVP_PKEY_CTX_free(context);
    return made;
}

/* The peer's point as a key. Only uncompressed points (RFC 9846 4.3.8.2); libcrypto checks the curve's equation. The
 * curves have cofactor 1, so no check of the order is needed, and it would double the cost of a handshake's derive. */
static enum hf_error read_point(EVP_PKEY *template, bool is_curve, struct hf_span point, EVP_PKEY **ret_key)
{
    if (is_curve && (point.len == 0 || point.data[0] != 4))
        return HF_ERR_bad_key_share;
    EVP_PKEY *key = EVP_PKEY_dup(template);
    if (key == NULL)
        return hf_toolbox_forget(HF_ERR_no_memory);
    if (EVP_PKEY_set1_encoded_public_key(key, point.data, point.len) != 1) {
        EVP_PKEY_free(key);
        return hf_toolbox_forget(HF_ERR_bad_key_share);
    }
    *ret_key = key;
    return HF_OK;
}

/* The peer's encapsulation key; libcrypto makes FIPS 203's check of it (7.2). */
static enum hf_error read_kem_key(EVP_PKEY *template, struct hf_span bytes, EVP_PKEY **ret_key)
{
    OSSL_PARAM parts[] = {
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)(uintptr_t)bytes.data, bytes.len),
        OSSL_PARAM_construct_end()};
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, template, NULL);
    if (context == NULL)
        return hf_toolbox_forget(HF_ERR_no_memory);
    bool read = EVP_PKEY_fromdata_init(context) > 0 && EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parts) > 0;
    EVP_PKEY_CTX_free(context);
    if (!read)
        return hf_toolbox_forget(HF_ERR_bad_key_share);
    *ret_key = key;
    return HF_OK;
}

/* A peer's number of a finite field: 2 to p - 2, which for these primes is all there is to check (RFC 7919 5.1). Its
 * leading zeros may be missing; libcrypto wants them. */
static enum hf_error read_number(EVP_PKEY *template, size_t len, struct hf_span number, EVP_PKEY **ret_key)
{
    uint8_t padded[FIELD_MAX] = {0};
    struct hf_writer writer = hf_writer_of(padded + (len - number.len), number.len); /* at most len: its caller saw */
    hf_writer_bytes(&writer, number);
    EVP_PKEY *key = EVP_PKEY_dup(template);
    if (key == NULL)
        return hf_toolbox_forget(HF_ERR_no_memory);
    EVP_PKEY_CTX *context = NULL;
    bool is_set = EVP_PKEY_set1_encoded_public_key(key, padded, len) == 1;
    if (is_set)
        context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    bool sound = context != NULL && EVP_PKEY_public_check_quick(context) == 1;
    EVP_PKEY_CTX_free(context);
    if (!sound) {
        EVP_PKEY_free(key);
        return hf_toolbox_forget(HF_ERR_bad_key_share);
    }
    *ret_key = key;
    return HF_OK;
}

static enum hf_error read_peer(const struct hf_toolbox *toolbox, const struct shape *shape, struct hf_span share,
                               EVP_PKEY **ret_key)
{
    EVP_PKEY *template = toolbox->templates[shape->classic];
    if (shape->field)
        return read_number(template, shape->point_len, share, ret_key);
    return read_point(template, shape->curve != 0, share, ret_key);
}

/* In a field the secret keeps its leading zeros here: whether they count is the protocol's to say. */
static bool derive_into(EVP_PKEY_CTX *context, EVP_PKEY *peer, bool is_field, struct hf_writer *secret, size_t len)
{
    size_t got = len;
    uint8_t *into = hf_writer_room(secret, len);
    return into != NULL && EVP_PKEY_derive_init(context) > 0 &&
           (!is_field || EVP_PKEY_CTX_set_dh_pad(context, 1) > 0) &&
           EVP_PKEY_derive_set_peer_ex(context, peer, /* validate_peer= */ 0) > 0 &&
           EVP_PKEY_derive(context, into, &got) > 0 && got == len;
}

/* Appends the Diffie-Hellman result. All zeros means a point of small order (RFC 7748 6.1, RFC 9846 7.4.2). */
static enum hf_error derive(const struct hf_toolbox *toolbox, const struct shape *shape, EVP_PKEY *own,
                            struct hf_span point, struct hf_writer *secret)
{
    static const uint8_t zeros[SECRET_MAX];
    EVP_PKEY *peer = NULL;
    size_t before = secret->len;
    HF_TRY(read_peer(toolbox, shape, point, &peer));
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, own, NULL);
    bool derived = context != NULL && derive_into(context, peer, shape->field, secret, shape->classic_secret_len);
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(peer);
    hf_secret_wipe_stack(); /* where libcrypto's X25519 leaves its result */
    if (!derived)
        return hf_toolbox_forget(context == NULL ? HF_ERR_no_memory : HF_ERR_bad_key_share);
    if (shape->field) /* 2 to p - 2 has no small order but 2's, and that is p - 1 */
        return HF_OK;
    struct hf_span made = hf_span_part(hf_writer_span(secret), before, shape->classic_secret_len);
    return hf_secret_equal(made, hf_span_of(zeros, made.len)) ? HF_ERR_bad_key_share : HF_OK;
}

static enum hf_error decapsulate(EVP_PKEY *own, struct hf_span text, struct hf_writer *secret)
{
    size_t len = KEM_SECRET_LEN;
    uint8_t *into = hf_writer_room(secret, len);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, own, NULL);
    bool done = into != NULL && context != NULL && EVP_PKEY_decapsulate_init(context, NULL) > 0 &&
                EVP_PKEY_decapsulate(context, into, &len, text.data, text.len) > 0 && len == KEM_SECRET_LEN;
    EVP_PKEY_CTX_free(context);
    return done ? HF_OK : hf_toolbox_forget(HF_ERR_crypto_failed);
}

static enum hf_error encapsulate(EVP_PKEY *template, struct hf_span peer_key, struct hf_writer *text, size_t text_len,
                                 struct hf_writer *secret)
{
    size_t len = KEM_SECRET_LEN;
    size_t got_len = text_len;
    EVP_PKEY *peer = NULL;
    uint8_t *text_into = hf_writer_room(text, text_len);
    uint8_t *into = hf_writer_room(secret, len);
    HF_TRY(read_kem_key(template, peer_key, &peer));
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, peer, NULL);
    bool done = into != NULL && text_into != NULL && context != NULL && EVP_PKEY_encapsulate_init(context, NULL) > 0 &&
                EVP_PKEY_encapsulate(context, text_into, &got_len, into, &len) > 0 && len == KEM_SECRET_LEN &&
                got_len == text_len;
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(peer);
    return done ? HF_OK : hf_toolbox_forget(HF_ERR_crypto_failed);
}

/* Our public bytes of one half: "encoded" gives EC points uncompressed, and raw keys as they are. */
static enum hf_error write_public(EVP_PKEY *key, size_t len, struct hf_writer *share)
{
    size_t got = 0;
    uint8_t *into = hf_writer_room(share, len);
    if (into == NULL)
        return HF_ERR_internal;
    if (EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, into, len, &got) != 1 || got != len)
        return hf_toolbox_forget(HF_ERR_crypto_failed);
    return HF_OK;
}

static enum hf_error write_share(struct hf_key_exchange *exchange)
{
    const struct shape *shape = shape_of(exchange->id);
    struct hf_writer share = hf_writer_of(exchange->share, exchange->share_len);
    if (exchange->kem != NULL && shape->kem_first)
        HF_TRY(write_public(exchange->kem, shape->kem_key_len, &share));
    if (exchange->classic != NULL)
        HF_TRY(write_public(exchange->classic, shape->point_len, &share));
    if (exchange->kem != NULL && !shape->kem_first)
        HF_TRY(write_public(exchange->kem, shape->kem_key_len, &share));
    return hf_writer_end(&share) && share.len == exchange->share_len ? HF_OK : HF_ERR_internal;
}

/* An exchange without keys yet. */
static struct hf_key_exchange *blank(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                     enum hf_key_exchange_id id)
{
    size_t share_len = hf_key_exchange_offer_len(id);
    struct hf_key_exchange *exchange = hf_allocation_new(allocator, sizeof *exchange + share_len);
    if (exchange == NULL)
        return NULL;
    exchange->toolbox = toolbox;
    exchange->allocator = allocator;
    exchange->id = id;
    exchange->share_len = share_len;
    return exchange;
}

/* Writes the share and hands the exchange out, or frees it. */
static enum hf_error hand_out(struct hf_key_exchange *exchange, bool made, struct hf_key_exchange **ret_exchange)
{
    enum hf_error error = made ? write_share(exchange) : hf_toolbox_forget(HF_ERR_crypto_failed);
    if (error != HF_OK) {
        hf_key_exchange_free(exchange);
        return error;
    }
    *ret_exchange = exchange;
    return HF_OK;
}

enum hf_error hf_key_exchange_new(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                  enum hf_key_exchange_id id, struct hf_key_exchange **ret_exchange)
{
    const struct shape *shape = shape_of(id);
    if (!hf_key_exchange_available(toolbox, id))
        return HF_ERR_unsupported_here;
    struct hf_key_exchange *exchange = blank(toolbox, allocator, id);
    if (exchange == NULL)
        return HF_ERR_no_memory;
    if (shape->classic != HF_TEMPLATE_NONE)
        exchange->classic = generate(toolbox->templates[shape->classic]);
    if (shape->kem != HF_TEMPLATE_NONE)
        exchange->kem = generate(toolbox->templates[shape->kem]);
    bool made = (exchange->classic != NULL || shape->classic == HF_TEMPLATE_NONE) &&
                (exchange->kem != NULL || shape->kem == HF_TEMPLATE_NONE);
    return hand_out(exchange, made, ret_exchange);
}

/* Secrets stand in the order of the shares. */
enum hf_error hf_key_exchange_finish(struct hf_key_exchange *exchange, struct hf_span peer_share,
                                     struct hf_premaster *ret_premaster)
{
    const struct shape *shape = shape_of(exchange->id);
    HF_WIPED_PREMASTER struct hf_premaster premaster = {.len = 0};
    struct hf_writer secret = hf_writer_of(premaster.bytes, sizeof premaster.bytes);
    struct halves halves = {{NULL, 0}, {NULL, 0}};
    HF_TRY(split(shape, shape->kem_text_len, peer_share, &halves));
    if (exchange->kem != NULL && shape->kem_first)
        HF_TRY(decapsulate(exchange->kem, halves.kem, &secret));
    if (exchange->classic != NULL)
        HF_TRY(derive(exchange->toolbox, shape, exchange->classic, halves.classic, &secret));
    if (exchange->kem != NULL && !shape->kem_first)
        HF_TRY(decapsulate(exchange->kem, halves.kem, &secret));
    if (!hf_writer_end(&secret))
        return HF_ERR_internal;
    premaster.len = secret.len;
    *ret_premaster = premaster;
    return HF_OK;
}

/* The point of a pair that was prepared, or of one made now, and the Diffie-Hellman result with the peer's. */
static enum hf_error answer_classic(const struct hf_toolbox *toolbox, const struct hf_key_exchange_question *question,
                                    struct hf_span point, struct hf_writer *share, struct hf_writer *secret)
{
    const struct shape *shape = shape_of(question->id);
    const struct hf_key_exchange *prepared = question->prepared;
    if (prepared != NULL && prepared->id != hf_key_exchange_classic(question->id))
        return HF_ERR_wrong_call;
    EVP_PKEY *made = prepared == NULL ? generate(toolbox->templates[shape->classic]) : NULL;
    EVP_PKEY *own = prepared == NULL ? made : prepared->classic;
    if (own == NULL)
        return hf_toolbox_forget(HF_ERR_crypto_failed);
    enum hf_error error = write_public(own, shape->point_len, share);
    if (error == HF_OK)
        error = derive(toolbox, shape, own, point, secret);
    EVP_PKEY_free(made);
    return error;
}

static enum hf_error answer_halves(const struct hf_toolbox *toolbox, const struct hf_key_exchange_question *question,
                                   struct hf_writer *share, struct hf_writer *secret)
{
    const struct shape *shape = shape_of(question->id);
    EVP_PKEY *kem = toolbox->templates[shape->kem]; /* the unused slot 0 when there is none */
    struct halves halves = {{NULL, 0}, {NULL, 0}};
    HF_TRY(split(shape, shape->kem_key_len, question->peer_share, &halves));
    if (kem != NULL && shape->kem_first)
        HF_TRY(encapsulate(kem, halves.kem, share, shape->kem_text_len, secret));
    if (shape->classic != HF_TEMPLATE_NONE)
        HF_TRY(answer_classic(toolbox, question, halves.classic, share, secret));
    if (kem != NULL && !shape->kem_first)
        HF_TRY(encapsulate(kem, halves.kem, share, shape->kem_text_len, secret));
    return HF_OK;
}

enum hf_error hf_key_exchange_answer(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                     const struct hf_key_exchange_question *question, struct hf_writer *own_share,
                                     struct hf_premaster *ret_premaster)
{
    uint8_t share_bytes[HF_KEY_EXCHANGE_SHARE_MAX];
    HF_WIPED_PREMASTER struct hf_premaster premaster = {.len = 0};
    struct hf_writer share = hf_writer_of(share_bytes, sizeof share_bytes);
    struct hf_writer secret = hf_writer_of(premaster.bytes, sizeof premaster.bytes);
    (void)allocator; /* the answering side keeps nothing */
    if (!hf_key_exchange_available(toolbox, question->id))
        return HF_ERR_unsupported_here;
    if (own_share->room - own_share->len < hf_key_exchange_answer_len(question->id))
        return HF_ERR_internal;
    HF_TRY(answer_halves(toolbox, question, &share, &secret));
    if (!hf_writer_end(&share) || !hf_writer_end(&secret))
        return HF_ERR_internal;
    hf_writer_bytes(own_share, hf_writer_span(&share));
    premaster.len = secret.len;
    *ret_premaster = premaster;
    return HF_OK;
}

/* A curve's pair from its scalar: the point is computed here, because libcrypto takes both or none. */
static EVP_PKEY *curve_pair(EVP_PKEY *template, int curve, struct hf_span scalar)
{
    uint8_t point[133];
    uint8_t native[SECRET_MAX] = {0};
    EC_GROUP *group = EC_GROUP_new_by_curve_name(curve);
    EC_POINT *product = group == NULL ? NULL : EC_POINT_new(group);
    BIGNUM *number = BN_bin2bn(scalar.data, (int)scalar.len, NULL);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, template, NULL);
    EVP_PKEY *made = NULL;
    size_t len = 0;
    if (product != NULL && number != NULL && EC_POINT_mul(group, product, number, NULL, NULL, NULL) == 1)
        len = EC_POINT_point2oct(group, product, POINT_CONVERSION_UNCOMPRESSED, point, sizeof point, NULL);
    if (len > 0 && context != NULL && BN_bn2nativepad(number, native, (int)scalar.len) > 0) {
        OSSL_PARAM parts[] = {
            OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)(uintptr_t)OBJ_nid2sn(curve), 0),
            OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, len),
            OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_PRIV_KEY, native, scalar.len), OSSL_PARAM_construct_end()};
        if (EVP_PKEY_fromdata_init(context) <= 0 || EVP_PKEY_fromdata(context, &made, EVP_PKEY_KEYPAIR, parts) <= 0)
            made = NULL;
    }
    hf_wipe(native, sizeof native);
    EVP_PKEY_CTX_free(context);
    BN_clear_free(number);
    EC_POINT_free(product);
    EC_GROUP_free(group);
    return made;
}

enum hf_error hf_key_exchange_from_private(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                           enum hf_key_exchange_id id, struct hf_span private_bytes,
                                           struct hf_key_exchange **ret_exchange)
{
    const struct shape *shape = shape_of(id);
    if (!hf_key_exchange_available(toolbox, id) || shape->kem != HF_TEMPLATE_NONE)
        return HF_ERR_unsupported_here;
    if (private_bytes.len != shape->classic_secret_len)
        return HF_ERR_wrong_call;
    struct hf_key_exchange *exchange = blank(toolbox, allocator, id);
    if (exchange == NULL)
        return HF_ERR_no_memory;
    EVP_PKEY *template = toolbox->templates[shape->classic];
    if (shape->curve != 0)
        exchange->classic = curve_pair(template, shape->curve, private_bytes);
    else
        exchange->classic = EVP_PKEY_new_raw_private_key_ex(NULL, EVP_PKEY_get0_type_name(template), NULL,
                                                            private_bytes.data, private_bytes.len);
    return hand_out(exchange, exchange->classic != NULL, ret_exchange);
}
