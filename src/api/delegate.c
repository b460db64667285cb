/* hf_delegate: a credential is made and signed as RFC 9345 4 says, and read again as a peer would before it is handed
 * out. */
#include <handfast/delegation.h>

#include "api/authority_parts.h"
#include "identity/delegation.h"
#include "identity/own_key.h"
#include "registry/signature_scheme.h"

/* What it is made with and for. */
struct making {
    struct hf_authority home; /* allocator and toolbox only */
    struct hf_identity *by;
    struct hf_private_key *key;
    uint32_t valid_time_s;
    enum hf_role role;
};

static enum hf_error fail(struct hf_failure *ret_failure, enum hf_error error, const char *wanted)
{
    return hf_authority_parts_fail(ret_failure, error, wanted, NULL);
}

/* RFC 9345 3: no longer than 7 days, nor than the certificate. */
static enum hf_error check_terms(const struct hf_delegation_wish *wish, struct making *making,
                                 struct hf_failure *ret_failure)
{
    const struct hf_certificate *leaf = &making->by->parsed[0];
    const int64_t end_s = wish->now_s + (int64_t)wish->lasts_s;
    if (!hf_delegation_permits(leaf))
        return fail(ret_failure, HF_ERR_credential_unfit, "a certificate with DelegationUsage and digitalSignature");
    if (wish->lasts_s < 1 || wish->lasts_s > HF_DELEGATION_LASTS_MAX_S)
        return fail(ret_failure, HF_ERR_setting_invalid, "at most 7 days");
    if (wish->now_s < leaf->not_before_s || end_s > leaf->not_after_s)
        return fail(ret_failure, HF_ERR_credential_unfit, "an end before that of the certificate");
    if (wish->key == HF_AUTHORITY_RSA2048 || wish->key == HF_AUTHORITY_RSA4096)
        return fail(ret_failure, HF_ERR_setting_invalid, "a kind of key other than RSA (RFC 9345 4)");
    if (end_s - leaf->not_before_s > UINT32_MAX)
        return fail(ret_failure, HF_ERR_credential_unfit, "a certificate that is younger than 136 years");
    making->valid_time_s = (uint32_t)(end_s - leaf->not_before_s);
    making->role = wish->role;
    return HF_OK;
}

/* What the certificate's key signs of it: the credential and the scheme of that signature. */
static enum hf_error write_said(const struct making *making, struct hf_buffer *into)
{
    uint8_t room[8];
    struct hf_buffer spki;
    struct hf_writer writer = hf_writer_of(room, sizeof room);
    hf_buffer_init(&spki, making->home.allocator, HF_DELEGATION_LEN_MAX);
    enum hf_error error = hf_private_key_spki(making->key, &spki);
    hf_writer_u32(&writer, making->valid_time_s);
    hf_writer_u16(&writer, hf_own_key_schemes(hf_private_key_type(making->key), HF_VERSION_BIT_13).items[0]);
    bool fits = hf_buffer_append(into, hf_writer_span(&writer));
    writer = hf_writer_of(room, sizeof room);
    hf_writer_u24(&writer, (uint32_t)hf_buffer_len(&spki));
    fits = fits && hf_buffer_append(into, hf_writer_span(&writer)) && hf_buffer_append(into, hf_buffer_span(&spki));
    writer = hf_writer_of(room, sizeof room);
    hf_writer_u16(&writer, making->by->schemes13.items[0]);
    fits = fits && hf_buffer_append(into, hf_writer_span(&writer));
    hf_buffer_release(&spki);
    return error != HF_OK ? error : fits ? HF_OK : HF_ERR_no_memory;
}

