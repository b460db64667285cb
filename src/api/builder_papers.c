/* What goes beside certificates: OCSP responses and SCTs, ours and those we ask for. <handfast/config.h>. */
#include "api/builder.h"
#include "certificate/ocsp.h"
#include "wire/read.h"

/* The identity added last, if it has a certificate at this depth; else NULL, and the builder says why. */
static struct hf_identity *find(struct hf_builder *builder, const char *where, size_t depth)
{
    struct hf_config *config = builder->config;
    struct hf_identity *identity = config->identity_count == 0 ? NULL : config->identities[config->identity_count - 1];
    if (identity != NULL && depth < identity->chain_count)
        return identity;
    hf_builder_refuse(builder, HF_ERR_setting_invalid, where, "an identity before it, with a certificate at this depth",
                      "none");
    return NULL;
}

static void set(struct hf_builder *builder, const char *where, struct hf_buffer *paper, struct hf_span bytes)
{
    hf_buffer_release(paper);
    if (bytes.len == 0 || bytes.len > HF_IDENTITY_PAPER_MAX)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, where, "1 to 32000 bytes", NULL);
    else if (!hf_buffer_append(paper, bytes))
        hf_builder_refuse(builder, HF_ERR_no_memory, where, NULL, NULL);
}

void hf_builder_identity_ocsp(struct hf_builder *builder, size_t depth, const void *response, size_t len)
{
    static const char where[] = "hf_builder_identity_ocsp";
    if (!hf_builder_is_fine(builder))
        return;
    struct hf_identity *identity = find(builder, where, depth);
    if (identity != NULL)
        set(builder, where, &identity->ocsp[depth], hf_span_of(response, len));
}

/* A file that is something else, PEM for instance, would be found out by peers only. */
static void set_ocsp_of_file(struct hf_builder *builder, size_t depth, struct hf_span bytes, const char *path)
{
    struct hf_ocsp ocsp;
    if (hf_ocsp_read(bytes, &ocsp) != HF_OK)
        hf_builder_refuse(builder, HF_ERR_file_malformed, path, "one OCSP response, DER", "other bytes");
    else
        hf_builder_identity_ocsp(builder, depth, bytes.data, bytes.len);
}

void hf_builder_identity_ocsp_file(struct hf_builder *builder, size_t depth, const char *path)
{
    struct hf_buffer bytes;
    if (!hf_builder_read_file(builder, path, HF_IDENTITY_FILE_MAX, &bytes))
        return;
    set_ocsp_of_file(builder, depth, hf_buffer_span(&bytes), path);
    hf_buffer_release(&bytes);
}

void hf_builder_identity_scts(struct hf_builder *builder, size_t depth, const void *list, size_t len)
{
    static const char where[] = "hf_builder_identity_scts";
    struct hf_wire_sct_list scts;
    if (!hf_builder_is_fine(builder))
        return;
    struct hf_identity *identity = find(builder, where, depth);
    if (identity != NULL && hf_wire_read_sct_list(hf_span_of(list, len), &scts) != HF_OK)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, where, "a SignedCertificateTimestampList (RFC 6962 3.3)",
                          "other bytes");
    else if (identity != NULL)
        set(builder, where, &identity->scts[depth], hf_span_of(list, len));
}

void hf_builder_ask_staples(struct hf_builder *builder, bool ask)
{
    if (hf_builder_is_fine(builder))
        builder->config->asks_staples = ask;
}

void hf_builder_ask_scts(struct hf_builder *builder, bool ask)
{
    if (hf_builder_is_fine(builder))
        builder->config->asks_scts = ask;
}
