/* Encrypted Client Hello (RFC 9849), of TLS 1.3 and DTLS 1.3: a client says whom it wants to talk to under a public key
 * of the server's, and to everybody else the name that all of the server's names share. Off at both ends unless asked
 * for here.
 *
 * A client that has a server's configuration encrypts its hello to it. Where the server cannot open that, it proves
 * itself by the public name instead, the connection fails with ech_rejected, no certificate of the client's and no data
 * goes out (early data does, which such a server cannot read), and hf_ech_info tells what the server says should be
 * used from now on: for one further try. An older configuration thus heals itself, and nobody on the way can make a
 * client speak in the clear.
 *
 * What is encrypted is a hello of TLS 1.3 only. In the clear stand, beside the public name, versions, suites, groups,
 * key shares, signature schemes and application protocols (ALPN): what all connections made with this config have in
 * common. Names, sessions and keys shared beforehand do not; random bytes of their lengths stand for the last two.
 * The config's lists are for all its connections: make one for each set of servers that share a configuration. */
#ifndef HANDFAST_ECH_H
#define HANDFAST_ECH_H

#include <handfast/connection.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { HF_ECH_CONFIGS_MAX = 0xffff + 2, HF_ECH_PUBLIC_NAME_MAX = 255 };

/* ---- A client. ---- */

/* The servers' ECHConfigList, 1 to HF_ECH_CONFIGS_MAX bytes as they stand in DNS (RFC 9848) or in a PEM file's
 * ECHCONFIG block; copied. The first configuration that can be used is: those of other versions, with unknown mandatory
 * extensions, with algorithms that are not here, or with a public name that no certificate can be for are passed over
 * (RFC 9849 4, 6.1). setting_invalid: it is malformed. The last call counts. */
void hf_builder_ech_configs(struct hf_builder *builder, const void *list, size_t len);

/* The same out of text: PEM with an ECHCONFIG block (RFC 9934), or base64 alone, as zone files have it. */
void hf_builder_ech_configs_text(struct hf_builder *builder, const char *text, size_t len);

/* No connection without it: hf_builder_finish fails with setting_invalid where none of the configurations can be used,
 * or TLS 1.3 is not allowed. Without this call the names of such connections go out in the clear. */
void hf_builder_ech_demand(struct hf_builder *builder);

/* Where no configuration can be used, an extension of random bytes that looks like one (GREASE, RFC 9849 6.2), so that
 * servers get used to it and those who use ECH stand out less. Default: not sent. It costs some 250 bytes of every
 * hello, and what it hides is the crowd of all clients: for programs that talk to the public, not for services that
 * know each other. */
void hf_builder_ech_grease(struct hf_builder *builder, bool send);

/* ---- A server. Over datagrams: of connections, and of listeners that skip cookies only; others refuse such a config,
 * for what asks for a cookie has opened no hello yet, and confirms none. ---- */

/* A configuration (one ECHConfig, RFC 9849 4) and the private key of its public key: the key's bytes (RFC 9180 7.1.2).
 * All are copied. `retry`: clients whose hello could not be opened are told to use it; false for those that are going
 * away. Several may be added; those with the same config_id are tried one after the other. At least one must be for
 * retries. setting_invalid, key_mismatch; unsupported_here: its algorithms. */
void hf_builder_ech_key(struct hf_builder *builder, const void *config, size_t config_len, const void *key,
                        size_t key_len, bool retry);

/* The same from PEM (RFC 9934): a PRIVATE KEY and an ECHCONFIG, all of whose configurations are for this key. */
void hf_builder_ech_pem(struct hf_builder *builder, const char *pem, size_t pem_len, bool retry);
void hf_builder_ech_file(struct hf_builder *builder, const char *path, bool retry);

/* A backend server (RFC 9849 3.1, split mode): somebody in front (<handfast/ech_front.h>) opens clients' hellos and
 * passes the inner ones on. It
 * confirms them to the client, as every server without keys does, and refuses outer ones. Only for servers that nobody
 * else can reach: whoever sends an inner hello is believed to be that front. Not together with keys. */
void hf_builder_ech_backend(struct hf_builder *builder);

/* ---- A connection. ---- */

enum hf_ech_state {
    HF_ECH_NONE = 0, /* a client: not offered. A server: none came, or it has no keys */
    HF_ECH_GREASED,  /* a client: random bytes were sent */
    HF_ECH_OFFERED,  /* a client: sent, and the server has not answered */
    HF_ECH_ACCEPTED, /* what both work with is the encrypted hello. Of a server without keys: it was an inner one */
    HF_ECH_REJECTED  /* a client: the server did not open it. A server: it could not open what may have been one */
};

/* retry_configs: a client's, after the failure ech_rejected only, as the server that proved the public name gave it: an
 * ECHConfigList for hf_builder_ech_configs of one further try (RFC 9849 6.1.6), not to be kept for later; NULL: it gave
 * none, and ECH is securely off: try without. A second rejection is a server that contradicts itself: give up.
 * Pointers live as long as the connection. Any thread that may use the connection. */
struct hf_ech_info {
    enum hf_ech_state state;
    const char *public_name; /* a client: that stands in the clear; "" without */
    const uint8_t *retry_configs;
    size_t retry_configs_len;
};
void hf_ech_info(const struct hf_connection *connection, struct hf_ech_info *ret_info);

/* ---- Making keys. ---- */

struct hf_ech_wish {
    const char *public_name; /* a DNS name that the server has a certificate for */
    uint8_t name_max;        /* the longest name behind it, if known: hellos are padded to it. 0: not known */
    uint8_t id;              /* config_id: differs among the keys that a server has at a time */
    bool any_id;             /* a random one */
};

/* Writes a new X25519 key and a configuration for it, as PEM of RFC 9934, to `into`, NUL-terminated. HF_ECH_PEM_MAX
 * bytes of room are enough. setting_invalid: the name is none that clients take; wrong_call: the room is too small;
 * no_memory; crypto_failed. The caller wipes the text. Any thread. */
enum { HF_ECH_PEM_MAX = 2048 };
enum hf_error hf_ech_generate(const struct hf_ech_wish *wish, char *into, size_t room);

#ifdef __cplusplus
}
#endif
#endif
