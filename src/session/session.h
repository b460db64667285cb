/* A session: what two ends keep so that a later connection can begin where this one did, and its bytes in a store.
 * Resumption by session ID, by ticket and by PSK differ in who keeps the bytes and which secret is in them, not in what
 * a session is: the kept secret, what was negotiated with it, whom it belongs to, and by which policy that one was
 * judged. The policy is no field: the seal at the end of the bytes is a digest over them and over the policy, so that
 * bytes which were damaged and bytes of another policy are refused alike. The seal is no signature: who writes into
 * the store knows the secrets. RFC 5246 7.3, F.1.4; RFC 7627 5.3. */
#ifndef HF_SESSION_SESSION_H
#define HF_SESSION_SESSION_H

#include "base/reader.h"
#include "base/secret.h"
#include "base/writer.h"
#include "crypto/hash.h"
#include "error/error.h"

enum hf_session_sizes {
    HF_SESSION_ID_MAX = 32,             /* RFC 5246 7.4.1.2 */
    HF_SESSION_SECRET_LEN = 48,         /* the master secret of TLS 1.2 */
    HF_SESSION_SECRET_MIN = 32,         /* a PSK of TLS 1.3 is as long as its hash: 32 or 48 bytes */
    HF_SESSION_ALPN_MAX = 32,           /* with a longer protocol name there is no early data */
    HF_SESSION_CHAIN_MAX = 16,          /* certificates of the peer */
    HF_SESSION_LIFETIME_MAX = 86400,    /* seconds, in TLS 1.2: RFC 5246 F.1.4 */
    HF_SESSION_LIFETIME_MAX13 = 604800, /* seconds, in TLS 1.3: RFC 9846 4.7.1 */
    HF_SESSION_POLICY_LEN = 32,
    HF_SESSION_SEAL_LEN = 32,
    HF_SESSION_KEY_NAME_MAX = 256, /* of a shared key, with its context */
    HF_SESSION_TICKET_MAX = 8192,  /* of a ticket that is kept; the wire allows more (RFC 5077 3.3) */
    HF_SESSION_BYTES_MAX = 131072
};

struct hf_session_id {
    uint8_t bytes[HF_SESSION_ID_MAX];
    size_t len; /* 0: none */
};

/* The shared key that a session began with: what it is called, never the key. */
enum hf_session_key_kind {
    HF_SESSION_KEY_NONE, /* it began with certificates */
    HF_SESSION_KEY_12,
    HF_SESSION_KEY_13,
    HF_SESSION_KEY_IMPORTED, /* 1.3: RFC 9258 */
    HF_SESSION_KEY_KINDS
};

struct hf_session_key {
    enum hf_session_key_kind kind;
    uint16_t identity_len;
    uint16_t context_len;
    uint8_t name[HF_SESSION_KEY_NAME_MAX]; /* the identity, and behind it the context */
};

/* Those of TLS 1.2 are always of extended master secret: without it there is no resumption (RFC 7627 5.3). In TLS 1.3
 * there is one for each ticket, its secret is the ticket's PSK, and it began with the last full handshake, however
 * often it was resumed since (RFC 9846 4.7.1). */
struct hf_session {
    uint16_t version; /* as on the wire */
    uint16_t suite;
    int64_t created_s;
    uint32_t lifetime_s;               /* at most that of its version */
    uint64_t issued_ms;                /* 1.3: when the ticket was made, at a client when it came */
    uint32_t age_add;                  /* 1.3: hides the ticket's age (RFC 9846 4.3.11.1) */
    uint32_t early_max;                /* 1.3: bytes of early data that it allows */
    uint64_t early_guard;              /* a server in 1.3: which guard against replays has watched since it was made */
    uint8_t alpn[HF_SESSION_ALPN_MAX]; /* 1.3: the protocol that early data is for (RFC 9846 4.3.10) */
    uint8_t alpn_len;
    struct hf_session_id id;
    struct hf_secret secret;
    struct hf_session_key key;
    struct hf_span ticket;                      /* a client: that the server gave, borrowed likewise; empty: none */
    struct hf_span chain[HF_SESSION_CHAIN_MAX]; /* DER, the leaf first; borrowed from the bytes, or from the peer */
    size_t chain_count;                         /* 0: the peer presented none */
};

#define HF_WIPED_SESSION __attribute__((cleanup(hf_session_wipe)))

void hf_session_wipe(struct hf_session *session);

/* What seals: the digest of a policy (config/policy.h), HF_SESSION_POLICY_LEN bytes. */
struct hf_session_seal {
    const struct hf_toolbox *toolbox;
    struct hf_span policy;
};

/* How many bytes hf_session_write writes. */
size_t hf_session_length(const struct hf_session *session);

/* Writes the session, sealed. */
HF_MUST enum hf_error hf_session_write(const struct hf_session *session, const struct hf_session_seal *seal,
                                       struct hf_writer *writer);

/* Reads what hf_session_write wrote, strictly: decode_error for anything else. The seal is not looked at. */
HF_MUST enum hf_error hf_session_read(struct hf_span bytes, struct hf_session *ret_session);

/* Whether the bytes are whole and of this policy. Failures of the crypto library count as no. */
HF_MUST bool hf_session_is_sealed(struct hf_span bytes, const struct hf_session_seal *seal);

/* The parts that a ticket shares: the chain as a list of certificates, each behind three bytes of length; the times;
 * and what only TLS 1.3 has. */
size_t hf_session_chain_length(const struct hf_session *session);
void hf_session_write_chain(const struct hf_session *session, struct hf_writer *writer);
void hf_session_read_chain(struct hf_reader *reader, struct hf_session *session);
void hf_session_read_times(struct hf_reader *reader, struct hf_session *session);
void hf_session_write_early(const struct hf_session *session, struct hf_writer *writer);
void hf_session_read_early(struct hf_reader *reader, struct hf_session *session);

/* As long as one of the hashes that secrets come from. */
struct hf_span hf_session_read_secret(struct hf_reader *reader);

/* Of a session with a shared key: its name. */
void hf_session_write_key(const struct hf_session *session, struct hf_writer *writer);
void hf_session_read_key(struct hf_reader *reader, struct hf_session *session);
size_t hf_session_key_length(const struct hf_session *session); /* what is written: 0 without such a key */
struct hf_span hf_session_key_identity(const struct hf_session_key *key);
struct hf_span hf_session_key_context(const struct hf_session_key *key);

/* Nobody proved anything when it was made: the peer showed neither a certificate nor a shared key. */
bool hf_session_is_anonymous(const struct hf_session *session);

/* The protocol that was agreed; empty: none. */
struct hf_span hf_session_alpn(const struct hf_session *session);

/* Whether it is neither over nor from the future. */
HF_MUST bool hf_session_is_current(const struct hf_session *session, int64_t now_s);

#endif
