/* Record protection: what turns content into one record of the wire, and back.
 * A protection is one direction of one set of keys: it owns its keys, its sequence number and its usage count, and is
 * used to seal or to open, never both. Framing owns protections; nobody else calls them once they were handed over.
 * Over datagrams records come in any order: there framing counts the sequence numbers and names them to seal and open.
 * Implementations: record/plain.h, tls12.h, tls13.h, dtls_plain.h, dtls12.h, dtls13.h; and those that are historic:
 * tls12_block.h, tls13_integrity.h, dtls12_block.h, dtls13_integrity.h, compression.h. RFC 9846 5, RFC 5246 6, RFC
 * 9147 4. Not thread-safe: a protection belongs to its connection. */
#ifndef HF_SEAM_RECORD_H
#define HF_SEAM_RECORD_H

#include "base/secret.h"
#include "base/writer.h"
#include "error/error.h"

/* RFC 9846 5.1, RFC 5246 6.2.1. */
enum hf_content_type {
    HF_CONTENT_CHANGE_CIPHER_SPEC = 20,
    HF_CONTENT_ALERT = 21,
    HF_CONTENT_HANDSHAKE = 22,
    HF_CONTENT_APPLICATION_DATA = 23,
    HF_CONTENT_TLS12_CID = 25,               /* DTLS 1.2 with a connection ID, the type is inside: RFC 9146 4 */
    HF_CONTENT_ACK = 26,                     /* RFC 9147 7 */
    HF_CONTENT_RETURN_ROUTABILITY_CHECK = 27 /* RFC 9853 4 */
};

enum hf_record_sizes {
    HF_RECORD_HEADER_LEN = 5,                /* type, legacy_record_version, length: TLS over a stream */
    HF_RECORD_CONTENT_MAX = 16384,           /* RFC 9846 5.1 */
    HF_RECORD_COMPRESSED_MAX = 16384 + 1024, /* RFC 5246 6.2.2 */
    HF_RECORD_BODY_MAX13 = 16384 + 256,      /* RFC 9846 5.2 */
    HF_RECORD_BODY_MAX12 = 16384 + 2048,     /* RFC 5246 6.2.3 */
    HF_CONNECTION_ID_MAX = 255               /* RFC 9146 3 */
};

/* What keys are for, in the order in which they come: the epochs of RFC 9147 6.1, the levels of RFC 9001 4. */
enum hf_level { HF_LEVEL_NONE = 0, HF_LEVEL_EARLY, HF_LEVEL_HANDSHAKE, HF_LEVEL_APPLICATION };

/* The key material of one direction: what a key schedule makes, and a protection is made of. `iv` is, in TLS 1.3, the
 * 12-byte IV, in TLS 1.2 the implicit part of the nonce (4 bytes for GCM and CCM, 12 for ChaCha20-Poly1305).
 * `mac` is empty for AEAD; `number` hides record numbers in DTLS 1.3 (RFC 9147 4.2.3), else it is empty. Holders
 * declare it HF_WIPED_KEYS. */
struct hf_traffic_keys {
    struct hf_secret key;
    struct hf_secret iv;
    struct hf_secret mac;
    struct hf_secret number;
    struct hf_secret secret; /* instead of all others: the traffic secret, where records are somebody else's matter */
};

static inline void hf_traffic_keys_wipe(struct hf_traffic_keys *keys)
{
    hf_wipe(keys, sizeof *keys);
}

#define HF_WIPED_KEYS __attribute__((cleanup(hf_traffic_keys_wipe)))

/* One record's content: what goes into seal, and what comes out of open. */
struct hf_record_content {
    uint8_t type;         /* enum hf_content_type; of opened 1.3 records the inner type */
    uint16_t version;     /* legacy_record_version to write; a protection with keys may write its own */
    struct hf_span bytes; /* sealing: at most HF_RECORD_CONTENT_MAX, and may not overlap what is written */
    size_t padding;    /* zeros to add (RFC 9846 5.4), or that were found; only 1.3 and records with an ID have them */
    uint64_t sequence; /* set by open: the number under which the record was opened. Datagrams: given to seal, too */
    uint16_t epoch;    /* datagrams: given to seal */
    struct hf_span id; /* datagrams: given to seal: the connection ID that the peer wants to see; empty: none */
};

