/* wolfSSL as a peer, by its public API (<wolfssl/ssl.h>). Debian's build has TLS 1.2 and 1.3, DTLS 1.2, and since RFC
 * 9150 the integrity-only suites; neither static RSA nor plain PSK. DTLS 1.3 only where WOLFSSL_DTLS13 is defined. */
#define _POSIX_C_SOURCE 200809L
#include <wolfssl/options.h>

#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/dh.h>

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "interop.h"

static const struct interop_flags *flags;
static WOLFSSL_CTX *context;
static WOLFSSL *tls;
static WOLFSSL_SESSION *session;
static char peer[INTEROP_TEXT_MAX];

static const struct {
    const char *name;
    const char *curve; /* for wolfSSL_CTX_set1_curves_list */
    word16 id;
} groups[] = {
    {"x25519", "X25519", WOLFSSL_ECC_X25519},
    {"secp256r1", "P-256", WOLFSSL_ECC_SECP256R1},
    {"secp384r1", "P-384", WOLFSSL_ECC_SECP384R1},
    {"secp521r1", "P-521", WOLFSSL_ECC_SECP521R1},
#ifdef HAVE_CURVE448
    {"x448", "X448", WOLFSSL_ECC_X448},
#endif
};
enum { GROUPS = sizeof groups / sizeof groups[0] };

void interop_abilities(void)
{
    static char suites[16384];
    printf("library wolfSSL %s\nversion 1.2\nversion 1.3\ndtls 1.2\n", wolfSSL_lib_version());
#ifdef WOLFSSL_DTLS13
    puts("dtls 1.3");
#endif
#ifdef HAVE_ENCRYPT_THEN_MAC
    puts("etm");
#endif
    puts("key rsa\nkey p256\nkey p384\nkey p521");
#ifdef HAVE_ED25519
    puts("key ed25519");
#endif
    for (size_t i = 0; i < GROUPS; i++)
        printf("group %s\n", groups[i].name);
    (void)wolfSSL_get_ciphers_iana(suites, sizeof suites);
    for (char *suite = strtok(suites, ":"); suite != NULL; suite = strtok(NULL, ":"))
        printf("suite %s\n", suite);
}

/* ---- The context. ---- */

static bool fail(const char *what)
{
    printf("failed: %s\n", what);
    return false;
}

static bool is_13(void)
{
    return flags->version != NULL && strcmp(flags->version, "1.3") == 0;
}

static WOLFSSL_METHOD *method(void)
{
    if (flags->datagrams) {
#ifdef WOLFSSL_DTLS13
        if (is_13())
            return flags->serve ? wolfDTLSv1_3_server_method() : wolfDTLSv1_3_client_method();
#endif
        return flags->serve ? wolfDTLSv1_2_server_method() : wolfDTLSv1_2_client_method();
    }
    if (flags->version == NULL)
        return flags->serve ? wolfTLS_server_method() : wolfTLS_client_method();
    if (is_13())
        return flags->serve ? wolfTLSv1_3_server_method() : wolfTLSv1_3_client_method();
    return flags->serve ? wolfTLSv1_2_server_method() : wolfTLSv1_2_client_method();
}

static unsigned int give_key(unsigned char *key, unsigned int room)
{
    if (room < flags->psk_len)
        return 0;
    memcpy(key, flags->psk, flags->psk_len);
    return (unsigned int)flags->psk_len;
}

static unsigned int psk_of_client(WOLFSSL *ssl, const char *hint, char *identity, unsigned int room, unsigned char *key,
                                  unsigned int key_room)
{
    (void)ssl;
    (void)hint;
    (void)snprintf(identity, room, INTEROP_PSK_IDENTITY);
    return give_key(key, key_room);
}

static unsigned int psk_of_server(WOLFSSL *ssl, const char *identity, unsigned char *key, unsigned int key_room)
{
    (void)ssl;
    return strcmp(identity, INTEROP_PSK_IDENTITY) == 0 ? give_key(key, key_room) : 0;
}

static bool set_identity(void)
{
    if (flags->ca != NULL && wolfSSL_CTX_load_verify_locations(context, flags->ca, NULL) != WOLFSSL_SUCCESS)
        return fail("the CA is not read");
    if (flags->cert == NULL)
        return true;
    return (wolfSSL_CTX_use_certificate_chain_file(context, flags->cert) == WOLFSSL_SUCCESS &&
            wolfSSL_CTX_use_PrivateKey_file(context, flags->key, WOLFSSL_FILETYPE_PEM) == WOLFSSL_SUCCESS) ||
           fail("our certificate is not read");
}

static void set_authentication(void)
{
    int mode = WOLFSSL_VERIFY_PEER;
    if (flags->serve && strcmp(flags->auth, "mutual") == 0)
        mode |= WOLFSSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    if (flags->ca == NULL || (flags->serve && strcmp(flags->auth, "server-only") == 0))
        mode = WOLFSSL_VERIFY_NONE;
    wolfSSL_CTX_set_verify(context, mode, NULL);
    if (flags->psk_len == 0)
        return;
    wolfSSL_CTX_set_psk_client_callback(context, psk_of_client);
    wolfSSL_CTX_set_psk_server_callback(context, psk_of_server);
}

/* The curves list is for TLS 1.3; below it a client names its groups by their numbers, and a server takes what the
 * client names. */
