#include "identity/delegation.h"

#include "registry/signature_scheme.h"
#include "wire/read.h"

enum { PADDING_LEN = 64, PADDING = 0x20, HEAD_MAX = 128 };

enum hf_error hf_delegation_read(struct hf_span bytes, struct hf_delegation *ret_delegation)
{
    enum { LEN_OF_LENGTH = 2 };
    struct hf_wire_delegated_credential wire;
    struct hf_delegation delegation = {0};
    HF_TRY(hf_wire_read_delegated_credential(bytes, &wire));
    if (!hf_algorithm_read_spki(wire.public_key, &delegation.key))
        return HF_ERR_unsupported_key;
    delegation.valid_time_s = wire.valid_time;
    delegation.scheme = wire.cert_verify_algorithm;
    delegation.signed_by = wire.algorithm;
    delegation.signature = wire.signature;
    delegation.said = hf_span_part(bytes, 0, bytes.len - LEN_OF_LENGTH - wire.signature.len);
    *ret_delegation = delegation;
    return HF_OK;
}

bool hf_delegation_allows(uint16_t scheme)
{
    const struct hf_signature_scheme *row = hf_signature_scheme_find(scheme);
    return row != NULL && (row->handshake & HF_VERSION_BIT_13) != 0 && row->kind.key != HF_KEY_RSA;
}

bool hf_delegation_permits(const struct hf_certificate *leaf)
{
    return (leaf->present & HF_CERTIFICATE_DELEGATION_USAGE) != 0 &&
           (leaf->critical & HF_CERTIFICATE_DELEGATION_USAGE) == 0 && (leaf->present & HF_CERTIFICATE_KEY_USAGE) != 0 &&
           (leaf->key_usage & HF_KEY_USAGE_DIGITAL_SIGNATURE) != 0;
}

int64_t hf_delegation_end_s(const struct hf_delegation *delegation, const struct hf_certificate *leaf)
{
    return leaf->not_before_s + (int64_t)delegation->valid_time_s;
}

enum hf_error hf_delegation_content(enum hf_role role, struct hf_span leaf_der, struct hf_span said,
                                    struct hf_buffer *into)
{
    uint8_t room[HEAD_MAX];
    struct hf_writer head = hf_writer_of(room, sizeof room);
    for (int i = 0; i < PADDING_LEN; i++)
        hf_writer_u8(&head, PADDING);
    hf_writer_bytes(&head, hf_span_of_text(role == HF_SERVER ? "TLS, server delegated credentials"
                                                             : "TLS, client delegated credentials"));
    hf_writer_u8(&head, 0);
    if (!hf_writer_end(&head))
        return HF_ERR_internal;
    return hf_buffer_append(into, hf_writer_span(&head)) && hf_buffer_append(into, leaf_der) &&
                   hf_buffer_append(into, said)
               ? HF_OK
               : HF_ERR_no_memory;
}

enum hf_error hf_delegation_verify(const struct hf_allocator *allocator, const struct hf_public_key *leaf_key,
                                   enum hf_role role, struct hf_span leaf_der, const struct hf_delegation *delegation)
{
    const struct hf_signature_scheme *scheme = hf_signature_scheme_find(delegation->signed_by);
    struct hf_signature_kind kind;
    struct hf_buffer content;
    if (scheme == NULL || !hf_signature_scheme_fits(scheme, HF_VERSION_BIT_13, hf_public_key_type(leaf_key), &kind))
        return HF_ERR_wrong_signature_scheme;
    hf_buffer_init(&content, allocator, HEAD_MAX + leaf_der.len + delegation->said.len);
    enum hf_error error = hf_delegation_content(role, leaf_der, delegation->said, &content);
    if (error == HF_OK)
        error = hf_public_key_verify(leaf_key, kind, hf_buffer_span(&content), delegation->signature);
    hf_buffer_release(&content);
    return error;
}
