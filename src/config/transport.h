/* In what TLS over a stream and DTLS over datagrams differ as far as hellos go: one row each, so that nobody asks which
 * of them it is. RFC 9147 5.3, 5.4; RFC 6347 4.2.1. */
#ifndef HF_CONFIG_TRANSPORT_H
#define HF_CONFIG_TRANSPORT_H

#include <stdbool.h>
#include <stdint.h>

struct hf_transport {
    uint16_t version12; /* as the wire numbers them; a generation is the same in both */
    uint16_t version13;
    const char *name12;
    const char *name13;
    bool has_cookie;   /* ClientHello has a cookie behind its session ID: RFC 6347 4.2.1 */
    bool mimics12;     /* 1.3 looks like 1.2 to middleboxes, by session IDs and change_cipher_spec: RFC 9846 E.4 */
    bool small_hellos; /* a first hello should fit one datagram: servers that keep nothing before the cookie is back
                        * cannot put pieces together (RFC 9147 5.1) */
};

extern const struct hf_transport hf_transport_stream;
extern const struct hf_transport hf_transport_datagram;

#endif
