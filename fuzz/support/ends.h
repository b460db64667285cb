/* One end of a handshake, for fuzzers to talk to: configs are made once, connections for each input. */
#ifndef HF_FUZZ_ENDS_H
#define HF_FUZZ_ENDS_H

#include <handfast/connection.h>

/* A connection with mutual authentication of either version, or an abort. The config lives until the program ends. */
struct hf_connection *ends_client(void);
struct hf_connection *ends_server(void);

/* The same over datagrams, with the right to begin anew. */
struct hf_connection *ends_datagram_client(void);
struct hf_connection *ends_datagram_server(void);

/* Their configs, lent; randomness starts over. */
struct hf_config *ends_datagram_client_config(void);
struct hf_config *ends_datagram_server_config(void);

/* The same under QUIC: TLS 1.3, which is fed by level. */
struct hf_connection *ends_quic_client(void);
struct hf_connection *ends_quic_server(void);
struct hf_config *ends_quic_server_config(void);

/* Feeds a list of what QUIC may tell: a byte whose low 2 bits are a level and whose next 2 bits say what comes, CRYPTO
 * bytes (0: two bytes for their length, and they), keys that were discarded (1), a CONNECTION_CLOSE (2: two bytes for
 * its code) or HANDSHAKE_DONE (3). Takes secrets and output as QUIC does. */
void ends_feed_levels(struct hf_connection *connection, const uint8_t *list, size_t len);

/* Feeds a list of datagrams: a byte for the time that passes before each, in units of 16 ms, two for its length, and
 * its bytes. What is due by then is done first; else as ends_feed. */
void ends_feed_datagrams(struct hf_connection *connection, const uint8_t *list, size_t len);

/* Feeds all of it in pieces of 1 to 256 bytes as `cut` says (0: at once), reads and drains what comes, and checks what
 * must hold of every connection: a failure is explained, and no failed connection names a peer. */
void ends_feed(struct hf_connection *connection, const uint8_t *wire, size_t len, size_t cut);

/* The check alone. Aborts when it does not hold. */
void ends_check(const struct hf_connection *connection);

#endif
