#include "handshake/channel_binding.h"

#include "handshake/export.h"

void hf_channel_binding_keep(struct hf_handshake *handshake, const struct hf_digest *verify_data)
{
    if (handshake->first_finished_len > 0)
        return;
    if (hf_span_copy(hf_digest_span(verify_data), handshake->first_finished, sizeof handshake->first_finished))
        handshake->first_finished_len = (uint8_t)verify_data->len;
}

/* RFC 9266 2: in TLS 1.2 the empty context is one, which makes a difference there; that the master secret is one of
 * this connection only is hf_export_keys' to see. */
static enum hf_error make_exporter(const struct hf_handshake *handshake, uint8_t *into, size_t len)
{
    const struct hf_export_request request = {
        .label = hf_span_of_text("EXPORTER-Channel-Binding"),
        .has_context = true,
    };
    return hf_export_keys(handshake, &request, into, len);
}

/* RFC 7627 1, 5.4: without extended master secret somebody between could have chosen the Finished of a resumption
 * alike on both sides (the triple handshake). TLS 1.3 has no such binding: RFC 9846 C.5. */
static enum hf_error make_unique(const struct hf_handshake *handshake, uint8_t *into, size_t len)
{
    if (handshake->work != NULL || !handshake->extended_master_secret || handshake->first_finished_len != len)
        return HF_ERR_wrong_call;
    return hf_span_copy(hf_span_of(handshake->first_finished, len), into, len) ? HF_OK : HF_ERR_internal;
}

enum hf_error hf_channel_binding_make(const struct hf_handshake *handshake, enum hf_channel_binding kind, uint8_t *into,
                                      size_t room, size_t *ret_len)
{
    size_t len = kind == HF_CHANNEL_BINDING_TLS_UNIQUE ? HF_VERIFY_DATA12_LEN : HF_CHANNEL_BINDING_EXPORTER_LEN;
    *ret_len = 0;
    if (room < len)
        return HF_ERR_wrong_call;
    HF_TRY(kind == HF_CHANNEL_BINDING_TLS_UNIQUE ? make_unique(handshake, into, len)
                                                 : make_exporter(handshake, into, len));
    *ret_len = len;
    return HF_OK;
}
