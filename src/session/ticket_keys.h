/* The keys that seal tickets: AES-256-GCM, each with a name of 16 bytes that stands before what it sealed (RFC 5077 4).
 * The newest seals, it and a few before it open, so that keys can be changed under running servers. Whoever has a key
 * can read and make tickets: they are kept as private keys are, and wiped.
 * Threads: any number, by a lock. Counted: every config that uses them holds them. */
#ifndef HF_SESSION_TICKET_KEYS_H
#define HF_SESSION_TICKET_KEYS_H

#include <handfast/session.h>

#include "base/buffer.h"
#include "base/writer.h"
#include "crypto/toolbox.h"
#include "seam/random.h"

enum hf_ticket_keys_sizes {
    HF_TICKET_KEYS_MAX = 4, /* that open */
    HF_TICKET_KEYS_NAME_LEN = HF_TICKET_KEY_NAME_LEN,
    HF_TICKET_KEYS_KEY_LEN = HF_TICKET_KEY_LEN,
    HF_TICKET_KEYS_OVERHEAD = HF_TICKET_KEYS_NAME_LEN + 12 + 16 /* name, nonce, tag */
};

struct hf_ticket_keys *hf_ticket_keys_hold(struct hf_ticket_keys *keys);

/* What sealing and opening need of a config. */
struct hf_ticket_tools {
    const struct hf_toolbox *toolbox;
    const struct hf_allocator *allocator;
    const struct hf_random *random; /* for nonces */
};

/* Writes plain.len + HF_TICKET_KEYS_OVERHEAD bytes. Fails with HF_ERR_crypto_failed, HF_ERR_no_memory, and with
 * HF_ERR_wrong_call when the key has sealed all that a random nonce allows (2^32, NIST SP 800-38D 8.3) and must be
 * changed. */
HF_MUST enum hf_error hf_ticket_keys_seal(struct hf_ticket_keys *keys, const struct hf_ticket_tools *tools,
                                          struct hf_span plain, struct hf_writer *writer);

/* By which key something was sealed. */
enum hf_ticket_keys_age { HF_TICKET_KEYS_NONE = 0, HF_TICKET_KEYS_NEWEST, HF_TICKET_KEYS_OLDER };

/* Writes what was sealed; nothing, when *ret_age is NONE: none of the keys sealed this. HF_ERR_no_memory,
 * HF_ERR_crypto_failed. */
HF_MUST enum hf_error hf_ticket_keys_open(struct hf_ticket_keys *keys, const struct hf_ticket_tools *tools,
                                          struct hf_span sealed, struct hf_writer *writer,
                                          enum hf_ticket_keys_age *ret_age);

#endif
