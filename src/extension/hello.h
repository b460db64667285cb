/* What hellos say, as structs: what goes into a message (offer, answer) and what was found in one (facts).
 * No judgement stands here: facts are syntactically right and in their place; choosing is for negotiate/.
 * All spans are borrowed: in an offer or an answer from the caller, in facts from the message that was read.
 * RFC 9846 4.2, 4.3, 4.4; RFC 5246 7.4.1. */
#ifndef HF_EXTENSION_HELLO_H
#define HF_EXTENSION_HELLO_H

#include "config/config.h"
#include "extension/grease.h"
#include "extension/set.h"
#include "session/session.h"

/* CompressionMethod: RFC 5246 6.1, RFC 3749 2. */
enum { HF_COMPRESSION_NULL = 0, HF_COMPRESSION_DEFLATE = 1 };

enum {
    HF_HELLO_VERSIONS_MAX = 4,
    HF_HELLO_BODY_MAX = 65536,                  /* room that is enough for any ClientHello that we write */
    HF_SUITE_EMPTY_RENEGOTIATION_INFO = 0x00ff, /* TLS_EMPTY_RENEGOTIATION_INFO_SCSV, RFC 5746 3.3 */
    HF_SUITE_FALLBACK = 0x5600                  /* TLS_FALLBACK_SCSV, RFC 7507 */
};

/* A PSK that a client offers: its name on the wire, and the hash of its binder. */
enum { HF_HELLO_PSKS_MAX = 8 };
struct hf_hello_psk {
    struct hf_span identity;
    uint32_t obfuscated_age; /* RFC 9846 4.3.11.1; 0: it is no ticket */
    enum hf_hash_id hash;
    struct hf_span binder; /* of one that is made up (RFC 9849 6.1.2); else empty, and written as zeros */
};

/* A key share of ours or of the peer. */
struct hf_hello_share {
    uint16_t group;
    struct hf_span key_exchange;
};

/* A client's hello to be written. For the second hello after a HelloRetryRequest change `shares`, `cookie`,
 * `psks` and `early_data` only (RFC 9846 4.2.2). It is kept until the server's answers were read: they are checked
 * against it. */
struct hf_client_offer {
    const struct hf_config *config; /* suites, groups, schemes, ALPN, limits */
    unsigned generations;           /* enum hf_version_bit: which to offer; negotiate/version.h sets these three */
    unsigned listed_too; /* whose groups and schemes are listed beside: an inner hello has those of the outer */
    uint16_t legacy_version;
    uint16_t versions[HF_HELLO_VERSIONS_MAX]; /* as they stand in supported_versions, best first */
    size_t version_count;
    struct hf_span random;            /* 32 bytes */
    struct hf_span session_id;        /* up to 32 bytes; empty: none */
    const struct hf_session *session; /* that session_id offers to resume; NULL: none, session_id is made up */
    struct hf_span server_name;       /* a DNS name in ASCII; empty: not sent, as for IP addresses (RFC 6066 3) */
    struct hf_hello_share shares[HF_CONFIG_KEY_SHARES_MAX];
    size_t share_count;
    struct hf_hello_psk psks[HF_HELLO_PSKS_MAX]; /* 1.3 */
    size_t psk_count;
    bool early_data;              /* 1.3: data follows the hello at once; not in a second hello */
    struct hf_span cookie;        /* of the HelloRetryRequest; empty: none */
    struct hf_span connection_id; /* datagrams: that we want to be found by; empty: none. See config */
    struct hf_span parameters;    /* QUIC: of the transport */
    struct hf_span verify_cookie; /* datagrams: of the HelloVerifyRequest; empty: none */
    struct hf_span renegotiated;  /* what renegotiation_info says: RFC 5746 3.5; empty in a first handshake */
    struct hf_span ech;           /* encrypted_client_hello as it goes out; empty: not offered. RFC 9849 5 */
    bool is_inner;                /* this is an inner hello: ech says so */
    bool is_outer;                /* the server took this one, around a hello that it did not open: RFC 9849 6.1.6 */
    bool fallback;                /* says TLS_FALLBACK_SCSV */
    struct hf_grease grease;
    struct hf_extension_set offered; /* OUTPUT of hf_extension_write_client_hello */
};

/* What a ClientHello said. Lists are the insides of their vectors; an empty list means that the extension did not
 * come, where its syntax demands at least one item. */
struct hf_client_hello_facts {
    uint16_t legacy_version;
    struct hf_span random;
    struct hf_span session_id;
    struct hf_span suites;       /* uint16 each, SCSVs included */
    struct hf_span compressions; /* one byte each */
    bool fallback;               /* TLS_FALLBACK_SCSV stands among the suites */
    bool secure_renegotiation;   /* renegotiation_info or its SCSV: RFC 5746 */
    struct hf_span renegotiated; /* what renegotiation_info says; negotiate/renegotiation.h judges it */

