/* TLS 1.3 for QUIC (RFC 9001). QUIC carries the handshake's bytes in CRYPTO frames, by encryption level, and protects
 * its packets itself, with secrets that TLS yields. So a connection of a config that says hf_builder_quic has no
 * hf_feed, hf_output, hf_read and hf_write (they are wrong_call, or have nothing); it has:
 *
 *     c = hf_quic_connection_new(config, &beginning, &failure);
 *     for each run of CRYPTO bytes, in order:   hf_quic_feed(c, level, bytes, len, now_ms);
 *     after each call that may move it:         while (hf_quic_next_secret(c, &secret)) install keys;
 *                                               while ((len = hf_quic_output(c, &level, &bytes)) > 0)
 *                                                   { send in CRYPTO frames of that level; hf_quic_drained(c, level,
 * len); } while (hf_next_event(c, &event)) ... when it failed:                           close with
 * hf_quic_error_code(c)
 *
 * Everything else is as ever: identities, trust, verdicts, sessions, signers outside, hf_peer, hf_failure, hf_export,
 * hf_session_info. Lost packets are QUIC's to repair: what was drained is its to keep until acknowledged. QUIC closes
 * its connections and updates its keys itself: hf_close sends nothing, hf_key_update is wrong_call.
 *
 * The keys of packets follow from the secrets: <handfast/quic_packet.h> has them, for whom that suits.
 * Threads: as for connections. */
#ifndef HANDFAST_QUIC_H
#define HANDFAST_QUIC_H

#include <handfast/connection.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Connections of this config are QUIC's: TLS 1.3 only, with suites that have a header protection (not CCM_8), and an
 * application protocol, which must be set (hf_builder_alpn, RFC 9001 8.1). setting_invalid beside what needs records or
 * another version: hf_builder_datagrams, a record size, SRTP, historic switches. */
void hf_builder_quic(struct hf_builder *builder);

/* What early data depends on beside TLS: a server's transport parameters that a client remembers (RFC 9000 7.4.1), its
 * application's settings (RFC 9001 4.6.3), in any bytes that are the same as long as those suit. Sessions of another
 * context are not resumed. Early data itself is switched on by hf_builder_early_data (<handfast/early.h>); how much of
 * it may come is QUIC's to say, so that any amount but 0 means the same (RFC 9001 4.6.1). */
void hf_builder_quic_early_context(struct hf_builder *builder, const void *bytes, size_t len);

/* Where bytes belong, and secrets. RFC 9001 4. */
enum hf_quic_level {
    HF_QUIC_INITIAL = 0,
    HF_QUIC_EARLY, /* 0-RTT: secrets only */
    HF_QUIC_HANDSHAKE,
    HF_QUIC_APPLICATION /* 1-RTT */
};

/* What a connection begins with. Borrowed until the call returns. */
struct hf_quic_beginning {
    const char *peer_name;  /* as for hf_connection_new */
    const void *parameters; /* our transport parameters, encoded (RFC 9000 18); at most 2048 bytes */
    size_t parameters_len;
    const void *session; /* a client: to resume, as for hf_connection_resume; NULL: none */
    size_t session_len;
    uint64_t now_ms; /* since 1970 */
};

/* As hf_connection_new; NULL on failure. setting_invalid for a config that is not QUIC's. */
struct hf_connection *hf_quic_connection_new(struct hf_config *config, const struct hf_quic_beginning *beginning,
                                             struct hf_failure *ret_failure);

/* Takes CRYPTO bytes of the peer, each once and in order. Bytes of a level that is over, or not reached yet, fail the
 * connection (wrong_encryption_level, RFC 9001 4.1.3); so do more than 256 KiB that wait for an answer of the
 * application or for the end of a message (crypto_buffer_exceeded). wrong_call where the connection is not QUIC's. */
enum hf_error hf_quic_feed(struct hf_connection *connection, enum hf_quic_level level, const void *bytes, size_t len,
                           uint64_t now_ms);

/* CRYPTO bytes that wait to be sent, of the lowest level that has some; 0: none. Lent until the next call on this
 * connection. Then say how many went. */
size_t hf_quic_output(const struct hf_connection *connection, enum hf_quic_level *ret_level, const uint8_t **ret_bytes);
void hf_quic_drained(struct hf_connection *connection, enum hf_quic_level level, size_t len);

/* A traffic secret: of a level and direction from here on. */
struct hf_quic_secret {
    enum hf_quic_level level;
    bool writes;    /* protects what we send; else it opens what the peer sends */
    uint16_t suite; /* as on the wire: 0x1301, ... */
    const uint8_t *secret;
    size_t len;
};

/* The next one, the oldest first; false: there is none. Lent until the next call of this, or until the connection
 * fails or is freed, and then wiped. Take them before sending or feeding on. With a failure those to read are gone;
 * those to write stay, as what waits to be sent does, so that QUIC can close under keys that the peer has (RFC
 * 9000 10.2.3; a client whose encrypted hello was refused first sends its Finished, RFC 9849 6.1.6). A secret to write
 * at EARLY says that early data may be sent (until HF_EVENT_EARLY_REFUSED); one to read there that the server takes it.
 */
bool hf_quic_next_secret(struct hf_connection *connection, struct hf_quic_secret *ret_secret);

/* The peer's transport parameters, as it sent them: *ret_bytes, lent until the connection is freed; their length. They
 * are authenticated only once OPENED came. 0: not here yet, or empty. RFC 9001 8.2. */
size_t hf_quic_peer_parameters(const struct hf_connection *connection, const uint8_t **ret_bytes);

/* This level's keys were discarded (RFC 9001 4.9): what waits to be sent there goes, what comes is ignored. */
void hf_quic_discard(struct hf_connection *connection, enum hf_quic_level level);

/* A client: HANDSHAKE_DONE came (RFC 9001 4.1.2). The server has accepted us: HF_EVENT_ACCEPTED. */
void hf_quic_confirmed(struct hf_connection *connection);

/* A CONNECTION_CLOSE of the peer with this transport error code. Of 0x0100 to 0x01ff, which are TLS alerts, the failure
 * tells what the peer most probably found; other codes cut the handshake. Once open: HF_EVENT_PEER_CLOSED, unless the
 * code is an alert's. `level`: of the packet that it came in; INITIAL is a hint that anyone may have sent, not a proof.
 * Returns the failure, HF_OK where there is none. */
enum hf_error hf_quic_peer_closed(struct hf_connection *connection, enum hf_quic_level level, uint64_t code,
                                  uint64_t now_ms);

/* What to close with after a failure of ours: CRYPTO_ERROR (0x0100 and the alert), PROTOCOL_VIOLATION (0x0a) where RFC
 * 9001 says so, CRYPTO_BUFFER_EXCEEDED (0x0d), INTERNAL_ERROR (0x01). 0: nothing failed, or the peer knows. RFC
 * 9001 4.8, RFC 9000 20.1. */
uint64_t hf_quic_error_code(const struct hf_connection *connection);

#ifdef __cplusplus
}
#endif
#endif
