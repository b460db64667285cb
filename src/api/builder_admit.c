/* Rules of admission: <handfast/config.h>. */
#include "api/builder.h"

/* What is added to; NULL when calls no longer count, or there is no memory. */
static struct hf_admission *rules_of(struct hf_builder *builder)
{
    if (!hf_builder_is_fine(builder))
        return NULL;
    struct hf_config *config = builder->config;
    if (config->admission == NULL)
        config->admission = hf_admission_new(&config->allocator);
    if (config->admission == NULL)
        hf_builder_refuse(builder, HF_ERR_no_memory, "admission", NULL, NULL);
    return config->admission;
}

static void add(struct hf_builder *builder, struct hf_span text, const char *where)
{
    struct hf_failure failure = {.alert = HF_ALERT_none, .by = HF_BY_SETTINGS, .depth = -1};
    struct hf_admission *admission = rules_of(builder);
    if (admission != NULL && hf_admission_add(admission, text, where, &failure) != HF_OK)
        builder->failure = failure;
}

void hf_builder_admit(struct hf_builder *builder, const char *rules)
{
    add(builder, hf_span_of_text(rules), "hf_builder_admit");
}

void hf_builder_admit_file(struct hf_builder *builder, const char *path)
{
    struct hf_buffer text;
    if (!hf_builder_read_file(builder, path, HF_ADMISSION_TEXT_MAX, &text))
        return;
    add(builder, hf_buffer_span(&text), path);
    hf_buffer_release(&text);
}

void hf_builder_admit_common_names(struct hf_builder *builder)
{
    struct hf_admission *admission = rules_of(builder);
    if (admission != NULL)
        hf_admission_allow_common_names(admission);
}