    struct hf_extension_set present;    /* those that have a row */
    struct hf_span host_name;           /* of server_name; without NUL bytes and without a trailing dot */
    struct hf_span protocols;           /* ALPN: hf_wire_protocol_name items */
    struct hf_span srtp_profiles;       /* use_srtp: uint16 each */
    struct hf_span versions;            /* supported_versions: uint16 each */
    struct hf_span groups;              /* supported_groups: uint16 each */
    struct hf_span schemes;             /* signature_algorithms: uint16 each */
    struct hf_span certificate_schemes; /* signature_algorithms_cert: uint16 each */
    struct hf_span shares;              /* key_share: hf_wire_key_share_entry items; may be empty, see `present` */
    struct hf_span cookie;
    struct hf_span psk_modes;      /* psk_key_exchange_modes: one byte each */
    struct hf_span psk_identities; /* pre_shared_key: hf_wire_psk_identity items, */
    bool cert_with_extern_psk;     /* certificates beside one of them */
    struct hf_span psk_binders;    /* and as many hf_wire_psk_binder items: the end of the hello */
    struct hf_span point_formats;  /* ec_point_formats: one byte each */
    struct hf_span authorities;    /* certificate_authorities: hf_wire_distinguished_name items */
    uint16_t record_size_limit;    /* as it stands; 0: none */
    uint16_t max_fragment_length;  /* in bytes; 0: none, or void because record_size_limit came (RFC 8449 5) */
    bool extended_master_secret;
    bool encrypt_then_mac;
    struct hf_span client_types;  /* client_certificate_type: one byte each */
    struct hf_span server_types;  /* server_certificate_type: likewise */
    bool status_request;          /* it takes OCSP responses */
    bool scts;                    /* it takes SCTs */
    struct hf_span connection_id; /* datagrams: that it wants to be found by; empty: none. See `present` */
    bool checks_paths;            /* datagrams: it has rrc */
    struct hf_span parameters;    /* of QUIC's transport; may be empty, see `present` */
    bool session_ticket;          /* it takes tickets */
    struct hf_span ticket;        /* that it resumes by; empty: none */
    bool requests_tickets;        /* 1.3: ticket_request came, with these numbers */
    uint8_t request_new, request_resumed;
    bool early_data;                 /* 1.3: data follows at once */
    struct hf_span takes_compressed; /* compress_certificate: uint16 each */
    bool is_inner;                   /* encrypted_client_hello came, of type inner (RFC 9849 5), */
    bool is_outer;                   /* or of type outer */
    bool post_handshake_auth;        /* 1.3: it may be asked for a certificate once open */
    struct hf_span takes_delegated;  /* delegated_credential: uint16 each */
};

/* A server's answer to be written. A field that does not stand in the message written is not looked at. */
struct hf_server_answer {
    const struct hf_config *config; /* for CertificateRequest: schemes and authorities */
    struct hf_grease grease;        /* NewSessionTicket */
    uint16_t legacy_version;        /* the field of that name; in 1.2 it is the version */
    uint16_t version;               /* 1.3: what supported_versions says */
    struct hf_span random;          /* 32 bytes; not for HelloRetryRequest */
    struct hf_span session_id;      /* 1.3: the client's, echoed; 1.2: of the session, or empty */
    uint16_t suite;
    struct hf_hello_share share; /* ServerHello 1.3; HelloRetryRequest: the group only, 0: no other group asked */
    struct hf_span cookie;       /* HelloRetryRequest; empty: none */
    struct hf_span protocol;     /* ALPN: the one chosen; empty: none */
    uint16_t srtp_profile;       /* the one chosen; 0: none */
    bool server_name;            /* acknowledged */
    bool has_psk;                /* ServerHello 1.3: a PSK is taken, the one of this place */
    uint16_t psk_index;
    bool tells_tickets; /* 1.3: ticket_request is answered: so many tickets will come */
    uint8_t expected_tickets;
    bool early_data;             /* EncryptedExtensions: what the client sent early is taken */
    uint32_t early_max;          /* NewSessionTicket: how much a client may send early; 0: none */
    bool extended_master_secret; /* 1.2 */
    bool encrypt_then_mac;       /* 1.2 */
    bool has_client_type;        /* client_certificate_type is answered */
    bool has_server_type;        /* likewise */
    enum hf_certificate_type client_type;
    enum hf_certificate_type server_type;
    bool status_request;          /* 1.2: a CertificateStatus will follow */
    struct hf_span scts;          /* 1.2: of our certificate; empty: none */
    bool session_ticket;          /* 1.2: a NewSessionTicket will follow */
    uint8_t compression;          /* 1.2; 1.3: null */
    bool secure_renegotiation;    /* 1.2: answers renegotiation_info */
    struct hf_span renegotiated;  /* ... saying this: RFC 5746 3.7; empty in a first handshake */
    bool point_formats;           /* 1.2: answers ec_point_formats */
    uint16_t record_size_limit;   /* ours; 0: not answered */
    uint16_t max_fragment_length; /* the client's, accepted, in bytes; 0: not answered */
    struct hf_span request_name; /* ClientCertificateRequest (RFC 9261 4): the name that is to be proven; empty: none */
    bool is_authenticator_request;   /* RFC 9261 4 */
    struct hf_span request_context;  /* CertificateRequest 1.3: certificate_request_context, empty in the handshake */
    bool has_ids;                    /* datagrams: answers connection_id, */
    struct hf_span connection_id;    /* with this; empty: it wants none */
    bool checks_paths;               /* answers rrc */
    struct hf_span ech_confirmation; /* HelloRetryRequest: 8 bytes; empty: none */
    struct hf_span ech_retry;        /* EncryptedExtensions: an ECHConfigList; empty: none */
    struct hf_span parameters;       /* QUIC: of the transport */
};

