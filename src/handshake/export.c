#include "handshake/export.h"

#include "handshake/false_start.h"

enum hf_error hf_export_keys(const struct hf_handshake *handshake, const struct hf_export_request *request,
                             uint8_t *into, size_t len)
{
    const bool has_secrets = handshake->work == NULL || hf_false_start_runs(handshake);
    if (!has_secrets || handshake->protocol == NULL)
        return HF_ERR_wrong_call;
    if (handshake->schedule13.stage == HF_STAGE13_OPEN)
        return hf_schedule13_export(&handshake->schedule13, HF_SECRET13_EXPORTER, request, into, len);
    return hf_schedule12_export(&handshake->schedule12, request, into, len);
}
