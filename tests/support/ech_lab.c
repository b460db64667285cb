#include "support/ech_lab.h"

#include "certificate/pem.h"

#include <stdlib.h>

enum { LIST_MAX = 512 };

static struct {
    char pem[HF_ECH_PEM_MAX];
    struct hf_buffer list;
} keys[ECH_LAB_KEYS];

static void make(enum ech_lab_key key)
{
    static const struct hf_ech_wish wishes[ECH_LAB_KEYS] = {
        [ECH_LAB_PUBLIC] = {.public_name = "server.lab", .name_max = 40, .id = 1},
        [ECH_LAB_SAME_ID] = {.public_name = "server.lab", .id = 1},
        [ECH_LAB_OTHER] = {.public_name = "server.lab", .id = 2},
        [ECH_LAB_NOBODY] = {.public_name = "public.lab", .id = 3},
    };
    struct hf_pem_block block;
    if (hf_ech_generate(&wishes[key], keys[key].pem, sizeof keys[key].pem) != HF_OK)
        abort();
    struct hf_pem pem = hf_pem_of(hf_span_of_text(keys[key].pem));
    hf_buffer_init(&keys[key].list, &hf_allocation_standard, LIST_MAX);
    while (hf_pem_next(&pem, &block) == HF_PEM_BLOCK)
        if (hf_pem_has_label(&block, "ECHCONFIG") && hf_pem_decode(&block, &keys[key].list, NULL) == HF_OK)
            return;
    abort();
}

static void forget_all(void)
{
    for (size_t i = 0; i < ECH_LAB_KEYS; i++)
        if (keys[i].pem[0] != '\0')
            hf_buffer_release(&keys[i].list);
}

static void need(enum ech_lab_key key)
{
    static bool registered;
    if (!registered)
        (void)atexit(forget_all);
    registered = true;
    if (keys[key].pem[0] == '\0')
        make(key);
}

const char *ech_lab_pem(enum ech_lab_key key)
{
    need(key);
    return keys[key].pem;
}

struct hf_span ech_lab_list(enum ech_lab_key key)
{
    need(key);
    return hf_buffer_span(&keys[key].list);
}
