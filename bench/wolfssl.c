/* wolfSSL, as Debian builds it. */
#include "peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <wolfssl/options.h>
#include <wolfssl/ssl.h>
#include <wolfssl/version.h>

struct configs {
    WOLFSSL_CTX *context[BENCH_ENDS];
};

struct end {
    WOLFSSL *ssl;
    struct bench_link link;
    bool opened;
};

static const char *const suites[2][BENCH_AEADS] = {
    {"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256",
     "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384",
     "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"},
    {"TLS13-AES128-GCM-SHA256", "TLS13-AES256-GCM-SHA384", "TLS13-CHACHA20-POLY1305-SHA256"},
};

static const char *version(void)
{
    return LIBWOLFSSL_VERSION_STRING;
}

static int pull(WOLFSSL *ssl, char *into, int room, void *context)
{
    struct end *end = context;
    (void)ssl;
    size_t len = bench_wire_get(end->link.in, into, (size_t)room);
    return len > 0 ? (int)len : WOLFSSL_CBIO_ERR_WANT_READ;
}

static int push(WOLFSSL *ssl, char *data, int len, void *context)
{
    struct end *end = context;
    (void)ssl;
    return bench_wire_put(end->link.out, data, (size_t)len) ? len : WOLFSSL_CBIO_ERR_GENERAL;
}

static bool use_identity(WOLFSSL_CTX *context, const struct bench_identity *identity)
{
    return wolfSSL_CTX_use_certificate_chain_buffer(context, (const unsigned char *)identity->chain,
                                                    (long)strlen(identity->chain)) == WOLFSSL_SUCCESS &&
           wolfSSL_CTX_use_PrivateKey_buffer(context, (const unsigned char *)identity->key, (long)strlen(identity->key),
                                             WOLFSSL_FILETYPE_PEM) == WOLFSSL_SUCCESS;
}

static WOLFSSL_METHOD *method(enum bench_end end, enum bench_version wanted)
{
    if (wanted == BENCH_TLS13)
        return end == BENCH_CLIENT ? wolfTLSv1_3_client_method() : wolfTLSv1_3_server_method();
    return end == BENCH_CLIENT ? wolfTLSv1_2_client_method() : wolfTLSv1_2_server_method();
}

static WOLFSSL_CTX *make_context(enum bench_end end, const struct bench_setup *setup)
{
    WOLFSSL_CTX *context = wolfSSL_CTX_new(method(end, setup->version));
    bool proves = end == BENCH_SERVER || setup->mutual;
    bool verifies = end == BENCH_CLIENT || setup->mutual;
    bool done =
        context != NULL && (!proves || use_identity(context, &setup->identity[end])) &&
        wolfSSL_CTX_load_verify_buffer(context, (const unsigned char *)setup->root, (long)strlen(setup->root),
                                       WOLFSSL_FILETYPE_PEM) == WOLFSSL_SUCCESS &&
        wolfSSL_CTX_set_cipher_list(context, suites[setup->version == BENCH_TLS13][setup->aead]) == WOLFSSL_SUCCESS;
    if (!done) {
        wolfSSL_CTX_free(context);
        return NULL;
    }
    wolfSSL_CTX_set_verify(
        context, verifies ? WOLFSSL_VERIFY_PEER | WOLFSSL_VERIFY_FAIL_IF_NO_PEER_CERT : WOLFSSL_VERIFY_NONE, NULL);
    wolfSSL_CTX_SetIORecv(context, pull);
    wolfSSL_CTX_SetIOSend(context, push);
    if (end == BENCH_CLIENT && setup->resumes)
        wolfSSL_CTX_UseSessionTicket(context);
    if (!setup->resumes)
        wolfSSL_CTX_set_session_cache_mode(context, WOLFSSL_SESS_CACHE_OFF);
    if (!setup->resumes && end == BENCH_SERVER && setup->version == BENCH_TLS13)
        wolfSSL_CTX_no_ticket_TLSv13(context);
    return context;
}

