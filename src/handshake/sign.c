#include "handshake/sign.h"

#include "handshake/refuse.h"

static enum hf_error wait_for(struct hf_handshake *handshake, struct hf_span message)
{
    struct hf_signature_work *signing = &handshake->work->signing;
    if (!hf_buffer_append(&signing->message, message))
        return HF_ERR_no_memory;
    signing->state = HF_SIGNING_WANTED;
    handshake->driver.event(handshake->driver.context, HF_EVENT_NEEDS_SIGNATURE);
    return HF_OK;
}

static enum hf_error ask(struct hf_handshake *handshake, struct hf_span message, struct hf_span *ret_signature)
{
    struct hf_signature_work *signing = &handshake->work->signing;
    const struct hf_signer *signer = &handshake->identity->signer;
    const struct hf_signer_request request = {
        .scheme = handshake->own_scheme->id,
        .message = message,
        .asker = handshake->driver.context,
    };
    hf_buffer_release(&signing->signature);
    uint8_t *room = hf_buffer_reserve(&signing->signature, HF_SIGNER_ROOM);
    if (room == NULL)
        return HF_ERR_no_memory;
    struct hf_writer writer = hf_writer_of(room, HF_SIGNER_ROOM);
    switch (signer->begin(signer->context, &request, &writer)) {
    case HF_SIGNER_PENDING:
        return wait_for(handshake, message);
    case HF_SIGNER_DONE:
        hf_buffer_grew(&signing->signature, writer.len);
        *ret_signature = hf_buffer_span(&signing->signature);
        return hf_writer_end(&writer) ? HF_OK : HF_ERR_signer_failed;
    case HF_SIGNER_FAILED:
        break;
    }
    return hf_refuse(handshake, HF_ERR_signer_failed, "signer", NULL, handshake->own_scheme->name);
}

enum hf_error hf_sign_own(struct hf_handshake *handshake, struct hf_span message, struct hf_span *ret_signature)
{
    struct hf_signature_work *signing = &handshake->work->signing;
    *ret_signature = hf_span_of(NULL, 0);
    if (signing->state != HF_SIGNING_READY)
        return ask(handshake, message, ret_signature);
    signing->state = HF_SIGNING_NONE;
    *ret_signature = hf_buffer_span(&signing->signature);
    return HF_OK;
}

enum hf_error hf_sign_answer(struct hf_handshake *handshake, struct hf_span signature)
{
    struct hf_signature_work *signing = &handshake->work->signing;
    hf_buffer_release(&signing->message);
    hf_buffer_release(&signing->signature);
    if (signature.len == 0)
        return hf_refuse(handshake, HF_ERR_signer_failed, "outside signer", NULL, NULL);
    if (!hf_buffer_append(&signing->signature, signature))
        return HF_ERR_no_memory;
    signing->state = HF_SIGNING_READY;
    return HF_OK;
}
