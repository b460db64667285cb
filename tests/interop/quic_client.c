/* A QUIC client of ngtcp2's core with TLS and packet protection of Handfast's public headers only, to meet servers of
 * other TLS libraries (ngtcp2's own is GnuTLS').
 *
 *   interop_quic_client PORT CA-FILE NAME [CERTIFICATE KEY]
 *
 * It opens a connection to 127.0.0.1, waits until the server confirms it (HANDSHAKE_DONE), closes, and prints one line
 * of what was negotiated. ngtcp2 makes nonces itself, from an IV; given one of zeros it hands up the packet's number.
 */
#define _POSIX_C_SOURCE 200809L
#include <handfast/quic_packet.h>

#include <arpa/inet.h>
#include <ngtcp2/ngtcp2.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PACKET_MAX = 1452, IV_LEN = 12, ID_LEN = 16, PARAMETERS_MAX = 512, LIMIT_S = 10 };

struct client {
    int fd;
    struct sockaddr_in own, peer;
    const char *name;
    struct hf_config *config;
    struct hf_connection *tls;
    ngtcp2_conn *quic;
    bool has_parameters, opened, accepted;
    struct hf_quic_packet_keys *keys[2]; /* of this phase: reading, writing */
};

static const uint8_t no_iv[IV_LEN];

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * NGTCP2_SECONDS + (uint64_t)now.tv_nsec;
}

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void make_random(uint8_t *into, size_t len)
{
    if (getrandom(into, len, 0) != (ssize_t)len)
        abort();
}

/* ---- packet protection ---- */

static struct hf_quic_packet packet_of(const uint8_t *nonce, const uint8_t *payload, size_t payload_len)
{
    struct hf_quic_packet packet = {.payload = payload, .payload_len = payload_len};
    for (size_t i = IV_LEN - 8; i < IV_LEN; i++)
        packet.number = packet.number << 8 | nonce[i];
    return packet;
}

/* ngtcp2 seals nothing under the key of Retry packets, with the pseudo-packet beside it. */
static int make_retry_tag(struct hf_config *config, const uint8_t *pseudo, size_t len, uint8_t *dest)
{
    const size_t head = (size_t)1 + pseudo[0];
    if (len < head || hf_quic_retry_tag(config, pseudo + 1, pseudo[0], pseudo + head, len - head, dest) != HF_OK)
        return NGTCP2_ERR_CALLBACK_FAILURE;
    return 0;
}

static int on_encrypt(uint8_t *dest, const ngtcp2_crypto_aead *aead, const ngtcp2_crypto_aead_ctx *context,
                      const uint8_t *plain, size_t plain_len, const uint8_t *nonce, size_t nonce_len,
                      const uint8_t *aad, size_t aad_len)
{
    (void)nonce_len;
    if (aead->native_handle != NULL)
        return make_retry_tag(aead->native_handle, aad, aad_len, dest);
    struct hf_quic_packet packet = packet_of(nonce, plain, plain_len);
    packet.header = aad;
    packet.header_len = aad_len;
    return hf_quic_packet_seal(context->native_handle, &packet, dest) == HF_OK ? 0 : NGTCP2_ERR_CALLBACK_FAILURE;
}

static int on_decrypt(uint8_t *dest, const ngtcp2_crypto_aead *aead, const ngtcp2_crypto_aead_ctx *context,
                      const uint8_t *sealed, size_t sealed_len, const uint8_t *nonce, size_t nonce_len,
                      const uint8_t *aad, size_t aad_len)
{
    (void)aead, (void)nonce_len;
    struct hf_quic_packet packet = packet_of(nonce, sealed, sealed_len);
    packet.header = aad;
    packet.header_len = aad_len;
    return hf_quic_packet_open(context->native_handle, &packet, dest) == HF_OK ? 0 : NGTCP2_ERR_DECRYPT;
}

static int on_mask(uint8_t *dest, const ngtcp2_crypto_cipher *cipher, const ngtcp2_crypto_cipher_ctx *context,
                   const uint8_t *sample)
{
    (void)cipher;
    return hf_quic_packet_mask(context->native_handle, sample, dest) == HF_OK ? 0 : NGTCP2_ERR_CALLBACK_FAILURE;
}

