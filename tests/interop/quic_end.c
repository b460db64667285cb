#define _POSIX_C_SOURCE 200809L
#include "quic_end.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PACKET_MAX = 1452, IV_LEN = 12, PARAMETERS_MAX = 512 };

static const uint8_t no_iv[IV_LEN];

uint64_t quic_end_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * NGTCP2_SECONDS + (uint64_t)now.tv_nsec;
}

uint64_t quic_end_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void quic_end_make_random(uint8_t *into, size_t len)
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
    const struct hf_quic_retry retry = {
        .version = HF_QUIC_VERSION_1,
        .id = pseudo + 1,
        .id_len = pseudo[0],
        .packet = pseudo + head,
        .packet_len = len < head ? 0 : len - head,
    };
    return len < head || hf_quic_retry_tag(config, &retry, dest) != HF_OK ? NGTCP2_ERR_CALLBACK_FAILURE : 0;
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

int quic_end_install_initial(struct quic_end *end, const ngtcp2_cid *id)
{
    const enum hf_role peer = end->role == HF_CLIENT ? HF_SERVER : HF_CLIENT;
    struct hf_quic_initial initial = {
        .version = end->version, .sender = end->role, .writes = true, .id = id->data, .id_len = id->datalen};
    ngtcp2_crypto_aead_ctx aead[2];
    ngtcp2_crypto_cipher_ctx mask[2];
    struct hf_quic_packet_keys *keys[2] = {NULL, NULL};
    bool fine = hf_quic_packet_keys_initial(end->config, &initial, &keys[1]) == HF_OK;
    initial.sender = peer;
    initial.writes = false;
    fine = fine && hf_quic_packet_keys_initial(end->config, &initial, &keys[0]) == HF_OK;
    for (size_t i = 0; i < 2; i++)
        aead[i].native_handle = mask[i].native_handle = keys[i];
    if (!fine)
        return NGTCP2_ERR_CALLBACK_FAILURE;
    return ngtcp2_conn_install_initial_key(end->quic, &aead[0], no_iv, &mask[0], &aead[1], no_iv, &mask[1], IV_LEN);
}

static int install(struct quic_end *end, const struct hf_quic_secret *secret)
{
    struct hf_quic_packet_keys *keys;
    ngtcp2_conn *quic = end->quic;
    if (hf_quic_packet_keys_new(end->config, end->version, secret, &keys) != HF_OK)
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
    end->keys[secret->writes] = keys;
    return secret->writes ? ngtcp2_conn_install_tx_key(quic, secret->secret, secret->len, &aead, no_iv, IV_LEN, &mask)
                          : ngtcp2_conn_install_rx_key(quic, secret->secret, secret->len, &aead, no_iv, IV_LEN, &mask);
}

/* The secrets are the library's own: what ngtcp2 keeps of them says nothing. */
static int on_update_key(ngtcp2_conn *quic, uint8_t *rx_secret, uint8_t *tx_secret, ngtcp2_crypto_aead_ctx *rx,
                         uint8_t *rx_iv, ngtcp2_crypto_aead_ctx *tx, uint8_t *tx_iv, const uint8_t *current_rx,
                         const uint8_t *current_tx, size_t len, void *user)
{
    struct quic_end *end = user;
    struct hf_quic_packet_keys *next[2];
    (void)quic, (void)current_rx, (void)current_tx;
    for (size_t i = 0; i < 2; i++)
        if (hf_quic_packet_keys_next(end->keys[i], &next[i]) != HF_OK)
            return NGTCP2_ERR_CALLBACK_FAILURE;
    memset(rx_secret, 0, len);
    memset(tx_secret, 0, len);
    memset(rx_iv, 0, IV_LEN);
    memset(tx_iv, 0, IV_LEN);
    rx->native_handle = end->keys[0] = next[0];
    tx->native_handle = end->keys[1] = next[1];
    return 0;
}

/* ---- the handshake ---- */

static quic_end_level level_to(enum hf_quic_level level)
{
    return level == HF_QUIC_INITIAL     ? QUIC_END_LEVEL(INITIAL)
           : level == HF_QUIC_HANDSHAKE ? QUIC_END_LEVEL(HANDSHAKE)
                                        : QUIC_END_LEVEL_DATA;
}

static enum hf_quic_level level_from(quic_end_level level)
{
    return level == QUIC_END_LEVEL(INITIAL)     ? HF_QUIC_INITIAL
           : level == QUIC_END_LEVEL(HANDSHAKE) ? HF_QUIC_HANDSHAKE
                                                : HF_QUIC_APPLICATION;
}

static int take_parameters(struct quic_end *end)
{
    const uint8_t *bytes;
    size_t len = hf_quic_peer_parameters(end->tls, &bytes);
    if (end->has_parameters || len == 0)
        return 0;
    end->has_parameters = true;
    return quic_end_take_parameters(end->quic, bytes, len);
}

