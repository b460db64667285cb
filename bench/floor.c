#include "floor.h"

#include "meter.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/rsa.h>

struct bench_floor {
    EVP_PKEY *share, *peer_share, *key;
    EVP_CIPHER_CTX *seal, *open;
    uint8_t digest[32], signature[512];
    size_t signature_len;
    struct bench_field *field;
};

static void must(bool done)
{
    if (!done)
        abort();
}

static EVP_PKEY *key_pair(void)
{
    static EVP_PKEY *template;
    EVP_PKEY *made = NULL;
    if (template == NULL)
        template = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, template, NULL);
    must(EVP_PKEY_keygen_init(context) > 0 && EVP_PKEY_generate(context, &made) > 0);
    EVP_PKEY_CTX_free(context);
    return made;
}

static void sign(struct bench_floor *floor)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, floor->key, NULL);
    floor->signature_len = sizeof floor->signature;
    must(EVP_PKEY_sign_init(context) > 0 &&
         EVP_PKEY_sign(context, floor->signature, &floor->signature_len, floor->digest, sizeof floor->digest) > 0);
    EVP_PKEY_CTX_free(context);
}

static void verify(struct bench_floor *floor)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, floor->key, NULL);
    must(EVP_PKEY_verify_init(context) > 0 &&
         EVP_PKEY_verify(context, floor->signature, floor->signature_len, floor->digest, sizeof floor->digest) == 1);
    EVP_PKEY_CTX_free(context);
}

static void derive(struct bench_floor *floor)
{
    uint8_t secret[32];
    size_t len = sizeof secret;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, floor->share, NULL);
    must(EVP_PKEY_derive_init(context) > 0 && EVP_PKEY_derive_set_peer(context, floor->peer_share) > 0 &&
         EVP_PKEY_derive(context, secret, &len) > 0);
    EVP_PKEY_CTX_free(context);
}

static void make_pair(struct bench_floor *floor)
{
    (void)floor;
    EVP_PKEY_free(key_pair());
}

static EVP_CIPHER_CTX *make_cipher(enum bench_aead aead, bool sealing)
{
    static const uint8_t key[32] = {1};
    const EVP_CIPHER *const ciphers[] = {EVP_aes_128_gcm(), EVP_aes_256_gcm(), EVP_chacha20_poly1305()};
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    must(context != NULL && EVP_CipherInit_ex(context, ciphers[aead], NULL, key, NULL, sealing) == 1);
    return context;
}

struct bench_floor *bench_floor_new(bool rsa, enum bench_aead aead)
{
    struct bench_floor *floor = calloc(1, sizeof *floor);
    must(floor != NULL);
    floor->share = key_pair();
    floor->peer_share = key_pair();
    floor->key =
        rsa ? EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048) : EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    floor->seal = make_cipher(aead, true);
    floor->open = make_cipher(aead, false);
    floor->field = calloc(1, sizeof *floor->field);
    must(floor->key != NULL && floor->field != NULL);
    sign(floor);
    return floor;
}

void bench_floor_free(struct bench_floor *floor)
{
    EVP_PKEY_free(floor->share);
    EVP_PKEY_free(floor->peer_share);
    EVP_PKEY_free(floor->key);
    EVP_CIPHER_CTX_free(floor->seal);
    EVP_CIPHER_CTX_free(floor->open);
    free(floor->field);
    free(floor);
}

static double mean_ns(struct bench_floor *floor, size_t count, void (*operation)(struct bench_floor *floor))
{
    double began = bench_cpu_ns();
    for (size_t i = 0; i < count; i++)
        operation(floor);
    return (bench_cpu_ns() - began) / (double)count;
}

double bench_floor_key_pair_ns(struct bench_floor *floor, size_t count)
{
    return mean_ns(floor, count, make_pair);
}

double bench_floor_derive_ns(struct bench_floor *floor, size_t count)
{
    return mean_ns(floor, count, derive);
}

double bench_floor_sign_ns(struct bench_floor *floor, size_t count)
{
    return mean_ns(floor, count, sign);
}

double bench_floor_verify_ns(struct bench_floor *floor, size_t count)
{
    return mean_ns(floor, count, verify);
}

/* One record under a nonce of its own, with associated data as a TLS record has. */
static void seal(struct bench_floor *floor, const struct bench_ground *ground, size_t index)
{
    uint8_t nonce[12];
    uint8_t *header = bench_ground_wire(ground, floor->field, index), *sealed = header + BENCH_HEADER_LEN;
    int done = 0, len = (int)ground->record_len;
    bench_ground_nonce(ground, index, nonce);
    memcpy(header, "\x17\x03\x03\0", BENCH_HEADER_LEN);
    must(EVP_EncryptInit_ex(floor->seal, NULL, NULL, NULL, nonce) == 1 &&
         EVP_EncryptUpdate(floor->seal, NULL, &done, header, BENCH_HEADER_LEN) == 1 &&
         EVP_EncryptUpdate(floor->seal, sealed, &done, floor->field->record, len) == 1 &&
         EVP_EncryptFinal_ex(floor->seal, sealed + len, &done) == 1 &&
         EVP_CIPHER_CTX_ctrl(floor->seal, EVP_CTRL_AEAD_GET_TAG, BENCH_TAG_LEN, sealed + len) == 1);
}

static void open_record(struct bench_floor *floor, const struct bench_ground *ground, size_t index)
{
    uint8_t nonce[12];
    uint8_t *header = bench_ground_wire(ground, floor->field, index), *sealed = header + BENCH_HEADER_LEN;
    uint8_t *into = bench_ground_into(ground, floor->field, index);
    int done = 0, len = (int)ground->record_len;
    bench_ground_nonce(ground, index, nonce);
    must(EVP_DecryptInit_ex(floor->open, NULL, NULL, NULL, nonce) == 1 &&
         EVP_CIPHER_CTX_ctrl(floor->open, EVP_CTRL_AEAD_SET_TAG, BENCH_TAG_LEN, sealed + len) == 1 &&
         EVP_DecryptUpdate(floor->open, NULL, &done, header, BENCH_HEADER_LEN) == 1 &&
         EVP_DecryptUpdate(floor->open, into, &done, sealed, len) == 1 &&
         EVP_DecryptFinal_ex(floor->open, into + len, &done) == 1);
}

double bench_floor_seal_mb_s(struct bench_floor *floor, const struct bench_ground *ground)
{
    double began = bench_cpu_ns();
    for (size_t i = 0; i < ground->count; i++)
        seal(floor, ground, i);
    return (double)(ground->count * ground->record_len) * 1e3 / (bench_cpu_ns() - began);
}

double bench_floor_open_mb_s(struct bench_floor *floor, const struct bench_ground *ground)
{
    for (size_t i = 0; i < ground->count; i++)
        seal(floor, ground, i); /* what is opened was just sealed, as in the rows */
    double began = bench_cpu_ns();
    for (size_t i = 0; i < ground->count; i++)
        open_record(floor, ground, i);
    return (double)(ground->count * ground->record_len) * 1e3 / (bench_cpu_ns() - began);
}
