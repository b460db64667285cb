/* CRLs and OCSP responses by which peers are judged: <handfast/config.h>. */
#include "api/builder.h"

typedef enum hf_error add_item(struct hf_revocation *revocation, struct hf_span bytes, const char **ret_flaw);

/* What is added to; NULL when calls no longer count, or there is no memory. */
static struct hf_revocation *set_of(struct hf_builder *builder)
{
    if (!hf_builder_is_fine(builder))
        return NULL;
    struct hf_config *config = builder->config;
    if (config->revocation == NULL)
        config->revocation = hf_revocation_new(&config->allocator);
    if (config->revocation == NULL)
        hf_builder_refuse(builder, HF_ERR_no_memory, "revocation", NULL, NULL);
    return config->revocation;
}

static void add(struct hf_builder *builder, add_item *add_one, struct hf_span bytes, const char *where,
                const char *wanted)
{
    const char *flaw = NULL;
    struct hf_revocation *revocation = set_of(builder);
    enum hf_error error = revocation == NULL ? HF_OK : add_one(revocation, bytes, &flaw);
    if (error != HF_OK)
        hf_builder_refuse(builder, error, where, wanted, flaw);
}

static void add_file(struct hf_builder *builder, add_item *add_one, const char *path, const char *wanted)
{
    struct hf_buffer bytes;
    if (!hf_builder_read_file(builder, path, HF_REVOCATION_LEN_MAX, &bytes))
        return;
    add(builder, add_one, hf_buffer_span(&bytes), path, wanted);
    hf_buffer_release(&bytes);
}

static const char a_crl[] = "a certificate revocation list, PEM or DER";
static const char a_response[] = "an OCSP response, DER";

void hf_builder_crl_file(struct hf_builder *builder, const char *path)
{
    add_file(builder, hf_revocation_add_crl, path, a_crl);
}

void hf_builder_crl(struct hf_builder *builder, const void *crl, size_t len)
{
    add(builder, hf_revocation_add_crl, hf_span_of(crl, len), "hf_builder_crl", a_crl);
}

void hf_builder_ocsp_file(struct hf_builder *builder, const char *path)
{
    add_file(builder, hf_revocation_add_ocsp, path, a_response);
}

void hf_builder_ocsp(struct hf_builder *builder, const void *response, size_t len)
{
    add(builder, hf_revocation_add_ocsp, hf_span_of(response, len), "hf_builder_ocsp", a_response);
}

void hf_builder_revocation_outside(struct hf_builder *builder)
{
    if (set_of(builder) != NULL)
        builder->config->revocation_outside = true;
}

void hf_builder_revocation_check(struct hf_builder *builder)
{
    const struct hf_config *config = builder->config;
    if (!config->revocation_outside)
        return;
    if (!config->verdict_outside)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_revocation_outside",
                          "hf_builder_verdict_outside beside it: that is when it is asked for", "none");
    if (hf_revocation_mode(config->revocation) == HF_REVOCATION_OFF)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_revocation_outside",
                          "HF_REVOCATION_SOFT or HF_REVOCATION_HARD", "HF_REVOCATION_OFF");
}

void hf_builder_revocation(struct hf_builder *builder, enum hf_revocation_mode mode, uint32_t age_max_s)
{
    struct hf_revocation *revocation = set_of(builder);
    if (revocation == NULL)
        return;
    if (mode > HF_REVOCATION_HARD)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_revocation", "a mode of enum hf_revocation_mode",
                          NULL);
    else
        hf_revocation_set(revocation, mode, age_max_s);
}
