/* handfast/inspect.h: the certificates of a file, put into texts once, when it is read. */
#include "api/inspect_parts.h"

#include "base/text.h"
#include "certificate/general_name.h"
#include "certificate/name.h"
#include "crypto/hash.h"

static enum hf_error tell_fingerprint(const struct hf_toolbox *toolbox, struct hf_span der, char *into, size_t room)
{
    struct hf_digest digest;
    HF_TRY(hf_hash_once(toolbox, HF_HASH_SHA256, &der, 1, &digest));
    struct hf_text text = hf_text_of(into, room);
    hf_text_add_hex(&text, hf_digest_span(&digest));
    return HF_OK;
}

static void tell_key(const struct hf_spki *key, char *into, size_t room)
{
    bool rsa = key->kind == HF_SPKI_RSA || key->kind == HF_SPKI_RSA_PSS;
    bool ecdsa = key->kind == HF_SPKI_P256 || key->kind == HF_SPKI_P384 || key->kind == HF_SPKI_P521;
    struct hf_text text = hf_text_of(into, room);
    hf_text_add(&text, "%s%s", ecdsa ? "ECDSA " : "", hf_algorithm_spki_name(key->kind));
    if (rsa)
        hf_text_add(&text, " %u", key->bits);
}

static size_t tell_purposes(const struct hf_certificate *certificate, const char *texts[HF_INSPECT_PURPOSES_MAX])
{
    static const struct {
        uint32_t bit;
        const char *name;
    } names[] = {{HF_PURPOSE_SERVER, "serverAuth"},
                 {HF_PURPOSE_CLIENT, "clientAuth"},
                 {HF_PURPOSE_ANY, "anyExtendedKeyUsage"},
                 {HF_PURPOSE_OTHER, "other"}};
    size_t count = 0;
    for (size_t i = 0; i < HF_COUNT(names); i++) {
        if ((certificate->present & HF_CERTIFICATE_EXTENDED_KEY_USAGE) != 0 &&
            (certificate->purposes & names[i].bit) != 0)
            texts[count++] = names[i].name;
    }
    return count;
}

static enum hf_error tell_names(const struct hf_allocator *allocator, struct hf_span names,
                                struct hf_inspect_texts *texts, size_t *ret_count)
{
    size_t count = 0;
    struct hf_general_name name;
    struct hf_general_names each = hf_general_name_each(names);
    while (hf_general_name_next(&each, &name))
        count++;
    if (count == 0)
        return HF_OK;
    texts->names = hf_allocation_array(allocator, count, sizeof(texts->names[0]));
    texts->name_texts = hf_allocation_array(allocator, count, sizeof(texts->name_texts[0]));
    if (texts->names == NULL || texts->name_texts == NULL)
        return HF_ERR_no_memory;
    each = hf_general_name_each(names);
    for (size_t i = 0; i < count && hf_general_name_next(&each, &name); i++) {
        struct hf_text text = hf_text_of(texts->name_texts[i], HF_INSPECT_NAME_LEN);
        hf_general_name_print(&name, &text);
        texts->names[i] = texts->name_texts[i];
    }
    *ret_count = count;
    return HF_OK;
}

static enum hf_error tell(const struct hf_inspection *inspection, const struct hf_certificate *certificate,
                          struct hf_inspect_texts *texts, struct hf_inspected *item)
{
    struct hf_text text = hf_text_of(texts->subject, sizeof(texts->subject));
    hf_name_print(certificate->subject, &text);
    text = hf_text_of(texts->issuer, sizeof(texts->issuer));
    hf_name_print(certificate->issuer, &text);
    text = hf_text_of(texts->serial, sizeof(texts->serial));
    hf_text_add_hex(&text, certificate->serial);
    text = hf_text_of(texts->signature, sizeof(texts->signature));
    hf_text_add(&text, "%s", hf_algorithm_signature_name(&certificate->signature_algorithm));
    tell_key(&certificate->key, texts->key, sizeof(texts->key));
    HF_TRY(tell_fingerprint(inspection->toolbox, certificate->der, texts->fingerprint, sizeof(texts->fingerprint)));
    HF_TRY(tell_names(inspection->allocator, certificate->subject_alt_names, texts, &item->names_count));
    item->subject = texts->subject;
    item->issuer = texts->issuer;
    item->serial = texts->serial;
    item->fingerprint = texts->fingerprint;
    item->key = texts->key;
    item->signature = texts->signature;
    item->not_before_s = certificate->not_before_s;
    item->not_after_s = certificate->not_after_s;
    item->is_ca = certificate->is_ca;
    item->path_len = certificate->is_ca && certificate->has_path_len ? (int)certificate->path_len : -1;
    item->names = texts->names;
    item->purposes = texts->purposes;
    item->purposes_count = tell_purposes(certificate, texts->purposes);
    return HF_OK;
}

