/* In what TLS over a stream, DTLS over datagrams and TLS under QUIC differ as far as messages go: one row each, so that
 * nobody asks which of them it is. RFC 9147 5.3, 5.4; RFC 6347 4.2.1; RFC 9001 8. */
#ifndef HF_CONFIG_TRANSPORT_H
#define HF_CONFIG_TRANSPORT_H

#include <stdbool.h>
#include <stdint.h>

struct hf_transport {
    uint16_t version12; /* as the wire numbers them; a generation is the same in both */
    uint16_t version13;
    const char *name12;
    const char *name13;
    bool has_cookie;     /* ClientHello has a cookie behind its session ID: RFC 6347 4.2.1 */
    bool mimics12;       /* 1.3 looks like 1.2 to middleboxes, by session IDs and change_cipher_spec: RFC 9846 E.4 */
    bool ends_early;     /* a message ends early data: RFC 9846 4.6; else its packets are told apart by themselves */
    bool confirms;       /* a server's ticket tells a client that it was accepted; else the transport does so itself */
    bool has_records;    /* their sizes may be agreed on */
    bool has_parameters; /* both hellos carry the transport's: RFC 9001 8.2 */
    uint32_t early_max;  /* 0, or what alone a ticket may say of early data: RFC 9001 4.6.1 */
    const char *apart;   /* sets its sessions apart from those of others with the same versions; NULL: nothing */
    bool small_hellos;   /* a first hello should fit one datagram: servers that keep nothing before the cookie is back
                          * cannot put pieces together (RFC 9147 5.1) */
};

extern const struct hf_transport hf_transport_stream;
extern const struct hf_transport hf_transport_datagram;
extern const struct hf_transport hf_transport_quic;

#endif
