/* Hellos for tests: a config of all that the registry holds, and bodies of hellos around any block of extensions. */
#ifndef HF_TESTS_SUPPORT_HELLO_BODIES_H
#define HF_TESTS_SUPPORT_HELLO_BODIES_H

#include "base/writer.h"
#include "extension/hello.h"

enum { HELLO_ROOM = 32768 };

/* Bytes with their own room, so that spans into them live as long as the test. */
struct hello_bytes {
    uint8_t data[HELLO_ROOM];
    struct hf_span span;
};

/* Every suite, group and scheme that is not historic, TLS 1.2 and 1.3, ALPN h2 and http/1.1, one key share. */
void hello_config(struct hf_config *config);

/* An offer of this config with a key share of 32 bytes for x25519 and the name "server.lan". */
void hello_offer(const struct hf_config *config, struct hf_client_offer *offer);

/* The ClientHello body of an offer. */
void hello_written(struct hf_client_offer *offer, struct hello_bytes *into);

/* One extension appended to a block; the payload in hexadecimal. */
void hello_add(struct hello_bytes *block, uint16_t type, const char *hex);

/* A ClientHello with suites 1301, c02f and c02b, compression null, and this block. */
void hello_client_body(struct hf_span block, struct hello_bytes *into);

/* A ServerHello, or the inside of EncryptedExtensions and such, around this block. */
void hello_server_body(struct hf_span random, uint16_t suite, struct hf_span block, struct hello_bytes *into);
void hello_block_body(struct hf_span block, struct hello_bytes *into);

/* 32 bytes that mean nothing. */
struct hf_span hello_random(void);

#endif
