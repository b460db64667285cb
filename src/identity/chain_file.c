/* Walks over a PEM file of certificates twice: once to count, once to decode. The spans are set last, when the bytes of
 * all stand in one piece of memory that does not move any more. RFC 7468, RFC 5280 4. */
#include "identity/chain_file.h"

#include "base/text.h"
#include "certificate/name.h"
#include "certificate/pem.h"
#include "certificate/sniff.h"

enum hf_error hf_chain_file_fail(struct hf_failure *ret_failure, enum hf_error error)
{
    *ret_failure =
        (struct hf_failure){.error = error, .by = HF_BY_SETTINGS, .alert = (uint16_t)HF_ALERT_none, .depth = -1};
    return error;
}

enum hf_error hf_chain_file_sniff(struct hf_failure *ret_failure, struct hf_span file, const char *wanted)
{
    enum hf_sniffed sniffed = hf_sniff(file);
    (void)hf_chain_file_fail(ret_failure, HF_ERR_file_malformed);
    struct hf_text text = hf_text_of(ret_failure->wanted, sizeof(ret_failure->wanted));
    hf_text_add(&text, "%s", wanted);
    text = hf_text_of(ret_failure->got, sizeof(ret_failure->got));
    hf_text_add(&text, "%s", hf_sniff_name(sniffed));
    text = hf_text_of(ret_failure->hint, sizeof(ret_failure->hint));
    hf_text_add(&text, "%s", hf_sniff_remedy(sniffed));
    return HF_ERR_file_malformed;
}

void hf_chain_file_name(struct hf_failure *failure, const struct hf_certificate *certificate)
{
    struct hf_text text = hf_text_of(failure->subject, sizeof(failure->subject));
    hf_name_print(certificate->subject, &text);
    text = hf_text_of(failure->serial, sizeof(failure->serial));
    hf_text_add_hex(&text, certificate->serial);
}

static enum hf_error fail_at_line(struct hf_failure *ret_failure, unsigned line, const char *what)
{
    (void)hf_chain_file_fail(ret_failure, HF_ERR_file_malformed);
    struct hf_text text = hf_text_of(ret_failure->got, sizeof(ret_failure->got));
    hf_text_add(&text, "line %u: %s", line, what);
    return HF_ERR_file_malformed;
}

/* Finds the next CERTIFICATE block. *ret_found is false at the end of the file. */
static enum hf_error next_certificate(struct hf_pem *pem, struct hf_pem_block *ret_block, bool *ret_found,
                                      struct hf_failure *ret_failure)
{
    for (;;) {
        switch (hf_pem_next(pem, ret_block)) {
        case HF_PEM_NONE:
            *ret_found = false;
            return HF_OK;
        case HF_PEM_FLAWED:
            return fail_at_line(ret_failure, pem->line, pem->flaw);
        case HF_PEM_BLOCK:
            break;
        }
        *ret_found = hf_pem_has_label(ret_block, "CERTIFICATE");
        if (*ret_found)
            return HF_OK;
    }
}

static enum hf_error measure(struct hf_span text, size_t max, size_t *ret_count, struct hf_failure *ret_failure)
{
    struct hf_pem pem = hf_pem_of(text);
    struct hf_pem_block block;
    size_t count = 0;
    for (bool found = true; found;) {
        HF_TRY(next_certificate(&pem, &block, &found, ret_failure));
        count += found ? 1 : 0;
    }
    if (count == 0)
        return hf_chain_file_sniff(ret_failure, text, "PEM certificates (-----BEGIN CERTIFICATE-----)");
    if (count > max) {
        (void)hf_chain_file_fail(ret_failure, HF_ERR_file_malformed);
        struct hf_text said = hf_text_of(ret_failure->got, sizeof(ret_failure->got));
        hf_text_add(&said, "%zu certificates, and at most %zu can be taken", count, max);
        return HF_ERR_file_malformed;
    }
    *ret_count = count;
    return HF_OK;
}

