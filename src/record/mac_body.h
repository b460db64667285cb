/* The body of a record of (D)TLS 1.2 that has a MAC of its own, in a block cipher's CBC (RFC 5246 6.2.3.2) or in the
 * clear (6.2.3.1). What streams and datagrams do alike: they differ in headers and in where the number comes from. */
#ifndef HF_RECORD_MAC_BODY_H
#define HF_RECORD_MAC_BODY_H

#include "crypto/block_cipher.h"
#include "crypto/hash.h"
#include "seam/record.h"

struct hf_mac_body_setup {
    enum hf_block_cipher_id block; /* NONE: integrity only */
    enum hf_hash_id mac;
    bool encrypt_then_mac; /* RFC 7366; not with NONE */
    bool seals;            /* else it opens */
    const struct hf_traffic_keys *keys;
};

/* A part of a protection. */
struct hf_mac_body {
    const struct hf_toolbox *toolbox;
    struct hf_block_cipher *cipher; /* NULL: nothing is encrypted */
    size_t block_len;
    uint64_t blocks_left; /* that may still be encrypted, of which the last are kept for an alert */
    enum hf_hash_id mac;
    size_t mac_len;
    bool encrypt_then_mac;
    struct hf_secret mac_key;
};

/* What the MAC covers before the content, but its length. */
struct hf_mac_body_head {
    uint64_t number; /* the sequence number; over datagrams with the epoch before it, as they stand in the header */
    uint8_t type;
    uint16_t version;
};

/* Keys are copied; toolbox and allocator must outlive it. keys->iv must be empty: each record brings its own. Fails
 * with wrong_call (lengths), no_memory, unsupported_here, crypto_failed. */
HF_MUST enum hf_error hf_mac_body_init(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                       const struct hf_mac_body_setup *setup, struct hf_mac_body *body);

/* Fills in by how much a record is longer than its content, and in which steps. */
void hf_mac_body_measure(const struct hf_mac_body *body, bool seals, struct hf_record_protection *protection);

/* How long the body for `content_len` bytes is. */
size_t hf_mac_body_len(const struct hf_mac_body *body, size_t content_len);

/* Whether the key may encrypt so much more, in a record of this type (enum hf_content_type); and what the count means
 * now, when it opens as well: nothing then. */
bool hf_mac_body_may_seal(const struct hf_mac_body *body, uint8_t type, size_t content_len);
enum hf_usage hf_mac_body_usage(const struct hf_mac_body *body);

/* Appends the body. HF_ERR_internal when there is no room. */
HF_MUST enum hf_error hf_mac_body_seal(struct hf_mac_body *body, const struct hf_mac_body_head *head,
                                       struct hf_span content, struct hf_writer *into);

/* `into` as for hf_record_open. bad_record, whatever is wrong: padding, MAC, lengths. */
HF_MUST enum hf_error hf_mac_body_open(const struct hf_mac_body *body, const struct hf_mac_body_head *head,
                                       struct hf_span wire, uint8_t *into, struct hf_span *ret_content);

/* Wipes the keys. */
void hf_mac_body_wipe(struct hf_mac_body *body);

#endif