/* The keys of a direction are one object: it goes with its AEAD. */
static void on_delete_aead(ngtcp2_conn *quic, ngtcp2_crypto_aead_ctx *context, void *user)
{
    (void)quic, (void)user;
    hf_quic_packet_keys_free(context->native_handle);
}

static void on_delete_cipher(ngtcp2_conn *quic, ngtcp2_crypto_cipher_ctx *context, void *user)
{
    (void)quic, (void)context, (void)user;
}

/* ---- keys ---- */

static int install_initial(struct client *client, const ngtcp2_cid *id)
{
    struct hf_quic_initial initial = {.sender = HF_CLIENT, .writes = true, .id = id->data, .id_len = id->datalen};
    ngtcp2_crypto_aead_ctx aead[2];
    ngtcp2_crypto_cipher_ctx mask[2];
    struct hf_quic_packet_keys *keys[2] = {NULL, NULL};
    bool fine = hf_quic_packet_keys_initial(client->config, &initial, &keys[1]) == HF_OK;
    initial.sender = HF_SERVER;
    initial.writes = false;
    fine = fine && hf_quic_packet_keys_initial(client->config, &initial, &keys[0]) == HF_OK;
    for (size_t i = 0; i < 2; i++)
        aead[i].native_handle = mask[i].native_handle = keys[i];
    if (!fine)
        return NGTCP2_ERR_CALLBACK_FAILURE;
    return ngtcp2_conn_install_initial_key(client->quic, &aead[0], no_iv, &mask[0], &aead[1], no_iv, &mask[1], IV_LEN);
}

static int install(struct client *client, const struct hf_quic_secret *secret)
{
    struct hf_quic_packet_keys *keys;
    ngtcp2_conn *quic = client->quic;
    if (hf_quic_packet_keys_new(client->config, secret, &keys) != HF_OK)
        return NGTCP2_ERR_CALLBACK_FAILURE;
    const ngtcp2_crypto_ctx context = {
        .aead = {.max_overhead = HF_QUIC_PACKET_TAG_LEN},
        .max_encryption = hf_quic_packet_keys_seal_limit(keys),
        .max_decryption_failure = hf_quic_packet_keys_failure_limit(keys),
    };
    const ngtcp2_crypto_aead_ctx aead = {.native_handle = keys};
    const ngtcp2_crypto_cipher_ctx mask = {.native_handle = keys};
    ngtcp2_conn_set_crypto_ctx(quic, &context);
    if (secret->level == HF_QUIC_HANDSHAKE)
        return secret->writes ? ngtcp2_conn_install_tx_handshake_key(quic, &aead, no_iv, IV_LEN, &mask)
                              : ngtcp2_conn_install_rx_handshake_key(quic, &aead, no_iv, IV_LEN, &mask);
    client->keys[secret->writes] = keys;
    return secret->writes ? ngtcp2_conn_install_tx_key(quic, secret->secret, secret->len, &aead, no_iv, IV_LEN, &mask)
                          : ngtcp2_conn_install_rx_key(quic, secret->secret, secret->len, &aead, no_iv, IV_LEN, &mask);
}

/* The secrets are the library's own: what ngtcp2 keeps of them says nothing. */
static int on_update_key(ngtcp2_conn *quic, uint8_t *rx_secret, uint8_t *tx_secret, ngtcp2_crypto_aead_ctx *rx,
                         uint8_t *rx_iv, ngtcp2_crypto_aead_ctx *tx, uint8_t *tx_iv, const uint8_t *current_rx,
                         const uint8_t *current_tx, size_t len, void *user)
{
    struct client *client = user;
    struct hf_quic_packet_keys *next[2];
    (void)quic, (void)current_rx, (void)current_tx;
    for (size_t i = 0; i < 2; i++)
        if (hf_quic_packet_keys_next(client->keys[i], &next[i]) != HF_OK)
            return NGTCP2_ERR_CALLBACK_FAILURE;
    memset(rx_secret, 0, len);
    memset(tx_secret, 0, len);
    memset(rx_iv, 0, IV_LEN);
    memset(tx_iv, 0, IV_LEN);
    rx->native_handle = client->keys[0] = next[0];
    tx->native_handle = client->keys[1] = next[1];
    return 0;
}

/* ---- the handshake ---- */

