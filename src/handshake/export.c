#include "handshake/export.h"

enum hf_error hf_export_keys(const struct hf_handshake *handshake, const struct hf_export_request *request,
                             uint8_t *into, size_t len)
{
    if (handshake->work != NULL || handshake->protocol == NULL)
        return HF_ERR_wrong_call;
    if (handshake->schedule13.stage == HF_STAGE13_OPEN)
        return hf_schedule13_export(&handshake->schedule13, HF_SECRET13_EXPORTER, request, into, len);
    return hf_schedule12_export(&handshake->schedule12, request, into, len);
}
