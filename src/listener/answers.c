/* A ring of fixed size: forged hellos cost no memory. */
#include "listener/answers.h"

void hf_answers_add(struct hf_answers *answers, struct hf_span address, struct hf_span wire)
{
    if (answers->count == HF_ANSWERS_MAX)
        return;
    struct hf_answer *answer = &answers->of[(answers->first + answers->count) % HF_ANSWERS_MAX];
    if (!hf_span_copy(address, answer->address, sizeof answer->address) ||
        !hf_span_copy(wire, answer->wire, sizeof answer->wire))
        return;
    answer->address_len = address.len;
    answer->len = wire.len;
    answers->count++;
}

const struct hf_answer *hf_answers_first(const struct hf_answers *answers)
{
    return answers->count == 0 ? NULL : &answers->of[answers->first];
}

void hf_answers_drop_first(struct hf_answers *answers)
{
    if (answers->count == 0)
        return;
    answers->first = (answers->first + 1) % HF_ANSWERS_MAX;
    answers->count--;
}
