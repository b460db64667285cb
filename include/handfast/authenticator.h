/* Exported authenticators (RFC 9261): either end proves further identities on an open connection, by messages that the
 * application carries itself. They are bound to this connection, and change nothing in it: the peer of hf_peer stays.
 *
 *     client                                              server
 *     hf_authenticator_request(client, &wish, ...)  -->   hf_authenticator_make(server, &making, ...)
 *     hf_authenticator_check(client, &checking, ...) <--
 *
 * and the other way round; a server may also make one unasked (hf_builder_authenticators_unasked). Carry them over the
 * connection itself, or over something as confidential. How both ends agree to use them, and what an identity is then
 * good for, is the application protocol's to say.
 *
 * On connections of TLS 1.3, and of TLS 1.2 with extended master secret, over streams and datagrams, from OPENED until
 * the connection fails; else wrong_call. Certificates only, no raw public keys. Nothing here fails the connection, and
 * what is wrong is told in the failure given. Threads: as for connections. */
#ifndef HANDFAST_AUTHENTICATOR_H
#define HANDFAST_AUTHENTICATOR_H

#include <handfast/connection.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A server: keeps of each client's hello what an authenticator needs that is made unasked: some 100 bytes a connection.
 * Off by default. */
void hf_builder_authenticators_unasked(struct hf_builder *builder);

/* How many bytes an authenticator or a request of ours has at most: room that is always enough. */
size_t hf_authenticator_room(const struct hf_connection *connection);

/* What is asked for beside what the config says (schemes, CAs, staples). */
struct hf_authenticator_wish {
    const void *context; /* certificate_request_context, 0 to 255 bytes, new on this connection; NULL: 32 random bytes.
                          * One that the peer can foresee lets whoever borrows its key sign beforehand (RFC 9261 4) */
    size_t context_len;
    const char *server_name; /* a client: the DNS name that the server is to prove; NULL: none */
};

/* Writes a request: a CertificateRequest, or of a client a ClientCertificateRequest. wrong_call when `room` is too
 * small, for a server_name at a server, for a context that was used before, and beyond 1024 requests. *ret_len is 0
 * then. */
enum hf_error hf_authenticator_request(struct hf_connection *connection, const struct hf_authenticator_wish *wish,
                                       void *into, size_t room, size_t *ret_len);

/* The certificate_request_context of a request or of an authenticator, lent from the message. false: there is none, as
 * in an empty authenticator, or the message cannot be read. Proves nothing. */
bool hf_authenticator_context(const void *message, size_t len, const uint8_t **ret_context, size_t *ret_len);

/* Which identity proves itself: a number in the order of the builder's calls, or one of these. */
enum hf_authenticator_identity {
    HF_AUTHENTICATOR_FITTING = -1, /* the one that the handshake would choose for this request */
    HF_AUTHENTICATOR_NOBODY = -2   /* none: an empty authenticator */
};

struct hf_authenticator_making {
    const void *request; /* the peer's; NULL: unasked, a server only */
    size_t request_len;
    int identity;
};

/* Where one is written to, and how long it is: 0 when there is none. */
struct hf_authenticator_bytes {
    void *into;
    size_t room;
    size_t len;
};

/* Writes an authenticator; where no identity fits the request, an empty one, which tells the peer no more than that.
 * The key signs at once: with one whose signatures are given later (hf_answer_signature) it is unsupported_here.
 * wrong_call when `room` is less than hf_authenticator_room, when one was made for this request before, unasked without
 * the builder's switch, or with no identity that fits. decode_error, illegal_parameter, missing_extension: the request
 * is none, or has a context that a request of ours had. *ret_failure, which may be NULL, tells more.
 * On success the context is used up. */
enum hf_error hf_authenticator_make(struct hf_connection *connection, const struct hf_authenticator_making *making,
                                    struct hf_authenticator_bytes *ret_bytes, struct hf_failure *ret_failure);

struct hf_authenticator_checking {
    const void *request; /* ours that it answers; NULL: it came unasked, at a client only */
    size_t request_len;
    const void *authenticator;
    size_t authenticator_len;
    const char *name; /* a client: the name that the server must prove by it (RFC 9525); NULL: whoever it is, that is
                       * for the application to judge */
};

/* Validates the peer's authenticator: that it was made for this connection and this request, by the holder of the key;
 * and its chain, revocation, dates and name as in the handshake, and by the rules of admission.
 * hf_builder_verdict_outside does not ask here: the application has the peer, and judges by what it does with it.
 * HF_OK, and *ret_peer is who it is; free it by hf_authenticator_peer_free before the config is dropped.
 * authenticator_empty: the peer proves that it declines. wrong_call: not a request of ours, or at a server none.
 * Whatever else: it does not hold, and *ret_failure (may be NULL) says why. Each context is good for one authenticator;
 * the time is that of the last call that told it. */
enum hf_error hf_authenticator_check(struct hf_connection *connection, const struct hf_authenticator_checking *checking,
                                     struct hf_peer **ret_peer, struct hf_failure *ret_failure);

/* NULL is fine. */
void hf_authenticator_peer_free(struct hf_peer *peer);

#ifdef __cplusplus
}
#endif
#endif
