/* How a side behaves: made once with a builder, then immutable and shared by any number of connections and threads.
 *
 *     struct hf_builder *builder = hf_builder_new(HF_SERVER);
 *     hf_builder_identity_files(builder, "server.pem", "server.key");
 *     hf_builder_trust_file(builder, "clients-ca.pem");
 *     struct hf_failure failure;
 *     struct hf_config *config = hf_builder_finish(builder, now_s, &failure);   // NULL: failure says why
 *
 * Builder calls return nothing: the first thing that is wrong is kept, and hf_builder_finish tells it.
 * Mutual authentication is the default; one-way is asked for by name (hf_builder_client_auth, hf_builder_anonymous).
 * A builder belongs to one thread. */
#ifndef HANDFAST_CONFIG_H
#define HANDFAST_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <handfast/allocator.h>
#include <handfast/failure.h>

#ifdef __cplusplus
extern "C" {
#endif

struct hf_builder;
struct hf_config;
struct hf_connection;

enum hf_role { HF_CLIENT = 0, HF_SERVER = 1 };

/* Protocol versions, as RFC 9846 4.3.1 numbers them. */
enum hf_version {
    HF_TLS12 = 0x0303,
    HF_TLS13 = 0x0304,
    HF_DTLS12 = 0xfefd, /* told of connections over datagrams, of a config that says so: see hf_builder_datagrams */
    HF_DTLS13 = 0xfefc
};

/* Whether a server asks its clients for a certificate. */
enum hf_client_auth {
    HF_CLIENT_AUTH_REQUIRE = 0, /* the default: no certificate, no connection */
    HF_CLIENT_AUTH_REQUEST,     /* asks; a client without one goes on, unauthenticated (hf_peer gives NULL) */
    HF_CLIENT_AUTH_NONE         /* does not ask: one-way */
};

/* A new builder with the defaults of this role, or NULL when there is no memory. */
struct hf_builder *hf_builder_new(enum hf_role role);

/* The same with an allocator of the caller's; it is copied, its context must outlive everything made from it. */
struct hf_builder *hf_builder_new_with(enum hf_role role, const struct hf_allocator *allocator);

/* Throws a builder away without finishing it; NULL is fine. hf_builder_finish does this too. */
void hf_builder_free(struct hf_builder *builder);

/* ---- Who we are. Several identities may be added; the first is the default. ---- */

/* An identity from PEM files: the certificate chain (leaf first, then its intermediates) and the private key of the
 * leaf (PKCS#8, SEC 1 or PKCS#1). The two may be one file. */
void hf_builder_identity_files(struct hf_builder *builder, const char *chain_path, const char *key_path);

/* The same from memory; the bytes are copied. */
void hf_builder_identity_pem(struct hf_builder *builder, const char *chain, size_t chain_len, const char *key,
                             size_t key_len);

/* An identity whose private key is elsewhere and answers later (another process, a service): the connection raises
 * HF_EVENT_NEEDS_SIGNATURE and waits for hf_answer_signature. No signature that its certificate does not verify goes
 * out: the handshake fails with signer_failed. */
void hf_builder_identity_outside(struct hf_builder *builder, const char *chain, size_t chain_len);

/* What is to be signed with a key that is elsewhere. Pointers hold until the answer. */
struct hf_signature_wanted {
    uint16_t scheme; /* SignatureScheme, RFC 9846 4.3.3: it says padding and hash too */
    const char *scheme_name;
    const uint8_t *message; /* what to sign (not hashed yet) */
    size_t message_len;
    const uint8_t *digest; /* its hash by the scheme's own function: what most holders of keys take */
    size_t digest_len;     /* 0: the scheme hashes by itself (Ed25519, Ed448, ML-DSA) */
    size_t identity;       /* index in the order of the builder's calls */
};

/* A signature, or why there is none. */
enum { HF_SIGNATURE_LEN_MAX = 4627 }; /* ML-DSA-87's (FIPS 204 4) */
struct hf_signature_made {
    uint8_t bytes[HF_SIGNATURE_LEN_MAX]; /* of ECDSA the DER form (RFC 3279 2.2.3), of the others as they are */
    size_t len;
    char why[160];  /* without one: a clause for a person */
    bool wrong_key; /* without one: because the key is of another type than the scheme's */
};

/* Whoever holds a private key and answers at once: a PKCS#11 token (<handfast/token.h>), a daemon on this machine.
 * `sign` returns true with a signature or false with `why`; it is called by the threads that drive connections, several
 * at once. `release` (may be NULL) is called once, when nothing needs the key any more. */
struct hf_key_holder {
    bool (*sign)(void *context, const struct hf_signature_wanted *wanted, struct hf_signature_made *ret_made);
    void (*release)(void *context);
    void *context;
};

/* An identity whose private key such a holder has; the struct is copied, and `release` is called in every case, at once
 * if the identity cannot be made. A signature is asked for and verified by this very call: one that the certificate
 * does not verify, or a wrong_key, is a key_mismatch, else none is signer_failed. */
void hf_builder_identity_holder(struct hf_builder *builder, const char *chain, size_t chain_len,
                                const struct hf_key_holder *holder);

/* An identity that is a public key and nothing else (RFC 7250), made from its private key as PEM: for peers that know
 * it beforehand (hf_builder_trust_key_pem at their side). It is presented where the peer takes such keys. */
void hf_builder_identity_raw_pem(struct hf_builder *builder, const char *key, size_t key_len);
void hf_builder_identity_raw_file(struct hf_builder *builder, const char *path);

/* The pass phrase that opens the private keys added after this call. It is copied, and wiped by finish. */
void hf_builder_pass_phrase(struct hf_builder *builder, const char *pass, size_t pass_len);

/* The identity added last signs only with these schemes, in this order of preference; names as for
 * hf_builder_signature_schemes, which says what is accepted. Those that its key cannot make are passed over; a list
 * with none that it can is a setting_invalid. Those over SHA-1 need their switch (hf_builder_historic) before this
 * call. Default: what hf_builder_signature_schemes lists, as far as it fits its key. */
void hf_builder_identity_schemes(struct hf_builder *builder, const char *names);

/* Whether the peer must name a CA that issued a certificate of an identity's chain for it to be presented: clients name
 * them in certificate_authorities, servers in CertificateRequest (RFC 9846 4.3.4, RFC 5246 7.4.4). */
enum hf_issuers {
    HF_ISSUERS_BY_ROLE = 0, /* the default: a client's identity where the server names any; a server prefers by them */
    HF_ISSUERS_MUST_FIT,    /* always: to a peer that names none, or others, it is not presented */
    HF_ISSUERS_ANY          /* never: it is presented whatever the peer names */
};

/* Sets this for the identity added last. */
void hf_builder_identity_issuers(struct hf_builder *builder, enum hf_issuers issuers);

/* An OCSP response (RFC 6960, DER, 1 to 32000 bytes) for a certificate of the identity added last, 0 being its leaf: it
 * is stapled to it for peers that ask (RFC 6066 8). In TLS 1.2 only a server can, and only for its leaf; in TLS 1.3
 * both ends can, for every certificate (RFC 9846 4.5.1.1). The bytes are copied, and not read: a new response needs a
 * new config. */
void hf_builder_identity_ocsp(struct hf_builder *builder, size_t depth, const void *response, size_t len);

/* The same out of a file, which must be one OCSP response in DER: file_malformed otherwise. Whom it is about is not
 * looked at. */
void hf_builder_identity_ocsp_file(struct hf_builder *builder, size_t depth, const char *path);

/* Likewise Signed Certificate Timestamps: a SignedCertificateTimestampList as RFC 6962 3.3 encodes it. */
void hf_builder_identity_scts(struct hf_builder *builder, size_t depth, const void *list, size_t len);

/* A client only: it has no certificate, and goes on without one where a server asks. Without this call,
 * a client that has no identity is a setting_invalid. */
void hf_builder_anonymous(struct hf_builder *builder);

/* Certificates of ours that are outside their validity do not fail hf_builder_finish, and a client presents the first
 * identity whose key can sign even where none fits what the server asks for. For testing how peers refuse; a real
 * deployment gains nothing but a later and vaguer failure. */
void hf_builder_present_anyway(struct hf_builder *builder);

/* A client only: where the server asks for a certificate and none of ours fits what it takes, the connection fails at
 * once (no_identity_fits, which says why each does not), instead of going on with an empty Certificate to a server that
 * may then treat it as nobody. A config without identities is not concerned, and requests that are declined anyway
 * (HF_POST_HANDSHAKE_AUTH_DECLINE) are not. Default: off, as RFC 9846 4.5.1.2 has it. */
void hf_builder_must_present(struct hf_builder *builder);

/* A key that this side and a peer share beforehand, and the name that both call it by (RFC 4279): 0 to 256 bytes of any
 * value, NUL included, and 16 to 64 bytes of key, from a random source and not from a person. Both are copied; the
 * calls may be several on a server, on a client the first is used. It allows the suites with ECDHE_PSK, and others by
 * the switches of enum hf_historic. A peer that proves the key in Finished has proven who it is: no certificate is
 * asked of it, and hf_peer has none, but hf_session_info names the identity. TLS 1.2 only. Sessions that follow end
 * with the key, at either end. A side that has keys and no certificate offers, or takes, the suites with shared keys
 * only. */
void hf_builder_psk(struct hf_builder *builder, const void *identity, size_t identity_len, const void *key,
                    size_t key_len);

/* A server only: a hint which key the client should take (RFC 4279 5.2), 1 to 256 bytes. Default: none is sent. */
void hf_builder_psk_hint(struct hf_builder *builder, const char *hint);

/* ---- Whom we believe. ---- */

/* Trusts the certificates of a PEM file or text as anchors. May be called several times. */
void hf_builder_trust_file(struct hf_builder *builder, const char *path);
void hf_builder_trust_pem(struct hf_builder *builder, const char *pem, size_t pem_len);

/* Trusts the certificates of every file of a folder, in the order of the files' names; one that holds anything else
 * makes the whole call fail, and is told. Folders in it and names that begin with a dot are passed by. */
void hf_builder_trust_folder(struct hf_builder *builder, const char *path);

/* Trusts the certificates of a PEM file or text for the identities of one SPIFFE trust domain ("example.org") and for
 * nothing else; several calls may name several domains. From then on a certificate with a SPIFFE ID is believed only
 * if its path ends at a CA of the very domain of its ID, also where CAs were given without a domain: those prove
 * certificates without SPIFFE ID only. One CA cannot be given for two domains, nor for one and for none:
 * setting_invalid. For federation, where each domain's CA must not make the identities of another. SPIFFE Trust Domain
 * and Bundle 3 and 6.4. */
void hf_builder_trust_domain_file(struct hf_builder *builder, const char *domain, const char *path);
void hf_builder_trust_domain_pem(struct hf_builder *builder, const char *domain, const char *pem, size_t pem_len);

/* Certificates that another CA issued may be anchors in the calls of hf_builder_trust after this one: an intermediate,
 * or a leaf that is pinned. Otherwise they are refused there (setting_invalid). Costs what their issuer says of them:
 * its constraints on names and its path length do not apply, its end does not end them, and they are never looked up as
 * revoked, since an anchor is believed because it was given (RFC 5280 6.1.1 (d)). */
void hf_builder_allow_partial_chains(struct hf_builder *builder);

/* Certificates of a chain may be signed over SHA-1. Costs the worth of the signature: who can have one certificate
 * signed can make another with the same hash (SHA-1 is a Shambles, 2020; RFC 9155). Off: weak_signature. For old
 * private CAs that cannot be reissued. The handshake's own signatures are HF_HISTORIC_SHA1_SIGNATURES. */
void hf_builder_allow_sha1_chains(struct hf_builder *builder);

/* The least size of RSA keys in a chain, leaf to anchor: 1024 to 16384 bits, 2048 unless this is said (RFC 9325 4.5).
 * Less costs their worth: 829 bits were factored in 2020, and 1024 is within reach of the rich. */
void hf_builder_rsa_bits_min(struct hf_builder *builder, unsigned bits);

/* How many intermediates may stand between a leaf and its anchor, the self-issued not counted: 0 to 14, 8 unless this
 * is said. More costs time for hostile chains; the number of signature checks stays bounded (100). */
void hf_builder_max_intermediates(struct hf_builder *builder, size_t count);

/* Trusts what the system trusts. The default of a client that was given no anchors; never a server's. */
void hf_builder_trust_system(struct hf_builder *builder);

/* Knows a peer by its public key alone, which it may then prove itself by (RFC 7250), without certificate, name or
 * date: as PEM ("-----BEGIN PUBLIC KEY-----", one or several), or by the SHA-256 of its SubjectPublicKeyInfo. Up to
 * 4096. Whoever holds that private key is taken for the peer, under whatever name a client asked for. */
void hf_builder_trust_key_pem(struct hf_builder *builder, const char *pem, size_t pem_len);
void hf_builder_trust_key_file(struct hf_builder *builder, const char *path);
void hf_builder_trust_key_sha256(struct hf_builder *builder, const uint8_t digest[32]);

/* Raw public keys that nobody named are taken too, and the application judges each (hf_peer_raw_key of
 * hf_peer_candidate): a setting_invalid without hf_builder_verdict_outside. */
void hf_builder_any_raw_key(struct hf_builder *builder);

/* By which types of certificates peers may prove themselves, and by which we do, best first: "x509", "raw", "x509:raw"
 * or "raw:x509" (RFC 7250). Default: of peers, "raw" where keys were given and "x509" where CAs were, in this order; of
 * ours, those of our identities, in theirs. A side that takes raw keys and expects none is a setting_invalid: it could
 * only fail, or let anybody in. */
void hf_builder_peer_certificate_types(struct hf_builder *builder, const char *names);
void hf_builder_own_certificate_types(struct hf_builder *builder, const char *names);

/* A server only: whether clients are asked for a certificate. Default: HF_CLIENT_AUTH_REQUIRE. */
void hf_builder_client_auth(struct hf_builder *builder, enum hf_client_auth client_auth);

/* Authentication of the client on a connection of TLS 1.3 that is open already (RFC 9846 4.7.2). */
enum hf_post_handshake_auth {
    HF_POST_HANDSHAKE_AUTH_OFF = 0,
    /* A client says in its hello that it may be asked, and answers with the identity that fits the request, or, where
     * none fits, that it has none. A server may ask, by hf_ask_for_certificate, the clients that said so, whatever
     * hf_builder_client_auth says of the handshake. */
    HF_POST_HANDSHAKE_AUTH_ON,
    /* A client: says that it may be asked, and answers that it does not say who it is. For servers that want an answer,
     * whatever it is. */
    HF_POST_HANDSHAKE_AUTH_DECLINE
};

/* Default: OFF: no client offers it, and who asks nevertheless is refused (unexpected_message). Where both ends are for
 * it a connection keeps some 450 bytes more, and 280 for each request that is out. Not for connections by a key
 * that is shared beforehand (<handfast/psk.h>). What the client sent before it was known came over the same connection
 * as what it sends after: where a connection serves one path only, ask in the handshake. */
void hf_builder_post_handshake_auth(struct hf_builder *builder, enum hf_post_handshake_auth policy);

/* Whether the peer is asked to staple OCSP responses to its certificates; a server asks clients in TLS 1.3 only. What
 * comes is seen by hf_peer_ocsp. Once asked, a certificate that promises a staple (RFC 7633, "must-staple") and comes
 * without one is refused. Default: a client asks, a server does not. */
void hf_builder_ask_staples(struct hf_builder *builder, bool ask);

/* Likewise for SCTs, which are passed on (hf_peer_scts) and not judged. Default: not asked. */
void hf_builder_ask_scts(struct hf_builder *builder, bool ask);

/* A server only: whether CertificateRequest names the anchors' subjects. Default: yes. */
void hf_builder_send_authorities(struct hf_builder *builder, bool send);

/* A client only: connections may be made without the name of the server to prove. The chain is still proven. */
void hf_builder_any_server_name(struct hf_builder *builder);

/* Admits a peer only if one of the rules given fits its proven identity: "spiffe://example.org/pay*",
 * "dns:*.svc.local", "all(dns:*.lan, issuer:\"CN=Ops CA*\")"; docs/ADMISSION.md has the grammar. The text may hold
 * several, each on a line of its own. Without any rule every proven peer is admitted. Which one admitted,
 * hf_session_info tells. */
void hf_builder_admit(struct hf_builder *builder, const char *rules);

/* The rules of a file, at most 1 MiB; one that is none makes the whole file fail, and its line is told. */
void hf_builder_admit_file(struct hf_builder *builder, const char *path);

/* Rules given after this call may use cn:, the subject's common name. Off otherwise: a common name is no name of a host
 * (RFC 9525 2), and CAs do not always check it. */
void hf_builder_admit_common_names(struct hf_builder *builder);

/* How many verified chains of peers the config remembers: 0 to 1048576, 512 unless this is said. A peer that presents
 * the same certificates again costs no signature check of its chain: under the same anchors, rules and purpose, and
 * within the dates of all its certificates (RFC 5280 6.1.3 (a)). Names and rules of admission are judged each time, and
 * so is the possession of the key. Of those that do not fit, the one not seen for longest is forgotten. Each takes what
 * its certificates are long and about 1.5 KiB more, at most 18 KiB in all; connections share it. 0: none, every chain
 * is verified each time. */
void hf_builder_verified_chains(struct hf_builder *builder, size_t count);

/* How many key shares the config may keep ready for handshakes to come, of each group that they are likely to need: 0
 * to 1024, 0 unless this is said. A client keeps those of its first hello (hf_builder_key_shares), a server those of
 * its first three groups, of a hybrid the Diffie-Hellman half. The config makes none by itself: hf_config_prepare does,
 * when the application has nothing else to do; without one ready, a share is made within the handshake as ever. Each
 * serves one connection (RFC 9846 4.3.8), so that forward secrecy is as without; but until it is taken its private key
 * rests in memory, and who reads the process's memory then reads that one connection later. They are wiped when they
 * have served, or with the config. A process that forks finds none of them in its child. X25519 takes about 1 KiB each,
 * X25519MLKEM768 about 10. */
void hf_builder_key_share_pool(struct hf_builder *builder, size_t count);

/* How strictly revocation is looked at (RFC 5280 6.3, RFC 6960). The library fetches nothing: it looks into the CRLs
 * and OCSP responses that were given here, and into what the peer stapled. A certificate that one of them revokes is
 * refused in every mode but OFF (a stapled response that revokes also in OFF). */
enum hf_revocation_mode {
    HF_REVOCATION_OFF = 0, /* the default while nothing is given */
    HF_REVOCATION_SOFT,    /* what cannot be told is let in; hf_peer_revocation says so, as long as the peer lives */
    HF_REVOCATION_HARD     /* what cannot be told is refused: revocation_unknown. The default once something is given */
};

/* A CRL, complete or delta, DER or PEM (then one or several); the calls may be several. It must have a number, and be
 * signed by the CA that issued the certificates: indirect ones are not done. Bytes are copied. A resumed session is
 * refused when the lists changed since it began. */
void hf_builder_crl_file(struct hf_builder *builder, const char *path);
void hf_builder_crl(struct hf_builder *builder, const void *crl, size_t len);

/* An OCSP response about certificates of peers, DER, likewise (not one of our own: that is hf_builder_identity_ocsp).
 */
void hf_builder_ocsp_file(struct hf_builder *builder, const char *path);
void hf_builder_ocsp(struct hf_builder *builder, const void *response, size_t len);

/* The mode, for all certificates of a path but the trusted one; and from what age on, in seconds, a CRL or response is
 * stale even before it says so itself (nextUpdate). 0: never, and what has no nextUpdate is stale at once (an OCSP
 * response after a day). */
void hf_builder_revocation(struct hf_builder *builder, enum hf_revocation_mode mode, uint32_t age_max_s);

/* Beside hf_builder_verdict_outside: of what cannot be told about revocation, the application is asked before its
 * verdict. hf_revocation_missing says about whom and where it may be found, hf_answer_revocation takes what was found,
 * and the chain is judged with it as if it had been given here: only once the verdict is accepted does HARD refuse what
 * is still missing. A setting_invalid without hf_builder_verdict_outside, and with HF_REVOCATION_OFF. */
void hf_builder_revocation_outside(struct hf_builder *builder);

/* After our own verification succeeded, the connection raises HF_EVENT_NEEDS_VERDICT and waits for
 * hf_answer_verdict. The application can only refuse more, never less. */
void hf_builder_verdict_outside(struct hf_builder *builder);

/* A server only: clients may resume sessions of TLS 1.2, which the application keeps: the connection raises
 * HF_EVENT_SESSION and HF_EVENT_NEEDS_SESSION, see <handfast/session.h>. Default: no session is resumed. */
void hf_builder_sessions_outside(struct hf_builder *builder);

/* ---- The protocol. Lists are names separated by ':', ',' or blanks, in order of preference. ---- */

/* Connections go over datagrams: DTLS 1.2 and 1.3 (RFC 6347, RFC 9147) instead of TLS. Versions are then still named by
 * their generation, HF_TLS12 and HF_TLS13. See <handfast/connection.h> for what else differs. */
void hf_builder_datagrams(struct hf_builder *builder);

/* A client over datagrams: how often a handshake may begin anew, with a new hello, when it fails, is refused in the
 * clear, or stands still, before the server's Finished has come: until then a changed or forged datagram can be the
 * reason. A refusal that is most probably meant counts for four. Default 12; 0: never, the first failure is told.
 * Sessions are offered by the first hello only. Events of the handshake may come again. */
void hf_builder_begin_anew(struct hf_builder *builder, unsigned times);

/* Over datagrams: how long one may be, in bytes of UDP payload, from a connection's first on; see hf_set_datagram_max.
 */
void hf_builder_datagram_max(struct hf_builder *builder, size_t len);

/* Over datagrams: connection IDs (RFC 9146, RFC 9147 9), by which a connection is found when its peer's address
 * changes: behind a NAT that forgot, from another network, after a long sleep. `len` is how long ours are, 0 to 20
 * bytes, which the peer writes into each protected record that it sends us; 0: we want none, and write the peer's if it
 * wants one (a client's usual choice: its own socket finds its one server). A listener needs some, at least 4 to tell
 * thousands of peers apart, 8 is ample. They are random and new for each connection, and link what is sent over several
 * paths for whoever watches; in 1.3 unused ones can be had for that (hf_ask_for_connection_ids). Both ends must use
 * them. With them goes the return routability check (RFC 9853), without which no address changes. Not beside
 * HF_HISTORIC_CBC and HF_HISTORIC_NULL_ENCRYPTION. Default: not used. */
void hf_builder_connection_ids(struct hf_builder *builder, size_t len);

/* How a peer is asked whether it really is where its records come from: RFC 9853 5. */
enum hf_path_check {
    HF_PATH_CHECK_ENHANCED = 0, /* first where it was until now: who races copies of its records from elsewhere gains
                                 * nothing. Costs up to a second, or three round trips, when it is there no more */
    HF_PATH_CHECK_BASIC         /* at the new address at once: quicker. RISK: whoever sees the peer's records and is
                                 * faster than they are can become the path */
};
void hf_builder_path_check(struct hf_builder *builder, enum hf_path_check check);

void hf_builder_versions(struct hf_builder *builder, enum hf_version min, enum hf_version max);

/* Suites with a '|' between them instead are equal to a server, and the client's order decides: a client without
 * instructions for AES says so by ChaCha20 before it. */
void hf_builder_suites(struct hf_builder *builder, const char *names);

/* Groups for the exchange of keys (RFC 9846 4.3.7): "X25519MLKEM768:x25519". Where libcrypto has ML-KEM (3.5) the
 * default has the hybrid X25519MLKEM768 first; ML-KEM alone (MLKEM512, MLKEM768, MLKEM1024: draft-ietf-tls-mlkem) is
 * taken only where it is named: without a curve beside it everything rests on a scheme that has been studied for less
 * long. */
void hf_builder_groups(struct hf_builder *builder, const char *names);
void hf_builder_signature_schemes(struct hf_builder *builder, const char *names);

/* A server only: in TLS 1.3 takes the first of its groups that the client has, even if that costs a HelloRetryRequest,
 * for instance to have a hybrid with ML-KEM wherever it can be had. By default a group with a share at hand wins. */
void hf_builder_groups_in_order(struct hf_builder *builder);

/* What practice has retired, one switch each, all off. For study and for peers that cannot be replaced. Only this call
 * turns one on: no peer, no file and no environment can. With a switch on, the suites it allows stand behind all others
 * in the default list; hf_builder_suites may name them. Each says what it costs. */
enum hf_historic {
    /* The client encrypts the secret under the server's RSA key (RFC 5246 7.4.7.1; also RSA_PSK, RFC 4279 4). Costs
     * forward secrecy: whoever gets the key later reads all that was recorded. Bleichenbacher's attack (1998; ROBOT,
     * 2017) makes a server that tells good from bad padding decrypt for anyone; ours answers both alike. */
    HF_HISTORIC_RSA_KEY_EXCHANGE = 1 << 0,
    /* Diffie-Hellman in finite fields, with the groups of RFC 7919 only (RFC 5246 7.4.3). Costs time, and with it the
     * Raccoon attack (2020): TLS 1.2 drops leading zeros of the secret, which timing can show when a key is used twice;
     * ours never is. Logjam (2015) broke groups that were small or shared too widely. */
    HF_HISTORIC_DHE = 1 << 1,
    /* A shared key alone (RFC 4279 2), without Diffie-Hellman beside it. Costs forward secrecy; and a key that a person
     * made up can be guessed at leisure from one recorded handshake. */
    HF_HISTORIC_PLAIN_PSK = 1 << 2,
    /* AES in CBC with HMAC (RFC 5246 6.2.3.2), of TLS 1.2. Costs the safety of AEAD: Lucky Thirteen (2013) and POODLE
     * on TLS (2014) read padding errors by their timing or their alerts. Ours opens in constant time, and asks for
     * encrypt-then-MAC (RFC 7366), which closes the matter where the peer has it. */
    HF_HISTORIC_CBC = 1 << 3,
    /* Nothing is encrypted, only authenticated (RFC 5246 A.5, RFC 4785; in TLS 1.3 RFC 9150). Costs all secrecy:
     * everyone on the way reads everything. */
    HF_HISTORIC_NULL_ENCRYPTION = 1 << 4,
    /* Records are compressed by DEFLATE before they are encrypted (RFC 3749), in TLS 1.2. Costs secrets that stand
     * beside what an attacker can choose: CRIME (2012) reads them from the lengths of records. Not over
     * datagrams. unsupported_here when the library was built without zlib. */
    HF_HISTORIC_COMPRESSION = 1 << 5,
    /* Signatures over SHA-1 in CertificateVerify and ServerKeyExchange of TLS 1.2 (RFC 5246 7.4.1.4.1, RFC 9155). Costs
     * their worth as proof: chosen-prefix collisions are made (SLOTH, 2016; SHA-1 is a Shambles, 2020). */
    HF_HISTORIC_SHA1_SIGNATURES = 1 << 6,
    /* A server only: hf_ask_for_certificate may ask a client who it is on a connection of TLS 1.2 that is open already,
     * by secure renegotiation (RFC 5746). Costs certainty what belongs to whom: what the client wrote before it was
     * known comes over the same connection as what it wrote after (CVE-2009-3555; the triple handshake, 2014); and a
     * second handshake's time, which clients spend less of than servers. It is done with extended master secret only,
     * only when we ask, and neither end may come back as somebody else. Not over datagrams, not beside shared keys.
     * Where a connection serves one path only, ask in the first handshake. */
    HF_HISTORIC_RENEGOTIATION_ASK = 1 << 7,
    /* A client only: follows such a request of a server, as often as hf_builder_max_renegotiations says; others are
     * refused, as all are without this switch. Costs the same; the server decides when. */
    HF_HISTORIC_RENEGOTIATION_FOLLOW = 1 << 8,
    /* TLS 1.3: a session or a shared key without a key exchange beside it (psk_ke, RFC 9846 4.3.9). Costs forward
     * secrecy: whoever learns the key later reads what was recorded. For peers too small for anything else. */
    HF_HISTORIC_PSK_WITHOUT_KEY_EXCHANGE = 1 << 9,
    /* TLS 1.2: with CBC the MAC is inside the encryption, as it first was (RFC 5246 6.2.3.2): encrypt-then-MAC (RFC
     * 7366) is neither asked for nor granted. Costs what that gives: records are decrypted before anybody knows who
     * made them, and only constant time keeps Lucky Thirteen (2013) out. For study, and for peers that cannot bear the
     * extension. Turns no suite on: HF_HISTORIC_CBC does. */
    HF_HISTORIC_MAC_THEN_ENCRYPT = 1 << 10,
    /* TLS 1.3: clients sign by RSASSA-PKCS1-v1_5 (rsa_pkcs1_sha256_legacy and its siblings, RFC 9963), on a client as
     * the last choice, on a server as what it takes, last as well. Costs what PSS was made for: a proof of its
     * security. For keys in devices, TPMs above all, that cannot do PSS. Servers never sign so. */
    HF_HISTORIC_PKCS1_CLIENTS = 1 << 11,
    /* Triple DES in CBC, of TLS 1.2, where HF_HISTORIC_CBC is on too. Costs what that costs, and 112 bits of strength
     * are less than the 128 that are asked for (RFC 9325 4.1); worse, its blocks of 8 bytes meet: Sweet32 (2016) reads
     * a cookie out of some hundred gigabytes under one key. Ours encrypts 8 MiB under one key (NIST SP 800-67 rev. 2)
     * and then ends the connection (usage_limit_reached); what a peer encrypts it cannot bound. unsupported_here is
     * told of the suites where libcrypto lacks it. */
    HF_HISTORIC_3DES = 1 << 12
};

/* Turns on the switches given (bits of enum hf_historic), beside those that are on. */
void hf_builder_historic(struct hf_builder *builder, unsigned switches);

/* How many renegotiations of one connection a server asks for (HF_HISTORIC_RENEGOTIATION_ASK), or a client follows
 * (HF_HISTORIC_RENEGOTIATION_FOLLOW): 1 to 8. Default 8. Without these switches there is none. */
void hf_builder_max_renegotiations(struct hf_builder *builder, unsigned count);

/* Application protocols (RFC 7301), each of 1 to 255 bytes. A server picks its own first that the client has. */
void hf_builder_alpn(struct hf_builder *builder, const char *names);

/* Over datagrams: the application will protect media by SRTP (RFC 5764), under one of these profiles, best first:
 * SRTP_AEAD_AES_128_GCM, SRTP_AEAD_AES_256_GCM, SRTP_AES128_CM_HMAC_SHA1_80, SRTP_AES128_CM_HMAC_SHA1_32. The one
 * agreed on is in struct hf_session_info, "" when the peer has none of them, which is for the application to judge; its
 * keys come by hf_export with the label "EXTRACTOR-dtls_srtp" and no context (RFC 5764 4.2). Names are separated by
 * ':'. */
void hf_builder_srtp(struct hf_builder *builder, const char *profiles);

/* A client only: for how many of its first groups (1 to 3) the first ClientHello carries a key share. By default for
 * the first, and if that is a hybrid with ML-KEM also for the first that is none, as many servers lack hybrids. Over
 * datagrams by default for the first whose share leaves the hello small enough for one datagram: servers keep nothing,
 * and so put no pieces together, before a client has shown its address (RFC 9147 5.1). */
void hf_builder_key_shares(struct hf_builder *builder, size_t count);

/* The same by name: "x25519:secp384r1", up to 3 of this side's groups (RFC 9846 4.3.8), where it is known which of them
 * servers choose. "": none, and the server then asks for one, which costs a round trip and no key in vain. It goes
 * before hf_builder_key_shares. */
void hf_builder_key_share_groups(struct hf_builder *builder, const char *names);

/* Puts numbers that nobody has among what is offered (GREASE, RFC 8701): suites, groups, versions, schemes and
 * extensions of a client's hello, and an extension of a server's tickets. Peers must let them pass; those that do not
 * will choke on whatever is new, and are found so. Default: off. */
void hf_builder_grease(struct hf_builder *builder);

/* The largest record this side accepts: record_size_limit (RFC 8449), 64 to 16385 bytes. 0: not announced. */
void hf_builder_record_size_limit(struct hf_builder *builder, size_t limit);

/* The longest content of a record that this side sends, 64 to 16384 bytes, whatever longer ones the peer takes: for
 * peers, or paths, that take longer ones badly and do not say so. Handshake and data. Costs a header and a tag for
 * each. Default: as the peer has it, 16384 at most. */
void hf_builder_record_max(struct hf_builder *builder, size_t len);

/* A client only: asks for max_fragment_length (RFC 6066 4): 512, 1024, 2048 or 4096. 0: not asked. */
void hf_builder_max_fragment_length(struct hf_builder *builder, size_t len);

/* A client only: servers of TLS 1.2 without secure renegotiation (RFC 5746) are refused, with missing_extension: one
 * that lacks it may take what an attacker wrote before as the beginning of what this client writes (CVE-2009-3555), and
 * a client cannot see it happen (RFC 5746 4.1). TLS 1.3 has no renegotiation. Default: they are taken. */
void hf_builder_demand_secure_renegotiation(struct hf_builder *builder);

/* TLS 1.2 peers without extended master secret (RFC 7627) are refused unless this is said. */
void hf_builder_allow_without_extended_master_secret(struct hf_builder *builder);

/* Peers' certificates that break the profile of RFC 5280 4.1 and 4.2 (an empty subject beside a subjectAltName that is
 * not critical, a key for signing certificates that is no CA's) are refused unless this is said. Signatures, dates,
 * names, constraints and key usages are checked all the same. For CAs that cannot be changed. */
void hf_builder_allow_loose_profile(struct hf_builder *builder);

/* The longest handshake message accepted, in bytes: 1024 to 1048576. Default 65536. */
void hf_builder_max_handshake_message(struct hf_builder *builder, size_t len);

/* ---- What is seen. ---- */

/* Called with each line of the key log (RFC 9850), without a line end. Whoever has it can read the connections:
 * for debugging only. Called from the thread that drives the connection. */
void hf_builder_key_log(struct hf_builder *builder, void (*line)(void *context, const char *text), void *context);

/* One message as it went over the wire, for narration. Pointers hold during the call only. */
struct hf_seen {
    bool sent;               /* by us; else received */
    const char *message;     /* "ClientHello", "Certificate", "Alert", ...; also "ACK" of DTLS 1.3 (RFC 9147 7), which
                              * is no message of the handshake, and of which there are as many as the path makes needed */
    size_t len;              /* bytes, with its handshake header */
    const char *keys;        /* "none", "early", "handshake", "application": which keys protected it */
    enum hf_version version; /* 0 while it is not decided */
    const char *why;         /* what the message is for, one clause */
    const char *detail;      /* what was decided or shown by it; "" if nothing */
    const uint8_t *bytes;    /* the message */
};

/* Called for each message, once, however often it goes. Must not call back into the connection except for reading its
 * state. */
void hf_builder_observe(struct hf_builder *builder,
                        void (*seen)(void *context, const struct hf_connection *connection, const struct hf_seen *what),
                        void *context);

/* Finishes: checks everything together and gives the config, or NULL, and then *ret_failure says what is wrong.
 * The builder is gone either way. now_s: seconds since 1970, by which our own certificates are judged. */
struct hf_config *hf_builder_finish(struct hf_builder *builder, int64_t now_s, struct hf_failure *ret_failure);

/* A config is counted: whoever keeps it holds it, and drops it when done. Connections hold theirs. Any thread. */
struct hf_config *hf_config_hold(struct hf_config *config);
void hf_config_drop(struct hf_config *config);

/* Makes at most `most` key shares ready (hf_builder_key_share_pool), about 50 us each for X25519, and says how many: 0
 * when there are as many as were asked for, or no memory. Any thread, also beside handshakes; a loop calls it with a
 * few at a time while nothing waits. */
size_t hf_config_prepare(const struct hf_config *config, size_t most);

/* The lists that a config works with, in its order, as names separated by ':'. Static for the config's life. */
const char *hf_config_suites(const struct hf_config *config);
const char *hf_config_groups(const struct hf_config *config);
const char *hf_config_signature_schemes(const struct hf_config *config);

#ifdef __cplusplus
}
#endif
#endif
