#include "handshake/export.h"

#include "handshake/false_start.h"

/* In 1.3 the secret is that of the handshake, whatever is asked later; in 1.2 that of the last, while none runs. */
enum hf_error hf_export_keys(const struct hf_handshake *handshake, const struct hf_export_request *request,
                             uint8_t *into, size_t len)
{
    const bool has_secrets = handshake->opened || hf_false_start_runs(handshake);
    if (!has_secrets)
        return HF_ERR_wrong_call;
    if (handshake->schedule13.stage == HF_STAGE13_OPEN)
        return hf_schedule13_export(&handshake->schedule13, HF_SECRET13_EXPORTER, request, into, len);
    if (handshake->work != NULL && !hf_false_start_runs(handshake))
        return HF_ERR_wrong_call;
    return hf_schedule12_export(&handshake->schedule12, request, into, len);
}

enum hf_error hf_export_early_keys(const struct hf_handshake *handshake, const struct hf_export_request *request,
                                   uint8_t *into, size_t len)
{
    const struct hf_work *work = handshake->work;
    struct hf_export_request named = *request;
    if (handshake->opened || work == NULL || work->early_exporter.len == 0)
        return HF_ERR_wrong_call;
    named.prefix = handshake->schedule13.prefix;
    return hf_exporter13(handshake->config->toolbox, handshake->schedule13.hash, &work->early_exporter, &named, into,
                         len);
}
