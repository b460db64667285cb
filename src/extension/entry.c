#include "extension/entry.h"

#include "extension/status_request.h"
#include "extension/walk.h"
#include "wire/read.h"
#include "wire/write.h"

static void write_ocsp(struct hf_span response, struct hf_writer *body)
{
    const struct hf_wire_certificate_status status = {.status_type = HF_STATUS_TYPE_OCSP, .response = response};
    hf_writer_u16(body, HF_EXTENSION_status_request);
    size_t payload = hf_writer_open(body, 2);
    hf_wire_write_certificate_status(body, &status);
    hf_writer_close(body, payload, 2);
}

void hf_extension_write_certificate_entry(const struct hf_certificate_entry *entry, struct hf_span credential,
                                          struct hf_writer *body)
{
    size_t block = hf_writer_open(body, 2);
    if (entry->ocsp.len > 0)
        write_ocsp(entry->ocsp, body);
    if (entry->scts.len > 0) {
        hf_writer_u16(body, HF_EXTENSION_signed_certificate_timestamp);
        hf_writer_vector(body, 2, entry->scts);
    }
    if (credential.len > 0) {
        hf_writer_u16(body, HF_EXTENSION_delegated_credential);
        hf_writer_vector(body, 2, credential);
    }
    hf_writer_close(body, block, 2);
}

void hf_extension_write_certificate13(const struct hf_identity *identity, unsigned papers, struct hf_span context,
                                      struct hf_writer *body)
{
    const struct hf_span none = {0};
    hf_writer_vector(body, 1, context);
    size_t list = hf_writer_open(body, 3);
    for (size_t i = 0; identity != NULL && i < identity->chain_count; i++) {
        struct hf_certificate_entry entry = {0};
        if ((papers & HF_IDENTITY_OCSP) != 0)
            entry.ocsp = hf_buffer_span(&identity->ocsp[i]);
        if ((papers & HF_IDENTITY_SCTS) != 0)
            entry.scts = hf_buffer_span(&identity->scts[i]);
        hf_writer_vector(body, 3, identity->chain[i]);
        hf_extension_write_certificate_entry(&entry, i == 0 ? hf_buffer_span(&identity->credential) : none, body);
    }
    hf_writer_close(body, list, 3);
}

/* The walk has seen that each payload has its form. */
static enum hf_error read_known(const struct hf_extension_reading *reading, struct hf_span block,
                                struct hf_certificate_entry *entry)
{
    struct hf_span payload;
    struct hf_wire_certificate_status status;
    if (hf_wire_extension_find(block, HF_EXTENSION_signed_certificate_timestamp, &payload))
        entry->scts = payload;
    if (!hf_wire_extension_find(block, HF_EXTENSION_status_request, &payload))
        return HF_OK;
    HF_TRY(hf_wire_read_certificate_status(payload, &status));
    if (status.status_type != HF_STATUS_TYPE_OCSP)
        return hf_extension_walk_fail(reading, HF_ERR_illegal_parameter, "status_request");
    entry->ocsp = status.response;
    return HF_OK;
}

struct hf_span hf_extension_entry_credential(struct hf_span block)
{
    struct hf_span credential;
    return hf_wire_extension_find(block, HF_EXTENSION_delegated_credential, &credential) ? credential
                                                                                         : hf_span_of(NULL, 0);
}

/* RFC 9345 4.1.1: a credential that was not asked for is unexpected_message, where other extensions are not supported.
 */
static enum hf_error name_unsolicited(const struct hf_extension_walk *walk, struct hf_span block)
{
    const bool is_credential = !hf_extension_set_has(walk->offered, HF_ROW_delegated_credential) &&
                               hf_extension_entry_credential(block).len > 0;
    return is_credential ? hf_extension_walk_fail(&walk->reading, HF_ERR_unexpected_message, "delegated_credential")
                         : HF_ERR_unsolicited_extension;
}

enum hf_error hf_extension_read_certificate_entry(struct hf_span block, struct hf_extension_set asked,
                                                  struct hf_certificate_entry *ret_entry,
                                                  struct hf_failure *ret_failure)
{
    struct hf_failure failure = {.by = HF_BY_US, .depth = -1};
    struct hf_extension_walk walk = {.reading = {.place = HF_PLACE_CT, .failure = &failure}, .offered = asked};
    struct hf_certificate_entry entry = {0};
    enum hf_error error = hf_extension_walk(&walk, block);
    if (error == HF_ERR_unsolicited_extension)
        error = name_unsolicited(&walk, block);
    if (error == HF_OK)
        error = read_known(&walk.reading, block, &entry);
    if (error == HF_OK)
        *ret_entry = entry;
    else
        *ret_failure = failure;
    return error;
}
