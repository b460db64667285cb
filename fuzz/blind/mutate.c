/* A mutator that knows steps: it changes what is in one, or their order, and leaves lengths true; now and then it lets
 * libFuzzer do as it likes. Linked into libFuzzer's programs only. */
#include "stage.h"

#include <string.h>

enum { STEPS_MAX = 64, ROOM = 1 << 16, STEP_ROOM = 1 << 14 };

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t room);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned seed);

struct steps {
    struct stage_step of[STEPS_MAX];
    size_t count;
};

static unsigned draw(unsigned *seed, unsigned below)
{
    *seed = *seed * 1664525u + 1013904223u; /* Numerical Recipes' constants */
    return (*seed >> 8) % below;
}

static void remove_at(struct steps *steps, size_t at)
{
    memmove(&steps->of[at], &steps->of[at + 1], (steps->count - at - 1) * sizeof steps->of[0]);
    steps->count--;
}

static void insert_at(struct steps *steps, size_t at, struct stage_step step)
{
    if (steps->count == STEPS_MAX)
        return;
    memmove(&steps->of[at + 1], &steps->of[at], (steps->count - at) * sizeof steps->of[0]);
    steps->of[at] = step;
    steps->count++;
}

static void change(struct steps *steps, unsigned *seed)
{
    static uint8_t changed[STEP_ROOM], fresh[2];
    const size_t at = draw(seed, (unsigned)steps->count);
    struct stage_step *step = &steps->of[at];
    switch (draw(seed, 10)) {
    case 0:
        remove_at(steps, at);
        break;
    case 1:
        insert_at(steps, draw(seed, (unsigned)steps->count + 1), *step);
        break;
    case 2:
        fresh[0] = (uint8_t)draw(seed, 256), fresh[1] = (uint8_t)draw(seed, 256);
        insert_at(steps, at, (struct stage_step){STEP_DO, hf_span_of(fresh, sizeof fresh)});
        break;
    case 3:
        step->op = (uint8_t)draw(seed, 32);
        break;
    default:
        if (step->bytes.len > sizeof changed)
            break;
        if (step->bytes.len > 0)
            memcpy(changed, step->bytes.data, step->bytes.len);
        step->bytes = hf_span_of(changed, LLVMFuzzerMutate(changed, step->bytes.len, sizeof changed));
        break;
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned seed)
{
    static uint8_t copy[ROOM];
    struct steps steps = {.count = 0};
    if (size < 2 || size > sizeof copy || draw(&seed, 10) == 0)
        return LLVMFuzzerMutate(data, size, room);
    memcpy(copy, data, size);
    struct hf_span left = hf_span_of(copy + 1, size - 1);
    while (steps.count < STEPS_MAX && stage_next(&left, &steps.of[steps.count]))
        steps.count++;
    if (steps.count == 0)
        return LLVMFuzzerMutate(data, size, room);
    change(&steps, &seed);
    if (draw(&seed, 20) == 0)
        data[0] = (uint8_t)draw(&seed, 128);
    size_t at = 1;
    for (size_t i = 0; i < steps.count; i++)
        at += stage_write(&steps.of[i], data + at, room - at);
    return at;
}