static enum hf_error tell_all(struct hf_inspection *inspection, struct hf_failure *ret_failure)
{
    size_t count = inspection->file.count;
    inspection->items = hf_allocation_array(inspection->allocator, count, sizeof(struct hf_inspected));
    inspection->texts = hf_allocation_array(inspection->allocator, count, sizeof(struct hf_inspect_texts));
    enum hf_error error = inspection->items == NULL || inspection->texts == NULL ? HF_ERR_no_memory : HF_OK;
    for (size_t i = 0; error == HF_OK && i < count; i++)
        error = tell(inspection, &inspection->file.parsed[i], &inspection->texts[i], &inspection->items[i]);
    return error == HF_OK ? HF_OK : hf_chain_file_fail(ret_failure, error);
}

static enum hf_error fill(struct hf_inspection *inspection, struct hf_span pem, struct hf_failure *ret_failure)
{
    enum hf_error error = hf_toolbox_new(inspection->allocator, &inspection->toolbox);
    inspection->pem = hf_allocation_copy(inspection->allocator, pem);
    inspection->pem_len = pem.len;
    if (error == HF_OK && inspection->pem == NULL)
        error = HF_ERR_no_memory;
    if (error != HF_OK)
        return hf_chain_file_fail(ret_failure, error);
    HF_TRY(hf_chain_file_read(inspection->allocator, pem, HF_INSPECT_CERTIFICATES_MAX, &inspection->file, ret_failure));
    return tell_all(inspection, ret_failure);
}

enum hf_error hf_inspection_new(const char *pem, size_t len, struct hf_inspection **ret_inspection,
                                struct hf_failure *ret_failure)
{
    const struct hf_allocator *allocator = &hf_allocation_standard;
    struct hf_inspection *inspection = hf_allocation_new(allocator, sizeof(*inspection));
    if (inspection == NULL)
        return hf_chain_file_fail(ret_failure, HF_ERR_no_memory);
    inspection->allocator = allocator;
    enum hf_error error = fill(inspection, hf_span_of(pem, len), ret_failure);
    if (error != HF_OK) {
        hf_inspection_free(inspection);
        return error;
    }
    *ret_inspection = inspection;
    return HF_OK;
}

void hf_inspection_free(struct hf_inspection *inspection)
{
    if (inspection == NULL)
        return;
    const struct hf_allocator *allocator = inspection->allocator;
    for (size_t i = 0; inspection->texts != NULL && i < inspection->file.count; i++) {
        hf_allocation_free(allocator, inspection->texts[i].names);
        hf_allocation_free(allocator, inspection->texts[i].name_texts);
    }
    hf_allocation_free(allocator, inspection->texts);
    hf_allocation_free(allocator, inspection->items);
    hf_chain_file_release(allocator, &inspection->file);
    hf_allocation_wipe(allocator, inspection->pem, inspection->pem_len); /* the file may have held a key, too */
    hf_toolbox_free(inspection->toolbox);
    hf_allocation_free(allocator, inspection);
}

size_t hf_inspection_count(const struct hf_inspection *inspection)
{
    return inspection->file.count;
}

const struct hf_inspected *hf_inspection_at(const struct hf_inspection *inspection, size_t index)
{
    return index < inspection->file.count ? &inspection->items[index] : NULL;
}