static enum hf_error sign(const struct making *making, struct hf_span content, struct hf_buffer *credential)
{
    uint8_t room[2 + HF_SIGNER_ROOM], signature[HF_SIGNER_ROOM];
    const uint16_t scheme = making->by->schemes13.items[0];
    const struct hf_signature_room made = {.into = signature, .room = sizeof signature};
    struct hf_writer writer = hf_writer_of(room, sizeof room);
    struct hf_signature_kind kind;
    size_t len = 0;
    if (!hf_own_key_kind(scheme, hf_private_key_type(making->by->key), &kind))
        return HF_ERR_internal;
    HF_TRY(hf_private_key_sign(making->by->key, kind, content, made, &len));
    hf_writer_vector(&writer, 2, hf_span_of(signature, len));
    if (!hf_writer_end(&writer))
        return HF_ERR_internal;
    return hf_buffer_append(credential, hf_writer_span(&writer)) ? HF_OK : HF_ERR_no_memory;
}

static enum hf_error write_credential(const struct making *making, struct hf_buffer *credential)
{
    struct hf_buffer content;
    struct hf_delegation delegation;
    HF_TRY(write_said(making, credential));
    hf_buffer_init(&content, making->home.allocator, (size_t)2 * HF_DELEGATION_LEN_MAX);
    enum hf_error error =
        hf_delegation_content(making->role, making->by->parsed[0].der, hf_buffer_span(credential), &content);
    if (error == HF_OK)
        error = sign(making, hf_buffer_span(&content), credential);
    hf_buffer_release(&content);
    if (error == HF_OK)
        error = hf_delegation_read(hf_buffer_span(credential), &delegation);
    return error;
}

static enum hf_error write_texts(const struct making *making, char **ret_credential_pem, char **ret_key_pem)
{
    struct hf_buffer credential;
    char *text = NULL, *key = NULL;
    hf_buffer_init(&credential, making->home.allocator, HF_DELEGATION_LEN_MAX);
    enum hf_error error = write_credential(making, &credential);
    if (error == HF_OK)
        error = hf_authority_parts_text(&making->home, "DELEGATED CREDENTIAL", hf_buffer_span(&credential), &text);
    if (error == HF_OK)
        error = hf_authority_parts_key_text(&making->home, making->key, /* pass= */ NULL, &key);
    hf_buffer_release(&credential);
    if (error != HF_OK) {
        hf_authority_parts_drop_text(making->home.allocator, text);
        return error;
    }
    *ret_credential_pem = text;
    *ret_key_pem = key;
    return HF_OK;
}

static enum hf_error delegate(const struct hf_delegation_wish *wish, struct making *making, char **ret_credential_pem,
                              char **ret_key_pem, struct hf_failure *ret_failure)
{
    const struct hf_identity_files files = {.chain = hf_span_of(wish->by.certificate, wish->by.certificate_len),
                                            .key = hf_span_of(wish->by.key, wish->by.key_len),
                                            .pass = hf_span_of_text(wish->by.pass)};
    HF_TRY(hf_identity_new_pem(making->home.toolbox, making->home.allocator, &files, &making->by, ret_failure));
    HF_TRY(check_terms(wish, making, ret_failure));
    if (making->by->schemes13.count == 0)
        return fail(ret_failure, HF_ERR_unsupported_key, "a certificate whose key signs in TLS 1.3");
    enum hf_error error = hf_authority_parts_new_key(&making->home, wish->key, &making->key);
    if (error == HF_OK)
        error = write_texts(making, ret_credential_pem, ret_key_pem);
    return error == HF_OK ? HF_OK : fail(ret_failure, error, NULL);
}

enum hf_error hf_delegate(const struct hf_delegation_wish *wish, char **ret_credential_pem, char **ret_key_pem,
                          struct hf_failure *ret_failure)
{
    struct making making = {.home = {.allocator = &hf_allocation_standard}};
    if (hf_toolbox_new(making.home.allocator, &making.home.toolbox) != HF_OK)
        return fail(ret_failure, HF_ERR_no_memory, NULL);
    enum hf_error error = delegate(wish, &making, ret_credential_pem, ret_key_pem, ret_failure);
    hf_private_key_free(making.key);
    hf_identity_free(making.by);
    hf_toolbox_free(making.home.toolbox);
    return error;
}
