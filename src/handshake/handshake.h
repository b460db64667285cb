/* The handshake of one connection: where it stands, what it has proven, what was negotiated.
 * struct hf_handshake lasts as long as the connection and is small; struct hf_work is the working set of the handshake
 * proper and goes (wiped) when the connection opens. Files of this folder, one a message, read and write both;
 * the machine (machine.h) calls them as the tables say. It knows no transport: it sees whole messages and a framing. */
#ifndef HF_HANDSHAKE_HANDSHAKE_H
#define HF_HANDSHAKE_HANDSHAKE_H

#include <handfast/ech.h>

#include "base/buffer.h"
#include "config/config.h"
#include "crypto/public_key.h"
#include "datagram/address_cookie.h"
#include "extension/entry.h"
#include "extension/hello.h"
#include "handshake/input.h"
#include "handshake/proofs.h"
#include "identity/choose.h"
#include "negotiate/negotiate.h"
#include "schedule/key_log.h"
#include "schedule/schedule12.h"
#include "schedule/schedule13.h"
#include "schedule/transcript.h"
#include "seam/framing.h"
#include "seam/driver.h"
#include "seam/protocol.h"
#include "session/session.h"
#include "trust/peer.h"
#include "trust/trust.h"
#include "trust/verified.h"

enum hf_state_kind {
    HF_STATE_WAITS,
    HF_STATE_SENDS,
    HF_STATE_RESTS,
    HF_STATE_OPEN,
    HF_STATE_DRAINS,
    HF_STATE_AMID,
    HF_STATE_EARLY,
    HF_STATE_ENDED
};

enum hf_state {
#define HF_STATE(name, kind, proofs, flight) HF_STATE_##name,
#include "handshake/states.def"
#undef HF_STATE
    HF_STATES
};

/* What a step found; the table says where that leads. */
enum hf_outcome {
    HF_OUTCOME_DONE,
    HF_OUTCOME_TLS13,           /* the hello leads to TLS 1.3 */
    HF_OUTCOME_TLS12,           /* ... to TLS 1.2 */
    HF_OUTCOME_RETRY,           /* ... to a HelloRetryRequest */
    HF_OUTCOME_NO_CERT,         /* an empty Certificate came, and the policy lets it pass */
    HF_OUTCOME_ASKED,           /* the peer (or we) asked for something that must follow */
    HF_OUTCOME_JUDGE,           /* the application is to judge the peer first */
    HF_OUTCOME_LOOKUP,          /* the application is to look a session up first */
    HF_OUTCOME_RESUMED,         /* a session is resumed */
    HF_OUTCOME_UNSIGNED,        /* the server's key is shown by Finished, not by a signature: RSA key exchange */
    HF_OUTCOME_SHARED,          /* a key shared beforehand stands for certificates; 1.3: it is taken */
    HF_OUTCOME_EXCHANGE,        /* likewise, and a ServerKeyExchange must follow */
    HF_OUTCOME_TICKET,          /* a NewSessionTicket must follow */
    HF_OUTCOME_STATUS,          /* a CertificateStatus may follow, and the peer is judged with it */
    HF_OUTCOME_STATUS_UNSIGNED, /* likewise, and then as UNSIGNED */
    HF_OUTCOME_STATUS_SHARED,   /* ... as SHARED */
    HF_OUTCOME_KEPT,            /* 1.3: the PSK of a session is taken */
    HF_OUTCOME_KEPT_JUDGE,      /* likewise, and the application is to judge first whom the session keeps */
    HF_OUTCOME_KEPT_LOOKUP,     /* 1.3: the application is to look a session up first */
    HF_OUTCOME_EARLY,           /* 1.3: as KEPT, and early data is taken */
    HF_OUTCOME_EARLY_JUDGE,     /* 1.3: as KEPT_JUDGE, likewise */
    HF_OUTCOME_SHOWN,           /* the application looks at the hello, which is taken with its answer */
    HF_OUTCOMES
};

enum hf_handshake_sizes {
    HF_HANDSHAKE_PEER_SHARE_MAX = 2048, /* what RSA of 16384 bits encrypts; shares are shorter */
    HF_HANDSHAKE_CERTIFICATES_MAX = 64, /* in a peer's Certificate */
    HF_HANDSHAKE_CERTIFICATES_FEW = 4,  /* for which the working set has places */
    HF_HANDSHAKE_PSK_NAMES_MAX = 1 << 20,
    HF_HANDSHAKE_EARLY_DATA_MAX = 16384 /* wire bytes of early data that a server drops unread */
};

