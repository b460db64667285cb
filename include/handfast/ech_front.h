/* Encrypted Client Hello in split mode (RFC 9849 3.1): the client-facing side, of TLS over streams, without input or
 * output of its own. It stands between a client and a server that it cannot read: it opens the client's hello with its
 * keys, says whom the client wants to talk to, and passes the inner hello on to that server, which makes the whole
 * handshake (hf_builder_ech_backend). What follows is passed on as it is, a second hello after the server's
 * HelloRetryRequest but opened, too.
 *
 *     hf_ech_front_feed(front, bytes, len, &taken);      // what the client sent; what the server sends goes to the
 *     hf_ech_front_info(front, &info);                   // client straight, nothing here sees it
 *     if (info.state == HF_ECH_FRONT_OPENED)             // dial the server of info.server_name
 *     n = hf_ech_front_output(front, &bytes);            // send that to it ...
 *     hf_ech_front_drained(front, n);
 *
 * A hello that is not encrypted, or that no key opens, comes out as it went in (HF_ECH_FRONT_PASSED): feed it to a
 * connection of this very config (hf_connection_new), which proves itself by the public name and tells the client the
 * configurations to use (RFC 9849 6.1.6); or pass it on to a server that does.
 *
 * The network between front and servers sees the name in the clear, and servers believe whoever comes with an inner
 * hello: both belong into a network, or a tunnel, of their own. */
#ifndef HANDFAST_ECH_FRONT_H
#define HANDFAST_ECH_FRONT_H

#include <handfast/ech.h>

#ifdef __cplusplus
extern "C" {
#endif

struct hf_ech_front;

/* For one client. config: of a server over streams with keys (hf_builder_ech_key), held. NULL when there is no memory,
 * or the config is another one; *ret_failure (may be NULL) then says why: no_memory, setting_invalid. One thread at a
 * time. */
struct hf_ech_front *hf_ech_front_new(struct hf_config *config, struct hf_failure *ret_failure);

/* NULL is fine. */
void hf_ech_front_free(struct hf_ech_front *front);

/* What the client sent, in pieces of any length. While output waits nothing is taken: *ret_taken says how much was, and
 * the rest must come again. Once it failed: the error of its failure. no_memory; for a hello that opened and is wrong
 * illegal_parameter, ech_inner_wrong, decode_error and others as a server's connection has them; for a second one
 * missing_extension, illegal_parameter, ech_not_opened, unexpected_message (RFC 9849 7.1); for either
 * handshake_message_too_long, when its records are too many. */
enum hf_error hf_ech_front_feed(struct hf_ech_front *front, const void *bytes, size_t len, size_t *ret_taken);

/* What waits for the server; returns its length. *ret_bytes lives until the next call. 0 once it failed: end that
 * connection. */
size_t hf_ech_front_output(const struct hf_ech_front *front, const uint8_t **ret_bytes);
void hf_ech_front_drained(struct hf_ech_front *front, size_t len);

/* Once it failed: the alert for the client, a record to be sent once, before its connection is ended. 0: none. */
size_t hf_ech_front_alert(const struct hf_ech_front *front, const uint8_t **ret_bytes);

enum hf_ech_front_state {
    HF_ECH_FRONT_READING = 0, /* the first hello is not whole */
    HF_ECH_FRONT_OPENED,      /* it was opened */
    HF_ECH_FRONT_PASSED,      /* it was not, or is none: everything comes out as it went in */
    HF_ECH_FRONT_FAILED
};

/* server_name: of the inner hello, once opened; "" where it has none, as for IP addresses. failure: once failed, else
 * NULL. Pointers live as long as the front. */
struct hf_ech_front_info {
    enum hf_ech_front_state state;
    const char *server_name;
    const struct hf_failure *failure;
};
void hf_ech_front_info(const struct hf_ech_front *front, struct hf_ech_front_info *ret_info);

#ifdef __cplusplus
}
#endif
#endif
