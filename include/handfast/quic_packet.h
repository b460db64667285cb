/* The protection of packets of QUIC version 1 (RFC 9001 5) and version 2 (RFC 9369): their keys, from secrets that TLS
 * yields or from a connection ID, sealing, opening, and the mask of headers. Packets are laid out and numbered by the
 * caller. The versions differ here in salt, labels and keys of Retry; TLS is the same, but sessions and tokens of one
 * are not for the other (RFC 9369 5): keep configs of both apart by hf_builder_quic_early_context. Statuses: wrong_call
 * for lengths that do not fit and versions that are not there, no_memory, crypto_failed, unsupported_here. */
#ifndef HANDFAST_QUIC_PACKET_H
#define HANDFAST_QUIC_PACKET_H

#include <handfast/quic.h>

#ifdef __cplusplus
extern "C" {
#endif

/* As on the wire. */
enum hf_quic_version { HF_QUIC_VERSION_1 = 0x00000001, HF_QUIC_VERSION_2 = 0x6b3343cf };

enum hf_quic_packet_sizes {
    HF_QUIC_PACKET_TAG_LEN = 16, /* by which a sealed payload is longer */
    HF_QUIC_PACKET_SAMPLE_LEN =
        16, /* of the sealed payload, 4 bytes behind the packet number's first (RFC 9001 5.4.2) */
    HF_QUIC_PACKET_MASK_LEN = 5,
    HF_QUIC_CONNECTION_ID_LEN_MAX = 20
};

/* One direction of one level, or of one key phase. One thread at a time. Holds its config. */
struct hf_quic_packet_keys;

/* From what hf_quic_next_secret gave; it is copied. version: enum hf_quic_version, the one that was negotiated. The
 * caller frees *ret_keys. */
enum hf_error hf_quic_packet_keys_new(struct hf_config *config, uint32_t version, const struct hf_quic_secret *secret,
                                      struct hf_quic_packet_keys **ret_keys);

/* Of Initial packets that `sender` sends. id: the Destination Connection ID of the client's first Initial, or of the
 * first after a Retry (RFC 9001 5.2), at most 20 bytes. `writes`: to seal, else to open. */
struct hf_quic_initial {
    uint32_t version; /* enum hf_quic_version: of the packet */
    enum hf_role sender;
    bool writes;
    const uint8_t *id;
    size_t id_len;
};
enum hf_error hf_quic_packet_keys_initial(struct hf_config *config, const struct hf_quic_initial *initial,
                                          struct hf_quic_packet_keys **ret_keys);

/* Those of the next key phase: header protection stays (RFC 9001 6.1). When to use them, and how long to keep these, is
 * the caller's to know. The caller frees *ret_next. */
enum hf_error hf_quic_packet_keys_next(const struct hf_quic_packet_keys *keys, struct hf_quic_packet_keys **ret_next);

/* NULL is fine. */
void hf_quic_packet_keys_free(struct hf_quic_packet_keys *keys);

/* How many packets these keys may seal, and how many may fail to open under all phases together: RFC 9001 6.6. */
uint64_t hf_quic_packet_keys_seal_limit(const struct hf_quic_packet_keys *keys);
uint64_t hf_quic_packet_keys_failure_limit(const struct hf_quic_packet_keys *keys);

/* A packet. header: from its first byte to its packet number, without header protection. */
struct hf_quic_packet {
    uint64_t number; /* whole, below 2^62; never one twice with the same keys */
    const uint8_t *header;
    size_t header_len;
    const uint8_t *payload; /* plain to be sealed; sealed, with its tag, to be opened */
    size_t payload_len;
};

/* `into`: the sealed payload, payload_len + 16 bytes; it may be the payload itself, and not overlap it otherwise. */
enum hf_error hf_quic_packet_seal(struct hf_quic_packet_keys *keys, const struct hf_quic_packet *packet, uint8_t *into);

/* `into`: the plain payload, payload_len - 16 bytes, likewise. bad_record when it is not authentic. */
enum hf_error hf_quic_packet_open(struct hf_quic_packet_keys *keys, const struct hf_quic_packet *packet, uint8_t *into);

/* The mask of the header of the packet with this sample. RFC 9001 5.4.1: the first byte takes the low 4 bits (long
 * header) or 5 bits (short header) of mask[0], the packet number the others. */
enum hf_error hf_quic_packet_mask(struct hf_quic_packet_keys *keys, const uint8_t sample[HF_QUIC_PACKET_SAMPLE_LEN],
                                  uint8_t ret_mask[HF_QUIC_PACKET_MASK_LEN]);

/* A Retry packet. id: the Destination Connection ID of the Initial that it answers; packet: without its tag, at most
 * 1500 bytes. */
struct hf_quic_retry {
    uint32_t version; /* enum hf_quic_version */
    const uint8_t *id;
    size_t id_len;
    const uint8_t *packet;
    size_t packet_len;
};

/* The Retry Integrity Tag (RFC 9001 5.8, RFC 9369 3.3.3). */
enum hf_error hf_quic_retry_tag(struct hf_config *config, const struct hf_quic_retry *retry,
                                uint8_t ret_tag[HF_QUIC_PACKET_TAG_LEN]);

#ifdef __cplusplus
}
#endif
#endif