/* 1.3: a PSK that is offered, or taken. */
struct hf_work_psk {
    enum hf_psk_kind kind;
    enum hf_hash_id hash;
    struct hf_secret key;
    struct hf_span name; /* of an external one, borrowed from the config or the hello; of a session: empty */
    struct hf_span context;
    struct hf_digest mark; /* likewise: see shared_key.h */
};

/* The shared key that this connection began with, or whose session it resumed. */
struct hf_shared_key {
    enum hf_session_key_kind kind;
    struct hf_digest mark; /* of name and key */
    size_t identity_len;
    size_t context_len;
    uint8_t name[]; /* any bytes, NUL too: the identity, and behind it the context */
};

/* 1.3: early data. */
enum hf_early {
    HF_EARLY_NONE,
    HF_EARLY_OFFERED, /* a client; the answer is not known */
    HF_EARLY_REFUSED, /* a client */
    HF_EARLY_TAKEN
};

enum { HF_WORK_HELLO_DIGESTS = 2 };

/* A signature of ours that is being made. */
enum hf_signing { HF_SIGNING_NONE, HF_SIGNING_WANTED, HF_SIGNING_READY };

struct hf_signature_work {
    enum hf_signing state;
    struct hf_buffer message;   /* what is signed */
    struct hf_digest digest;    /* of it, by the scheme's hash; empty where that has none */
    struct hf_buffer signature; /* once READY */
};

/* Places for as many certificates as a peer may send. */
struct hf_handshake_certificates {
    struct hf_span chain[HF_HANDSHAKE_CERTIFICATES_MAX];
    struct hf_certificate_entry papers[HF_HANDSHAKE_CERTIFICATES_MAX];
};

/* What a client keeps of a CertificateRequest, for explanations: one block, texts NUL-terminated. */
struct hf_request_told {
    uint16_t authority_count;
    uint16_t misfits_at; /* in `bytes`; the names of the authorities stand at 0, one a line, cut if long */
    uint16_t schemes_at; /* the signature schemes, as on the wire */
    uint16_t schemes_len;
    char bytes[];
};
struct hf_ech_work; /* ech.h */

/* What a client tells of Encrypted Client Hello, also when the working set is gone. */
struct hf_ech_told {
    uint8_t *retry; /* the ECHConfigList that the server gave instead; NULL */
    size_t retry_len;
    char public_name[]; /* of the configuration that it used */
};

/* What a connection may begin with: keys shared before, and the session whose secret one of them is. */
struct hf_work_past {
    struct hf_work_psk psks[HF_HELLO_PSKS_MAX]; /* 1.3: of offer.psks; a server: [0] is the one it takes */
    struct hf_session session;
    struct hf_digest session_mark; /* of its shared key, which is there; empty: it has none */
};

/* The working set: alive from the first hello until the connection opens. What only some handshakes need, and is large,
 * stands in blocks of its own. */
struct hf_work {
    struct hf_transcript transcript;
    uint8_t client_random[HF_RANDOM_LEN];
    uint8_t server_random[HF_RANDOM_LEN];
    uint8_t session_id[HF_MESSAGE_SESSION_ID_MAX]; /* legacy_session_id: the client's, echoed in 1.3 */
    size_t session_id_len;
    struct hf_address_cookie_retry
        retried;             /* a server: what it said in a HelloRetryRequest that it did not keep; else zeros */
    bool has_verify_cookie;  /* datagrams: the ClientHello had a cookie of a HelloVerifyRequest */
    bool compatibility_sent; /* our change_cipher_spec for middleboxes is out (RFC 9846 E.4) */

    struct hf_ech_work *ech; /* of a hello that is encrypted, or looks like one; NULL: none */

    struct hf_buffer hello;              /* body of the ClientHello; spans of `facts` point into it */
    struct hf_client_hello_facts facts;  /* a server: what the client said */
    struct hf_buffer shown;              /* a server: the hello as it came, while the application looks at it, */
    size_t shown_header_len;             /* whose header is so long; */
    bool declines_ech;                   /* and what it said: the hello around the encrypted one counts, */
    bool uses_name;                      /* the name was used, */
    uint16_t protocol_place;             /* and this protocol of the client's, counted from 1; 0: one of ours */
    struct hf_client_offer offer;        /* a client: what we said */
    struct hf_server_hello_facts answer; /* a client: what the server said; its spans live as long as their message */
    struct hf_server_hello_facts retry;  /* a client: what HelloRetryRequest said */
    struct hf_negotiated choice;

