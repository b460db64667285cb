#include "support/raw_lab.h"

#include "certificate/pem.h"
#include "identity/identity.h"

#include <stdlib.h>
#include <string.h>

const char *raw_lab_public(enum lab_who who)
{
    static char pages[LAB_WHO_COUNT][512];
    const char *key = lab_identity(who, MAKE_KEY_P256)->key;
    const struct hf_identity_files files = {.key = hf_span_of_text(key)};
    struct hf_toolbox *toolbox = NULL;
    struct hf_identity *identity = NULL;
    struct hf_failure failure = {0};
    struct hf_buffer pem;
    hf_buffer_init(&pem, &hf_allocation_standard, sizeof pages[0] - 1);
    if (hf_toolbox_new(&hf_allocation_standard, &toolbox) != HF_OK ||
        hf_identity_new_raw(toolbox, &hf_allocation_standard, &files, &identity, &failure) != HF_OK ||
        hf_pem_write("PUBLIC KEY", identity->chain[0], &pem) != HF_OK ||
        !hf_span_copy(hf_buffer_span(&pem), pages[who], sizeof pages[who] - 1))
        abort();
    hf_buffer_release(&pem);
    hf_identity_free(identity);
    hf_toolbox_free(toolbox);
    return pages[who];
}

void raw_lab_identity(struct hf_builder *builder, enum lab_who who)
{
    const char *key = lab_identity(who, MAKE_KEY_P256)->key;
    hf_builder_identity_raw_pem(builder, key, strlen(key));
}

void raw_lab_trust(struct hf_builder *builder, enum lab_who who)
{
    const char *pem = raw_lab_public(who);
    hf_builder_trust_key_pem(builder, pem, strlen(pem));
}
