/* A protocol is one row: a wire version bound to its record protection, its framing rules and its column of alerts.
 * Handshake code works with the row it was given and never asks which one it is. The rows: protocol/protocols.c. */
#ifndef HF_SEAM_PROTOCOL_H
#define HF_SEAM_PROTOCOL_H

#include "base/allocation.h"
#include "seam/framing.h"

struct hf_toolbox; /* of crypto/ */

/* A record protection to be made. */
struct hf_protection_wish {
    uint16_t suite;        /* as on the wire */
    unsigned aead;         /* enum hf_aead_id; none: block and mac count */
    unsigned block;        /* enum hf_block_cipher_id; none: nothing is encrypted */
    unsigned mac;          /* enum hf_hash_id, of the record's own MAC */
    bool encrypt_then_mac; /* RFC 7366 */
    bool deflates;         /* RFC 3749 */
    bool seals;            /* else it opens */
    const struct hf_traffic_keys *keys;
};

struct hf_protocol {
    uint16_t version; /* as the hellos negotiate it: 0x0303, 0x0304, over datagrams 0xfefd, 0xfefc */
    const char *name; /* "TLS 1.3" */
    enum hf_framing_rules rules;
    size_t message_header_len; /* of a handshake message in the transcript: RFC 9846 4, RFC 6347 4.2.6 */
    const char *label_prefix;  /* of the key schedule of 1.3 */
    bool hides_numbers;        /* record keys have one for record numbers: RFC 9147 4.2.3 */
    bool yields_secrets;       /* no record keys are made here: the framing hands traffic secrets up */
    size_t inner_type_len; /* bytes of a record's content that record_size_limit counts beside the content: 1 in 1.3 */
    enum hf_alert (*alert_of)(enum hf_error error);
    size_t (*iv_len)(unsigned aead); /* enum hf_aead_id: what the key block holds of each direction's IV. In 1.3
                                      * 0 says that the suite has no AEAD: then it is as long as its hash */
    enum hf_error (*protect)(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                             const struct hf_protection_wish *wish, struct hf_record_protection **ret_protection);
};

#endif