    struct hf_key_exchange *exchanges[HF_CONFIG_KEY_SHARES_MAX]; /* our pairs, offered */
    size_t exchange_count;
    struct hf_buffer cookie;     /* a client: of a HelloRetryRequest */
    struct hf_buffer peer_share; /* 1.2: the peer's, or what it encrypted, until the master secret is made */
    struct hf_secret encrypted;  /* 1.2, a client: the premaster that it encrypts, until the master secret is made */
    struct hf_traffic_keys
        waiting_keys; /* 1.2: of the direction that turns second, from the first turn to the second */
    bool has_waiting_keys;
    struct hf_secret psk;       /* 1.2: the shared key, until the master secret is made; 1.3: the PSK that both take,
                                 * until the keys turn */
    struct hf_buffer psk_names; /* 1.3, a client: of imported keys, as they go over the wire */
    struct hf_work_past *past;  /* NULL: nothing was offered, or found */
    uint8_t wanted_session[HF_SESSION_ID_MAX]; /* 1.3, a server: the ID that the application is to look for */
    bool has_psk;                              /* 1.3, a server: it takes one, */
    bool psk_alone;                            /* without a key exchange, */
    uint16_t psk_index;                        /* of this place in the hello */
    bool writes_early;                         /* 1.3, a client: keys of the early secret protect what we send; a
                                                * server: it took early data */
    struct hf_secret early_exporter; /* 1.3: early_exporter_master_secret while early data is offered or taken; len 0 */
    struct hf_digest hello_digests[HF_WORK_HELLO_DIGESTS]; /* 1.3: of the hello up to its binders; len 0: none */

    struct hf_buffer request_bytes; /* a client: the CertificateRequest; spans of `request` point into it */
    struct hf_certificate_request_facts request;

    struct hf_buffer chain_bytes; /* the peer's certificates and what came beside them */
    struct hf_span *chain;
    struct hf_certificate_entry *papers; /* beside each of them */
    size_t chain_count;
    struct hf_handshake_certificates *more; /* where they stand when they are many; NULL: in `few` */
    struct hf_span few_chain[HF_HANDSHAKE_CERTIFICATES_FEW];
    struct hf_certificate_entry few_papers[HF_HANDSHAKE_CERTIFICATES_FEW];
    struct hf_span delegated;            /* 1.3: the credential beside its leaf; empty: none (RFC 9345) */
    struct hf_public_key *delegated_key; /* of it, once judged: it signs for the leaf, */
    uint16_t delegated_scheme;           /* by this scheme */
    struct hf_buffer scts;               /* 1.2, a client: of ServerHello */
    struct hf_buffer staple;             /* 1.2, a client: of CertificateStatus */
    struct hf_verified *verified;  /* whose they are: its peer is not yet shown, and is when the connection opens */
    struct hf_revocation *fetched; /* what the application found of their revocation (hf_answer_revocation); or NULL */
    bool is_settled;               /* no more of it will come */

    struct hf_signature_work signing;
    uint8_t *message; /* room for a message of ours, kept while a flight is sent; NULL */
    size_t message_room;

    struct hf_buffer
        session_bytes;  /* of a session that is offered, or asked for; spans of past->session point into it */
    bool renews_ticket; /* a server: the client's was sealed by an older key */
};

/* 1.3: a ticket that came, or at a server that went and that the application is to keep; the oldest first. */
struct hf_kept_ticket {
    struct hf_kept_ticket *next;
    struct hf_session_id id;
    struct hf_secret psk;
    uint64_t issued_ms;
    uint32_t lifetime_s; /* from then on */
    uint32_t age_add;
    uint32_t early_max;
    bool is_told; /* its event was taken: it goes when the next one is */
    size_t len;
    uint8_t ticket[];
};

/* RFC 9846 4.7.3: by one sender on one connection. */
#define HF_HANDSHAKE_KEY_UPDATES_MAX ((UINT64_C(1) << 48) - 1)

struct hf_post_handshake;
struct hf_authenticators;

