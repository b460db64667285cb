/* GnuTLS. */
#include "peer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gnutls/gnutls.h>

struct configs {
    gnutls_certificate_credentials_t credentials[BENCH_ENDS];
    gnutls_priority_t priority;
    gnutls_datum_t ticket_key;
    struct bench_setup setup;
};

struct end {
    gnutls_session_t session;
    struct bench_link link;
    bool opened;
};

static const char *const ciphers[BENCH_AEADS] = {"+AES-128-GCM", "+AES-256-GCM", "+CHACHA20-POLY1305"};

static const char *version(void)
{
    return gnutls_check_version(NULL);
}

static gnutls_datum_t datum(const char *text)
{
    return (gnutls_datum_t){(unsigned char *)(uintptr_t)text, (unsigned)strlen(text)};
}

static bool make_credentials(struct configs *both, enum bench_end end)
{
    const struct bench_setup *setup = &both->setup;
    gnutls_datum_t root = datum(setup->root);
    gnutls_datum_t chain = datum(setup->identity[end].chain);
    gnutls_datum_t key = datum(setup->identity[end].key);
    gnutls_certificate_credentials_t *made = &both->credentials[end];
    if (gnutls_certificate_allocate_credentials(made) != 0 ||
        gnutls_certificate_set_x509_trust_mem(*made, &root, GNUTLS_X509_FMT_PEM) < 1)
        return false;
    return (end == BENCH_CLIENT && !setup->mutual) ||
           gnutls_certificate_set_x509_key_mem(*made, &chain, &key, GNUTLS_X509_FMT_PEM) == 0;
}

static void close_configs(void *configs)
{
    struct configs *both = configs;
    gnutls_certificate_free_credentials(both->credentials[BENCH_CLIENT]);
    gnutls_certificate_free_credentials(both->credentials[BENCH_SERVER]);
    gnutls_priority_deinit(both->priority);
    gnutls_free(both->ticket_key.data);
    free(both);
}

static void *open_configs(const struct bench_setup *setup)
{
    char text[256];
    struct configs *both = calloc(1, sizeof *both);
    if (both == NULL)
        return NULL;
    both->setup = *setup;
    (void)snprintf(text, sizeof text, "NORMAL:-VERS-ALL:+VERS-TLS1.%d:-CIPHER-ALL:%s:-GROUP-ALL:+GROUP-X25519",
                   setup->version == BENCH_TLS13 ? 3 : 2, ciphers[setup->aead]);
    if (gnutls_priority_init(&both->priority, text, NULL) != 0 ||
        gnutls_session_ticket_key_generate(&both->ticket_key) != 0 || !make_credentials(both, BENCH_CLIENT) ||
        !make_credentials(both, BENCH_SERVER)) {
        close_configs(both);
        return NULL;
    }
    return both;
}

static ssize_t push(gnutls_transport_ptr_t context, const void *data, size_t len)
{
    struct end *end = context;
    return bench_wire_put(end->link.out, data, len) ? (ssize_t)len : -1;
}

static ssize_t pull(gnutls_transport_ptr_t context, void *into, size_t room)
{
    struct end *end = context;
    size_t len = bench_wire_get(end->link.in, into, room);
    if (len > 0)
        return (ssize_t)len;
    gnutls_transport_set_errno(end->session, EAGAIN);
    return -1;
}

static void set_end(struct configs *both, struct end *end, enum bench_end which, gnutls_datum_t *kept)
{
    gnutls_session_t session = end->session;
    if (which == BENCH_CLIENT) {
        gnutls_server_name_set(session, GNUTLS_NAME_DNS, BENCH_SERVER_NAME, strlen(BENCH_SERVER_NAME));
        gnutls_session_set_verify_cert(session, BENCH_SERVER_NAME, 0);
        if (kept != NULL)
            gnutls_session_set_data(session, kept->data, kept->size);
        return;
    }
    if (both->setup.resumes)
        gnutls_session_ticket_enable_server(session, &both->ticket_key);
    if (both->setup.mutual) {
        gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUIRE);
        gnutls_session_set_verify_cert(session, NULL, 0);
    }
}

static void *end_new(void *configs, enum bench_end which, struct bench_link link, void *session)
{
    struct configs *both = configs;
    struct end *end = calloc(1, sizeof *end);
    unsigned flags = GNUTLS_NONBLOCK | (both->setup.resumes ? 0 : GNUTLS_NO_TICKETS);
    if (end == NULL || gnutls_init(&end->session, flags | (which == BENCH_CLIENT ? GNUTLS_CLIENT : GNUTLS_SERVER)) != 0)
        return NULL;
    end->link = link;
    gnutls_priority_set(end->session, both->priority);
    gnutls_credentials_set(end->session, GNUTLS_CRD_CERTIFICATE, both->credentials[which]);
    gnutls_transport_set_ptr(end->session, end);
    gnutls_transport_set_push_function(end->session, push);
    gnutls_transport_set_pull_function(end->session, pull);
    set_end(both, end, which, session);
    return end;
}

static void end_free(void *context)
{
    struct end *end = context;
    gnutls_deinit(end->session);
    free(end);
}

static enum bench_progress drive(void *context)
{
    struct end *end = context;
    if (end->opened) {
        char nothing[1];
        if (bench_wire_len(end->link.in) > 0) /* tickets */
            (void)gnutls_record_recv(end->session, nothing, sizeof nothing);
        return BENCH_DONE;
    }
    int result = gnutls_handshake(end->session);
    end->opened = result == 0;
    if (result == 0)
        return BENCH_DONE;
    if (gnutls_error_is_fatal(result) == 0)
        return BENCH_WAITS;
    (void)fprintf(stderr, "bench: GnuTLS: %s\n", gnutls_strerror(result));
    return BENCH_FAILED;
}

static bool write_data(void *context, const uint8_t *data, size_t len)
{
    struct end *end = context;
    while (len > 0) {
        ssize_t taken = gnutls_record_send(end->session, data, len);
        if (taken <= 0)
            return false;
        data += taken;
        len -= (size_t)taken;
    }
    return true;
}

static size_t read_data(void *context, uint8_t *into, size_t room)
{
    ssize_t len = gnutls_record_recv(((struct end *)context)->session, into, room);
    return len > 0 ? (size_t)len : 0;
}

static void *keep_session(void *context)
{
    struct end *end = context;
    gnutls_datum_t *kept = calloc(1, sizeof *kept);
    if (kept == NULL || gnutls_session_get_data2(end->session, kept) != 0) {
        free(kept);
        return NULL;
    }
    return kept;
}

static void session_free(void *session)
{
    gnutls_free(((gnutls_datum_t *)session)->data);
    free(session);
}

const struct bench_peer bench_gnutls = {
    .name = "GnuTLS",
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
