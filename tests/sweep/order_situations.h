/* The states that listen, and how each is reached: what order_test.c sweeps. */
#ifndef HF_TESTS_ORDER_SITUATIONS_H
#define HF_TESTS_ORDER_SITUATIONS_H

#include "handshake/machine.h"

/* How to bring a connection into a state: its peer stops before a message. */
struct situation {
    enum hf_state state;
    enum hf_version version;
    enum hf_message stop; /* HF_MESSAGES: never */
    bool at_ccs;
    bool one_way, retry, resumed;
    bool again;        /* once all was open the server asked who the client is, and then the peer stops */
    bool tickets;      /* the server gives them, and with `resumed` a new one */
    bool has_key;      /* both share a key of 1.3 */
    bool early;        /* early data may be sent, and taken */
    bool staples;      /* the server has an OCSP response */
    bool is_promised;  /* ... or is made to have said so in vain */
    const char *suite; /* one that the policy must be asked for; NULL: a usual one */
};

#define AT(name, v, message)                                                                                           \
    {                                                                                                                  \
        .state = HF_STATE_##name, .version = v, .stop = HF_MESSAGE_##message                                           \
    }
#define AT_RETRY(name, v, message)                                                                                     \
    {                                                                                                                  \
        .state = HF_STATE_##name, .version = v, .stop = HF_MESSAGE_##message, .retry = true                            \
    }
#define AT_RESUMED(name, message)                                                                                      \
    {                                                                                                                  \
        .state = HF_STATE_##name, .version = HF_TLS13, .stop = HF_MESSAGE_##message, .resumed = true                   \
    }
#define AT_SHARED(name, message)                                                                                       \
    {                                                                                                                  \
        .state = HF_STATE_##name, .version = HF_TLS13, .stop = HF_MESSAGE_##message, .has_key = true                   \
    }
#define AT_OPEN(name, v)                                                                                               \
    {                                                                                                                  \
        .state = HF_STATE_##name, .version = v, .stop = HF_MESSAGES                                                    \
    }
#define AT_CCS(name)                                                                                                   \
    {                                                                                                                  \
        .state = HF_STATE_##name, .version = HF_TLS12, .stop = HF_MESSAGES, .at_ccs = true                             \
    }
#define AT_AGAIN(name, message)                                                                                        \
    {                                                                                                                  \
        .state = HF_STATE_##name, .version = HF_TLS12, .stop = HF_MESSAGE_##message, .again = true                     \
    }
#define AT_LATE(name, message)                                                                                         \
    {                                                                                                                  \
        .state = HF_STATE_##name, .version = HF_TLS13, .stop = HF_MESSAGE_##message, .again = true                     \
    }
#define OF_RSA       "TLS_RSA_WITH_AES_128_GCM_SHA256"
#define OF_PSK       "TLS_PSK_WITH_AES_128_GCM_SHA256"
#define OF_RSA_PSK   "TLS_RSA_PSK_WITH_AES_128_GCM_SHA256"
#define OF_ECDHE_PSK "TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256"
#define BY(name, by, message)                                                                                          \
    {                                                                                                                  \
        .state = HF_STATE_##name, .version = HF_TLS12, .stop = HF_MESSAGE_##message, .suite = by                       \
    }
#define BY_CCS(name, by)                                                                                               \
    {                                                                                                                  \
        .state = HF_STATE_##name, .version = HF_TLS12, .stop = HF_MESSAGES, .at_ccs = true, .suite = by                \
    }

#define BY_STAPLE(name, by)                                                                                            \
    {                                                                                                                  \
        .state = HF_STATE_##name, .version = HF_TLS12, .stop = HF_MESSAGE_certificate_status, .suite = by,             \
        .staples = true                                                                                                \
    }