/* What lasts. */
struct hf_handshake {
    struct hf_config *config;
    const struct hf_allocator *allocator;
    struct hf_framing *framing;
    const struct hf_protocol *const *protocols; /* NULL-terminated: the rows this connection may become */
    const struct hf_protocol *protocol;         /* NULL until a hello decided */
    struct hf_driver driver;
    struct hf_failure *failure; /* filled by whoever finds one, see refuse.h: there beside the working set and, once the
                                 * connection failed, for good. NULL: made when it is needed */
    uint64_t now_ms;

    enum hf_state state;
    unsigned flight_at; /* cursor in the flight of a sending state */
    struct hf_proofs proofs;
    const char *at;        /* the message being taken or built, for explanations; static */
    const char *read_keys; /* "none", "early", "handshake", "application": for narration */
    const char *write_keys;

    const struct hf_suite *suite;
    const struct hf_group *group;
    const struct hf_signature_scheme *own_scheme;
    const struct hf_signature_scheme *peer_scheme;
    const struct hf_identity *identity; /* that we present */
    uint16_t identity_index;
    uint16_t srtp_profile;   /* chosen; 0 */
    uint16_t verdict_alert;  /* enum hf_alert that is to tell a peer that it was refused; none: as the table says */
    const char *admitted_by; /* the rule of ours that the peer fits, borrowed from the config; NULL */
    char *peer_name;         /* a client: whom it asked for, name or address; NULL */
    char *server_name;       /* SNI, sent or received; NULL. May be peer_name itself */
    char *alpn;              /* chosen; NULL */
    struct hf_shared_key *shared_key; /* NULL: without one */
    struct hf_ech_told *ech_told;     /* a client that encrypted its hello; else NULL */
    bool hello_retried;
    bool asked;                /* a CertificateRequest went over the wire */
    bool presented;            /* we presented a certificate */
    bool received_certificate; /* the peer presented one */
    bool peer_delegated;       /* ... and proved itself by a delegated credential (RFC 9345) */
    bool extended_master_secret;
    bool secure_renegotiation; /* 1.2: both have renegotiation_info, or its SCSV */
    bool encrypt_then_mac;     /* 1.2: of a block cipher */
    bool deflates;             /* 1.2: records are compressed */
    bool session_offered;      /* by a client */
    bool resumed;              /* from a session */
    bool accepted;
    bool verdict_accepts;       /* the answer of the application, when it was asked */
    bool ask_peer_update;       /* the KeyUpdate being sent asks for one in return */
    bool update_asked;          /* we asked, and the peer's KeyUpdate did not come yet */
    bool update_waits;          /* no data followed our KeyUpdate yet: it answers whatever comes meanwhile */
    bool sent_close;            /* our close_notify is out: nothing of ours may follow (RFC 9846 6.1) */
    bool opened;                /* the connection's first handshake is over */
    bool false_starts;          /* 1.2, a client: data may go before the server's Finished came (RFC 7918) */
    uint8_t tickets_left;       /* 1.3, a server: that are still to go out */
    uint8_t tickets_made;       /* 1.3, a server */
    uint8_t over;               /* HF_OVER_STREAM, HF_OVER_DATAGRAM or HF_OVER_QUIC: see machine.h */
    uint8_t first_finished_len; /* 0: none yet */
    uint8_t alpn_len;
    uint64_t key_updates_sent;
    unsigned key_updates;            /* of the peer, since its last data */
    unsigned renegotiation_requests; /* of the peer, refused or ignored */
    unsigned renegotiations;         /* begun, by our request or a peer's that we followed */
    enum hf_ech_state ech;
    struct hf_peer *peer;

    /* For explanations of what happened, both kept after the working set is gone. */
    struct hf_request_told *request_told; /* a client that was asked; NULL */
    enum hf_misfit_reason misfit;         /* of the identity that came closest to fitting; NONE when one fits */

    struct hf_session_id session_id; /* 1.2: that the server gave, or resumed */
    int64_t session_created_s;
    uint32_t session_lifetime_s; /* 1.2, a client: how long the server said its ticket holds; 0: it did not say */
    uint32_t ticket_len;
    uint8_t *ticket;                /* 1.2, a client: that the server gave; NULL: none */
    struct hf_kept_ticket *tickets; /* 1.3 */
    enum hf_early early;            /* 1.3 */
    uint32_t early_left;            /* bytes of it that may still go, or come */
    int32_t ticket_age_skew_s;      /* 1.3, a server */

    uint8_t first_finished[HF_VERIFY_DATA12_LEN];  /* 1.2: verify_data of the first Finished, of either end */
    uint8_t verify_data[2 * HF_VERIFY_DATA12_LEN]; /* 1.2: of the last Finished messages: the client's, the server's */
    struct hf_framing_limits limits;               /* that hold */

