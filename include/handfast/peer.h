/* The proven identity of a peer: what its certificate says, after the chain, the name and the private key were checked.
 * Immutable. Everything returned is borrowed from the peer and lives as long as it. Any thread.
 * Texts are NUL-terminated and safe to print: bytes that are not printable ASCII stand as \xNN. */
#ifndef HANDFAST_PEER_H
#define HANDFAST_PEER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct hf_peer;

/* "CN=billing, O=Example", most specific first; likewise the issuer. The serial number in hexadecimal. */
const char *hf_peer_subject(const struct hf_peer *peer);
const char *hf_peer_issuer(const struct hf_peer *peer);
const char *hf_peer_serial(const struct hf_peer *peer);

/* The subject's last commonName; "" when there is none. For display: it is no host's name (RFC 9525 2). */
const char *hf_peer_common_name(const struct hf_peer *peer);

/* Subject alternative names by kind (RFC 5280 4.2.1.6): how many, and the i-th; NULL beyond the last. */
size_t hf_peer_dns_count(const struct hf_peer *peer);
const char *hf_peer_dns(const struct hf_peer *peer, size_t i);
size_t hf_peer_uri_count(const struct hf_peer *peer);
const char *hf_peer_uri(const struct hf_peer *peer, size_t i);
size_t hf_peer_ip_count(const struct hf_peer *peer);
const char *hf_peer_ip(const struct hf_peer *peer, size_t i);
size_t hf_peer_email_count(const struct hf_peer *peer);
const char *hf_peer_email(const struct hf_peer *peer, size_t i);

/* The SPIFFE ID ("spiffe://trust-domain/path"): only when the certificate has exactly one URI and it is a valid one
 * (X509-SVID 2, 5.2); else "". */
const char *hf_peer_spiffe_id(const struct hf_peer *peer);

/* Validity of the leaf, in seconds since 1970. */
int64_t hf_peer_not_before(const struct hf_peer *peer);
int64_t hf_peer_not_after(const struct hf_peer *peer);

/* SHA-256 of the leaf's SubjectPublicKeyInfo (what RFC 7469 pins), and of the whole leaf: 32 bytes each. */
const uint8_t *hf_peer_key_fingerprint(const struct hf_peer *peer);
const uint8_t *hf_peer_certificate_fingerprint(const struct hf_peer *peer);

/* The proven path, DER: 0 is the leaf, the last is the trusted CA. How many; the i-th and its length; NULL beyond. */
size_t hf_peer_chain_count(const struct hf_peer *peer);
const uint8_t *hf_peer_chain(const struct hf_peer *peer, size_t i, size_t *ret_len);

/* The SubjectPublicKeyInfo, DER, of a peer that proved itself by a raw public key (RFC 7250), NULL of others. Such a
 * peer has no names, no dates and no path: it is the owner of a key that hf_builder_trust_key named, or that the
 * application judged (hf_builder_any_raw_key). Its subject is a text of the key's fingerprint. */
const uint8_t *hf_peer_raw_key(const struct hf_peer *peer, size_t *ret_len);

/* What the peer sent beside the i-th certificate of that path in this very handshake: a stapled OCSP response (RFC
 * 6960, DER), and a SignedCertificateTimestampList (RFC 6962 3.3). NULL and length 0 where it sent none, was not asked
 * (hf_builder_ask_staples, hf_builder_ask_scts), or a session was resumed, in which no certificates are sent. */
const uint8_t *hf_peer_ocsp(const struct hf_peer *peer, size_t i, size_t *ret_len);
const uint8_t *hf_peer_scts(const struct hf_peer *peer, size_t i, size_t *ret_len);

/* What is known of the revocation of that path (hf_builder_revocation). */
enum hf_revocation_state {
    HF_REVOCATION_NOT_CHECKED = 0, /* nothing was asked, or nothing was given to look in */
    HF_REVOCATION_GOOD,            /* each of its certificates but the trusted one is known not to be revoked */
    HF_REVOCATION_UNKNOWN          /* of one it could not be told; only with HF_REVOCATION_SOFT */
};
enum hf_revocation_state hf_peer_revocation(const struct hf_peer *peer);

/* By which CRL or OCSP response, of whom and of when; or what is missing. "" when nothing was checked. */
const char *hf_peer_revocation_told(const struct hf_peer *peer);

#ifdef __cplusplus
}
#endif
#endif