/* What a call into TLS has brought. */
int quic_end_settle(struct quic_end *end)
{
    struct hf_quic_secret secret;
    enum hf_quic_level level;
    struct hf_event event;
    const uint8_t *bytes;
    size_t len;
    int error = take_parameters(end);
    while (error == 0 && hf_quic_next_secret(end->tls, &secret))
        error = install(end, &secret);
    while (error == 0 && (len = hf_quic_output(end->tls, &level, &bytes)) > 0) {
        error = ngtcp2_conn_submit_crypto_data(end->quic, level_to(level), bytes, len);
        hf_quic_drained(end->tls, level, len);
    }
    while (hf_next_event(end->tls, &event)) {
        end->accepted = end->accepted || event.kind == HF_EVENT_ACCEPTED;
        if (event.kind == HF_EVENT_OPENED && !end->opened) {
            end->opened = true;
            quic_end_completed(end->quic);
        }
    }
    return error;
}

int quic_end_start_tls(struct quic_end *end)
{
    uint8_t parameters[PARAMETERS_MAX];
    struct hf_failure failure;
    ngtcp2_ssize len = end->role == HF_SERVER
                           ? quic_end_encode(parameters, sizeof parameters, &end->announced)
                           : ngtcp2_conn_encode_local_transport_params(end->quic, parameters, sizeof parameters);
    if (len < 0)
        return NGTCP2_ERR_CALLBACK_FAILURE;
    const struct hf_quic_beginning beginning = {
        .peer_name = end->name,
        .parameters = parameters,
        .parameters_len = (size_t)len,
        .now_ms = quic_end_now_ms(),
    };
    end->tls = hf_quic_connection_new(end->config, &beginning, &failure);
    return end->tls == NULL || quic_end_settle(end) != 0 ? NGTCP2_ERR_CALLBACK_FAILURE : 0;
}

static int on_crypto(ngtcp2_conn *quic, quic_end_level level, uint64_t offset, const uint8_t *data, size_t len,
                     void *user)
{
    struct quic_end *end = user;
    (void)offset;
    if (hf_quic_feed(end->tls, level_from(level), data, len, quic_end_now_ms()) != HF_OK) {
        ngtcp2_conn_set_tls_error(quic, NGTCP2_ERR_CRYPTO);
        return NGTCP2_ERR_CALLBACK_FAILURE;
    }
    return quic_end_settle(end) == 0 ? 0 : NGTCP2_ERR_CALLBACK_FAILURE;
}

/* ---- what ngtcp2 asks for beside ---- */

static void on_random(uint8_t *into, size_t len, const ngtcp2_rand_ctx *context)
{
    (void)context;
    quic_end_make_random(into, len);
}

static int on_new_id(ngtcp2_conn *quic, ngtcp2_cid *id, uint8_t *token, size_t len, void *user)
{
    (void)quic, (void)user;
    id->datalen = len;
    quic_end_make_random(id->data, len);
    quic_end_make_random(token, NGTCP2_STATELESS_RESET_TOKENLEN);
    return 0;
}

static int on_challenge(ngtcp2_conn *quic, uint8_t *data, void *user)
{
    (void)quic, (void)user;
    quic_end_make_random(data, NGTCP2_PATH_CHALLENGE_DATALEN);
    return 0;
}

/* ---- the network ---- */

ngtcp2_path quic_end_path(struct quic_end *end)
{
    return (ngtcp2_path){
        .local = {(ngtcp2_sockaddr *)&end->own, sizeof end->own},
        .remote = {(ngtcp2_sockaddr *)&end->peer, sizeof end->peer},
    };
}

void quic_end_prepare(ngtcp2_callbacks *callbacks, ngtcp2_settings *settings, ngtcp2_transport_params *parameters)
{
    *callbacks = (ngtcp2_callbacks){
        .recv_crypto_data = on_crypto,
        .encrypt = on_encrypt,
        .decrypt = on_decrypt,
        .hp_mask = on_mask,
        .rand = on_random,
        .get_new_connection_id = on_new_id,
        .update_key = on_update_key,
        .delete_crypto_aead_ctx = on_delete_aead,
        .delete_crypto_cipher_ctx = on_delete_cipher,
        .get_path_challenge_data = on_challenge,
    };
    ngtcp2_settings_default(settings);
    settings->initial_ts = quic_end_now_ns();
    ngtcp2_transport_params_default(parameters);
    parameters->initial_max_streams_uni = 3;
    parameters->initial_max_stream_data_uni = 65536;
    parameters->initial_max_data = 65536;
}

