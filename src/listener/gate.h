/* The gate: what becomes of a hello from an address that has shown nothing yet. It answers by a cookie, or by an alert,
 * and keeps nothing; it lets in whoever comes back with the cookie. RFC 6347 4.2.1, RFC 9147 5.1. */
#ifndef HF_LISTENER_GATE_H
#define HF_LISTENER_GATE_H

#include "engine/birth.h"
#include "listener/peek.h"

enum { HF_GATE_ANSWER_MAX = 512 /* bytes; and never more than three times the hello: RFC 9147 5.1 */ };

struct hf_gate {
    struct hf_config *config; /* outlives it */
    struct hf_address_cookie_keys keys;
    bool skips_cookies;
};

enum hf_gate_verdict {
    HF_GATE_DROP,   /* of no use */
    HF_GATE_COOKIE, /* the answer asks to come again with a cookie */
    HF_GATE_REFUSE, /* the answer is an alert */
    HF_GATE_ADMIT
};

struct hf_gate_question {
    struct hf_span address;
    const struct hf_peek *hello;
    size_t datagram_len;
    uint64_t now_ms;
};

/* With what a connection begins after ADMIT. */
struct hf_gate_admission {
    struct hf_datagram_numbers numbers;
    bool was_retried;
    struct hf_address_cookie_retry retry; /* if so */
};

/* The answer, a whole datagram, goes into `answer`, which has room for HF_GATE_ANSWER_MAX bytes. */
enum hf_gate_verdict hf_gate_judge(struct hf_gate *gate, const struct hf_gate_question *question,
                                   struct hf_writer *answer, struct hf_gate_admission *ret_admission);

void hf_gate_wipe(struct hf_gate *gate);

#endif
