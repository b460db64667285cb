/* HMAC (RFC 2104) over the beginning of a message, where how long that beginning is must not show in time: for MACs
 * that stand behind padding of unknown length (Lucky Thirteen; RFC 5246 6.2.3.2). It works on all of the message. */
#ifndef HF_CRYPTO_HMAC_HIDDEN_H
#define HF_CRYPTO_HMAC_HIDDEN_H

#include "crypto/hash.h"

#define HF_HMAC_HIDDEN_HEADER_LEN 13 /* sequence number, type, version, length: what the record's MAC begins with */

struct hf_hmac_hidden_input {
    struct hf_span key;
    struct hf_span header;  /* HF_HMAC_HIDDEN_HEADER_LEN bytes */
    struct hf_span message; /* content, MAC and padding: its length is public */
    size_t hidden_len;      /* how much of it counts: message.len less the MAC's length, less 0 to 256 of padding */
};

/* HF_ERR_unsupported_here when libcrypto cannot do it. */
HF_MUST enum hf_error hf_hmac_hidden(const struct hf_toolbox *toolbox, enum hf_hash_id id,
                                     const struct hf_hmac_hidden_input *input, struct hf_digest *ret_digest);

#endif
