/* One connection of a case: handshake, checks, data, end. What it must remember beyond the library's own state. */
#ifndef HF_BOGO_EXCHANGE_H
#define HF_BOGO_EXCHANGE_H

#include "link.h"
#include "sessions.h"

enum { BOGO_TRACE_MAX = 4096, BOGO_SECRET_MAX = 64 };

struct bogo_exchange {
    struct bogo_link link;
    const struct bogo_flags *flags;
    const struct bogo_flags *retry; /* that hold once early data was refused */
    struct bogo_sessions *sessions;
    bool is_resume; /* not the first connection of its case */
    bool opened;
    bool started; /* by a False Start */
    bool peer_closed;
    size_t early_len; /* of what is written first: it went early */
    uint64_t renegotiations;
    bool client_cas_match; /* CertificateRequest named what was expected */
    bool protocols_match;  /* ClientHello carried the ALPN list that was expected */
    bool schemes_match;    /* the peer's hello or request listed the schemes that were expected */
    bool types_match;      /* CertificateRequest named the types that were expected */
    uint64_t sessions_kept;
    uint64_t last_read; /* the highest type of a handshake message that came */
    char trace[BOGO_TRACE_MAX];
    size_t trace_len;
    uint8_t client_secret[BOGO_SECRET_MAX]; /* of the key log: the first traffic secrets */
    uint8_t server_secret[BOGO_SECRET_MAX];
    size_t secret_len;
};

/* Runs the connection of this phase's flags. True when all went as they expect; else what was wrong is on stderr. */
bool bogo_exchange_run(const struct bogo_flags phases[BOGO_PHASES], enum bogo_phase phase,
                       struct bogo_sessions *sessions);

#endif
