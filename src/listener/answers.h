/* What the gate answers to addresses that have no association: a few datagrams, then no more until these went. They are
 * all that a listener ever holds for somebody who has not shown where it is. */
#ifndef HF_LISTENER_ANSWERS_H
#define HF_LISTENER_ANSWERS_H

#include <handfast/listener.h>

#include "base/writer.h"
#include "listener/gate.h"

enum { HF_ANSWERS_MAX = 32 };

struct hf_answer {
    uint8_t address[HF_LISTENER_ADDRESS_MAX];
    size_t address_len;
    uint8_t wire[HF_GATE_ANSWER_MAX];
    size_t len;
};

/* A ring. Zeros: empty. */
struct hf_answers {
    struct hf_answer of[HF_ANSWERS_MAX];
    size_t first;
    size_t count;
};

/* Lost when there is no room, as the network might have done. */
void hf_answers_add(struct hf_answers *answers, struct hf_span address, struct hf_span wire);

/* NULL: empty. */
const struct hf_answer *hf_answers_first(const struct hf_answers *answers);
void hf_answers_drop_first(struct hf_answers *answers);

#endif
