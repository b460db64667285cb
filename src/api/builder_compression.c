/* Certificates compressed: <handfast/compression.h>. Algorithms go into the config's table; ours are compressed at the
 * end, when all papers beside them are known. */
#include "api/builder.h"
#include "base/text.h"
#include "extension/entry.h"
#include "registry/certificate_compression.h"

static const char where[] = "hf_builder_certificate_compression";

/* The row of this id in the config, made if it is not there; NULL: there is no room. */
static struct hf_certificate_compression *row_of(struct hf_config *config, uint16_t id)
{
    for (size_t i = 0; i < config->compression_count; i++)
        if (config->compressions[i].id == id)
            return &config->compressions[i];
    if (config->compression_count == HF_CONFIG_COMPRESSIONS_MAX)
        return NULL;
    struct hf_certificate_compression *row = &config->compressions[config->compression_count++];
    *row = (struct hf_certificate_compression){.id = id};
    return row;
}

/* What of it is NULL stays as it is. */
static void turn_on(struct hf_builder *builder, const struct hf_certificate_compression *algorithm, const char *name)
{
    struct hf_certificate_compression *row = row_of(builder->config, algorithm->id);
    const char *flaw = NULL;
    if (row == NULL)
        flaw = "8 algorithms at most";
    else if ((row->compress != NULL && algorithm->compress != NULL) ||
             (row->decompress != NULL && algorithm->decompress != NULL))
        flaw = "each algorithm once for a direction";
    else if ((row->compress != NULL || row->decompress != NULL) && row->context != algorithm->context)
        flaw = "one context for both directions";
    if (flaw != NULL) {
        hf_builder_refuse(builder, HF_ERR_setting_invalid, where, flaw, name);
        return;
    }
    if (algorithm->compress != NULL)
        row->compress = algorithm->compress;
    if (algorithm->decompress != NULL)
        row->decompress = algorithm->decompress;
    row->context = algorithm->context;
}

static void turn_on_named(struct hf_builder *builder, enum hf_compression_use use, struct hf_span name)
{
    char text[64];
    struct hf_text got = hf_text_of(text, sizeof text);
    struct hf_certificate_compression_row row;
    hf_text_add_safe(&got, name);
    if (!hf_certificate_compression_find_name(name, &row)) {
        hf_builder_refuse(builder, HF_ERR_setting_invalid, where, "zlib, brotli or zstd", text);
        return;
    }
    if (!row.available) {
        hf_builder_refuse(builder, HF_ERR_unsupported_here, where, "a library built with it", row.name);
        return;
    }
    if ((use & HF_COMPRESSION_SEND) == 0)
        row.compression.compress = NULL;
    if ((use & HF_COMPRESSION_TAKE) == 0)
        row.compression.decompress = NULL;
    row.compression.context = &builder->config->allocator;
    turn_on(builder, &row.compression, row.name);
}

void hf_builder_certificate_compression(struct hf_builder *builder, enum hf_compression_use use, const char *names)
{
    if (!hf_builder_is_fine(builder))
        return;
    struct hf_reader list = hf_reader_of(hf_span_of_text(names));
    struct hf_span name;
    while (hf_builder_lists_next(&list, &name))
        turn_on_named(builder, use, name);
}

void hf_builder_certificate_compression_own(struct hf_builder *builder,
                                            const struct hf_certificate_compression *algorithm)
{
    if (!hf_builder_is_fine(builder))
        return;
    const char *name = hf_certificate_compression_name(algorithm->id);
    if (name != NULL || (algorithm->compress == NULL && algorithm->decompress == NULL))
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_certificate_compression_own",
                          "an id of its own, and functions", name);
    else
        turn_on(builder, algorithm, NULL);
}

/* ---- ours, compressed ---- */

/* One Certificate message with its papers. */
struct form {
    const struct hf_identity *identity;
    unsigned papers;
    struct hf_span message;
};

static enum hf_error keep(struct hf_config *config, const struct form *form, uint16_t algorithm,
                          struct hf_span compressed)
{
    struct hf_config_compressed *kept = hf_allocation_new(&config->allocator, sizeof *kept + compressed.len);
    struct hf_config_compressed **end = &config->compressed;
    if (kept == NULL)
        return HF_ERR_no_memory;
    kept->identity = form->identity;
    kept->papers = form->papers;
    kept->algorithm = algorithm;
    kept->uncompressed_len = form->message.len;
    kept->len = compressed.len;
    while (*end != NULL)
        end = &(*end)->next;
    *end = kept;
    return hf_span_copy(compressed, kept->bytes, compressed.len) ? HF_OK : HF_ERR_internal;
}

/* One of ours must save something; what an application's does is for the application to know. */
static enum hf_error compress_by(struct hf_config *config, const struct form *form,
                                 const struct hf_certificate_compression *algorithm)
{
    enum { GROWTH = 256 };
    const bool is_own = hf_certificate_compression_name(algorithm->id) == NULL;
    const size_t room = is_own ? form->message.len + GROWTH : form->message.len;
    size_t len = 0;
    uint8_t *into = hf_allocation_bytes(&config->allocator, room);
    if (into == NULL)
        return HF_ERR_no_memory;
    enum hf_error error = HF_OK;
    if (algorithm->compress(algorithm->context, form->message.data, form->message.len, into, room, &len) && len > 0 &&
        len <= room)
        error = keep(config, form, algorithm->id, hf_span_of(into, len));
    hf_allocation_free(&config->allocator, into);
    return error;
}

static enum hf_error compress_form(struct hf_config *config, const struct form *form)
{
    for (size_t i = 0; i < config->compression_count; i++)
        if (config->compressions[i].compress != NULL)
            HF_TRY(compress_by(config, form, &config->compressions[i]));
    return HF_OK;
}

/* With every choice of papers that a peer may ask for. */
static enum hf_error compress_identity(struct hf_config *config, const struct hf_identity *identity)
{
    enum { MESSAGE_HEADERS = 8 };
    const size_t room = MESSAGE_HEADERS + hf_identity_room(identity);
    uint8_t *message = hf_allocation_bytes(&config->allocator, room);
    enum hf_error error = message == NULL ? HF_ERR_no_memory : HF_OK;
    const unsigned there = hf_identity_papers(identity);
    for (unsigned papers = 0; papers <= HF_IDENTITY_PAPERS_ALL && error == HF_OK; papers++) {
        struct hf_writer writer = hf_writer_of(message, room);
        if ((papers & ~there) != 0)
            continue;
        hf_extension_write_certificate13(identity, papers, /* context= */ hf_span_of(NULL, 0), &writer);
        const struct form form = {.identity = identity, .papers = papers, .message = hf_writer_span(&writer)};
        error = hf_writer_end(&writer) ? compress_form(config, &form) : HF_ERR_internal;
    }
    hf_allocation_free(&config->allocator, message);
    return error;
}

void hf_builder_compression_apply(struct hf_builder *builder)
{
    struct hf_config *config = builder->config;
    bool compresses = false;
    for (size_t i = 0; i < config->compression_count; i++)
        compresses = compresses || config->compressions[i].compress != NULL;
    for (size_t i = 0; compresses && i < config->identity_count && hf_builder_is_fine(builder); i++) {
        const enum hf_error error = compress_identity(config, config->identities[i]);
        if (error != HF_OK)
            hf_builder_refuse(builder, error, where, NULL, NULL);
    }
}