static const struct situation situations[] = {
    AT(C_WAIT_HELLO, HF_TLS13, server_hello),
    AT_RETRY(C13_WAIT_HELLO, HF_TLS13, server_hello),
    AT(C13_WAIT_EXTENSIONS, HF_TLS13, encrypted_extensions),
    AT(C13_WAIT_REQUEST, HF_TLS13, certificate_request),
    AT(C13_WAIT_CERTIFICATE, HF_TLS13, certificate),
    AT(C13_WAIT_VERIFY, HF_TLS13, certificate_verify),
    AT(C13_WAIT_FINISHED, HF_TLS13, finished),
    AT_RESUMED(C13_WAIT_EXTENSIONS_PSK, encrypted_extensions),
    AT_RESUMED(C13_WAIT_FINISHED_KEPT, finished),
    AT_SHARED(C13_WAIT_FINISHED_SHARED, finished),
    {.state = HF_STATE_C13_OPEN, .version = HF_TLS13, .stop = HF_MESSAGES, .again = true},
    AT(C12_WAIT_CERTIFICATE, HF_TLS12, certificate),
    BY_STAPLE(C12_WAIT_STATUS, NULL),
    BY_STAPLE(C12_WAIT_STATUS_RSA, OF_RSA),
    BY_STAPLE(C12_WAIT_STATUS_PSK, OF_RSA_PSK),
    AT(C12_WAIT_KEY_EXCHANGE, HF_TLS12, server_key_exchange),
    AT(C12_WAIT_REQUEST, HF_TLS12, certificate_request),
    AT(C12_WAIT_DONE, HF_TLS12, server_hello_done),
    {.state = HF_STATE_C12_WAIT_TICKET, .version = HF_TLS12, .stop = HF_MESSAGE_new_session_ticket, .tickets = true},
    AT_CCS(C12_WAIT_CCS),
    AT(C12_WAIT_FINISHED, HF_TLS12, finished),
    {.state = HF_STATE_C12_WAIT_TICKET_RESUMED,
     .version = HF_TLS12,
     .stop = HF_MESSAGE_new_session_ticket,
     .tickets = true,
     .resumed = true},
    {.state = HF_STATE_C12_WAIT_CCS_RESUMED, .version = HF_TLS12, .stop = HF_MESSAGES, .at_ccs = true, .resumed = true},
    {.state = HF_STATE_C12_WAIT_FINISHED_RESUMED, .version = HF_TLS12, .stop = HF_MESSAGE_finished, .resumed = true},
    BY(C12_WAIT_REQUEST_RSA, OF_RSA, certificate_request),
    BY(C12_WAIT_DONE_RSA, OF_RSA, server_hello_done),
    {.state = HF_STATE_C12_WAIT_TICKET_RSA,
     .version = HF_TLS12,
     .stop = HF_MESSAGE_server_hello_done,
     .is_promised = true,
     .suite = OF_RSA},
    BY_CCS(C12_WAIT_CCS_RSA, OF_RSA),
    BY(C12_WAIT_FINISHED_RSA, OF_RSA, finished),
    BY(C12_WAIT_HINT, OF_PSK, server_hello_done),
    BY(C12_WAIT_EXCHANGE_PSK, OF_ECDHE_PSK, server_key_exchange),
    BY(C12_WAIT_DONE_PSK, OF_ECDHE_PSK, server_hello_done),
    {.state = HF_STATE_C12_WAIT_TICKET_PSK,
     .version = HF_TLS12,
     .stop = HF_MESSAGE_server_hello_done,
     .is_promised = true,
     .suite = OF_PSK},
    BY_CCS(C12_WAIT_CCS_PSK, OF_PSK),
    BY(C12_WAIT_FINISHED_PSK, OF_PSK, finished),
    AT_OPEN(C12_OPEN, HF_TLS12),
    AT_AGAIN(C12_WAIT_HELLO_AGAIN, server_hello),
    AT(S_WAIT_HELLO, HF_TLS13, client_hello),
    AT_RETRY(S13_WAIT_HELLO, HF_TLS13, client_hello),
    AT(S13_WAIT_CERTIFICATE, HF_TLS13, certificate),
    AT(S13_WAIT_VERIFY, HF_TLS13, certificate_verify),
    AT(S13_WAIT_FINISHED, HF_TLS13, finished),
    AT_RESUMED(S13_WAIT_FINISHED_KEPT, finished),
    AT_SHARED(S13_WAIT_FINISHED_SHARED, finished),
    {.state = HF_STATE_S13_WAIT_END,
     .version = HF_TLS13,
     .stop = HF_MESSAGE_end_of_early_data,
     .resumed = true,
     .early = true},
    AT_LATE(S13_OPEN, certificate),
    AT_LATE(S13_LATE_WAIT_VERIFY, certificate_verify),
    AT_LATE(S13_LATE_WAIT_FINISHED, finished),
    AT(S12_WAIT_CERTIFICATE, HF_TLS12, certificate),
    {.state = HF_STATE_S12_WAIT_EXCHANGE, .version = HF_TLS12, .stop = HF_MESSAGE_client_key_exchange, .one_way = true},
    AT(S12_WAIT_EXCHANGE_CERT, HF_TLS12, client_key_exchange),
    AT(S12_WAIT_VERIFY, HF_TLS12, certificate_verify),
    AT_CCS(S12_WAIT_CCS),
    AT(S12_WAIT_FINISHED, HF_TLS12, finished),
    {.state = HF_STATE_S12_WAIT_CCS_RESUMED, .version = HF_TLS12, .stop = HF_MESSAGES, .at_ccs = true, .resumed = true},
    {.state = HF_STATE_S12_WAIT_FINISHED_RESUMED, .version = HF_TLS12, .stop = HF_MESSAGE_finished, .resumed = true},
    BY(S12_WAIT_EXCHANGE_PSK, OF_PSK, client_key_exchange),
    BY_CCS(S12_WAIT_CCS_PSK, OF_PSK),
    BY(S12_WAIT_FINISHED_PSK, OF_PSK, finished),
    AT_OPEN(S12_OPEN, HF_TLS12),
    AT_AGAIN(S12_WAIT_HELLO_AGAIN, client_hello),
};
#define SITUATIONS (sizeof situations / sizeof situations[0])

#endif
