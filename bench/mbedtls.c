/* Mbed TLS: 2.28 (Debian bookworm, TLS 1.2 only) and 3.x (trixie). */
#include "peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/ssl.h>
#include <mbedtls/ssl_ticket.h>
#include <mbedtls/version.h>
#if MBEDTLS_VERSION_MAJOR >= 3
#include <psa/crypto.h>
#endif

struct side {
    mbedtls_ssl_config config;
    mbedtls_x509_crt root, chain;
    mbedtls_pk_context key;
};

struct configs {
    mbedtls_entropy_context entropy;
    mbedtls_ctr_drbg_context random;
    mbedtls_ssl_ticket_context tickets;
    struct side side[BENCH_ENDS];
    int suites[BENCH_AEADS + 1];
};

struct end {
    mbedtls_ssl_context ssl;
    struct bench_link link;
    bool opened;
};

static const int ecdsa_suites[BENCH_AEADS] = {MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
                                              MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
                                              MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256};
static const int rsa_suites[BENCH_AEADS] = {MBEDTLS_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
                                            MBEDTLS_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
                                            MBEDTLS_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256};

static const char *version(void)
{
    return MBEDTLS_VERSION_STRING;
}

static int parse_key(struct configs *both, mbedtls_pk_context *key, const char *pem)
{
    const unsigned char *text = (const unsigned char *)pem;
#if MBEDTLS_VERSION_MAJOR >= 3
    return mbedtls_pk_parse_key(key, text, strlen(pem) + 1, NULL, 0, mbedtls_ctr_drbg_random, &both->random);
#else
    (void)both;
    return mbedtls_pk_parse_key(key, text, strlen(pem) + 1, NULL, 0);
#endif
}

/* X25519, and P-256 for the certificates. */
static void set_groups(mbedtls_ssl_config *config)
{
#if MBEDTLS_VERSION_MAJOR >= 3
    static const uint16_t groups[] = {MBEDTLS_SSL_IANA_TLS_GROUP_X25519, MBEDTLS_SSL_IANA_TLS_GROUP_SECP256R1, 0};
    mbedtls_ssl_conf_groups(config, groups);
#else
    static const mbedtls_ecp_group_id groups[] = {MBEDTLS_ECP_DP_CURVE25519, MBEDTLS_ECP_DP_SECP256R1,
                                                  MBEDTLS_ECP_DP_NONE};
    mbedtls_ssl_conf_curves(config, groups);
#endif
}

static bool set_version(mbedtls_ssl_config *config, enum bench_version wanted)
{
#if MBEDTLS_VERSION_MAJOR >= 3
    mbedtls_ssl_protocol_version only = wanted == BENCH_TLS13 ? MBEDTLS_SSL_VERSION_TLS1_3 : MBEDTLS_SSL_VERSION_TLS1_2;
    mbedtls_ssl_conf_min_tls_version(config, only);
    mbedtls_ssl_conf_max_tls_version(config, only);
    return true;
#else
    (void)config;
    return wanted == BENCH_TLS12;
#endif
}

static bool make_side(struct configs *both, enum bench_end end, const struct bench_setup *setup)
{
    struct side *side = &both->side[end];
    const struct bench_identity *identity = &setup->identity[end];
    bool proves = end == BENCH_SERVER || setup->mutual;
    bool verifies = end == BENCH_CLIENT || setup->mutual;
    mbedtls_ssl_config_init(&side->config);
    mbedtls_x509_crt_init(&side->root);
    mbedtls_x509_crt_init(&side->chain);
    mbedtls_pk_init(&side->key);
    if (mbedtls_ssl_config_defaults(&side->config, end == BENCH_CLIENT ? MBEDTLS_SSL_IS_CLIENT : MBEDTLS_SSL_IS_SERVER,
                                    MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT) != 0 ||
        !set_version(&side->config, setup->version) ||
        mbedtls_x509_crt_parse(&side->root, (const unsigned char *)setup->root, strlen(setup->root) + 1) != 0)
        return false;
    if (proves && (mbedtls_x509_crt_parse(&side->chain, (const unsigned char *)identity->chain,
                                          strlen(identity->chain) + 1) != 0 ||
                   parse_key(both, &side->key, identity->key) != 0 ||
                   mbedtls_ssl_conf_own_cert(&side->config, &side->chain, &side->key) != 0))
        return false;
    if (setup->version == BENCH_TLS12)
        mbedtls_ssl_conf_ciphersuites(&side->config, both->suites);
    set_groups(&side->config);
    mbedtls_ssl_conf_rng(&side->config, mbedtls_ctr_drbg_random, &both->random);
    mbedtls_ssl_conf_ca_chain(&side->config, &side->root, NULL);
    mbedtls_ssl_conf_authmode(&side->config, verifies ? MBEDTLS_SSL_VERIFY_REQUIRED : MBEDTLS_SSL_VERIFY_NONE);
    if (end == BENCH_CLIENT)
        mbedtls_ssl_conf_session_tickets(&side->config, setup->resumes);
    else if (setup->resumes)
        mbedtls_ssl_conf_session_tickets_cb(&side->config, mbedtls_ssl_ticket_write, mbedtls_ssl_ticket_parse,
                                            &both->tickets);
    return true;
}

