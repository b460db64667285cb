/* OpenSSL's libssl, over a BIO that puts and gets the bench's bytes. */
#include "peer.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

struct configs {
    SSL_CTX *context[BENCH_ENDS];
    BIO_METHOD *method;
};

struct end {
    SSL *ssl;
    struct bench_link link;
};

static const char *const suites13[BENCH_AEADS] = {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
                                                  "TLS_CHACHA20_POLY1305_SHA256"};
static const char *const suites12[BENCH_AEADS] = {"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256",
                                                  "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384",
                                                  "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"};

static const char *version(void)
{
    return OpenSSL_version(OPENSSL_VERSION_STRING);
}

static int wire_write(BIO *bio, const char *data, int len)
{
    struct end *end = BIO_get_data(bio);
    return bench_wire_put(end->link.out, data, (size_t)len) ? len : -1;
}

static int wire_read(BIO *bio, char *into, int room)
{
    struct end *end = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    size_t len = bench_wire_get(end->link.in, into, (size_t)room);
    if (len > 0)
        return (int)len;
    BIO_set_retry_read(bio);
    return -1;
}

static long wire_ctrl(BIO *bio, int command, long number, void *pointer)
{
    (void)bio, (void)number, (void)pointer;
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

static BIO_METHOD *make_method(void)
{
    BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "bench");
    if (method == NULL || !BIO_meth_set_write(method, wire_write) || !BIO_meth_set_read(method, wire_read) ||
        !BIO_meth_set_ctrl(method, wire_ctrl))
        abort();
    return method;
}

static bool use_identity(SSL_CTX *context, const struct bench_identity *identity)
{
    BIO *chain = BIO_new_mem_buf(identity->chain, -1);
    BIO *key_text = BIO_new_mem_buf(identity->key, -1);
    X509 *leaf = PEM_read_bio_X509(chain, NULL, NULL, NULL);
    X509 *intermediate = PEM_read_bio_X509(chain, NULL, NULL, NULL);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(key_text, NULL, NULL, NULL);
    bool used = SSL_CTX_use_certificate(context, leaf) == 1 && SSL_CTX_add0_chain_cert(context, intermediate) == 1 &&
                SSL_CTX_use_PrivateKey(context, key) == 1;
    X509_free(leaf);
    EVP_PKEY_free(key);
    BIO_free(chain);
    BIO_free(key_text);
    return used;
}

static bool use_root(SSL_CTX *context, const char *pem)
{
    BIO *text = BIO_new_mem_buf(pem, -1);
    X509 *root = PEM_read_bio_X509(text, NULL, NULL, NULL);
    bool used = X509_STORE_add_cert(SSL_CTX_get_cert_store(context), root) == 1;
    X509_free(root);
    BIO_free(text);
    return used;
}

static SSL_CTX *make_context(enum bench_end end, const struct bench_setup *setup)
{
    int only = setup->version == BENCH_TLS13 ? TLS1_3_VERSION : TLS1_2_VERSION;
    SSL_CTX *context = SSL_CTX_new(end == BENCH_CLIENT ? TLS_client_method() : TLS_server_method());
    bool proves = end == BENCH_SERVER || setup->mutual;
    bool verifies = end == BENCH_CLIENT || setup->mutual;
    bool done = context != NULL && SSL_CTX_set_min_proto_version(context, only) == 1 &&
                SSL_CTX_set_max_proto_version(context, only) == 1 &&
                SSL_CTX_set1_groups_list(context, "X25519:P-256") == 1 &&
                SSL_CTX_set_ciphersuites(context, suites13[setup->aead]) == 1 &&
                SSL_CTX_set_cipher_list(context, suites12[setup->aead]) == 1 &&
                (!proves || use_identity(context, &setup->identity[end])) && use_root(context, setup->root);
    if (!done) {
        SSL_CTX_free(context);
        return NULL;
    }
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_verify(context, verifies ? SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT : SSL_VERIFY_NONE, NULL);
    SSL_CTX_set_session_id_context(context, (const unsigned char *)"bench", 5);
    if (!setup->resumes) {
        SSL_CTX_set_num_tickets(context, 0);
        SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
        SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    } else {
        SSL_CTX_set_num_tickets(context, 1);
    }
    return context;
}

static void close_configs(void *configs)
{
    struct configs *both = configs;
    SSL_CTX_free(both->context[BENCH_CLIENT]);
    SSL_CTX_free(both->context[BENCH_SERVER]);
    BIO_meth_free(both->method);
    free(both);
}

static void *open_configs(const struct bench_setup *setup)
{
    struct configs *both = calloc(1, sizeof *both);
    if (both == NULL)
        return NULL;
    both->method = make_method();
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
    BIO *bio = BIO_new(both->method);
    if (end == NULL || bio == NULL)
        return NULL;
    end->link = link;
    end->ssl = SSL_new(both->context[which]);
    BIO_set_data(bio, end);
    BIO_set_init(bio, 1);
    SSL_set_bio(end->ssl, bio, bio);
    if (which == BENCH_SERVER) {
        SSL_set_accept_state(end->ssl);
        return end;
    }
    SSL_set_connect_state(end->ssl);
    SSL_set_tlsext_host_name(end->ssl, BENCH_SERVER_NAME);
    SSL_set1_host(end->ssl, BENCH_SERVER_NAME);
    if (session != NULL)
        SSL_set_session(end->ssl, session);
    return end;
}

static void end_free(void *context)
{
    struct end *end = context;
    SSL_set_shutdown(end->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN); /* else its session is forgotten */
    SSL_free(end->ssl);
    free(end);
}

static enum bench_progress drive(void *context)
{
    struct end *end = context;
    int result = SSL_do_handshake(end->ssl);
    if (result == 1) {
        char nothing[1];
        (void)SSL_peek(end->ssl, nothing, sizeof nothing); /* takes tickets */
        return BENCH_DONE;
    }
    int error = SSL_get_error(end->ssl, result);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
        return BENCH_WAITS;
    ERR_print_errors_fp(stderr);
    return BENCH_FAILED;
}

static bool write_data(void *context, const uint8_t *data, size_t len)
{
    return SSL_write(((struct end *)context)->ssl, data, (int)len) == (int)len;
}

static size_t read_data(void *context, uint8_t *into, size_t room)
{
    int len = SSL_read(((struct end *)context)->ssl, into, (int)room);
    return len > 0 ? (size_t)len : 0;
}

static void *keep_session(void *context)
{
    return SSL_get1_session(((struct end *)context)->ssl);
}

static void session_free(void *session)
{
    SSL_SESSION_free(session);
}

const struct bench_peer bench_openssl = {
    .name = "OpenSSL",
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
