/* Everything that two hellos agree on, decided in one place by pure functions of (config, hello): the choices of
 * version.h, suite.h, group.h, signature.h, alpn.h and identity/choose.h put together: a server's in negotiate.c, a
 * client's in answer.c. On failure *ret_failure has error, where, wanted and got: the lists of both sides. RFC
 * 9846 4.2, RFC 5246 7.4.1. */
#ifndef HF_NEGOTIATE_NEGOTIATE_H
#define HF_NEGOTIATE_NEGOTIATE_H

#include "error/error.h"
#include "extension/hello.h"
#include "identity/choose.h"
#include "negotiate/group.h"

/* What both ends now work with. Rows are static, identity and protocol borrow from config, peer_share from the hello.
 */
struct hf_negotiated {
    uint16_t version; /* as on the wire */
    enum hf_version_bit generation;
    const struct hf_suite *suite;
    bool resumed;                             /* 1.2: the session of the offer, or that the client asked for */
    struct hf_negotiate_groups12 groups;      /* a server in 1.2: from which the suite's kind of exchange takes one */
    const struct hf_group *group;             /* a client in 1.2: NULL, ServerKeyExchange brings it; resumed: NULL */
    bool retry;                               /* a server in 1.3: HelloRetryRequest for `group` must go first */
    struct hf_span peer_share;                /* 1.3: the peer's key share; empty when retry */
    const struct hf_identity *identity;       /* a server: its own */
    const struct hf_signature_scheme *scheme; /* a server: to sign with */
    struct hf_span protocol;                  /* ALPN; empty: none. At a client it borrows from the message. */
    uint16_t srtp_profile;                    /* 0: none */
    bool server_name;                         /* a server: the name sent is one of the identity's; acknowledge it */
    bool extended_master_secret;
    bool encrypt_then_mac; /* both have the extension; it counts with block ciphers only (RFC 7366 3) */
    bool deflates;         /* 1.2: records are compressed (RFC 3749) */
    bool secure_renegotiation;
    enum hf_certificate_type peer_type; /* as what the peer proves itself (RFC 7250) */
    enum hf_certificate_type own_type;  /* a client: as what the server wants it; a server: as what it answers */
    bool has_client_type;               /* a server: client_certificate_type is answered: it came, and we ask */
    bool has_server_type;               /* a server: server_certificate_type likewise */
    bool status_request;                /* a server in 1.2: it sends CertificateStatus. A client in 1.2: one may come */
    struct hf_span scts;                /* a server in 1.2: of its identity */
    bool has_psk;                       /* 1.3: a PSK is taken, the client's of this place */
    uint16_t psk_index;
    bool early_data;    /* a server in 1.3: it takes what the client sends early */
    bool tells_tickets; /* a server in 1.3: answers ticket_request, with so many */
    uint8_t expected_tickets;
    bool session_ticket;          /* 1.2: the server gives a ticket in this handshake (RFC 5077 3.2) */
    bool point_formats;           /* a server in 1.2: the client sent ec_point_formats, answer it */
    uint16_t record_size_limit;   /* a server: the limit of ours to answer with; 0: do not answer */
    uint16_t max_fragment_length; /* agreed, bytes; 0: none */
    bool has_ids;                 /* datagrams: both use connection IDs */
    struct hf_span connection_id; /* the peer's; empty: it wants none. Borrowed from its hello */
    bool checks_paths;            /* both have rrc */
    size_t send_limit;            /* the most plaintext bytes in one record to the peer; 16384 when nothing is agreed */
    size_t receive_limit;         /* and in one record from it */
};

/* 1.3: the PSK that a server found, of the client's list. */
struct hf_negotiate_psk {
    uint16_t index;
    enum hf_hash_id hash; /* which the suite must have, too; HF_HASH_NONE: any */
    bool is_alone;        /* without a key exchange */
    bool is_session;      /* else a key shared beforehand, beside which a server has no certificate, unless by rule */
};

/* A server's question. For the second hello after a HelloRetryRequest `first` is what was decided on the first one:
 * version, suite and group stay (RFC 9846 4.2.4). That the hellos are alike is for extension/compare.h to say. */
struct hf_negotiate_question {
    const struct hf_config *config;
    const struct hf_client_hello_facts *hello;
    const struct hf_negotiated *first;  /* NULL: this is the first hello */
    uint16_t version;                   /* of the connection that is renegotiated, which keeps it; 0: none is */
    const struct hf_negotiate_psk *psk; /* NULL: none, the server shows a certificate */
    int64_t now_s;
    bool is_outer;  /* 1.3: what is encrypted in it was not opened: the client goes on to learn how it could be */
    bool uses_name; /* the application says so of the server's name */
    uint16_t protocol_place; /* the application's choice among the client's protocols, from 1; 0: ours */
};
HF_MUST enum hf_error hf_negotiate_server(const struct hf_negotiate_question *question,
                                          struct hf_negotiated *ret_negotiated, struct hf_failure *ret_failure);

/* A client, on ServerHello (1.2 or 1.3): version, suite, session_id echo (1.3), downgrade mark, share's length,
 * extended master secret. `retry` are the facts of the HelloRetryRequest before it, NULL when there was none: suite and
 * version must be the same (RFC 9846 4.2.4). The ServerHello's own version must have been checked before
 * (hf_negotiate_version_check), because reading it depends on that. */
HF_MUST enum hf_error hf_negotiate_client(const struct hf_client_offer *offer,
                                          const struct hf_server_hello_facts *hello,
                                          const struct hf_server_hello_facts *retry,
                                          struct hf_negotiated *ret_negotiated, struct hf_failure *ret_failure);

/* A client, on HelloRetryRequest: version, suite, session_id echo, that it changes something; the group to make a share
 * for, NULL when it asks for none (cookie only). */
HF_MUST enum hf_error hf_negotiate_client_retry(const struct hf_client_offer *offer,
                                                const struct hf_server_hello_facts *retry,
                                                const struct hf_group **ret_group, struct hf_failure *ret_failure);

/* A client, when EncryptedExtensions was read into the same facts: adds protocol and limits. */
void hf_negotiate_client_extensions(const struct hf_client_offer *offer, const struct hf_server_hello_facts *facts,
                                    struct hf_negotiated *negotiated);

/* A server: fills the answer's fields from what was negotiated; random, session_id, share, cookie and
 * connection_id are the caller's.
 */
void hf_negotiate_answer(const struct hf_config *config, const struct hf_negotiated *negotiated,
                         struct hf_server_answer *ret_answer);

#endif