/* What a CertificateRequest said, 1.3 or 1.2; that of 1.2 has no extensions, its reader fills this by hand. */
struct hf_certificate_request_facts {
    struct hf_span context;
    struct hf_span schemes;             /* uint16 each */
    struct hf_span certificate_schemes; /* uint16 each; empty: `schemes` hold */
    struct hf_span authorities;         /* hf_wire_distinguished_name items */
    struct hf_span certificate_types;   /* 1.2 only: one byte each */
    struct hf_span server_name;         /* payload of that extension: a ClientCertificateRequest's (RFC 9261 4) */
    bool status_request;                /* it takes OCSP responses */
    bool scts;                          /* it takes SCTs */
    struct hf_span takes_compressed;    /* compress_certificate: uint16 each */
    struct hf_span takes_delegated;     /* delegated_credential: uint16 each */
};

/* What a server said in ServerHello or HelloRetryRequest, and in EncryptedExtensions (which adds to it). */
struct hf_server_hello_facts {
    uint16_t legacy_version;
    uint16_t version; /* of supported_versions when that came, else legacy_version */
    struct hf_span random;
    struct hf_span session_id;
    uint16_t suite;
    struct hf_extension_set present; /* over all messages read into this */
    struct hf_hello_share share;     /* ServerHello 1.3; HelloRetryRequest: the group only, 0: none asked */
    struct hf_span cookie;           /* HelloRetryRequest; empty: none */
    struct hf_span protocol;         /* ALPN: the one chosen */
    uint16_t srtp_profile;           /* the one chosen; 0: none */
    bool has_psk;                    /* ServerHello 1.3: a PSK of ours is taken, the one of this place */
    uint16_t psk_index;
    bool cert_with_extern_psk;                   /* certificates beside it */
    bool early_data;                             /* EncryptedExtensions: what we sent early is taken */
    uint32_t early_max;                          /* NewSessionTicket: bytes that may be sent early; 0: none */
    struct hf_span groups;                       /* EncryptedExtensions: uint16 each; a hint for later connections */
    bool server_name;                            /* acknowledged */
    bool extended_master_secret;                 /* 1.2 */
    bool encrypt_then_mac;                       /* 1.2 */
    enum hf_certificate_type client_type;        /* as which it wants ours; X.509 when it does not say */
    enum hf_certificate_type server_type;        /* as which it presents its own; likewise */
    bool status_request;                         /* 1.2: a CertificateStatus may follow */
    struct hf_span scts;                         /* 1.2: of the server's certificate; empty: none */
    bool session_ticket;                         /* 1.2: a NewSessionTicket will follow */
    uint8_t compression;                         /* in 1.3 the reader saw that it is null */
    bool secure_renegotiation;                   /* 1.2 */
    struct hf_span renegotiated;                 /* what renegotiation_info says; judged as a client's is */
    uint16_t record_size_limit;                  /* the server's; 0: none */
    uint16_t max_fragment_length;                /* agreed, in bytes; 0: none */
    struct hf_certificate_request_facts request; /* CertificateRequest 1.3 */
    bool has_ids;                                /* datagrams: connection_id came, */
    struct hf_span connection_id;                /* saying this; empty: it wants none */
    bool checks_paths;                           /* rrc came */
    struct hf_span ech_confirmation;             /* HelloRetryRequest: 8 bytes; empty: none came */
    struct hf_span ech_retry;                    /* EncryptedExtensions: an ECHConfigList; empty: none came */
    struct hf_span parameters;                   /* EncryptedExtensions: of QUIC's transport; see `present` */
};

#endif