static void close_configs(void *configs)
{
    struct configs *both = configs;
    for (int end = 0; end < BENCH_ENDS; end++) {
        mbedtls_ssl_config_free(&both->side[end].config);
        mbedtls_x509_crt_free(&both->side[end].root);
        mbedtls_x509_crt_free(&both->side[end].chain);
        mbedtls_pk_free(&both->side[end].key);
    }
    mbedtls_ssl_ticket_free(&both->tickets);
    mbedtls_ctr_drbg_free(&both->random);
    mbedtls_entropy_free(&both->entropy);
    free(both);
}

static void *open_configs(const struct bench_setup *setup)
{
    struct configs *both = calloc(1, sizeof *both);
    if (both == NULL)
        return NULL;
#if MBEDTLS_VERSION_MAJOR >= 3
    (void)psa_crypto_init();
#endif
    both->suites[0] = setup->rsa ? rsa_suites[setup->aead] : ecdsa_suites[setup->aead];
    mbedtls_entropy_init(&both->entropy);
    mbedtls_ctr_drbg_init(&both->random);
    mbedtls_ssl_ticket_init(&both->tickets);
    if (mbedtls_ctr_drbg_seed(&both->random, mbedtls_entropy_func, &both->entropy, NULL, 0) != 0 ||
        mbedtls_ssl_ticket_setup(&both->tickets, mbedtls_ctr_drbg_random, &both->random, MBEDTLS_CIPHER_AES_256_GCM,
                                 3600) != 0 ||
        !make_side(both, BENCH_CLIENT, setup) || !make_side(both, BENCH_SERVER, setup)) {
        close_configs(both);
        return NULL;
    }
    return both;
}

static int push(void *context, const unsigned char *data, size_t len)
{
    struct end *end = context;
    return bench_wire_put(end->link.out, data, len) ? (int)len : -1;
}

static int pull(void *context, unsigned char *into, size_t room)
{
    struct end *end = context;
    size_t len = bench_wire_get(end->link.in, into, room);
    return len > 0 ? (int)len : MBEDTLS_ERR_SSL_WANT_READ;
}

static void *end_new(void *configs, enum bench_end which, struct bench_link link, void *session)
{
    struct configs *both = configs;
    struct end *end = calloc(1, sizeof *end);
    if (end == NULL)
        return NULL;
    end->link = link;
    mbedtls_ssl_init(&end->ssl);
    if (mbedtls_ssl_setup(&end->ssl, &both->side[which].config) != 0) {
        free(end);
        return NULL;
    }
    mbedtls_ssl_set_bio(&end->ssl, end, push, pull, NULL);
    if (which == BENCH_CLIENT)
        (void)mbedtls_ssl_set_hostname(&end->ssl, BENCH_SERVER_NAME);
    if (session != NULL)
        (void)mbedtls_ssl_set_session(&end->ssl, session);
    return end;
}

static void end_free(void *context)
{
    struct end *end = context;
    mbedtls_ssl_free(&end->ssl);
    free(end);
}

static enum bench_progress drive(void *context)
{
    struct end *end = context;
    if (end->opened) {
        unsigned char nothing[1];
        if (bench_wire_len(end->link.in) > 0) /* tickets */
            (void)mbedtls_ssl_read(&end->ssl, nothing, 0);
        return BENCH_DONE;
    }
    int result = mbedtls_ssl_handshake(&end->ssl);
    end->opened = result == 0;
    if (end->opened)
        return BENCH_DONE;
    if (result == MBEDTLS_ERR_SSL_WANT_READ || result == MBEDTLS_ERR_SSL_WANT_WRITE)
        return BENCH_WAITS;
    (void)fprintf(stderr, "bench: Mbed TLS: -0x%04x\n", (unsigned)-result);
    return BENCH_FAILED;
}

static bool write_data(void *context, const uint8_t *data, size_t len)
{
    struct end *end = context;
    while (len > 0) {
        int taken = mbedtls_ssl_write(&end->ssl, data, len);
        if (taken <= 0)
            return false;
        data += taken;
        len -= (size_t)taken;
    }
    return true;
}

static size_t read_data(void *context, uint8_t *into, size_t room)
{
    int len = mbedtls_ssl_read(&((struct end *)context)->ssl, into, room);
    return len > 0 ? (size_t)len : 0;
}

static void session_free(void *session)
{
    mbedtls_ssl_session_free(session);
    free(session);
}

static void *keep_session(void *context)
{
    mbedtls_ssl_session *kept = calloc(1, sizeof *kept);
    if (kept == NULL)
        return NULL;
    mbedtls_ssl_session_init(kept);
    if (mbedtls_ssl_get_session(&((struct end *)context)->ssl, kept) == 0)
        return kept;
    session_free(kept);
    return NULL;
}

const struct bench_peer bench_mbedtls = {
    .name = "Mbed TLS",
    .version = version,
    .open = open_configs,
    .close = close_configs,
    .end_new = end_new,
    .end_free = end_free,
    .drive = drive,
    .write = write_data,
    .read = read_data,
    .session = keep_session,
    .session_free = session_free,
};
