/* A traffic secret on its way to QUIC, which protects packets itself: the place of a record protection is taken by what
 * only holds the secret and its suite. RFC 9001 4.1.4. */
#ifndef HF_QUIC_SECRET_H
#define HF_QUIC_SECRET_H

#include "base/allocation.h"
#include "seam/protocol.h"

struct hf_quic_secret_holder {
    struct hf_record_protection protection; /* first: its methods get this and mean the whole */
    const struct hf_allocator *allocator;
    uint16_t suite; /* as on the wire */
    bool is_ours;   /* of what we send */
    struct hf_secret secret;
};

/* What a protocol's row calls; wish->keys->secret is copied. It seals and opens nothing (HF_ERR_internal). */
HF_MUST enum hf_error hf_quic_secret_new(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                         const struct hf_protection_wish *wish,
                                         struct hf_record_protection **ret_protection);

/* Of one that hf_quic_secret_new made. */
struct hf_quic_secret_holder *hf_quic_secret_of(struct hf_record_protection *protection);

#endif