/* Decodes one block behind the others. `bytes` may still move, so the span keeps the length only: see settle. */
static enum hf_error decode(const struct hf_pem_block *block, struct hf_buffer *bytes, struct hf_chain_file *file,
                            struct hf_failure *ret_failure)
{
    size_t before = hf_buffer_len(bytes);
    unsigned line = block->line;
    enum hf_error error = hf_pem_decode(block, bytes, &line);
    if (error == HF_ERR_no_memory)
        return hf_chain_file_fail(ret_failure, error);
    if (error != HF_OK)
        return fail_at_line(ret_failure, line, "this is not base64");
    file->spans[file->count++] = hf_span_of(NULL, hf_buffer_len(bytes) - before);
    return HF_OK;
}

static enum hf_error parse(struct hf_chain_file *file, size_t index, struct hf_failure *ret_failure)
{
    struct hf_certificate_flaw flaw = {.field = "", .what = ""};
    if (hf_certificate_read(file->spans[index], &file->parsed[index], &flaw) == HF_OK)
        return HF_OK;
    (void)hf_chain_file_fail(ret_failure, HF_ERR_bad_certificate_encoding);
    struct hf_text text = hf_text_of(ret_failure->got, sizeof(ret_failure->got));
    hf_text_add(&text, "certificate #%zu of the file: %s %s", index + 1, flaw.field, flaw.what);
    return HF_ERR_bad_certificate_encoding;
}

/* Copies what was decoded into memory of the file's own, points the spans at it, and reads each certificate. */
static enum hf_error settle(const struct hf_allocator *allocator, struct hf_span bytes, struct hf_chain_file *file,
                            struct hf_failure *ret_failure)
{
    file->memory = hf_allocation_copy(allocator, bytes);
    if (file->memory == NULL)
        return hf_chain_file_fail(ret_failure, HF_ERR_no_memory);
    struct hf_reader reader = hf_reader_of(hf_span_of(file->memory, bytes.len));
    for (size_t i = 0; i < file->count; i++) {
        file->spans[i] = hf_reader_bytes(&reader, file->spans[i].len);
        HF_TRY(parse(file, i, ret_failure));
    }
    return HF_OK;
}

static enum hf_error read_all(const struct hf_allocator *allocator, struct hf_span text, struct hf_chain_file *file,
                              struct hf_failure *ret_failure)
{
    struct hf_buffer bytes;
    hf_buffer_init(&bytes, allocator, text.len);
    struct hf_pem pem = hf_pem_of(text);
    struct hf_pem_block block;
    enum hf_error error = HF_OK;
    for (bool found = true; found && error == HF_OK;) {
        error = next_certificate(&pem, &block, &found, ret_failure);
        if (error == HF_OK && found)
            error = decode(&block, &bytes, file, ret_failure);
    }
    if (error == HF_OK)
        error = settle(allocator, hf_buffer_span(&bytes), file, ret_failure);
    hf_buffer_release(&bytes);
    return error;
}

enum hf_error hf_chain_file_read(const struct hf_allocator *allocator, struct hf_span pem, size_t max,
                                 struct hf_chain_file *ret_file, struct hf_failure *ret_failure)
{
    size_t count = 0;
    HF_TRY(measure(pem, max, &count, ret_failure));
    struct hf_chain_file file = {
        .spans = hf_allocation_array(allocator, count, sizeof(struct hf_span)),
        .parsed = hf_allocation_array(allocator, count, sizeof(struct hf_certificate)),
    };
    enum hf_error error = HF_OK;
    if (file.spans == NULL || file.parsed == NULL)
        error = hf_chain_file_fail(ret_failure, HF_ERR_no_memory);
    else
        error = read_all(allocator, pem, &file, ret_failure);
    if (error != HF_OK) {
        hf_chain_file_release(allocator, &file);
        return error;
    }
    *ret_file = file;
    return HF_OK;
}

void hf_chain_file_release(const struct hf_allocator *allocator, struct hf_chain_file *file)
{
    hf_allocation_free(allocator, file->memory);
    hf_allocation_free(allocator, file->spans);
    hf_allocation_free(allocator, file->parsed);
    *file = (struct hf_chain_file){.count = 0};
}
