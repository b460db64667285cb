/* Mbed TLS as a peer, by its public API: 2.28 (bookworm) has TLS and DTLS 1.2, 3.6 (trixie) TLS 1.3 too. Both have
 * every key exchange of old, static RSA and all PSKs among them, and CBC with and without encrypt-then-MAC; neither has
 * Ed25519 nor, as Debian builds it, NULL. */
#define _POSIX_C_SOURCE 200809L
#include <mbedtls/version.h>

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/dhm.h>
#include <mbedtls/entropy.h>
#include <mbedtls/error.h>
#include <mbedtls/ssl.h>
#include <mbedtls/ssl_cache.h>
#include <mbedtls/ssl_ciphersuites.h>
#include <mbedtls/ssl_cookie.h>
#include <mbedtls/ssl_ticket.h>
#include <mbedtls/timing.h>
#include <mbedtls/x509_crt.h>
#if MBEDTLS_VERSION_MAJOR >= 3
#include <psa/crypto.h>
#endif

#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "interop.h"

enum { WAIT_MS = 10000, TICKET_S = 3600 };

static const struct interop_flags *flags;
static mbedtls_entropy_context entropy;
static mbedtls_ctr_drbg_context drbg;
static mbedtls_x509_crt trusted;
static mbedtls_x509_crt chain;
static mbedtls_pk_context key;
static mbedtls_ssl_config config;
static mbedtls_ssl_cache_context cache;
static mbedtls_ssl_ticket_context tickets;
static mbedtls_ssl_cookie_ctx cookies;
static mbedtls_timing_delay_context timer;
static mbedtls_ssl_session session;
static bool has_session;
static mbedtls_ssl_context tls;
static int socket_fd;
static char peer[INTEROP_TEXT_MAX];

#if MBEDTLS_VERSION_MAJOR >= 3
typedef uint16_t group_id;
#define GROUP(iana, old) iana
#define NO_GROUP         MBEDTLS_SSL_IANA_TLS_GROUP_NONE
#else
typedef mbedtls_ecp_group_id group_id;
#define GROUP(iana, old) old
#define NO_GROUP         MBEDTLS_ECP_DP_NONE
#endif

static const struct {
    const char *name;
    group_id id;
} groups[] = {
    {"x25519", GROUP(0x001d, MBEDTLS_ECP_DP_CURVE25519)},
    {"secp256r1", GROUP(0x0017, MBEDTLS_ECP_DP_SECP256R1)},
    {"secp384r1", GROUP(0x0018, MBEDTLS_ECP_DP_SECP384R1)},
    {"secp521r1", GROUP(0x0019, MBEDTLS_ECP_DP_SECP521R1)},
};
enum { GROUPS = sizeof groups / sizeof groups[0] };

/* ---- Names of suites: IANA's with dashes, and another prefix in 1.3. ---- */

static void own_name(const char *iana, char own[64])
{
    bool is_12 = strstr(iana, "_WITH_") != NULL;
    (void)snprintf(own, 64, "%s%s", is_12 ? "TLS" : "TLS1-3", iana + 3);
    for (char *at = own; *at != '\0'; at++)
        *at = *at == '_' ? '-' : *at;
}

static void print_suite(const char *own)
{
    char iana[64];
    (void)snprintf(iana, sizeof iana, "TLS%s", own + (strncmp(own, "TLS1-3", 6) == 0 ? 6 : 3));
    for (char *at = iana; *at != '\0'; at++)
        *at = *at == '-' ? '_' : *at;
    printf("suite %s\n", iana);
}

void interop_abilities(void)
{
    puts("library mbedTLS " MBEDTLS_VERSION_STRING
         "\nversion 1.2\ndtls 1.2\netm\nkey rsa\nkey p256\nkey p384\nkey p521");
#if defined(MBEDTLS_SSL_PROTO_TLS1_3)
    puts("version 1.3");
#endif
    for (size_t i = 0; i < GROUPS; i++)
        printf("group %s\n", groups[i].name);
    for (const int *suite = mbedtls_ssl_list_ciphersuites(); *suite != 0; suite++)
        print_suite(mbedtls_ssl_get_ciphersuite_name(*suite));
}

/* ---- The configuration. ---- */

static bool good(const char *what, int result)
{
    char text[160];
    if (result == 0)
        return true;
    mbedtls_strerror(result, text, sizeof text);
    printf("failed: %s: -0x%x %s\n", what, (unsigned)-result, text);
    return false;
}

static int read_key(void)
{
#if MBEDTLS_VERSION_MAJOR >= 3
    return mbedtls_pk_parse_keyfile(&key, flags->key, NULL, mbedtls_ctr_drbg_random, &drbg);
#else
    return mbedtls_pk_parse_keyfile(&key, flags->key, NULL);
#endif
}

static bool set_identity(void)
{
    if (flags->ca != NULL && !good("the CA", mbedtls_x509_crt_parse_file(&trusted, flags->ca)))
        return false;
    mbedtls_ssl_conf_ca_chain(&config, &trusted, NULL);
    if (flags->cert == NULL)
        return true;
    return good("our certificate", mbedtls_x509_crt_parse_file(&chain, flags->cert)) && good("our key", read_key()) &&
           good("our identity", mbedtls_ssl_conf_own_cert(&config, &chain, &key));
}

