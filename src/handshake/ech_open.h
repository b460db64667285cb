/* Opens encrypted hellos with a config's keys: for a server's handshake, and for whoever stands in front of a server
 * and has none (src/front). RFC 9849 7.1. */
#ifndef HF_HANDSHAKE_ECH_OPEN_H
#define HF_HANDSHAKE_ECH_OPEN_H

#include "base/buffer.h"
#include "config/config.h"
#include "crypto/hpke.h"

/* What the first hello leaves for the second. Zeros: no key opened it. */
struct hf_ech_opened {
    const struct hf_config_ech_key *key; /* of the config */
    struct hf_hpke *hpke;                /* its holder frees it */
    struct hf_hpke_suite suite;
    uint8_t id; /* config_id */
};

/* Whose keys, and whose memory. */
struct hf_ech_opener {
    const struct hf_config *config;
    const struct hf_allocator *allocator;
};

/* What went wrong in a hello that opened, for explanations: static texts, NULL where they do not apply. */
struct hf_ech_fault {
    const char *where;
    const char *wanted;
};

/* A hello (its body) with encrypted_client_hello of type outer. */
HF_MUST bool hf_ech_open_applies(const struct hf_ech_opener *opener, struct hf_span hello);

/* The first hello of a connection: *ret_opened->hpke is set, and the inner hello in `inner`, when one of the keys opens
 * it, and ret_opened stays empty when none does. HF_ERR_ech_inner_wrong, HF_ERR_decode_error: see `ret_fault`. What is
 * in ret_opened is to be freed then, too. */
HF_MUST enum hf_error hf_ech_open_first(const struct hf_ech_opener *opener, struct hf_span hello,
                                        struct hf_ech_opened *ret_opened, struct hf_buffer *inner,
                                        struct hf_ech_fault *ret_fault);

/* The second, by the same key in the same context, or not at all. HF_ERR_missing_extension, HF_ERR_illegal_parameter,
 * HF_ERR_ech_not_opened, and those of the first. */
HF_MUST enum hf_error hf_ech_open_second(const struct hf_ech_opener *opener, struct hf_span hello,
                                         const struct hf_ech_opened *opened, struct hf_buffer *inner,
                                         struct hf_ech_fault *ret_fault);

#endif
