/* A ticket's inside: what a server must know to resume, kept by the client and sealed by ticket_keys.h. RFC 5077 4.
 * It is small: of the client's certificates it has a digest only, and the server finds them in its cache; where they
 * are not found there is no resumption. So whoever resumes is judged by the same certificates in the same way as
 * before, and a ticket by itself is nobody's proof. The policy's digest binds it to the settings, the virtual server
 * and the name asked for. */
#ifndef HF_SESSION_TICKET_H
#define HF_SESSION_TICKET_H

#include "session/session.h"
#include "session/ticket_keys.h"

enum hf_ticket_sizes {
    HF_TICKET_DIGEST_LEN = 32,
    HF_TICKET_PLAIN_MAX = 224 + 1 + 2 + 2 + HF_SESSION_KEY_NAME_MAX,
    HF_TICKET_MAX = HF_TICKET_PLAIN_MAX + HF_TICKET_KEYS_OVERHEAD /* of ours; a peer's may be longer */
};

/* The session in it has no ID, and no chain yet. */
struct hf_ticket {
    struct hf_session session;
    uint8_t policy[HF_SESSION_POLICY_LEN];
    uint8_t chain[HF_TICKET_DIGEST_LEN]; /* SHA-256 of what hf_session_write_chain wrote */
    bool has_chain;                      /* false: the client presented no certificate */
};

#define HF_WIPED_TICKET __attribute__((cleanup(hf_ticket_wipe)))

void hf_ticket_wipe(struct hf_ticket *ticket);

/* Writes it, in the clear: HF_TICKET_PLAIN_MAX bytes at most. */
void hf_ticket_write(const struct hf_ticket *ticket, struct hf_writer *writer);

/* Reads that, strictly: decode_error for anything else. */
HF_MUST enum hf_error hf_ticket_read(struct hf_span bytes, struct hf_ticket *ret_ticket);

/* Both with the keys. *ret_age is NONE for whatever is not a ticket of these keys. */
HF_MUST enum hf_error hf_ticket_seal(const struct hf_ticket *ticket, struct hf_ticket_keys *keys,
                                     const struct hf_ticket_tools *tools, struct hf_writer *writer);
HF_MUST enum hf_error hf_ticket_open(struct hf_span sealed, struct hf_ticket_keys *keys,
                                     const struct hf_ticket_tools *tools, struct hf_ticket *ret_ticket,
                                     enum hf_ticket_keys_age *ret_age);

#endif
