/* The shared key that a connection began with, by its name: hf_session_info tells it, and a session that follows keeps
 * it. Such a session proves nothing without the key: whoever resumes it looks the name up again, and a mark of name and
 * key goes into the policy that seals the session (config/policy.h), so that it ends with the key, and when another key
 * takes the name. RFC 4279 2; RFC 9846 2.2, 4.7.1. */
#ifndef HF_HANDSHAKE_SHARED_KEY_H
#define HF_HANDSHAKE_SHARED_KEY_H

#include "handshake/handshake.h"

/* A key, and what both ends call it; all borrowed. */
struct hf_shared_key_facts {
    enum hf_session_key_kind kind;
    enum hf_hash_id hash; /* 1.3: that it is for, or from which others are derived */
    struct hf_span identity;
    struct hf_span context;
    const struct hf_secret *key;
};

/* A digest over all of them. */
HF_MUST enum hf_error hf_shared_key_mark(const struct hf_handshake *handshake, const struct hf_shared_key_facts *facts,
                                         struct hf_digest *ret_mark);

/* Keeps the name (copied) as that of this connection's key, in place of another; `key` is not looked at. */
HF_MUST enum hf_error hf_shared_key_keep(struct hf_handshake *handshake, const struct hf_shared_key_facts *facts,
                                         const struct hf_digest *mark);

/* Whether a session may follow: there is no such key, or its name fits in one. */
bool hf_shared_key_may_last(const struct hf_handshake *handshake);

/* The name for a session of this connection. */
HF_MUST enum hf_error hf_shared_key_name(const struct hf_handshake *handshake, struct hf_session_key *ret_name);

/* The mark of this connection's key, borrowed; empty: it has none. */
struct hf_span hf_shared_key_own_mark(const struct hf_handshake *handshake);

/* Looks the key of past->session up again, in the config, then with the application, as when the session was made; its
 * mark goes into past->session_mark, empty for a session without a key. *ret_found is false where the key is gone. */
HF_MUST enum hf_error hf_shared_key_recall(struct hf_handshake *handshake, bool *ret_found);

/* The session is resumed: its key is that of this connection. HF_PROOF_PSK is demanded, and the peer's Finished under
 * the session's secret will give it. Nothing, for a session without one. */
HF_MUST enum hf_error hf_shared_key_resume(struct hf_handshake *handshake);

#endif
