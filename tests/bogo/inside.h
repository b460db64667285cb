/* TEST ONLY. Where the suite asks for what no application may have, the shim reaches inside the library. Each function
 * says why the public interface has no such call. Nothing outside tests/bogo includes this. */
#ifndef HF_BOGO_INSIDE_H
#define HF_BOGO_INSIDE_H

#include <handfast/connection.h>

#include "seam/signer.h"
#include "sessions.h"

/* The suite's clients send a server name and connect to certificates of other names. No application may: the name that
 * is sent is the name that is proven (RFC 9525). Call it before the first byte is fed. */
void bogo_inside_forget_name(struct hf_connection *connection);

/* Sets it again, NULL: nothing, while a session is given out to be kept: it belongs to the name under which it will be
 * offered. Forget it behind that. */
void bogo_inside_remember_name(struct hf_connection *connection, const char *name);

/* An alert out of nowhere. An application has hf_close, and failures have their own alerts. */
enum hf_error bogo_inside_send_alert(struct hf_connection *connection, uint8_t level, uint8_t alert);

/* Lists `len` bytes of encoded names in CertificateRequest. The public interface names the CAs that are trusted, and
 * others would be a lie; the suite's names belong to no certificate. False when there is no memory. */
bool bogo_inside_set_authorities(struct hf_config *config, const uint8_t *names, size_t len);

/* Puts the key in the place of the one that the config's only shared key has. The suite's are of 5 or 6 bytes, and ours
 * have 16 at least. */
void bogo_inside_set_psk(struct hf_config *config, const char *key);

/* Signs by the private key of this PEM text, as the library would have: who signs outside has ways of his own. Returns
 * the signature's length, 0: it failed. `into` has HF_SIGNER_ROOM bytes. */
size_t bogo_inside_sign(struct hf_connection *connection, const char *pem, const struct hf_signature_wanted *wanted,
                        uint8_t *into);

/* Whether the session kept last is for early data. What is in its bytes is nobody's business but the library's. */
bool bogo_inside_takes_early_data(const struct bogo_sessions *sessions);

#endif