static ngtcp2_crypto_level level_to(enum hf_quic_level level)
{
    return level == HF_QUIC_INITIAL     ? NGTCP2_CRYPTO_LEVEL_INITIAL
           : level == HF_QUIC_HANDSHAKE ? NGTCP2_CRYPTO_LEVEL_HANDSHAKE
                                        : NGTCP2_CRYPTO_LEVEL_APPLICATION;
}

static enum hf_quic_level level_from(ngtcp2_crypto_level level)
{
    return level == NGTCP2_CRYPTO_LEVEL_INITIAL     ? HF_QUIC_INITIAL
           : level == NGTCP2_CRYPTO_LEVEL_HANDSHAKE ? HF_QUIC_HANDSHAKE
                                                    : HF_QUIC_APPLICATION;
}

static int take_parameters(struct client *client)
{
    const uint8_t *bytes;
    size_t len = hf_quic_peer_parameters(client->tls, &bytes);
    if (client->has_parameters || len == 0)
        return 0;
    client->has_parameters = true;
    return ngtcp2_conn_decode_remote_transport_params(client->quic, bytes, len);
}

/* What a call into TLS has brought. */
static int settle(struct client *client)
{
    struct hf_quic_secret secret;
    enum hf_quic_level level;
    struct hf_event event;
    const uint8_t *bytes;
    size_t len;
    int error = take_parameters(client);
    while (error == 0 && hf_quic_next_secret(client->tls, &secret))
        error = install(client, &secret);
    while (error == 0 && (len = hf_quic_output(client->tls, &level, &bytes)) > 0) {
        error = ngtcp2_conn_submit_crypto_data(client->quic, level_to(level), bytes, len);
        hf_quic_drained(client->tls, level, len);
    }
    while (hf_next_event(client->tls, &event)) {
        client->accepted = client->accepted || event.kind == HF_EVENT_ACCEPTED;
        if (event.kind == HF_EVENT_OPENED && !client->opened) {
            client->opened = true;
            ngtcp2_conn_handshake_completed(client->quic);
        }
    }
    return error;
}

static int on_client_initial(ngtcp2_conn *quic, void *user)
{
    struct client *client = user;
    uint8_t parameters[PARAMETERS_MAX];
    struct hf_failure failure;
    ngtcp2_ssize len = ngtcp2_conn_encode_local_transport_params(quic, parameters, sizeof parameters);
    if (len < 0 || install_initial(client, ngtcp2_conn_get_dcid(quic)) != 0)
        return NGTCP2_ERR_CALLBACK_FAILURE;
    const struct hf_quic_beginning beginning = {
        .peer_name = client->name,
        .parameters = parameters,
        .parameters_len = (size_t)len,
        .now_ms = now_ms(),
    };
    client->tls = hf_quic_connection_new(client->config, &beginning, &failure);
    return client->tls == NULL || settle(client) != 0 ? NGTCP2_ERR_CALLBACK_FAILURE : 0;
}

static int on_crypto(ngtcp2_conn *quic, ngtcp2_crypto_level level, uint64_t offset, const uint8_t *data, size_t len,
                     void *user)
{
    struct client *client = user;
    (void)offset;
    if (hf_quic_feed(client->tls, level_from(level), data, len, now_ms()) != HF_OK) {
        ngtcp2_conn_set_tls_error(quic, NGTCP2_ERR_CRYPTO);
        return NGTCP2_ERR_CALLBACK_FAILURE;
    }
    return settle(client) == 0 ? 0 : NGTCP2_ERR_CALLBACK_FAILURE;
}

static int on_confirmed(ngtcp2_conn *quic, void *user)
{
    struct client *client = user;
    (void)quic;
    hf_quic_confirmed(client->tls);
    return settle(client);
}

/* ---- what ngtcp2 asks for beside ---- */

static int on_retry(ngtcp2_conn *quic, const ngtcp2_pkt_hd *header, void *user)
{
    (void)quic;
    return install_initial(user, &header->scid);
}

static int on_version(ngtcp2_conn *quic, uint32_t version, const ngtcp2_cid *id, void *user)
{
    (void)quic, (void)version, (void)id, (void)user;
    return NGTCP2_ERR_CALLBACK_FAILURE; /* version 1 is all there is */
}

