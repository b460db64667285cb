/* A client's side of Encrypted Client Hello: RFC 9849 6. */
#ifndef HF_HANDSHAKE_ECH_OFFER_H
#define HF_HANDSHAKE_ECH_OFFER_H

#include "handshake/handshake.h"

/* Before anything of the first hello is made up: which configuration is used, if any. What belongs to an older version
 * is then not offered. */
HF_MUST enum hf_error hf_ech_offer_choose(struct hf_handshake *handshake);

/* When all of work->offer stands: sets up the encryption and what goes in the clear, or makes up what looks like it. */
HF_MUST enum hf_error hf_ech_offer_begin(struct hf_handshake *handshake);

/* Whether the next hello is encrypted. */
bool hf_ech_offer_encrypts(const struct hf_handshake *handshake);

/* Writes the outer hello, the inner one encrypted in it. */
HF_MUST enum hf_error hf_ech_offer_write(struct hf_handshake *handshake, struct hf_writer *body);

/* On ServerHello, before it is read: which hello the server took. has_confirmation: the version is one that has them.
 * From here on work->offer, random and transcript are those of that hello. HF_ERR_ech_inconsistent. */
HF_MUST enum hf_error hf_ech_offer_judge(struct hf_handshake *handshake, struct hf_span body, bool has_confirmation);

/* On HelloRetryRequest, when it was read and the transcript made ready for it: likewise. */
HF_MUST enum hf_error hf_ech_offer_judge_retry(struct hf_handshake *handshake, struct hf_span body,
                                               enum hf_hash_id hash);

/* Whether the server did not take it: then it proves itself by the public name, and learns nothing more of us. */
bool hf_ech_offer_is_refused(const struct hf_handshake *handshake);

/* On EncryptedExtensions: keeps the configurations that such a server gives. */
HF_MUST enum hf_error hf_ech_offer_keep_retry(struct hf_handshake *handshake);

/* The handshake is at its end: HF_ERR_ech_rejected where the server did not take it. A server's is fine. */
HF_MUST enum hf_error hf_ech_offer_conclude(struct hf_handshake *handshake);

#endif