/* One record of the wire as framing found it. header.data and body.data need not be neighbours. */
struct hf_record_wire {
    struct hf_span header; /* additional data of 1.3; type and version for 1.2 */
    struct hf_span body;
    struct hf_span id; /* datagrams: the connection ID within the header; empty: none */
    size_t room;       /* streams: of what `into` points at; 0: enough for the whole body */
    uint64_t
        sequence; /* datagrams: the one that is expected next; a hidden number is the nearest to it (RFC 9147 4.2.2) */
};

/* How far the keys of a protection are used up. RFC 9846 5.5. */
enum hf_usage {
    HF_USAGE_FINE = 0,
    HF_USAGE_REKEY_SOON, /* still works; new keys are due now (1.3: KeyUpdate; 1.2: a new connection) */
    HF_USAGE_EXHAUSTED   /* the next seal or open will be refused with usage_limit_reached */
};

struct hf_record_protection;

struct hf_record_methods {
    /* Appends exactly one record, header included, to `into`. Room needed: HF_RECORD_HEADER_LEN + content.bytes.len +
     * content.padding + overhead; less room is a defect (HF_ERR_internal). Refuses with usage_limit_reached when the
     * keys are exhausted or the sequence number would wrap; then nothing was written. */
    enum hf_error (*seal)(struct hf_record_protection *protection, const struct hf_record_content *content,
                          struct hf_writer *into);

    /* Opens one record into `into`, which has at least wire->body.len bytes (or open_less fewer, where wire->room says
     * how many) and is either exactly wire->body.data (in place) or does not overlap it. *ret_content's bytes then lie
     * in `into`, or in memory of the protection's own until the next call. bad_record when it is not authentic; the
     * sequence number then stays, so that a caller may drop the record and go on (RFC 9846 4.3.10). `into` may be
     * overwritten even on failure; it holds nothing then of what is not authentic. */
    enum hf_error (*open)(struct hf_record_protection *protection, const struct hf_record_wire *wire, uint8_t *into,
                          struct hf_record_content *ret_content);

    /* Gives back what the keys make again when they are used: tables of a cipher. NULL: there is nothing. */
    void (*rest)(struct hf_record_protection *protection);

    /* Wipes and frees everything, itself included. */
    void (*free)(struct hf_record_protection *protection);
};

/* The head of every implementation's struct. The values are constant for its life, except `usage`. */
struct hf_record_protection {
    const struct hf_record_methods *methods;
    uint16_t header_len;    /* datagrams: of the records it writes, without ID; else 0: HF_RECORD_HEADER_LEN */
    uint16_t id_overhead;   /* datagrams: bytes that a record with a connection ID has more, beside the ID */
    uint16_t overhead;      /* bytes by which a record's body is longer than its content and padding, at most */
    uint16_t step;          /* 0, or: a part of the body is a multiple of this; overhead then has step - 1 of padding */
    uint16_t step_overhead; /* of the overhead, what stands in that part beside the content and that padding */
    uint16_t open_less;     /* bytes of a body for which opening needs no room: see open */
    uint16_t content_max;   /* longest content; 0: HF_RECORD_CONTENT_MAX. Compression around it needs more */
    uint8_t level;          /* enum hf_level; NONE: before the first keys. Set by whoever turns keys */
    bool is_plain;          /* protects nothing: before the first keys */
    bool hides_type;        /* the outer type is always application_data (1.3) */
    enum hf_usage usage;    /* kept up to date by seal and open */
};

static inline HF_MUST enum hf_error hf_record_seal(struct hf_record_protection *protection,
                                                   const struct hf_record_content *content, struct hf_writer *into)
{
    return protection->methods->seal(protection, content, into);
}

static inline HF_MUST enum hf_error hf_record_open(struct hf_record_protection *protection,
                                                   const struct hf_record_wire *wire, uint8_t *into,
                                                   struct hf_record_content *ret_content)
{
    return protection->methods->open(protection, wire, into, ret_content);
}

/* NULL is fine. */
static inline void hf_record_rest(struct hf_record_protection *protection)
{
    if (protection != NULL && protection->methods->rest != NULL)
        protection->methods->rest(protection);
}

/* NULL is fine. */
static inline void hf_record_free(struct hf_record_protection *protection)
{
    if (protection != NULL)
        protection->methods->free(protection);
}

#endif