static void on_random(uint8_t *into, size_t len, const ngtcp2_rand_ctx *context)
{
    (void)context;
    make_random(into, len);
}

static int on_new_id(ngtcp2_conn *quic, ngtcp2_cid *id, uint8_t *token, size_t len, void *user)
{
    (void)quic, (void)user;
    id->datalen = len;
    make_random(id->data, len);
    make_random(token, NGTCP2_STATELESS_RESET_TOKENLEN);
    return 0;
}

static int on_challenge(ngtcp2_conn *quic, uint8_t *data, void *user)
{
    (void)quic, (void)user;
    make_random(data, NGTCP2_PATH_CHALLENGE_DATALEN);
    return 0;
}

/* ---- the network ---- */

static ngtcp2_path path_of(struct client *client)
{
    return (ngtcp2_path){
        .local = {(ngtcp2_sockaddr *)&client->own, sizeof client->own},
        .remote = {(ngtcp2_sockaddr *)&client->peer, sizeof client->peer},
    };
}

static bool open_socket(struct client *client, const char *port)
{
    socklen_t len = sizeof client->own;
    client->peer = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)strtoul(port, NULL, 10))};
    client->peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    client->fd = socket(AF_INET, SOCK_DGRAM, 0);
    return client->fd >= 0 && connect(client->fd, (struct sockaddr *)&client->peer, sizeof client->peer) == 0 &&
           getsockname(client->fd, (struct sockaddr *)&client->own, &len) == 0;
}

static bool begin(struct client *client)
{
    ngtcp2_callbacks callbacks = {
        .client_initial = on_client_initial,
        .recv_crypto_data = on_crypto,
        .encrypt = on_encrypt,
        .decrypt = on_decrypt,
        .hp_mask = on_mask,
        .recv_retry = on_retry,
        .rand = on_random,
        .get_new_connection_id = on_new_id,
        .update_key = on_update_key,
        .handshake_confirmed = on_confirmed,
        .delete_crypto_aead_ctx = on_delete_aead,
        .delete_crypto_cipher_ctx = on_delete_cipher,
        .get_path_challenge_data = on_challenge,
        .version_negotiation = on_version,
    };
    const ngtcp2_crypto_ctx initial = {
        .aead = {.max_overhead = HF_QUIC_PACKET_TAG_LEN},
        .max_encryption = 1 << 23,
        .max_decryption_failure = UINT64_C(1) << 52,
    };
    ngtcp2_cid to = {.datalen = ID_LEN}, from = {.datalen = ID_LEN};
    ngtcp2_settings settings;
    ngtcp2_transport_params parameters;
    const ngtcp2_path path = path_of(client);
    make_random(to.data, to.datalen);
    make_random(from.data, from.datalen);
    ngtcp2_settings_default(&settings);
    settings.initial_ts = now_ns();
    ngtcp2_transport_params_default(&parameters);
    parameters.initial_max_streams_uni = 3;
    parameters.initial_max_stream_data_uni = 65536;
    parameters.initial_max_data = 65536;
    if (ngtcp2_conn_client_new(&client->quic, &to, &from, &path, NGTCP2_PROTO_VER_V1, &callbacks, &settings,
                               &parameters, NULL, client) != 0)
        return false;
    const ngtcp2_crypto_aead retry = {.native_handle = client->config, .max_overhead = HF_QUIC_PACKET_TAG_LEN};
    const ngtcp2_crypto_aead_ctx none = {.native_handle = NULL};
    ngtcp2_conn_set_retry_aead(client->quic, &retry, &none);
    ngtcp2_conn_set_initial_crypto_ctx(client->quic, &initial);
    return true;
}

static bool send_all(struct client *client)
{
    uint8_t packet[PACKET_MAX];
    for (;;) {
        ngtcp2_ssize len = ngtcp2_conn_write_pkt(client->quic, NULL, NULL, packet, sizeof packet, now_ns());
        if (len <= 0)
            return len == 0;
        (void)send(client->fd, packet, (size_t)len, 0);
    }
}

/* The server closed: by an alert, perhaps. */
static void note_close(struct client *client)
{
    ngtcp2_connection_close_error why;
    ngtcp2_conn_get_connection_close_error(client->quic, &why);
    (void)hf_quic_peer_closed(client->tls, HF_QUIC_HANDSHAKE, why.error_code, now_ms());
}

