/* One TLS connection that does no input or output of its own. Bytes from the peer go in, bytes for the peer come out,
 * time is an argument. It serves blocking sockets, event loops and simulators alike:
 *
 *     hf_feed(connection, wire_in, len, now_ms);              // what came from the peer
 *     while (hf_next_event(connection, &event)) ...           // opened, data, accepted, needs ..., closed, failed
 *     hf_drain(connection, wire_out, room, &len);             // what must go to the peer
 *
 * A server over datagrams should get its connections from a listener (<handfast/listener.h>): one that is made by
 * hf_connection_new asks for no cookie, answers a forged address without limit, and has one handshake.
 * Over datagrams (hf_builder_datagrams) hf_feed takes one whole datagram, and hf_drain and hf_output give one at a
 * time; hf_tick must be called when hf_deadline says so. What an application writes in one call comes out of one
 * hf_read at the peer, once or never; its order is the network's.
 *
 * A connection belongs to one thread at a time. Times are milliseconds since 1970-01-01 UTC; they judge certificates.
 * A connection that failed stays failed: every later call gives the same error. */
#ifndef HANDFAST_CONNECTION_H
#define HANDFAST_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <handfast/config.h>
#include <handfast/failure.h>
#include <handfast/peer.h>

#ifdef __cplusplus
extern "C" {
#endif

enum hf_event_kind {
    HF_EVENT_NONE = 0,
    /* The handshake is done on this side and the peer holds every proof that our policy demands. */
    HF_EVENT_OPENED,
    /* A client only, after OPENED: the server has shown that it accepted us (our certificate, if it asked). In
     * TLS 1.3 this comes with its first ticket or data; until then a refusal may still come. In TLS 1.2 and on
     * servers it comes right after OPENED. */
    HF_EVENT_ACCEPTED,
    /* hf_read has something. */
    HF_EVENT_DATA,
    /* A server with HF_CLIENT_AUTH_REQUEST: the client presented no certificate and goes on unauthenticated. */
    HF_EVENT_UNAUTHENTICATED,
    /* A client: the server asked for a certificate. hf_certificate_request tells more. */
    HF_EVENT_CERTIFICATE_REQUESTED,
    /* The handshake waits for hf_answer_signature: hf_signature_wanted says for what. */
    HF_EVENT_NEEDS_SIGNATURE,
    /* The handshake waits for hf_answer_verdict: hf_peer_candidate is whom to judge. */
    HF_EVENT_NEEDS_VERDICT,
    /* The handshake waits for hf_answer_session: hf_session_wanted says which session (<handfast/session.h>). */
    HF_EVENT_NEEDS_SESSION,
    /* The handshake waits for hf_answer_hello: hf_hello_wanted shows the client's hello (<handfast/hello.h>). */
    HF_EVENT_NEEDS_HELLO,
    /* After OPENED: there is a session to keep: hf_session_bytes. */
    HF_EVENT_SESSION,
    /* The peer sent close_notify: it sends nothing more. We still may, until hf_close. Raised when all data that came
     * before it was read. */
    HF_EVENT_PEER_CLOSED,
    /* A server: what hf_ask_for_certificate asked is answered. hf_peer tells who the client is; in TLS 1.2 it is NULL
     * when the client presented no certificate (UNAUTHENTICATED came before). A client: our answer to such a request is
     * out; hf_certificate_request tells whether it has a certificate. In TLS 1.2 it is the end of a renegotiation. */
    HF_EVENT_CERTIFICATE_ANSWERED,
    /* A server: the client does not say who it is: in TLS 1.3 by an empty Certificate, in TLS 1.2 as it does not
     * renegotiate. The connection goes on, and hf_peer is what it was. */
    HF_EVENT_CERTIFICATE_DECLINED,
    /* A server: hf_read_early has something (<handfast/early.h>). */
    HF_EVENT_EARLY_DATA,
    /* A client: the server reads nothing of what was sent early. The handshake goes on. */
    HF_EVENT_EARLY_REFUSED,
    /* A client that asked for it: hf_write goes, though the server's Finished is still to come (<handfast/early.h>). */
    HF_EVENT_FALSE_START,
    /* Over datagrams, with connection IDs: the peer is at another address now, and has shown that it receives there
     * (RFC 9853): what we send goes there. See hf_output_path, hf_association_address. */
    HF_EVENT_PEER_MOVED,
    /* The connection failed: hf_failure says why. Drain what is left (the alert), then close the transport. */
    HF_EVENT_FAILED
};

struct hf_event {
    enum hf_event_kind kind;
};

/* A new connection, ready: a client's ClientHello can be drained at once. Holds the config.
 * peer_name: a client's name of the server, DNS name or IP address: sent as SNI (names only) and proven by the
 * server's certificate (RFC 9525); NULL only with hf_builder_any_server_name. A server gives NULL.
 * Returns NULL when there is no memory, or peer_name does not fit; *ret_failure (may be NULL) then says why. */
struct hf_connection *hf_connection_new(struct hf_config *config, const char *peer_name, uint64_t now_ms,
                                        struct hf_failure *ret_failure);

/* Wipes every secret and frees; NULL is fine. */
void hf_connection_free(struct hf_connection *connection);

/* ---- Bytes of the transport. ---- */

/* Takes all `len` bytes that came from the peer. Returns HF_OK or the failure. What cannot be handled before the
 * application reads or answers is held, up to 1 MiB; beyond that nothing is taken: wrong_call, and the connection goes
 * on. So read, or answer, and feed the same bytes again. */
enum hf_error hf_feed(struct hf_connection *connection, const void *wire, size_t len, uint64_t now_ms);

/* Tells that the transport ended: without close_notify before, that is a failure (truncated, cut_in_handshake), told
 * once everything that came before the end was read or answered. */
enum hf_error hf_feed_end(struct hf_connection *connection, uint64_t now_ms);

/* Copies up to `room` bytes for the peer and takes them off the queue; *ret_len is 0 when there is nothing. */
void hf_drain(struct hf_connection *connection, void *wire, size_t room, size_t *ret_len);

/* The same without a copy: the bytes waiting for the peer, valid until the next call on the connection;
 * then hf_drained takes off what was sent. */
size_t hf_output(const struct hf_connection *connection, const uint8_t **ret_wire);
void hf_drained(struct hf_connection *connection, size_t len);

/* For a connection that has been quiet for a while and may stay so: gives back what is kept for speed only (two
 * kilobytes of AES-GCM's tables once some records went). Nothing else changes: what comes next makes it again. Call it
 * between other calls; data that waits to be read stays. */
void hf_rest(struct hf_connection *connection);

/* The next event, oldest first; false when there is none. */
bool hf_next_event(struct hf_connection *connection, struct hf_event *ret_event);

/* When hf_tick must be called, in milliseconds since 1970; UINT64_MAX: never. (TLS over a stream sets none.) Over
 * datagrams messages are then sent again: drain after it. A peer that stays silent fails the handshake:
 * datagrams_unanswered. */
uint64_t hf_deadline(const struct hf_connection *connection);
enum hf_error hf_tick(struct hf_connection *connection, uint64_t now_ms);

/* Over datagrams: how much data one hf_write takes now; more is datagram_too_long, and the connection goes on. SIZE_MAX
 * over streams. */
size_t hf_datagram_room(const struct hf_connection *connection);

/* Over datagrams: how long one may be on this path, in bytes of UDP payload: 228 to 65507. Unless this or
 * hf_builder_datagram_max says it, it is 1200, and flights that are lost again and again are cut smaller (RFC 9147
 * 4.4). */
void hf_set_datagram_max(struct hf_connection *connection, size_t len);

/* Over datagrams: flights go again after first_ms, twice that and so on, up to 60 s and 12 times, whatever round trip
 * is measured and though the peer is heard of; a flight that is out is timed anew. For paths whose times are known. 0:
 * as measured, from 400 ms (RFC 9147 5.8.2), which is the default. */
void hf_set_retransmission(struct hf_connection *connection, uint32_t first_ms);

/* Over datagrams: how many records were dropped so far: damaged, forged, replayed, late or of no use. None of these
 * ends a connection (RFC 9147 4.5.2); many of them say that somebody tries to. 0 over streams. */
uint64_t hf_datagrams_dropped(const struct hf_connection *connection);

/* ---- Data of the application. ---- */

/* Takes up to `room` bytes of received data; *ret_len is 0 when there is none now (or, after PEER_CLOSED, ever). */
enum hf_error hf_read(struct hf_connection *connection, void *into, size_t room, size_t *ret_len);

/* Protects data for the peer, as much as the output queue has room for: *ret_taken tells. wrong_call before OPENED and
 * after hf_close. While a renegotiation runs, or our answer to a request for a certificate waits for a signature from
 * outside, it takes nothing: write again after HF_EVENT_CERTIFICATE_ANSWERED. */
enum hf_error hf_write(struct hf_connection *connection, const void *data, size_t len, size_t *ret_taken);

/* Sends close_notify: we send nothing more, and may still read. Safe to call at any time, several times. Before OPENED
 * it cancels the handshake (user_canceled, close_notify): what comes then is ignored, answers are wrong_call. */
void hf_close(struct hf_connection *connection);

/* TLS 1.3: new keys for what we send; with ask_peer the peer is asked for the same, unless it still owes us the answer
 * to an earlier request (RFC 9846 4.7.3). In TLS 1.2, and behind 2^48-1 of them (over datagrams behind the last
 * epoch or message number, some 65,530; RFC 9147 5.2, 8): wrong_call. Data goes on then under the last keys. */
enum hf_error hf_key_update(struct hf_connection *connection, bool ask_peer);

/* A server: asks the client who it is, on the open connection: in TLS 1.3 with hf_builder_post_handshake_auth, of a
 * client that offered it, by a CertificateRequest (RFC 9846 4.7.2); in TLS 1.2 with HF_HISTORIC_RENEGOTIATION_ASK, by a
 * HelloRequest (RFC 5746, RFC 5246 7.4.1.1). Data goes on until the client answers, if it does: then comes
 * HF_EVENT_CERTIFICATE_ANSWERED, HF_EVENT_CERTIFICATE_DECLINED or HF_EVENT_FAILED. A certificate that does not hold
 * fails the connection, and so does a client that was known and comes back as somebody else, or, in TLS 1.2 and with
 * HF_CLIENT_AUTH_REQUIRE, as nobody. Who is known already may be asked to prove it again. What the client wrote before
 * came from whom it was then: act on what is read after the event only (over datagrams data has no order, so ask for it
 * again).
 * In TLS 1.3 up to 4 requests may be out, and are answered in the client's order; in TLS 1.2 one, and 8 in all.
 * wrong_call: without the switch, on a client, before OPENED, after the end of either direction, while there are that
 * many, while an answer is coming in or waits for a verdict; in TLS 1.3 where the client did not offer it or is known
 * by a key shared beforehand, in TLS 1.2 where it lacks RFC 5746 or extended master secret. */
enum hf_error hf_ask_for_certificate(struct hf_connection *connection);

/* A server, TLS 1.3: how many of its requests are not answered yet. Answers that came between two looks at the events
 * have one event. */
size_t hf_certificates_awaited(const struct hf_connection *connection);

/* Keying material for other protocols (RFC 5705, RFC 9846 7.5), from OPENED on: `len` bytes.
 * context NULL means no context, which in TLS 1.2 differs from an empty one. */
enum hf_error hf_export(struct hf_connection *connection, const char *label, const void *context, size_t context_len,
                        void *into, size_t len);

/* Bytes that bind an authentication inside the connection (SASL, GSS-API, a token) to this very connection: both ends
 * have the same, and no other connection has them. */
enum hf_channel_binding {
    HF_CHANNEL_BINDING_TLS_EXPORTER, /* 32 bytes, TLS 1.2 and 1.3 (RFC 9266) */
    HF_CHANNEL_BINDING_TLS_UNIQUE    /* 12 bytes, TLS 1.2 only (RFC 5929 3); for peers that have nothing better */
};
enum { HF_CHANNEL_BINDING_EXPORTER_LEN = 32, HF_CHANNEL_BINDING_LEN_MAX = 32 };

/* From OPENED on: *ret_len bytes to `into`. wrong_call, and *ret_len 0, when `room` is too small and where the binding
 * would bind nothing: in TLS 1.2 without extended master secret (RFC 7627 5.4), and tls-unique in TLS 1.3. */
enum hf_error hf_channel_binding(const struct hf_connection *connection, enum hf_channel_binding kind, void *into,
                                 size_t room, size_t *ret_len);

/* ---- Connection IDs and paths, over datagrams: hf_builder_connection_ids. ---- */

/* What is known of them. IDs live until the next call that feeds or drains. */
struct hf_connection_id_info {
    bool used;             /* both ends use connection IDs */
    const uint8_t *own;    /* the newest of ours, that the peer writes or may write into what it sends */
    size_t own_len;        /* 0: we want none */
    const uint8_t *peer;   /* that we write into what we send */
    size_t peer_len;       /* 0: it wants none */
    size_t spare;          /* further ones of the peer's, not used yet (1.3) */
    bool checks_paths;     /* both ends have the return routability check (RFC 9853) */
    bool checking;         /* one is going on: what we send waits for its end, a few seconds at most */
    uint32_t path;         /* by which we send: see hf_set_path */
    uint64_t paths_moved;  /* how often the peer has moved, and shown that it receives there */
    uint64_t paths_stayed; /* its records came from elsewhere, but it is where it was: a copy, on a quicker way */
    uint64_t paths_failed; /* its records came from elsewhere, where nobody answers */
};
void hf_connection_id_info(const struct hf_connection *connection, struct hf_connection_id_info *ret_info);

/* DTLS 1.3: asks the peer for `count` (1 to 8) further IDs of its, to be used on other paths, so that nobody can link
 * what we send by one with what we send by another (RFC 9147 9). It may give fewer: see `spare`. wrong_call before
 * OPENED and after hf_close, in DTLS 1.2, where the peer wants no ID, and while an earlier request is not answered. */
enum hf_error hf_ask_for_connection_ids(struct hf_connection *connection, size_t count);

/* DTLS 1.3: gives the peer `count` (1 to 8) further IDs of ours; with at_once it uses the first of them from then on,
 * and ours until now are retired: they count for 240 seconds more. wrong_call as above, where we want no ID, and when
 * there would be more than 8 that are not retired. */
enum hf_error hf_give_connection_ids(struct hf_connection *connection, size_t count, bool at_once);

/* Of several paths to the peer (its addresses, or sockets of ours): the number, chosen by the caller, of the one that
 * what is fed next came by; and of the one that what hf_output shows must go by. 0 unless told. A listener does this by
 * itself. Once open we send by another path only after the peer has shown that it is there (RFC 9853); until then by it
 * goes at most three times what came by it, and nothing but the question. */
void hf_set_path(struct hf_connection *connection, uint32_t path);
uint32_t hf_output_path(const struct hf_connection *connection);

/* From now on sends by this path, with an ID that was not used before if there is one; questions by others are answered
 * with path_drop, so that the peer follows at once (RFC 9853 5.2). wrong_call before OPENED and where paths are not
 * checked. */
enum hf_error hf_prefer_path(struct hf_connection *connection, uint32_t path);

/* ---- What is known. ---- */

/* The proven identity of the peer: NULL until OPENED, on failure, and for peers that presented none; of a client that
 * was asked later (hf_ask_for_certificate) until CERTIFICATE_ANSWERED. Once known it stays. Lives as long as the
 * connection. */
const struct hf_peer *hf_peer(const struct hf_connection *connection);

/* The failure, or NULL while there is none. An open connection allocates what explains one when it fails; without
 * memory even for that the failure told here is HF_ERR_no_memory, and what the connection failed by is the status of
 * the call that found it, and of all later ones. */
const struct hf_failure *hf_failure(const struct hf_connection *connection);

/* What was negotiated; fields are 0 or "" until decided. Strings live as long as the connection. */
struct hf_session_info {
    enum hf_version version;
    const char *suite;
    const char *group;
    const char *own_scheme;  /* by which we signed, "" if we did not */
    const char *peer_scheme; /* by which the peer signed, "" if it did not */
    const char *alpn;
    const char *srtp_profile; /* hf_builder_srtp: the one agreed on; "" when there is none */
    const char *server_name;  /* SNI sent or received */
    const char *admitted_by;  /* the rule that admitted the peer (hf_builder_admit); "" when there are none */
    const void *psk_identity; /* which key is shared with the peer (hf_builder_psk): any bytes; NULL: none. Once opened
                               * the peer has proven to hold that key */
    size_t psk_identity_len;
    bool hello_retried;
    bool asked_for_certificate;  /* a CertificateRequest went over the wire */
    bool presented_certificate;  /* we presented a certificate */
    bool peer_delegated;         /* the peer proved itself by a delegated credential (<handfast/delegation.h>) */
    size_t own_identity;         /* whose that is, in the order of the builder's calls */
    bool extended_master_secret; /* TLS 1.2 */
    bool encrypt_then_mac;       /* TLS 1.2, of suites with CBC */
    bool compressed;             /* TLS 1.2: HF_HISTORIC_COMPRESSION */
    bool authenticated_only;     /* nothing is encrypted, everyone on the way reads it: HF_HISTORIC_NULL_ENCRYPTION */
    bool session_offered;        /* a client: it had a session that fits, and offered it */
    bool resumed;                /* from a session: no certificate went over the wire, and there is no group */
    int32_t
        ticket_age_skew_s; /* TLS 1.3, a server, resumed: by how many seconds the client thinks its ticket older than
                            * it is; less than 0: younger. Of the way, too, and the clocks' speed (RFC 9846 8.3) */
    bool early_data;       /* TLS 1.3: the server took what the client sent early (<handfast/early.h>) */
    bool opened;
    bool accepted; /* the peer has shown that it accepted us */
    bool peer_closed;
};
void hf_session_info(const struct hf_connection *connection, struct hf_session_info *ret_info);

/* A client: what the server's CertificateRequest asked for, as text, and why none of our identities fits, if so.
 * Empty strings when it did not ask. Strings live until it asks again, or as long as the connection. */
enum { HF_REQUEST_SCHEMES_ROOM = 1024 };
struct hf_certificate_request_info {
    bool asked;
    bool answered;                         /* we presented a certificate that fits */
    size_t authority_count;                /* of CA names; 0: it takes any, or does not say */
    const char *authorities;               /* their names, one a line, cut if long */
    const char *misfits;                   /* one line for each configured identity that does not fit, and why */
    char schemes[HF_REQUEST_SCHEMES_ROOM]; /* signature schemes, separated by ':', cut if long */
};
void hf_certificate_request(const struct hf_connection *connection, struct hf_certificate_request_info *ret_info);

/* A failure's one sentence for a person at time now_s is hf_failure_explain (failure.h). */

/* ---- Answers to what the handshake waits for. ---- */

/* What HF_EVENT_NEEDS_SIGNATURE asks for; false when nothing is asked. Pointers hold until the answer. */
bool hf_signature_wanted(const struct hf_connection *connection, struct hf_signature_wanted *ret_wanted);

/* Gives the signature, of ECDSA in its DER form; NULL and 0: the signer failed, and so does the handshake. One that our
 * certificate does not verify is not sent: signer_failed. */
enum hf_error hf_answer_signature(struct hf_connection *connection, const void *signature, size_t len);

/* Instead of a signature: there is none, and `why` (a clause for a person; NULL: not known) stands in the failure. */
enum hf_error hf_answer_no_signature(struct hf_connection *connection, const char *why);

/* Whom HF_EVENT_NEEDS_VERDICT asks about: the chain, the names and our rules already hold. NULL when not asked. */
const struct hf_peer *hf_peer_candidate(const struct hf_connection *connection);
enum hf_error hf_answer_verdict(struct hf_connection *connection, bool accept);

/* A certificate of the candidate's path of which it is not known whether it was revoked, and where that may be asked.
 * Pointers hold until the next answer. */
struct hf_revocation_missing {
    size_t depth; /* in the path: 0 is the peer's own */
    const uint8_t *certificate;
    size_t certificate_len; /* DER */
    const uint8_t *issuer;  /* the certificate of its CA: an OCSP request names both (RFC 6960 4.1.1) */
    size_t issuer_len;
    char crl_url[512];  /* its first CRL distribution point (RFC 5280 4.2.1.13); "": none, or a longer one */
    char ocsp_url[512]; /* its responder (RFC 5280 4.2.2.1), likewise */
};

/* With hf_builder_revocation_outside, while a verdict is asked for: the i-th of them; false: there is none. Who fetches
 * from such an address trusts nobody yet: bound what is read, and the time. */
bool hf_revocation_missing(const struct hf_connection *connection, size_t i, struct hf_revocation_missing *ret_missing);

enum hf_revocation_answer {
    HF_REVOCATION_ANSWER_CRL, /* DER, or PEM with one or several */
    HF_REVOCATION_ANSWER_OCSP /* DER */
};

/* What was found: the candidate's chain is judged anew with it, under all the rules of hf_builder_crl and
 * hf_builder_ocsp. As often as there is something; what hf_peer_candidate gave before is gone, and its
 * hf_peer_revocation_told says what came of it. HF_OK: nothing speaks against the peer; what is stale, forged or about
 * somebody else leaves missing what was (hf_revocation_missing). file_malformed: it, or a part of it, is none; the
 * connection goes on. certificate_revoked, or another failure: the connection has failed. wrong_call where no verdict
 * is asked for, or without hf_builder_revocation_outside. Then hf_answer_verdict: accepting while something is missing
 * is refused by HF_REVOCATION_HARD (revocation_unknown). */
enum hf_error hf_answer_revocation(struct hf_connection *connection, enum hf_revocation_answer kind, const void *bytes,
                                   size_t len);

/* As hf_answer_verdict with accept false, and the peer is told `alert` instead of certificate_unknown: access_denied,
 * certificate_revoked, ... Likewise instead of hf_answer_hello: the client's hello is refused (hello_refused), with
 * unrecognized_name, access_denied, internal_error, ... An alert that tells no failure (close_notify, user_canceled,
 * none) is a wrong_call. */
enum hf_error hf_answer_refusal(struct hf_connection *connection, enum hf_alert alert);

#ifdef __cplusplus
}
#endif
#endif