void quic_end_protect(struct quic_end *end)
{
    const ngtcp2_crypto_ctx initial = {
        .aead = {.max_overhead = HF_QUIC_PACKET_TAG_LEN},
        .max_encryption = 1 << 23,
        .max_decryption_failure = UINT64_C(1) << 52,
    };
    const ngtcp2_crypto_aead retry = {.native_handle = end->config, .max_overhead = HF_QUIC_PACKET_TAG_LEN};
    const ngtcp2_crypto_aead_ctx none = {.native_handle = NULL};
    ngtcp2_conn_set_retry_aead(end->quic, &retry, &none);
    ngtcp2_conn_set_initial_crypto_ctx(end->quic, &initial);
}

static void send_packet(const struct quic_end *end, const uint8_t *packet, size_t len)
{
    (void)sendto(end->fd, packet, len, 0, (const struct sockaddr *)&end->peer, sizeof end->peer);
}

bool quic_end_send(struct quic_end *end)
{
    uint8_t packet[PACKET_MAX];
    for (;;) {
        ngtcp2_ssize len = ngtcp2_conn_write_pkt(end->quic, NULL, NULL, packet, sizeof packet, quic_end_now_ns());
        if (len <= 0)
            return len == 0;
        send_packet(end, packet, (size_t)len);
    }
}

/* The peer closed: by an alert, perhaps. */
static void note_close(struct quic_end *end)
{
#if NGTCP2_VERSION_NUM >= 0x010000
    const quic_end_why why = *ngtcp2_conn_get_ccerr(end->quic);
#else
    quic_end_why why;
    ngtcp2_conn_get_connection_close_error(end->quic, &why);
#endif
    (void)hf_quic_peer_closed(end->tls, HF_QUIC_HANDSHAKE, why.error_code, quic_end_now_ms());
    end->closed = true;
}

static bool receive(struct quic_end *end)
{
    uint8_t packet[65536];
    const ngtcp2_path path = quic_end_path(end);
    const ngtcp2_pkt_info info = {0};
    ssize_t len = recv(end->fd, packet, sizeof packet, MSG_DONTWAIT);
    int error = len < 0 ? 0 : ngtcp2_conn_read_pkt(end->quic, &path, &info, packet, (size_t)len, quic_end_now_ns());
    if (error == NGTCP2_ERR_DRAINING)
        note_close(end);
    return error == 0;
}

bool quic_end_step(struct quic_end *end)
{
    struct pollfd poller = {.fd = end->fd, .events = POLLIN};
    if (!quic_end_send(end))
        return false;
    uint64_t due_ns = ngtcp2_conn_get_expiry(end->quic), at_ns = quic_end_now_ns();
    uint64_t wait_ms = due_ns <= at_ns ? 0 : (due_ns - at_ns) / NGTCP2_MILLISECONDS + 1;
    (void)poll(&poller, 1, wait_ms < 100 ? (int)wait_ms : 100);
    if (poller.revents != 0 && !receive(end))
        return false;
    at_ns = quic_end_now_ns();
    return ngtcp2_conn_get_expiry(end->quic) > at_ns || ngtcp2_conn_handle_expiry(end->quic, at_ns) == 0;
}

void quic_end_close(struct quic_end *end)
{
    uint8_t packet[PACKET_MAX];
    quic_end_why why;
    quic_end_why_default(&why);
    if (end->tls != NULL)
        why.error_code = hf_quic_error_code(end->tls);
    ngtcp2_ssize len =
        ngtcp2_conn_write_connection_close(end->quic, NULL, NULL, packet, sizeof packet, &why, quic_end_now_ns());
    if (len > 0)
        send_packet(end, packet, (size_t)len);
    ngtcp2_conn_del(end->quic);
    hf_connection_free(end->tls);
    hf_config_drop(end->config);
    close(end->fd);
}

void quic_end_tell(const struct quic_end *end, bool fine)
{
    struct hf_session_info info;
    char text[1024];
    if (end->tls != NULL && hf_failure(end->tls) != NULL) {
        (void)hf_failure_explain(hf_failure(end->tls), (int64_t)(quic_end_now_ms() / 1000), text, sizeof text);
        printf("failed: %s (0x%llx)\n", text, (unsigned long long)hf_quic_error_code(end->tls));
        return;
    }
    if (end->tls == NULL || !fine) {
        printf("failed: no answer, or one that QUIC refuses\n");
        return;
    }
    hf_session_info(end->tls, &info);
    printf("opened: %s, %s, %s", info.suite, info.group, info.alpn);
    if (end->role == HF_CLIENT)
        printf(", asked %d, presented %d\n", info.asked_for_certificate, info.presented_certificate);
    else
        printf(", client \"%s\"\n", hf_peer(end->tls) == NULL ? "" : hf_peer_subject(hf_peer(end->tls)));
}

struct hf_config *quic_end_finish(struct hf_builder *builder)
{
    struct hf_failure failure;
    char text[1024];
    struct hf_config *config = hf_builder_finish(builder, (int64_t)(quic_end_now_ms() / 1000), &failure);
    if (config == NULL && hf_failure_explain(&failure, 0, text, sizeof text) > 0)
        fprintf(stderr, "%s\n", text);
    return config;
}
