/* A QUIC client, to meet servers of other TLS libraries (ngtcp2's own is GnuTLS'). See quic_end.h.
 *
 *   interop_quic_client PORT CA-FILE NAME [CERTIFICATE KEY]
 *
 * It opens a connection to 127.0.0.1, waits until the server confirms it (HANDSHAKE_DONE), closes, and prints one line
 * of what was negotiated. */
#define _POSIX_C_SOURCE 200809L
#include "quic_end.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/socket.h>

enum { LIMIT_S = 30 };

static int on_client_initial(ngtcp2_conn *quic, void *user)
{
    struct quic_end *client = user;
    int error = quic_end_install_initial(client, ngtcp2_conn_get_dcid(quic));
    return error != 0 ? error : quic_end_start_tls(client);
}

static int on_confirmed(ngtcp2_conn *quic, void *user)
{
    struct quic_end *client = user;
    (void)quic;
    hf_quic_confirmed(client->tls);
    return quic_end_settle(client);
}

static int on_retry(ngtcp2_conn *quic, const ngtcp2_pkt_hd *header, void *user)
{
    (void)quic;
    return quic_end_install_initial(user, &header->scid);
}

static int on_version(ngtcp2_conn *quic, uint32_t version, const ngtcp2_cid *id, void *user)
{
    (void)quic, (void)version, (void)id, (void)user;
    return NGTCP2_ERR_CALLBACK_FAILURE; /* version 1 is all there is */
}

static bool open_socket(struct quic_end *client, const char *port)
{
    socklen_t len = sizeof client->own;
    client->peer = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)strtoul(port, NULL, 10))};
    client->peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    client->fd = socket(AF_INET, SOCK_DGRAM, 0);
    return client->fd >= 0 && connect(client->fd, (struct sockaddr *)&client->peer, sizeof client->peer) == 0 &&
           getsockname(client->fd, (struct sockaddr *)&client->own, &len) == 0;
}

static bool begin(struct quic_end *client)
{
    ngtcp2_callbacks callbacks;
    ngtcp2_settings settings;
    ngtcp2_transport_params parameters;
    ngtcp2_cid to = {.datalen = QUIC_END_ID_LEN}, from = {.datalen = QUIC_END_ID_LEN};
    const ngtcp2_path path = quic_end_path(client);
    quic_end_make_random(to.data, to.datalen);
    quic_end_make_random(from.data, from.datalen);
    quic_end_prepare(&callbacks, &settings, &parameters);
    callbacks.client_initial = on_client_initial;
    callbacks.recv_retry = on_retry;
    callbacks.handshake_confirmed = on_confirmed;
    callbacks.version_negotiation = on_version;
    if (ngtcp2_conn_client_new(&client->quic, &to, &from, &path, NGTCP2_PROTO_VER_V1, &callbacks, &settings,
                               &parameters, NULL, client) != 0)
        return false;
    quic_end_protect(client);
    return true;
}

/* Until the server has confirmed us, or something failed. */
static bool converse(struct quic_end *client)
{
    const uint64_t end_ns = quic_end_now_ns() + LIMIT_S * NGTCP2_SECONDS;
    while (!client->accepted && quic_end_now_ns() < end_ns)
        if (!quic_end_step(client))
            return false;
    return client->accepted;
}

static struct hf_config *configure(int argc, char **argv)
{
    struct hf_builder *builder = hf_builder_new(HF_CLIENT);
    hf_builder_quic(builder);
    hf_builder_alpn(builder, "h3");
    hf_builder_trust_file(builder, argv[2]);
    if (argc > 5)
        hf_builder_identity_files(builder, argv[4], argv[5]);
    else
        hf_builder_anonymous(builder);
    return quic_end_finish(builder);
}

int main(int argc, char **argv)
{
    static struct quic_end client = {.role = HF_CLIENT, .version = HF_QUIC_VERSION_1};
    if (argc < 4)
        return 2;
    client.name = argv[3];
    client.config = configure(argc, argv);
    if (client.config == NULL || !open_socket(&client, argv[1]) || !begin(&client))
        return 2;
    bool fine = converse(&client);
    quic_end_tell(&client, fine);
    quic_end_close(&client);
    return fine ? 0 : 1;
}