static bool set_authentication(void)
{
    bool asks = !flags->serve || strcmp(flags->auth, "server-only") != 0;
    bool demands = !flags->serve || strcmp(flags->auth, "mutual") == 0;
    int mode = flags->ca == NULL || !asks ? MBEDTLS_SSL_VERIFY_NONE
               : demands                  ? MBEDTLS_SSL_VERIFY_REQUIRED
                                          : MBEDTLS_SSL_VERIFY_OPTIONAL;
    mbedtls_ssl_conf_authmode(&config, mode);
    return flags->psk_len == 0 ||
           good("the shared key",
                mbedtls_ssl_conf_psk(&config, flags->psk, flags->psk_len, (const unsigned char *)INTEROP_PSK_IDENTITY,
                                     strlen(INTEROP_PSK_IDENTITY)));
}

static void set_versions(void)
{
#if MBEDTLS_VERSION_MAJOR >= 3
    bool only_13 = flags->version != NULL && strcmp(flags->version, "1.3") == 0;
    bool only_12 = flags->datagrams || (flags->version != NULL && !only_13);
    mbedtls_ssl_conf_min_tls_version(&config, only_13 ? MBEDTLS_SSL_VERSION_TLS1_3 : MBEDTLS_SSL_VERSION_TLS1_2);
    mbedtls_ssl_conf_max_tls_version(&config, only_12 ? MBEDTLS_SSL_VERSION_TLS1_2 : MBEDTLS_SSL_VERSION_TLS1_3);
#else
    mbedtls_ssl_conf_min_version(&config, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
    mbedtls_ssl_conf_max_version(&config, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
#endif
}

static group_id group_of(const char *name)
{
    for (size_t i = 0; i < GROUPS && name != NULL; i++)
        if (strcmp(groups[i].name, name) == 0)
            return groups[i].id;
    return NO_GROUP;
}

static void set_groups(void)
{
    static group_id chosen[3]; /* the configuration keeps the pointer */
    chosen[0] = group_of(flags->group);
    chosen[1] = group_of(flags->also);
    chosen[2] = NO_GROUP;
    if (chosen[0] == NO_GROUP)
        return;
#if MBEDTLS_VERSION_MAJOR >= 3
    mbedtls_ssl_conf_groups(&config, chosen);
#else
    mbedtls_ssl_conf_curves(&config, chosen);
#endif
}

static bool set_protection(void)
{
    static int suites[2];
    static const unsigned char prime[] = MBEDTLS_DHM_RFC7919_FFDHE3072_P_BIN;
    static const unsigned char generator[] = MBEDTLS_DHM_RFC7919_FFDHE3072_G_BIN;
    char own[64];
    if (flags->suite != NULL) {
        own_name(flags->suite, own);
        suites[0] = mbedtls_ssl_get_ciphersuite_id(own);
        mbedtls_ssl_conf_ciphersuites(&config, suites);
    }
    if (flags->no_encrypt_then_mac)
        mbedtls_ssl_conf_encrypt_then_mac(&config, MBEDTLS_SSL_ETM_DISABLED);
    set_groups();
    /* Its own choice is no group of RFC 7919, which our client would refuse. */
    return !flags->serve || good("the group of DHE", mbedtls_ssl_conf_dh_param_bin(&config, prime, sizeof prime,
                                                                                   generator, sizeof generator));
}

static bool set_sessions(void)
{
    bool by_ticket = flags->again != NULL && strcmp(flags->again, "ticket") == 0;
    if (!flags->serve) {
        mbedtls_ssl_conf_session_tickets(&config, by_ticket ? MBEDTLS_SSL_SESSION_TICKETS_ENABLED
                                                            : MBEDTLS_SSL_SESSION_TICKETS_DISABLED);
        return true;
    }
    mbedtls_ssl_conf_session_cache(&config, &cache, mbedtls_ssl_cache_get, mbedtls_ssl_cache_set);
    if (by_ticket) {
        if (!good("tickets", mbedtls_ssl_ticket_setup(&tickets, mbedtls_ctr_drbg_random, &drbg,
                                                      MBEDTLS_CIPHER_AES_256_GCM, TICKET_S)))
            return false;
        mbedtls_ssl_conf_session_tickets_cb(&config, mbedtls_ssl_ticket_write, mbedtls_ssl_ticket_parse, &tickets);
    }
    mbedtls_ssl_conf_dtls_cookies(&config, mbedtls_ssl_cookie_write, mbedtls_ssl_cookie_check, &cookies);
    return good("cookies", mbedtls_ssl_cookie_setup(&cookies, mbedtls_ctr_drbg_random, &drbg));
}

static bool set_defaults(void)
{
    mbedtls_entropy_init(&entropy);
    mbedtls_ctr_drbg_init(&drbg);
    mbedtls_x509_crt_init(&trusted);
    mbedtls_x509_crt_init(&chain);
    mbedtls_pk_init(&key);
    mbedtls_ssl_config_init(&config);
    mbedtls_ssl_cache_init(&cache);
    mbedtls_ssl_ticket_init(&tickets);
    mbedtls_ssl_cookie_init(&cookies);
    mbedtls_ssl_session_init(&session);
#if MBEDTLS_VERSION_MAJOR >= 3
    if (psa_crypto_init() != PSA_SUCCESS)
        return false;
#endif
    int seeded = mbedtls_ctr_drbg_seed(&drbg, mbedtls_entropy_func, &entropy, NULL, 0);
    mbedtls_ssl_conf_rng(&config, mbedtls_ctr_drbg_random, &drbg);
    return good("randomness", seeded) &&
           good("defaults", mbedtls_ssl_config_defaults(
                                &config, flags->serve ? MBEDTLS_SSL_IS_SERVER : MBEDTLS_SSL_IS_CLIENT,
                                flags->datagrams ? MBEDTLS_SSL_TRANSPORT_DATAGRAM : MBEDTLS_SSL_TRANSPORT_STREAM,
                                MBEDTLS_SSL_PRESET_DEFAULT));
}

bool interop_prepare(const struct interop_flags *given)
{
    flags = given;
    if (!set_defaults())
        return false;
    set_versions();
    return set_identity() && set_authentication() && set_protection() && set_sessions();
}

/* ---- The socket. ---- */

static int send_some(void *unused, const unsigned char *bytes, size_t len)
{
    (void)unused;
    return (int)write(socket_fd, bytes, len);
}

static int receive_some(void *unused, unsigned char *into, size_t room, uint32_t timeout_ms)
{
    struct pollfd waits = {.fd = socket_fd, .events = POLLIN};
    (void)unused;
    if (poll(&waits, 1, timeout_ms == 0 ? WAIT_MS : (int)timeout_ms) != 1)
        return MBEDTLS_ERR_SSL_TIMEOUT;
    return (int)read(socket_fd, into, room);
}

/* ---- A connection. ---- */

static bool begin(void)
{
    /* No address proves anything on loopback: any bytes do for the cookie's client. */
    static const unsigned char somebody[] = "loopback";
    mbedtls_ssl_set_timer_cb(&tls, &timer, mbedtls_timing_set_delay, mbedtls_timing_get_delay);
    mbedtls_ssl_set_bio(&tls, NULL, send_some, NULL, receive_some);
    return !flags->serve || !flags->datagrams ||
           good("the client's address", mbedtls_ssl_set_client_transport_id(&tls, somebody, sizeof somebody));
}

static int shake_hands(void)
{
    int result = mbedtls_ssl_handshake(&tls);
    if (result != MBEDTLS_ERR_SSL_HELLO_VERIFY_REQUIRED)
        return result;
    result = mbedtls_ssl_session_reset(&tls);
    return result == 0 && begin() ? mbedtls_ssl_handshake(&tls) : result;
}

static void note_peer(void)
{
    const mbedtls_x509_crt *certificate = mbedtls_ssl_get_peer_cert(&tls);
    peer[0] = '\0';
    if (certificate != NULL && mbedtls_ssl_get_verify_result(&tls) == 0)
        (void)mbedtls_x509_dn_gets(peer, sizeof peer, &certificate->subject);
}

bool interop_handshake(int fd)
{
    socket_fd = fd;
    mbedtls_ssl_init(&tls);
    if (!good("set-up", mbedtls_ssl_setup(&tls, &config)))
        return false;
    if (!flags->serve && !good("the name", mbedtls_ssl_set_hostname(&tls, flags->name)))
        return false;
    if (has_session && !good("the session", mbedtls_ssl_set_session(&tls, &session)))
        return false;
    if (!begin() || !good("handshake", shake_hands()))
        return false;
    note_peer();
    printf("%s %s\n", mbedtls_ssl_get_version(&tls), mbedtls_ssl_get_ciphersuite(&tls));
    return true;
}

/* TLS 1.3: a ticket came instead of data. */
static bool is_ticket(int result)
{
#if defined(MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET)
    return result == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET;
#else
    (void)result;
    return false;
#endif
}

int interop_read(char *into, size_t room)
{
    int got;
    do
        got = mbedtls_ssl_read(&tls, (unsigned char *)into, room);
    while (got == MBEDTLS_ERR_SSL_WANT_READ || is_ticket(got));
    if (got >= 0 || got == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY)
        return got > 0 ? got : 0;
    (void)good("reading", got);
    return -1;
}

bool interop_write(const char *text, size_t len)
{
    int sent = mbedtls_ssl_write(&tls, (const unsigned char *)text, len);
    return sent == (int)len || good("writing", sent);
}

const char *interop_peer(void)
{
    return peer;
}

void interop_end(bool keep)
{
    if (keep)
        has_session = good("keeping the session", mbedtls_ssl_get_session(&tls, &session));
    (void)mbedtls_ssl_close_notify(&tls);
    mbedtls_ssl_free(&tls);
}
