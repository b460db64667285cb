/* Exporters: RFC 9846 7.5 and RFC 5705 4. */
#include "schedule/exporter.h"

#include "base/writer.h"
#include "crypto/prf.h"
#include "schedule/expand_label.h"

#define LABEL12_MAX 128

enum hf_error hf_exporter13(const struct hf_toolbox *toolbox, enum hf_hash_id hash, const struct hf_secret *secret,
                            const struct hf_export_request *request, uint8_t *into, size_t len)
{
    struct hf_digest empty;
    struct hf_digest context;
    HF_WIPED struct hf_secret derived = {0};
    struct hf_span none = hf_span_of(NULL, 0);

    hf_wipe(into, len);
    HF_TRY(hf_hash_once(toolbox, hash, NULL, 0, &empty));
    HF_TRY(hf_hash_once(toolbox, hash, request->has_context ? &request->context : &none, 1, &context));
    /* TLS-Exporter = HKDF-Expand-Label(Derive-Secret(secret, label, ""), "exporter", Hash(context), length) */
    struct hf_expand_label inner = {
        .toolbox = toolbox,
        .hash = hash,
        .prefix = request->prefix,
        .label = request->label,
        .context = hf_digest_span(&empty),
    };
    HF_TRY(hf_expand_label_secret(&inner, secret, hf_hash_len(hash), &derived));
    struct hf_expand_label outer = {
        .toolbox = toolbox,
        .hash = hash,
        .prefix = request->prefix,
        .label = hf_span_of_text("exporter"),
        .context = hf_digest_span(&context),
    };
    return hf_expand_label(&outer, &derived, into, len);
}

/* The protocol's own labels would hand out Finished values or keys (RFC 5705 4). */
static bool is_reserved(struct hf_span label)
{
    static const char *const reserved[] = {"client finished", "server finished", "master secret",
                                           "extended master secret", "key expansion"};
    for (size_t i = 0; i < HF_COUNT(reserved); i++)
        if (hf_span_equal(label, hf_span_of_text(reserved[i])))
            return true;
    return false;
}

/* The PRF takes its label as a C string: a copy with its NUL. False when too long, or with a NUL inside. */
static bool copy_label(struct hf_span label, char copy[LABEL12_MAX + 1])
{
    if (!hf_span_copy(label, copy, LABEL12_MAX))
        return false;
    copy[label.len] = '\0';
    return hf_span_of_text(copy).len == label.len;
}

enum hf_error hf_exporter12(const struct hf_toolbox *toolbox, enum hf_hash_id hash,
                            const struct hf_exporter12_source *source, const struct hf_export_request *request,
                            uint8_t *into, size_t len)
{
    char label[LABEL12_MAX + 1];
    uint8_t context_len[2];
    struct hf_writer writer = hf_writer_of(context_len, sizeof context_len);

    hf_wipe(into, len);
    hf_writer_uint(&writer, 2, request->has_context ? request->context.len : 0);
    if (is_reserved(request->label) || !copy_label(request->label, label) || !hf_writer_end(&writer))
        return HF_ERR_wrong_call;
    struct hf_prf_input input = {
        .secret = hf_secret_span(source->master),
        .label = label,
        .seeds = {source->client_random, source->server_random, hf_writer_span(&writer), request->context},
        .seeds_count = request->has_context ? 4 : 2,
    };
    return hf_prf_expand(toolbox, hash, &input, into, len);
}
