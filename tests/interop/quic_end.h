/* One end of QUIC: ngtcp2's core with TLS and packet protection of Handfast's public headers only. What a client and a
 * server have alike. ngtcp2 makes nonces itself, from an IV; given one of zeros it hands up the packet's number. */
#ifndef HF_INTEROP_QUIC_END_H
#define HF_INTEROP_QUIC_END_H

#include <handfast/quic_packet.h>

#include <netinet/in.h>
#include <ngtcp2/ngtcp2.h>

/* What ngtcp2 calls otherwise since its version 1, which also asserts that it alone fills in initial_scid, and does so
 * later than we announce it. */
#if NGTCP2_VERSION_NUM >= 0x010000
#define QUIC_END_LEVEL(name) NGTCP2_ENCRYPTION_LEVEL_##name
#define QUIC_END_LEVEL_DATA  NGTCP2_ENCRYPTION_LEVEL_1RTT
typedef ngtcp2_encryption_level quic_end_level;
#define quic_end_take_parameters ngtcp2_conn_decode_and_set_remote_transport_params
#define quic_end_completed       ngtcp2_conn_tls_handshake_completed
typedef ngtcp2_ccerr quic_end_why;
#define quic_end_why_default ngtcp2_ccerr_default
#define quic_end_encode      ngtcp2_transport_params_encode
#else
#define QUIC_END_LEVEL(name)     NGTCP2_CRYPTO_LEVEL_##name
#define QUIC_END_LEVEL_DATA      NGTCP2_CRYPTO_LEVEL_APPLICATION
typedef ngtcp2_crypto_level quic_end_level;
#define quic_end_take_parameters ngtcp2_conn_decode_remote_transport_params
#define quic_end_completed       ngtcp2_conn_handshake_completed
typedef ngtcp2_connection_close_error quic_end_why;
#define quic_end_why_default     ngtcp2_connection_close_error_default
#define quic_end_encode(into, room, parameters)                                                                        \
    ngtcp2_encode_transport_params(into, room, NGTCP2_TRANSPORT_PARAMS_TYPE_ENCRYPTED_EXTENSIONS, parameters)
#endif

enum { QUIC_END_ID_LEN = 16 };

struct quic_end {
    enum hf_role role;
    uint32_t version;                  /* enum hf_quic_version */
    ngtcp2_transport_params announced; /* a server's */
    int fd;
    struct sockaddr_in own, peer;
    const char *name; /* a client's: of the server */
    struct hf_config *config;
    struct hf_connection *tls;
    ngtcp2_conn *quic;
    bool has_parameters, opened, accepted, closed;
    struct hf_quic_packet_keys *keys[2]; /* of this phase: reading, writing */
};

uint64_t quic_end_now_ns(void);
uint64_t quic_end_now_ms(void);
void quic_end_make_random(uint8_t *into, size_t len);

/* What the application says, or NULL, and then it has said why. */
struct hf_config *quic_end_finish(struct hf_builder *builder);

/* What both ends have alike; and, once there is a ngtcp2_conn, the protection that it begins with. */
void quic_end_prepare(ngtcp2_callbacks *callbacks, ngtcp2_settings *settings, ngtcp2_transport_params *parameters);
void quic_end_protect(struct quic_end *end);
ngtcp2_path quic_end_path(struct quic_end *end);

/* 0, or an error of ngtcp2's. */
int quic_end_install_initial(struct quic_end *end, const ngtcp2_cid *id);
int quic_end_start_tls(struct quic_end *end);
int quic_end_settle(struct quic_end *end); /* takes what a call into TLS has brought */

/* Sends what waits; and waits for a packet, or for time that is up. False: the connection is over. */
bool quic_end_send(struct quic_end *end);
bool quic_end_step(struct quic_end *end);

/* One line of what was negotiated, or what failed; and the end, with what the library says of a failure. */
void quic_end_tell(const struct quic_end *end, bool fine);
void quic_end_close(struct quic_end *end);

#endif
