/* A QUIC server for one client, to meet those of other TLS libraries (ngtcp2's own is GnuTLS', s_client of OpenSSL 3.5
 * has QUIC). See quic_end.h.
 *
 *   interop_quic_server PORT CERTIFICATE KEY [CA-FILE [optional]]
 *
 * It waits on 127.0.0.1 for a client, with CA-FILE for one with a certificate, opens a connection with it, confirms it
 * (HANDSHAKE_DONE), and prints one line of what was negotiated when the client closes, or after a second. It has no
 * HTTP: what comes in streams is passed over. */
#define _POSIX_C_SOURCE 200809L
#include "quic_end.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { LIMIT_S = 30, LINGER_MS = 1000, WAIT_MS = 30000 };

static int on_initial(ngtcp2_conn *quic, const ngtcp2_cid *id, void *user)
{
    struct quic_end *server = user;
    (void)quic;
    int error = quic_end_install_initial(server, id);
    return error != 0 ? error : quic_end_start_tls(server);
}

/* Waits for the first packet of a client, and answers its address from then on. */
static size_t wait_for_client(struct quic_end *server, uint8_t *packet, size_t room, ngtcp2_pkt_hd *ret_header)
{
    struct pollfd poller = {.fd = server->fd, .events = POLLIN};
    socklen_t len = sizeof server->peer;
    while (poll(&poller, 1, WAIT_MS) > 0) {
        ssize_t got = recvfrom(server->fd, packet, room, 0, (struct sockaddr *)&server->peer, &len);
        if (got > 0 && ngtcp2_accept(ret_header, packet, (size_t)got) == 0)
            return (size_t)got;
    }
    return 0;
}

static bool open_socket(struct quic_end *server, const char *port)
{
    server->own = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)strtoul(port, NULL, 10))};
    server->own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server->fd = socket(AF_INET, SOCK_DGRAM, 0);
    return server->fd >= 0 && bind(server->fd, (struct sockaddr *)&server->own, sizeof server->own) == 0;
}

static bool begin(struct quic_end *server)
{
    uint8_t packet[65536];
    ngtcp2_pkt_hd header;
    ngtcp2_callbacks callbacks;
    ngtcp2_settings settings;
    ngtcp2_transport_params parameters;
    ngtcp2_cid from = {.datalen = QUIC_END_ID_LEN};
    const ngtcp2_pkt_info info = {0};
    size_t len = wait_for_client(server, packet, sizeof packet, &header);
    if (len == 0)
        return false;
    const ngtcp2_path path = quic_end_path(server);
    quic_end_make_random(from.data, from.datalen);
    quic_end_prepare(&callbacks, &settings, &parameters);
    callbacks.recv_client_initial = on_initial;
    server->version = header.version;
    parameters.original_dcid = header.dcid;
#if NGTCP2_VERSION_NUM >= 0x010000
    parameters.original_dcid_present = true;
#endif
    parameters.initial_max_streams_bidi = 16;
    parameters.initial_max_stream_data_bidi_remote = 65536;
    server->announced = parameters;
    server->announced.initial_scid = from;
#if NGTCP2_VERSION_NUM >= 0x010000
    server->announced.initial_scid_present = true;
#endif
    if (ngtcp2_conn_server_new(&server->quic, &header.scid, &from, &path, header.version, &callbacks, &settings,
                               &parameters, NULL, server) != 0)
        return false;
    quic_end_protect(server);
    return ngtcp2_conn_read_pkt(server->quic, &path, &info, packet, len, quic_end_now_ns()) == 0;
}

/* Until the client closes, or has had its time. */
static bool converse(struct quic_end *server)
{
    uint64_t end_ns = quic_end_now_ns() + LIMIT_S * NGTCP2_SECONDS;
    bool lingers = false;
    while (quic_end_now_ns() < end_ns && quic_end_step(server)) {
        if (server->opened && !lingers)
            end_ns = quic_end_now_ns() + LINGER_MS * NGTCP2_MILLISECONDS;
        lingers = server->opened;
    }
    return server->opened && hf_failure(server->tls) == NULL;
}

static struct hf_config *configure(int argc, char **argv)
{
    struct hf_builder *builder = hf_builder_new(HF_SERVER);
    hf_builder_quic(builder);
    hf_builder_alpn(builder, "h3");
    hf_builder_identity_files(builder, argv[2], argv[3]);
    if (argc > 4)
        hf_builder_trust_file(builder, argv[4]);
    if (argc > 5)
        hf_builder_client_auth(builder, HF_CLIENT_AUTH_REQUEST);
    else if (argc == 4)
        hf_builder_client_auth(builder, HF_CLIENT_AUTH_NONE);
    return quic_end_finish(builder);
}

int main(int argc, char **argv)
{
    static struct quic_end server = {.role = HF_SERVER};
    if (argc < 4)
        return 2;
    server.config = configure(argc, argv);
    if (server.config == NULL || !open_socket(&server, argv[1]))
        return 2;
    bool fine = begin(&server) && converse(&server);
    quic_end_tell(&server, fine);
    if (server.quic != NULL)
        quic_end_close(&server);
    return fine ? 0 : 1;
}
