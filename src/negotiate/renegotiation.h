/* What a renegotiation may not do: be another connection's (RFC 5746), weaken what was agreed on, or change who the two
 * are. Pure functions of the hellos and of the handshake before them. A connection's first handshake is judged by the
 * same: there is nothing before it, so renegotiation_info must be empty. */
#ifndef HF_NEGOTIATE_RENEGOTIATION_H
#define HF_NEGOTIATE_RENEGOTIATION_H

#include "negotiate/negotiate.h"

/* The handshake before this one on the same connection; zeros: there was none. Borrows from the connection. */
struct hf_negotiate_before {
    const struct hf_suite *suite;       /* NULL: there was none */
    const struct hf_identity *identity; /* a server: its own */
    struct hf_span client_verify_data;  /* of its Finished */
    struct hf_span both_verify_data;    /* ... and the server's behind it */
    struct hf_span protocol;            /* ALPN */
    struct hf_span server_name;         /* a server: SNI that came */
    bool encrypt_then_mac;
    bool deflates;
};

/* A server, on what it chose by a ClientHello. HF_ERR_renegotiation_info_wrong, HF_ERR_renegotiation_changes,
 * HF_ERR_extended_master_secret_missing. */
HF_MUST enum hf_error hf_negotiate_renegotiation_check_hello(const struct hf_negotiate_before *before,
                                                             const struct hf_client_hello_facts *hello,
                                                             const struct hf_negotiated *negotiated,
                                                             struct hf_failure *ret_failure);

/* A client, on a ServerHello of TLS 1.2: likewise. */
HF_MUST enum hf_error hf_negotiate_renegotiation_check_answer(const struct hf_negotiate_before *before,
                                                              const struct hf_server_hello_facts *hello,
                                                              const struct hf_negotiated *negotiated,
                                                              struct hf_failure *ret_failure);

#endif