static bool receive(struct client *client)
{
    uint8_t packet[65536];
    const ngtcp2_path path = path_of(client);
    const ngtcp2_pkt_info info = {0};
    ssize_t len = recv(client->fd, packet, sizeof packet, MSG_DONTWAIT);
    int error = len < 0 ? 0 : ngtcp2_conn_read_pkt(client->quic, &path, &info, packet, (size_t)len, now_ns());
    if (error == NGTCP2_ERR_DRAINING)
        note_close(client);
    return error == 0;
}

/* Until the server has confirmed us, or something failed. */
static bool converse(struct client *client)
{
    const uint64_t end_ns = now_ns() + LIMIT_S * NGTCP2_SECONDS;
    while (!client->accepted && now_ns() < end_ns) {
        struct pollfd poller = {.fd = client->fd, .events = POLLIN};
        if (!send_all(client))
            return false;
        uint64_t due_ns = ngtcp2_conn_get_expiry(client->quic), at_ns = now_ns();
        uint64_t wait_ms = due_ns <= at_ns ? 0 : (due_ns - at_ns) / NGTCP2_MILLISECONDS + 1;
        (void)poll(&poller, 1, wait_ms < 1000 ? (int)wait_ms : 1000);
        if (poller.revents != 0 && !receive(client))
            return false;
        if (ngtcp2_conn_get_expiry(client->quic) <= now_ns() && ngtcp2_conn_handle_expiry(client->quic, now_ns()) != 0)
            return false;
    }
    return client->accepted;
}

/* With what the library says where it failed. */
static void say_goodbye(struct client *client)
{
    uint8_t packet[PACKET_MAX];
    ngtcp2_connection_close_error why;
    ngtcp2_connection_close_error_default(&why);
    if (client->tls != NULL)
        why.error_code = hf_quic_error_code(client->tls);
    ngtcp2_ssize len =
        ngtcp2_conn_write_connection_close(client->quic, NULL, NULL, packet, sizeof packet, &why, now_ns());
    if (len > 0)
        (void)send(client->fd, packet, (size_t)len, 0);
}

static void tell(const struct client *client, bool fine)
{
    struct hf_session_info info;
    char text[1024];
    if (client->tls != NULL && hf_failure(client->tls) != NULL) {
        (void)hf_failure_explain(hf_failure(client->tls), (int64_t)(now_ms() / 1000), text, sizeof text);
        printf("failed: %s (0x%llx)\n", text, (unsigned long long)hf_quic_error_code(client->tls));
        return;
    }
    if (client->tls == NULL || !fine) {
        printf("failed: no answer, or one that QUIC refuses\n");
        return;
    }
    hf_session_info(client->tls, &info);
    printf("opened: %s, %s, %s, asked %d, presented %d\n", info.suite, info.group, info.alpn,
           info.asked_for_certificate, info.presented_certificate);
}

static struct hf_config *configure(int argc, char **argv)
{
    struct hf_failure failure;
    char text[1024];
    struct hf_builder *builder = hf_builder_new(HF_CLIENT);
    hf_builder_quic(builder);
    hf_builder_alpn(builder, "h3");
    hf_builder_trust_file(builder, argv[2]);
    if (argc > 5)
        hf_builder_identity_files(builder, argv[4], argv[5]);
    else
        hf_builder_anonymous(builder);
    struct hf_config *config = hf_builder_finish(builder, (int64_t)(now_ms() / 1000), &failure);
    if (config == NULL && hf_failure_explain(&failure, 0, text, sizeof text) > 0)
        fprintf(stderr, "%s\n", text);
    return config;
}

int main(int argc, char **argv)
{
    static struct client client;
    if (argc < 4)
        return 2;
    client.name = argv[3];
    client.config = configure(argc, argv);
    if (client.config == NULL || !open_socket(&client, argv[1]) || !begin(&client))
        return 2;
    bool fine = converse(&client);
    tell(&client, fine);
    say_goodbye(&client);
    ngtcp2_conn_del(client.quic);
    hf_connection_free(client.tls);
    hf_config_drop(client.config);
    close(client.fd);
    return fine ? 0 : 1;
}
