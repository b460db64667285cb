/* A server's side of Encrypted Client Hello: RFC 9849 7. */
#ifndef HF_HANDSHAKE_ECH_CHOICE_H
#define HF_HANDSHAKE_ECH_CHOICE_H

#include "handshake/handshake.h"

/* On the first ClientHello, before it is read: opens what is encrypted in it, if one of our keys does, and then *body
 * becomes the inner one, which lives as long as the working set. HF_ERR_ech_inner_wrong, HF_ERR_decode_error. */
HF_MUST enum hf_error hf_ech_choice_open(struct hf_handshake *handshake, struct hf_span *body);

/* The application declines the one that was opened: the one around it counts, as if no key of ours had fitted. */
void hf_ech_choice_decline(struct hf_handshake *handshake);

/* On the second, likewise: by the same key in the same context, or not at all. HF_ERR_ech_not_opened. */
HF_MUST enum hf_error hf_ech_choice_open_again(struct hf_handshake *handshake, struct hf_span *body);

/* When it was read: whether it may be what it says. */
HF_MUST enum hf_error hf_ech_choice_check(struct hf_handshake *handshake);

/* 1.3 was chosen: an inner hello that somebody in front opened is confirmed, too. */
void hf_ech_choice_note(struct hf_handshake *handshake);

/* Whether ServerHello and HelloRetryRequest confirm. */
bool hf_ech_choice_confirms(const struct hf_handshake *handshake);

/* Before ServerHello is written: clears the place of the sign. Behind it: puts the sign in. Nothing where nothing is
 * confirmed. */
void hf_ech_choice_clear(struct hf_handshake *handshake);
HF_MUST enum hf_error hf_ech_choice_confirm(struct hf_handshake *handshake, struct hf_writer *body, size_t from);

/* The same of HelloRetryRequest: what its extension holds until the sign is put in, or for good; empty where it has
 * none. */
HF_MUST enum hf_error hf_ech_choice_fill_retry(struct hf_handshake *handshake, struct hf_span *ret_confirmation);
HF_MUST enum hf_error hf_ech_choice_confirm_retry(struct hf_handshake *handshake, struct hf_writer *body, size_t from);

/* What EncryptedExtensions tells a client whose hello was not opened; empty: nothing, which says that ECH is not done
 * here (RFC 9849 6.1.6), as the application has it that declined. */
struct hf_span hf_ech_choice_retry(const struct hf_handshake *handshake);

#endif
