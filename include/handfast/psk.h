/* Keys that two ends share beforehand, in TLS 1.3 and DTLS 1.3 (RFC 9846 4.3.11). Those of TLS 1.2 are hf_builder_psk
 * of <handfast/config.h>, and another key: one that serves both versions has been analysed little (RFC 9846 F.7).
 *
 * Whoever shows by the binder and by Finished that it has the key has proven who it is: no certificate goes over the
 * wire (unless by hf_builder_psk13_with_certificates), hf_peer is NULL, and hf_session_info names the key. A client
 * offers all of its keys, up to 8 with what they are imported as. A server takes the first of its own that a client
 * names and that fits, before other sessions than those that such keys began; else it goes on with certificates, if it
 * has any. A side that has keys of 1.3 and no certificate (a client that did not call hf_builder_anonymous) opens by
 * such a key or not at all. A key exchange goes beside the key; without it only by
 * HF_HISTORIC_PSK_WITHOUT_KEY_EXCHANGE. A session may follow (<handfast/session.h>), where name and context are of 256
 * bytes at most together: it is resumed only while both ends still have this very key under this name, which the
 * application is asked for again. No early data goes with it.
 *
 * An attacker can try whether a server knows a name, where that server has certificates too (RFC 9846 F.6): names
 * should not be secrets. Keys are from a random source, never from a person: a recorded handshake lets anybody guess.
 */
#ifndef HANDFAST_PSK_H
#define HANDFAST_PSK_H

#include <handfast/config.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The hash that a key is for, and used with only (RFC 9846 4.3.11). */
enum hf_psk_hash { HF_PSK_SHA256 = 0, HF_PSK_SHA384 };

enum { HF_PSK_KEY_MIN = 16, HF_PSK_KEY_MAX = 64, HF_PSK_NAME_MAX = 1024 };

/* A key. Names and contexts are any bytes, NUL too, and compare whole. */
struct hf_psk {
    const void *identity; /* its name: 1 to HF_PSK_NAME_MAX bytes */
    size_t identity_len;
    const void *key; /* HF_PSK_KEY_MIN to HF_PSK_KEY_MAX bytes */
    size_t key_len;
    enum hf_psk_hash hash;
    bool imported; /* RFC 9258: from it one key for each protocol and hash is derived, and offered under a name that
                    * says so. Both ends must import, or neither. `hash` is then that of the derivation */
    const void *context; /* imported: what else both ends bind the key to, up to HF_PSK_NAME_MAX bytes; who is client
                          * and who is server belongs in there, where either end can be both (RFC 9258 A) */
    size_t context_len;
};

/* Adds a key; all of it is copied, and wiped with the config. Several calls: in this order of preference. */
void hf_builder_psk13(struct hf_builder *builder, const struct hf_psk *psk);

/* A server only: keys that are not in the config, for there are thousands of them, or they change. `find` is asked for
 * each name of a ClientHello (up to 8) that no key of hf_builder_psk13 has: identity, imported, context. It writes the
 * key and tells its hash (SHA-256 unless it says otherwise), and returns how long it is; 0: there is none. It is called
 * from the thread that drives the connection, and from several at once; it must not call into the connection. */
typedef size_t hf_psk_find(void *context, const struct hf_psk *wanted, uint8_t key[HF_PSK_KEY_MAX],
                           enum hf_psk_hash *ret_hash);
void hf_builder_psk13_find(struct hf_builder *builder, hf_psk_find *find, void *context);

/* Certificates and such a key, both in one handshake (RFC 8773bis): the peer must prove that it has the key, and then
 * its certificate is asked for and judged as without keys, by hf_builder_client_auth on a server. Traffic stays secret
 * from who breaks the key exchange later, by a quantum computer say, and has not the key. Both ends say so, or none
 * opens. For TLS 1.3 and DTLS 1.3 alone (hf_builder_versions); no sessions, no early data, no psk_ke: refused by
 * hf_builder_finish. hf_peer and hf_session_info then tell both. */
void hf_builder_psk13_with_certificates(struct hf_builder *builder);

#ifdef __cplusplus
}
#endif
#endif
