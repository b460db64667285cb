#include "handshake/sign.h"

#include "handshake/refuse.h"
#include "identity/elsewhere.h"

/* What a key elsewhere has signed goes out only if our certificate verifies it. */
static enum hf_error check(struct hf_handshake *handshake, struct hf_span message, struct hf_span signature)
{
    const struct hf_elsewhere_claim claim = {handshake->own_scheme->id, message};
    enum hf_error error = hf_elsewhere_verify(handshake->identity, &claim, signature);
    if (error != HF_ERR_signer_failed)
        return error;
    return hf_refuse(handshake, error, "outside signer", handshake->own_scheme->name,
                     "a signature that our certificate does not verify");
}

static enum hf_error wait_for(struct hf_handshake *handshake, struct hf_span message)
{
    struct hf_signature_work *signing = &handshake->work->signing;
    if (!hf_buffer_append(&signing->message, message))
        return HF_ERR_no_memory;
    HF_TRY(hf_elsewhere_digest(handshake->identity->toolbox, handshake->own_scheme->id, message, &signing->digest));
    signing->state = HF_SIGNING_WANTED;
    handshake->driver.event(handshake->driver.context, HF_EVENT_NEEDS_SIGNATURE);
    return HF_OK;
}

static enum hf_error ask(struct hf_handshake *handshake, struct hf_span message, struct hf_writer *into)
{
    const struct hf_signer *signer = &handshake->identity->signer;
    char why[160];
    struct hf_text why_text = hf_text_of(why, sizeof why);
    const struct hf_signer_request request = {
        .scheme = handshake->own_scheme->id,
        .message = message,
        .asker = handshake->driver.context,
        .why = &why_text,
    };
    switch (signer->begin(signer->context, &request, into)) {
    case HF_SIGNER_PENDING:
        return wait_for(handshake, message);
    case HF_SIGNER_DONE:
        return hf_writer_end(into) ? check(handshake, message, hf_writer_span(into)) : HF_ERR_signer_failed;
    case HF_SIGNER_FAILED:
    case HF_SIGNER_WRONG_KEY:
        break;
    }
    return hf_refuse(handshake, HF_ERR_signer_failed, "signer", handshake->own_scheme->name, why);
}

enum hf_error hf_sign_own(struct hf_handshake *handshake, struct hf_span message, struct hf_sign_room *room,
                          struct hf_span *ret_signature)
{
    struct hf_signature_work *signing = &handshake->work->signing;
    struct hf_writer writer = hf_writer_of(room->bytes, sizeof room->bytes);
    *ret_signature = hf_span_of(NULL, 0);
    if (signing->state != HF_SIGNING_READY) {
        HF_TRY(ask(handshake, message, &writer));
        *ret_signature = hf_writer_span(&writer);
        return HF_OK;
    }
    signing->state = HF_SIGNING_NONE;
    *ret_signature = hf_buffer_span(&signing->signature);
    return HF_OK;
}

enum hf_error hf_sign_refuse(struct hf_handshake *handshake, const char *why)
{
    hf_buffer_release(&handshake->work->signing.message);
    return hf_refuse_got(handshake, HF_ERR_signer_failed, "outside signer", "%s", why == NULL ? "" : why);
}

enum hf_error hf_sign_answer(struct hf_handshake *handshake, struct hf_span signature)
{
    struct hf_signature_work *signing = &handshake->work->signing;
    HF_TRY(check(handshake, hf_buffer_span(&signing->message), signature));
    hf_buffer_release(&signing->message);
    hf_buffer_release(&signing->signature);
    if (!hf_buffer_append(&signing->signature, signature))
        return HF_ERR_no_memory;
    signing->state = HF_SIGNING_READY;
    return HF_OK;
}
