/* What the programs of tests/interop share: flags, sockets, the page and the echo. Each program is a TLS library of
 * others behind the few calls below, written against its public API only; none of our code is in it.
 *
 *   interop_<library> abilities | serve | connect --port P   [--version 1.2|1.3] [--dtls] [--ca F] [--cert F --key F]
 *       [--auth mutual|optional|server-only] [--name N] [--suite IANA] [--group NAME] [--also NAME] [--psk HEX]
 *       [--no-etm] [--again id|ticket] [--say TEXT]
 *
 * `serve` takes connection after connection, or one association, answers an HTTP request by a page and echoes all else.
 * `connect` says its text and prints the answer; its status is 0 only if there was one. With --again it does so twice,
 * the second time with the first one's session. */
#ifndef INTEROP_H
#define INTEROP_H

#include <stdbool.h>
#include <stddef.h>

enum { INTEROP_KEY_MAX = 64, INTEROP_TEXT_MAX = 256 };

/* Texts are NULL where the flag was not given. */
struct interop_flags {
    bool serve;
    bool datagrams;
    bool no_encrypt_then_mac;
    const char *port;
    const char *version; /* the only one; NULL: the library's choice of 1.2 and 1.3 */
    const char *ca;
    const char *cert;
    const char *key;
    const char *auth;
    const char *name; /* the server's, which a client demands */
    const char *suite;
    const char *group;
    const char *also; /* a client's further group, without a share: it leads to HelloRetryRequest */
    const char *again;
    const char *say;
    unsigned char psk[INTEROP_KEY_MAX];
    size_t psk_len;
};

#define INTEROP_PSK_IDENTITY "us"

/* Prints one ability a line: "library NAME VERSION", "version 1.2", "dtls 1.2", "key p256", "group x25519", "suite …",
 * "etm" when encrypt-then-MAC can be turned off. */
void interop_abilities(void);

/* Once, before all else. False: said on standard output. */
bool interop_prepare(const struct interop_flags *flags);

/* A handshake over a connected socket; false: said. What it made lives until interop_end. */
bool interop_handshake(int fd);

/* Bytes read, 0 at the peer's end, negative for failures, which are said. */
int interop_read(char *into, size_t room);
bool interop_write(const char *text, size_t len);

/* What the peer proved to be, "" when nothing. */
const char *interop_peer(void);

/* Says goodbye; keep: the session is wanted for the next handshake. */
void interop_end(bool keep);

#endif
