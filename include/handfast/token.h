/* Private keys that never leave a PKCS#11 token: a smart card, an HSM, SoftHSM. Link with libhandfast_token.
 *
 *     struct hf_token_key *key = hf_token_key_open("pkcs11:token=ops;object=web", pin, pin_len, &failure);
 *     if (key != NULL)
 *         hf_builder_identity_token(builder, chain, chain_len, key);
 *
 * The key is named by a PKCS#11 URI (RFC 7512). It signs where it is, by RSA with PKCS#1 or PSS padding, ECDSA or
 * Ed25519; the hashes are made here. RSA's key exchange of TLS 1.2 (HF_HISTORIC_RSA_KEY_EXCHANGE) is not done with it.
 */
#ifndef HANDFAST_TOKEN_H
#define HANDFAST_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

#include <handfast/config.h>
#include <handfast/failure.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A private key in a token that is open. Any thread may sign with it; signatures are made one after another. */
struct hf_token_key;

/* Whether the text names a key in a token: begins with "pkcs11:". */
bool hf_token_is_uri(const char *text);

/* Opens the one private key that the URI names, and logs in where the token wants it.
 * token=, serial=, manufacturer=, model= choose the token; object= and id= the key; module-path= is the module to load,
 * else those that the system registers with p11-kit are looked through, module-name= chooses among these.
 * pin: `pin_len` bytes; NULL: the first line of the file that pin-source= names ("file:/path" or a path). A pin-value=
 * is refused, because others see the words of a command, and so are a pin-source that is a command and attributes
 * that are not known: what is misspelt would choose too much.
 * NULL on failure, and *ret_failure says why: setting_invalid (the URI), unsupported_here (built without p11-kit),
 * token_module_unusable, token_missing, token_pin_missing, token_pin_wrong, token_key_missing, token_failed,
 * file_unreadable (pin-source), no_memory. A wrong PIN is tried once: tokens lock themselves after few tries.
 * The connections of a process that forks must be made, and the key opened, by the child: tokens demand it. */
struct hf_token_key *hf_token_key_open(const char *uri, const void *pin, size_t pin_len,
                                       struct hf_failure *ret_failure);

/* NULL is fine. Not for a key that hf_builder_identity_token took. */
void hf_token_key_free(struct hf_token_key *key);

/* Adds the identity that this certificate chain (PEM, leaf first) and the key make: see hf_builder_identity_holder,
 * which also finds a key that is not the certificate's. Takes the key in every case: it is freed with the config. */
void hf_builder_identity_token(struct hf_builder *builder, const char *chain, size_t chain_len,
                               struct hf_token_key *key);

/* Signs with it: for callers who answer hf_signature_wanted from a thread of their own. false, and ret_made->why. */
bool hf_token_key_sign(struct hf_token_key *key, const struct hf_signature_wanted *wanted,
                       struct hf_signature_made *ret_made);

#ifdef __cplusplus
}
#endif
#endif
