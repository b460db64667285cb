/* A server's application looks at each client's ClientHello before anything is chosen by it: to refuse one in its own
 * words (too many at a time, a name that is not to be served now), to choose the application protocol by the name, or
 * to work with the hello that stood in the clear instead of the encrypted one.
 *
 *     hf_builder_hello_outside(builder);
 *     ... HF_EVENT_NEEDS_HELLO:
 *     struct hf_hello hello;
 *     if (hf_hello_wanted(connection, &hello) && is_served(hello.server_name))
 *         hf_answer_hello(connection, NULL);                                   // go on as configured
 *     else
 *         hf_answer_refusal(connection, HF_ALERT_unrecognized_name);           // <handfast/connection.h>
 *
 * What it sees nobody has proven yet, and anyone can have made up. Threads: as for connections. */
#ifndef HANDFAST_HELLO_H
#define HANDFAST_HELLO_H

#include <handfast/connection.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A server only: a connection that has read its client's first hello, and found nothing wrong in it, raises
 * HF_EVENT_NEEDS_HELLO and waits for hf_answer_hello or hf_answer_refusal. A second hello, behind a HelloRetryRequest
 * of ours, must be the same in what an application looks at (RFC 9846 4.2.2), so nobody is asked again; nor is anybody
 * in a renegotiation. Default: nobody is asked. */
void hf_builder_hello_outside(struct hf_builder *builder);

/* What the hello says. Pointers hold until the answer. */
struct hf_hello {
    const char *server_name;  /* SNI (RFC 6066 3), without the dot at its end; "" when it names none */
    const uint8_t *protocols; /* ALPN (RFC 7301 3.1): names, each behind a byte that says how long it is */
    size_t protocols_len;     /* 0: it names none */
    bool was_encrypted;       /* it came encrypted, and one of our keys has opened it (RFC 9849) */
    bool resumes;             /* it offers a ticket, or a session or shared key of TLS 1.3 */
    bool early_data;          /* data follows it at once (RFC 9846 4.3.10) */
    const uint8_t *bytes;     /* the ClientHello itself, from legacy_version on (RFC 9846 4.2.2, RFC 5246 7.4.1.2) */
    size_t len;
};

/* The hello that HF_EVENT_NEEDS_HELLO asks about; false when nothing is asked. */
bool hf_hello_wanted(const struct hf_connection *connection, struct hf_hello *ret_hello);

/* How to go on. */
struct hf_hello_answer {
    const void *protocol; /* the application protocol, one of those that the hello names, whatever hf_builder_alpn says;
                           * NULL: as hf_builder_alpn says */
    size_t protocol_len;
    bool uses_name; /* the name decided something (this answer, what is served later), and is acknowledged to the client
                     * (RFC 6066 3), as one is by itself that a certificate of ours is for */
    bool declines_ech; /* the encrypted hello is passed over, the one around it counts, and no configuration is given
                        * for another try: the client, once it knows the public name's certificate, may try again
                        * without ECH (RFC 9849 6.1.6). Where the hello did not come encrypted, nothing */
};

/* Goes on, with an answer or (NULL) as configured. wrong_call, and the question stands: nothing is asked, or the
 * protocol is none of the hello's (an empty one never is: RFC 7301 3.1). With declines_ech no protocol may be chosen:
 * wrong_call, too. */
enum hf_error hf_answer_hello(struct hf_connection *connection, const struct hf_hello_answer *answer);

#ifdef __cplusplus
}
#endif
#endif