    struct hf_schedule13 schedule13; /* in 1.3 */
    struct hf_schedule12 schedule12; /* in 1.2 */

    struct hf_post_handshake *post; /* 1.3: what asking later needs (post_handshake_auth.h); NULL: nobody is asked */
    struct hf_authenticators *authenticators; /* authenticator.h; NULL until there was one */

    struct hf_work *work; /* NULL once open */
};

/* What a step is given: a whole message (input.h), or nothing but its name. */
struct hf_taken {
    enum hf_input input;
    struct hf_span body;  /* without header; of a session: its bytes */
    struct hf_span whole; /* with its TLS header, as in the transcript */
};

/* What a handshake stands on; all of it outlives the handshake. */
struct hf_handshake_ground {
    struct hf_config *config;
    struct hf_framing *framing;
    const struct hf_protocol *const *protocols;
    unsigned over;
    struct hf_driver driver;
    const struct hf_address_cookie_retry *retried; /* a server: its HelloRetryRequest went before; NULL: none. Copied */
};

/* Sets everything up for the config's role; hf_machine_start then starts it. peer_name: whom a client asks for, NULL
 * allowed. On failure hf_handshake_wipe may and must still be called. */
HF_MUST enum hf_error hf_handshake_init(struct hf_handshake *handshake, const struct hf_handshake_ground *ground,
                                        const char *peer_name, uint64_t now_ms);

/* A renegotiation begins: a new working set, while what the handshake before it found holds. */
HF_MUST enum hf_error hf_handshake_begin_again(struct hf_handshake *handshake);

/* Its hellos are exchanged: what the handshake before it proved and said counts no more. Who the peer was stays known:
 * it must be proven again, and be the same. */
void hf_handshake_start_over(struct hf_handshake *handshake);

/* Nothing counts as proven any more, and all that the policy demands must be; of a peer that is known also that it is
 * the same. */
void hf_handshake_demand_afresh(struct hf_handshake *handshake);

/* Makes room for what the connection may begin with, if there is none: work->past, all zeros. HF_ERR_no_memory. */
HF_MUST enum hf_error hf_handshake_need_past(struct hf_handshake *handshake);

/* Makes places for one more certificate of the peer. HF_ERR_no_memory; HF_ERR_too_many_certificates. */
HF_MUST enum hf_error hf_handshake_grow_chain(struct hf_handshake *handshake);

/* Wipes and frees our key pairs: they have served, or will not. */
void hf_handshake_forget_exchanges(struct hf_work *work);

/* Wipes and frees the working set; what lasts stays. */
void hf_handshake_end_work(struct hf_handshake *handshake);

/* Wipes and frees all. */
void hf_handshake_wipe(struct hf_handshake *handshake);

/* Takes the protocol row of the version that the hellos agreed on. */
HF_MUST enum hf_error hf_handshake_take_version(struct hf_handshake *handshake, uint16_t version);

/* The row of 1.3, also before it is agreed on. */
const struct hf_protocol *hf_handshake_protocol13(const struct hf_handshake *handshake);

/* Begins a key schedule of 1.3 as this transport has it. */
HF_MUST enum hf_error hf_handshake_begin_schedule13(const struct hf_handshake *handshake, enum hf_hash_id hash,
                                                    struct hf_schedule13 *schedule);

/* The role of this end, and of the peer. */
enum hf_role hf_handshake_role(const struct hf_handshake *handshake);
enum hf_role hf_handshake_peer_role(const struct hf_handshake *handshake);

/* Seconds since 1970 of the call that is being served. */
int64_t hf_handshake_now_s(const struct hf_handshake *handshake);

/* Random bytes from the config's source. */
HF_MUST enum hf_error hf_handshake_random(struct hf_handshake *handshake, uint8_t *into, size_t len);

/* Notes what the hellos agreed on, and tells the framing the record sizes. */
HF_MUST enum hf_error hf_handshake_take_choice(struct hf_handshake *handshake);

/* Whether another KeyUpdate of ours may go out. */
HF_MUST bool hf_handshake_may_update(const struct hf_handshake *handshake);

/* Writes a line of the key log, if the application asked for one. */
void hf_handshake_log_key(const struct hf_handshake *handshake, enum hf_key_log_label label,
                          const struct hf_secret *secret);

#endif
