/* Birth of connections: for the calls of <handfast/connection.h>, and for a listener, which has spoken with the client
 * before there is one. */
#ifndef HF_ENGINE_BIRTH_H
#define HF_ENGINE_BIRTH_H

#include "datagram/datagram.h"
#include "engine/connection.h"

/* What a connection begins with. Borrowed until the call returns. */
struct hf_beginning {
    const char *peer_name;  /* a client: whom it asks for */
    struct hf_span session; /* a client: to resume; empty: none */
    uint64_t now_ms;
    struct hf_datagram_numbers numbers;            /* datagrams: where counting begins */
    bool is_quic;                                  /* hf_quic_connection_new */
    struct hf_span parameters;                     /* QUIC: of the transport */
    const struct hf_address_cookie_retry *retried; /* a server: its HelloRetryRequest went before; NULL: none did */
};

/* As hf_connection_new says. */
struct hf_connection *hf_birth_connection(struct hf_config *config, const struct hf_beginning *beginning,
                                          struct hf_failure *ret_failure);

/* The handshake only, over the framing that is there: hf_handshake_wipe must have been called on an earlier one. */
HF_MUST enum hf_error hf_birth_handshake(struct hf_connection *connection, const struct hf_beginning *beginning);

#endif
