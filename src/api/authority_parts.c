/* Keys and certificates of a private CA as texts. Buffers that held a key are wiped by hf_buffer_release. */
#include "api/authority_parts.h"

#include "crypto/public_key.h"
#include "base/secret.h"
#include "base/text.h"
#include "certificate/pem.h"
#include "crypto/key_wrap.h"

enum { TEXT_MAX = 262144 };

enum hf_error hf_authority_parts_fail(struct hf_failure *ret_failure, enum hf_error error, const char *wanted,
                                      const char *got)
{
    *ret_failure =
        (struct hf_failure){.error = error, .by = HF_BY_SETTINGS, .alert = (uint16_t)HF_ALERT_none, .depth = -1};
    struct hf_text text = hf_text_of(ret_failure->wanted, sizeof(ret_failure->wanted));
    hf_text_add_safe(&text, hf_span_of_text(wanted));
    text = hf_text_of(ret_failure->got, sizeof(ret_failure->got));
    hf_text_add_safe(&text, hf_span_of_text(got));
    text = hf_text_of(ret_failure->hint, sizeof(ret_failure->hint));
    if (error == HF_ERR_setting_invalid && wanted != NULL)
        hf_text_add(&text, "give what is wanted; see handfast cert SUBCOMMAND --help");
    return error;
}

enum hf_error hf_authority_parts_new_key(const struct hf_authority *authority, enum hf_authority_key kind,
                                         struct hf_private_key **ret_key)
{
    static const struct {
        enum hf_key_type type;
        unsigned bits;
    } kinds[] = {
        [HF_AUTHORITY_P256] = {HF_KEY_P256, 0},         [HF_AUTHORITY_P384] = {HF_KEY_P384, 0},
        [HF_AUTHORITY_P521] = {HF_KEY_P521, 0},         [HF_AUTHORITY_ED25519] = {HF_KEY_ED25519, 0},
        [HF_AUTHORITY_RSA2048] = {HF_KEY_RSA, 2048},    [HF_AUTHORITY_RSA4096] = {HF_KEY_RSA, 4096},
        [HF_AUTHORITY_MLDSA44] = {HF_KEY_ML_DSA_44, 0}, [HF_AUTHORITY_MLDSA65] = {HF_KEY_ML_DSA_65, 0},
        [HF_AUTHORITY_MLDSA87] = {HF_KEY_ML_DSA_87, 0},
    };
    if ((size_t)kind >= HF_COUNT(kinds))
        return HF_ERR_setting_invalid;
    if (!hf_public_key_available(authority->toolbox, kinds[kind].type))
        return HF_ERR_unsupported_here;
    return hf_private_key_generate(authority->toolbox, authority->allocator, kinds[kind].type, kinds[kind].bits,
                                   ret_key);
}

/* Takes what the buffer holds as a text of its own, and gives the buffer back. */
static enum hf_error take_text(const struct hf_allocator *allocator, struct hf_buffer *buffer, enum hf_error error,
                               char **ret_text)
{
    char *text = NULL;
    if (error == HF_OK) {
        static const uint8_t end = 0;
        bool ended = hf_buffer_append(buffer, hf_span_of(&end, 1));
        text = ended ? (char *)hf_allocation_copy(allocator, hf_buffer_span(buffer)) : NULL;
        error = text == NULL ? HF_ERR_no_memory : HF_OK;
    }
    hf_buffer_release(buffer);
    if (error == HF_OK)
        *ret_text = text;
    return error;
}

enum hf_error hf_authority_parts_key_text(const struct hf_authority *authority, const struct hf_private_key *key,
                                          const char *pass, char **ret_pem)
{
    struct hf_buffer buffer;
    hf_buffer_init(&buffer, authority->allocator, TEXT_MAX);
    enum hf_error error = pass == NULL ? hf_private_key_write_pem(key, &buffer)
                                       : hf_key_wrap_pem(authority->allocator, key, hf_span_of_text(pass), &buffer);
    return take_text(authority->allocator, &buffer, error, ret_pem);
}

enum hf_error hf_authority_parts_certificate_text(const struct hf_authority *authority, struct hf_span der,
                                                  const char *behind, char **ret_pem)
{
    struct hf_buffer buffer;
    hf_buffer_init(&buffer, authority->allocator, TEXT_MAX);
    enum hf_error error = hf_pem_write("CERTIFICATE", der, &buffer);
    if (error == HF_OK && !hf_buffer_append(&buffer, hf_span_of_text(behind)))
        error = HF_ERR_no_memory;
    return take_text(authority->allocator, &buffer, error, ret_pem);
}

enum hf_error hf_authority_parts_text(const struct hf_authority *authority, const char *label, struct hf_span der,
                                      char **ret_pem)
{
    struct hf_buffer buffer;
    hf_buffer_init(&buffer, authority->allocator, TEXT_MAX);
    enum hf_error error = hf_pem_write(label, der, &buffer);
    return take_text(authority->allocator, &buffer, error, ret_pem);
}

void hf_authority_parts_drop_text(const struct hf_allocator *allocator, char *text)
{
    hf_allocation_wipe(allocator, text, text == NULL ? 0 : hf_span_of_text(text).len);
}
