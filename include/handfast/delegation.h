/* Delegated credentials in TLS 1.3 and DTLS 1.3 (RFC 9345): who holds a certificate's key signs, for a few days,
 * another key, by which somebody else proves himself with that certificate. The certificate's key stays at home.
 *
 *     hf_delegate(&wish, &credential_pem, &key_pem, &failure);                       // at home, every few days
 *     hf_builder_identity_delegated_pem(builder, chain, ..., credential, ..., key, ...); // where connections end
 *     hf_builder_take_delegated(builder, "ecdsa_secp256r1_sha256:ed25519");          // at the peer
 *
 * The certificate must permit it by the extension DelegationUsage (handfast cert issue --delegation makes such ones)
 * and by the key usage digitalSignature. A credential is bound to the certificate, to the role of its holder and to one
 * signature scheme. Nothing revokes it but its end, at most 7 days from when it is looked at, or the certificate's.
 * No session follows a handshake in which the peer proved itself so, for sessions could outlive the credential
 * (RFC 9345 7.4). Requests for exported authenticators (<handfast/authenticator.h>) say that they are taken, too, and
 * are answered by them. By default nobody is told that we take any. */
#ifndef HANDFAST_DELEGATION_H
#define HANDFAST_DELEGATION_H

#include <handfast/authority.h>
#include <handfast/config.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { HF_DELEGATION_DAYS_MAX = 7 };

/* Peers may prove themselves by delegated credentials whose keys sign by these schemes; names as for
 * hf_builder_signature_schemes, at most 8. The certificate's own signature must be by one of
 * hf_builder_signature_schemes. Those that RFC 9345 4 leaves out (of plain RSA keys, and all that TLS 1.3 does not sign
 * handshakes by) are a setting_invalid. */
void hf_builder_take_delegated(struct hf_builder *builder, const char *schemes);

/* An identity by a delegated credential: the certificate chain, the credential and its private key, all PEM, copied. It
 * is presented to peers that take it while it lasts; to others an identity that stands behind it, if there is one.
 * Credentials that do not fit certificate, key or role are a credential_unfit, key_mismatch or file_malformed, and
 * those that are over own_credential_expired. A new one needs a new config. */
void hf_builder_identity_delegated_pem(struct hf_builder *builder, const struct hf_authority_pair *chain_and_key,
                                       const char *credential, size_t credential_len);
void hf_builder_identity_delegated_files(struct hf_builder *builder, const char *chain_path,
                                         const char *credential_path, const char *key_path);

/* What a new credential is to be. */
struct hf_delegation_wish {
    struct hf_authority_pair by; /* the certificate and its key; the leaf stands first */
    enum hf_role role;           /* of who will prove himself by it: HF_SERVER or HF_CLIENT */
    enum hf_authority_key key;   /* of the new key; RSA is not done */
    int64_t now_s;
    uint32_t lasts_s; /* from now; at most HF_DELEGATION_DAYS_MAX days, and no longer than the certificate */
};

/* Makes a key and a credential for it, as PEM texts ("DELEGATED CREDENTIAL", and PKCS#8); give both back with
 * hf_authority_text_free. The certificate must permit it (credential_unfit). RFC 9345 4. */
enum hf_error hf_delegate(const struct hf_delegation_wish *wish, char **ret_credential_pem, char **ret_key_pem,
                          struct hf_failure *ret_failure);

#ifdef __cplusplus
}
#endif
#endif