static bool set_groups(void)
{
    char list[64] = "";
    size_t len = 0;
    for (size_t i = 0; i < GROUPS; i++) {
        bool wanted = strcmp(groups[i].name, flags->group) == 0;
        wanted |= flags->also != NULL && strcmp(groups[i].name, flags->also) == 0;
        if (!wanted)
            continue;
        len += (size_t)snprintf(list + len, sizeof list - len, "%s%s", len > 0 ? ":" : "", groups[i].curve);
        if (!is_13() && !flags->serve && wolfSSL_CTX_UseSupportedCurve(context, groups[i].id) != WOLFSSL_SUCCESS)
            return false;
    }
    return !is_13() || wolfSSL_CTX_set1_curves_list(context, list) == WOLFSSL_SUCCESS;
}

static bool set_protection(void)
{
    if (flags->suite != NULL && wolfSSL_CTX_set_cipher_list(context, flags->suite) != WOLFSSL_SUCCESS)
        return fail("the suite is not known");
    if (flags->group != NULL && !set_groups())
        return fail("the group is not known");
    if (flags->no_encrypt_then_mac)
        (void)wolfSSL_CTX_AllowEncryptThenMac(context, 0);
    if (flags->serve && flags->suite != NULL && strstr(flags->suite, "_DHE_") != NULL) {
        /* Of RFC 7919, as our client demands. wolfSSL spends 0.2 s on making sure that it is a prime. */
        const DhParams *dh = wc_Dh_ffdhe3072_Get();
        (void)wolfSSL_CTX_SetTmpDH(context, dh->p, (int)dh->p_len, dh->g, (int)dh->g_len);
    }
    return true;
}

bool interop_prepare(const struct interop_flags *given)
{
    flags = given;
    if (wolfSSL_Init() != WOLFSSL_SUCCESS || (context = wolfSSL_CTX_new(method())) == NULL)
        return fail("no context");
    if (flags->again != NULL && strcmp(flags->again, "ticket") == 0 && !flags->serve)
        (void)wolfSSL_CTX_UseSessionTicket(context);
    if (flags->again != NULL && strcmp(flags->again, "id") == 0)
        (void)wolfSSL_CTX_NoTicketTLSv12(context);
    set_authentication();
    return set_identity() && set_protection();
}

/* ---- A connection. ---- */

static bool fail_by_error(const char *what, int result)
{
    char text[WOLFSSL_MAX_ERROR_SZ];
    int error = wolfSSL_get_error(tls, result);
    printf("failed: %s: %d %s\n", what, error, wolfSSL_ERR_error_string((unsigned long)error, text));
    return false;
}

static void aim(int fd)
{
    struct sockaddr_in to;
    socklen_t len = sizeof to;
    (void)wolfSSL_set_fd(tls, fd);
    if (flags->datagrams && getpeername(fd, (struct sockaddr *)&to, &len) == 0)
        (void)wolfSSL_dtls_set_peer(tls, &to, len);
}

/* A client's share is of its first group; what it names besides has none. */
static void choose_share(void)
{
    for (size_t i = 0; i < GROUPS && flags->group != NULL && is_13(); i++)
        if (strcmp(groups[i].name, flags->group) == 0)
            (void)wolfSSL_UseKeyShare(tls, groups[i].id);
}

static void note_peer(void)
{
    WOLFSSL_X509 *certificate = wolfSSL_get_peer_certificate(tls);
    peer[0] = '\0';
    if (certificate == NULL)
        return;
    char *name = wolfSSL_X509_NAME_oneline(wolfSSL_X509_get_subject_name(certificate), NULL, 0);
    (void)snprintf(peer, sizeof peer, "%s", name == NULL ? "" : name);
    XFREE(name, NULL, DYNAMIC_TYPE_OPENSSL);
    wolfSSL_X509_free(certificate);
}

bool interop_handshake(int fd)
{
    tls = wolfSSL_new(context);
    if (tls == NULL)
        return fail("no connection");
    aim(fd);
    if (!flags->serve && flags->name != NULL) {
        (void)wolfSSL_UseSNI(tls, WOLFSSL_SNI_HOST_NAME, flags->name, (unsigned short)strlen(flags->name));
        (void)wolfSSL_check_domain_name(tls, flags->name);
    }
    if (!flags->serve)
        choose_share();
    if (session != NULL)
        (void)wolfSSL_set_session(tls, session);
    int result = flags->serve ? wolfSSL_accept(tls) : wolfSSL_connect(tls);
    if (result != WOLFSSL_SUCCESS)
        return fail_by_error("handshake", result);
    note_peer();
    printf("%s %s%s\n", wolfSSL_get_version(tls), wolfSSL_get_cipher(tls),
           wolfSSL_session_reused(tls) ? ", resumed" : "");
    return true;
}

int interop_read(char *into, size_t room)
{
    int got = wolfSSL_read(tls, into, (int)room);
    if (got > 0)
        return got;
    if (wolfSSL_get_error(tls, got) == WOLFSSL_ERROR_ZERO_RETURN)
        return 0;
    (void)fail_by_error("reading", got);
    return -1;
}

bool interop_write(const char *text, size_t len)
{
    int sent = wolfSSL_write(tls, text, (int)len);
    return sent == (int)len || fail_by_error("writing", sent);
}

const char *interop_peer(void)
{
    return peer;
}

void interop_end(bool keep)
{
    if (keep)
        session = wolfSSL_get1_session(tls);
    (void)wolfSSL_shutdown(tls);
    wolfSSL_free(tls);
    tls = NULL;
}
