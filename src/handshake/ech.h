/* Encrypted Client Hello (RFC 9849): what both ends share. The client's side is ech_offer.h, the server's ech_choice.h.
 *
 * Where an inner hello stands for the one that goes over the wire, it is what counts in the transcript. A client keeps
 * a transcript of the outer one beside it until the server has said which of the two it took. */
#ifndef HF_HANDSHAKE_ECH_H
#define HF_HANDSHAKE_ECH_H

#include "config/ech_config.h"
#include "extension/encrypted_client_hello.h"
#include "handshake/ech_open.h"
#include "handshake/handshake.h"

struct hf_ech_work {
    struct hf_ech_opened opened; /* a server */
    struct hf_buffer inner;      /* body of the inner hello that goes next into the transcript, or went last */
    bool has_inner;
    uint8_t
        noise[HF_ECH_CONFIRMATION_LEN]; /* a server that opened nothing: in the place of a HelloRetryRequest's sign */

    /* A client: */
    struct hf_hpke *hpke;
    struct hf_hpke_suite suite;
    uint8_t id;                   /* config_id */
    struct hf_ech_config config;  /* borrows from handshake->config */
    struct hf_client_offer outer; /* what stands in the clear, until the server has chosen */
    uint8_t outer_random[HF_RANDOM_LEN];
    struct hf_transcript outer_transcript;
    struct hf_buffer extension; /* encrypted_client_hello as it went out */
    struct hf_buffer made_up;   /* names and binders that stand for those of real keys */
};

/* Makes handshake->work->ech, empty. */
HF_MUST enum hf_error hf_ech_begin(struct hf_handshake *handshake);

/* Wipes and frees it; NULL is fine. */
void hf_ech_end(struct hf_handshake *handshake);

/* Adds a ClientHello, ours or a client's, to the transcript: the inner one where there is one. */
HF_MUST enum hf_error hf_ech_add_hello(struct hf_handshake *handshake, struct hf_span whole);

/* A server's sign that it took the inner hello (RFC 9849 7.2): over the transcript so far and a message whose 8 bytes
 * at `at` count as zeros. */
struct hf_ech_sign {
    const char *label;
    enum hf_hash_id hash;
    struct hf_span body; /* of ServerHello or HelloRetryRequest */
    size_t at;
};
extern const char hf_ech_sign_hello[];
extern const char hf_ech_sign_retry[];
HF_MUST enum hf_error hf_ech_make_sign(const struct hf_handshake *handshake, const struct hf_ech_sign *sign,
                                       uint8_t into[HF_ECH_CONFIRMATION_LEN]);

/* Where it stands in a ServerHello: the end of its random. */
enum { HF_ECH_SIGN_AT = 2 + HF_RANDOM_LEN - HF_ECH_CONFIRMATION_LEN };

/* Where it stands in a HelloRetryRequest; 0: nowhere. */
size_t hf_ech_find_retry_sign(struct hf_span body);

/* Lines of the key log, by the random of the outer hello (RFC 9850 2.3). */
HF_MUST enum hf_error hf_ech_log(const struct hf_ech_opener *by, const struct hf_hpke *hpke,
                                 struct hf_span outer_random, struct hf_span config);

#endif
