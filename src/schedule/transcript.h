/* The transcript: every handshake message, headers included, in order, and the hash over them (RFC 9846 4.1,
 * RFC 5246 7.4.9). Until the hash is chosen the messages are kept; afterwards they are kept only if asked, because the
 * TLS 1.2 CertificateVerify signs the messages themselves with a hash of its own (RFC 5246 7.4.8). */
#ifndef HF_SCHEDULE_TRANSCRIPT_H
#define HF_SCHEDULE_TRANSCRIPT_H

#include "base/buffer.h"
#include "crypto/hash.h"

struct hf_transcript {
    const struct hf_toolbox *toolbox;
    const struct hf_allocator *allocator;
    struct hf_buffer messages;
    struct hf_hash *hash; /* NULL until chosen */
    enum hf_hash_id id;
    bool keeps_messages;
    size_t cut; /* bytes of each message's header, behind type and length, that do not count */
};

enum hf_transcript_sizes {
    HF_TRANSCRIPT_KEPT_MAX = 1 << 20 /* bytes of messages held at most; more is handshake_message_too_long */
};

/* An empty transcript; allocates nothing yet. Both must outlive it. */
void hf_transcript_init(struct hf_transcript *transcript, const struct hf_toolbox *toolbox,
                        const struct hf_allocator *allocator);

/* Appends one message with its header, or a part of one. */
HF_MUST enum hf_error hf_transcript_add(struct hf_transcript *transcript, struct hf_span message);

/* The version is known, and takes messages without `cut` bytes that stand behind their type and length: DTLS 1.3 those
 * that only datagrams have (RFC 9147 5.2). What is held already is whole messages, and is cut now. Before choose; twice
 * is once. */
HF_MUST enum hf_error hf_transcript_cut_headers(struct hf_transcript *transcript, size_t cut);

/* The suite is known: from here on the hash runs. The messages go, unless `keep_messages`. After a HelloRetryRequest it
 * is called a second time, when the ServerHello has come, with the same hash (wrong_call otherwise). */
HF_MUST enum hf_error hf_transcript_choose(struct hf_transcript *transcript, enum hf_hash_id id, bool keep_messages);

/* The digest of all so far; the transcript goes on. wrong_call before choose. */
HF_MUST enum hf_error hf_transcript_digest(const struct hf_transcript *transcript, struct hf_digest *ret_digest);

/* The digest of all so far and `extra` behind it, without adding `extra`: what a PSK binder covers (RFC 9846 4.3.11.2).
 * Needs the messages: works before choose, with any hash (that of the PSK), and between retry and the second choose,
 * with the chosen one. wrong_call otherwise. */
HF_MUST enum hf_error hf_transcript_digest_with(const struct hf_transcript *transcript, enum hf_hash_id id,
                                                struct hf_span extra, struct hf_digest *ret_digest);

/* A HelloRetryRequest is about to be added: ClientHello1, all there is so far, becomes a message_hash message
 * (RFC 9846 4.1). After choose; messages are kept again until the next choose or forget_messages. */
HF_MUST enum hf_error hf_transcript_retry(struct hf_transcript *transcript);

/* The same from the digest of a ClientHello1 that is no longer at hand: a stateless server gets it back in the cookie.
 * On a transcript that is empty, after choose. */
HF_MUST enum hf_error hf_transcript_resume_retry(struct hf_transcript *transcript, struct hf_span first_hello_digest);

/* The hash of all so far, to go on by itself; the caller frees it. wrong_call before choose. */
HF_MUST enum hf_error hf_transcript_fork(const struct hf_transcript *transcript, struct hf_hash **ret_hash);

/* On a transcript that is empty: goes on from that hash, which it takes over, of messages cut by `cut` as above. Keeps
 * no messages. */
void hf_transcript_go_on(struct hf_transcript *transcript, enum hf_hash_id id, struct hf_hash *hash, size_t cut);

/* The messages kept so far, lent until the next call; empty when none are kept. */
struct hf_span hf_transcript_messages(const struct hf_transcript *transcript);

/* The messages are no longer needed; the hash goes on. */
void hf_transcript_forget_messages(struct hf_transcript *transcript);

/* Wipes and gives back everything; init may be called again. */
void hf_transcript_release(struct hf_transcript *transcript);

#endif