static void close_configs(void *configs)
{
    struct configs *both = configs;
    wolfSSL_CTX_free(both->context[BENCH_CLIENT]);
    wolfSSL_CTX_free(both->context[BENCH_SERVER]);
    free(both);
}

static void *open_configs(const struct bench_setup *setup)
{
    static bool begun;
    struct configs *both = calloc(1, sizeof *both);
    if (!begun)
        wolfSSL_Init();
    begun = true;
    if (both == NULL)
        return NULL;
    both->context[BENCH_CLIENT] = make_context(BENCH_CLIENT, setup);
    both->context[BENCH_SERVER] = make_context(BENCH_SERVER, setup);
    if (both->context[BENCH_CLIENT] == NULL || both->context[BENCH_SERVER] == NULL) {
        close_configs(both);
        return NULL;
    }
    return both;
}

static void *end_new(void *configs, enum bench_end which, struct bench_link link, void *session)
{
    struct configs *both = configs;
    struct end *end = calloc(1, sizeof *end);
    if (end == NULL)
        return NULL;
    end->link = link;
    end->ssl = wolfSSL_new(both->context[which]);
    if (end->ssl == NULL) {
        free(end);
        return NULL;
    }
    wolfSSL_SetIOReadCtx(end->ssl, end);
    wolfSSL_SetIOWriteCtx(end->ssl, end);
    if (which == BENCH_SERVER)
        return end;
    wolfSSL_UseSNI(end->ssl, WOLFSSL_SNI_HOST_NAME, BENCH_SERVER_NAME, (unsigned short)strlen(BENCH_SERVER_NAME));
    wolfSSL_check_domain_name(end->ssl, BENCH_SERVER_NAME);
    if (wolfSSL_version(end->ssl) == TLS1_3_VERSION)
        wolfSSL_UseKeyShare(end->ssl, WOLFSSL_ECC_X25519);
    else
        wolfSSL_UseSupportedCurve(end->ssl, WOLFSSL_ECC_X25519);
    if (session != NULL)
        wolfSSL_set_session(end->ssl, session);
    return end;
}

static void end_free(void *context)
{
    struct end *end = context;
    wolfSSL_free(end->ssl);
    free(end);
}

static enum bench_progress drive(void *context)
{
    struct end *end = context;
    if (end->opened) {
        char nothing[1];
        if (bench_wire_len(end->link.in) > 0) /* tickets */
            (void)wolfSSL_peek(end->ssl, nothing, sizeof nothing);
        return BENCH_DONE;
    }
    int result = wolfSSL_is_server(end->ssl) ? wolfSSL_accept(end->ssl) : wolfSSL_connect(end->ssl);
    end->opened = result == WOLFSSL_SUCCESS;
    if (end->opened)
        return BENCH_DONE;
    int error = wolfSSL_get_error(end->ssl, result);
    if (error == WOLFSSL_ERROR_WANT_READ || error == WOLFSSL_ERROR_WANT_WRITE)
        return BENCH_WAITS;
    (void)fprintf(stderr, "bench: wolfSSL: %d\n", error);
    return BENCH_FAILED;
}

static bool write_data(void *context, const uint8_t *data, size_t len)
{
    return wolfSSL_write(((struct end *)context)->ssl, data, (int)len) == (int)len;
}

static size_t read_data(void *context, uint8_t *into, size_t room)
{
    int len = wolfSSL_read(((struct end *)context)->ssl, into, (int)room);
    return len > 0 ? (size_t)len : 0;
}

static void *keep_session(void *context)
{
    return wolfSSL_get1_session(((struct end *)context)->ssl);
}

static void session_free(void *session)
{
    wolfSSL_SESSION_free(session);
}

const struct bench_peer bench_wolfssl = {
    .name = "wolfSSL",
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
