/* CertificateVerify: a signature over the handshake so far. RFC 9846 4.5.2, RFC 5246 7.4.8.
 * In 1.3 over the transcript's hash behind a context string; in 1.2 over the messages themselves. */
#include "handshake/certificate_verify.h"

#include "handshake/possession.h"
#include "handshake/sign.h"
#include "handshake/steps.h"
#include "wire/read.h"
#include "wire/write.h"

enum { PADDING_LEN = 64, PADDING = 0x20, CONTENT_MAX = 64 + 34 + HF_DIGEST_MAX };

static const char *purpose_of(enum hf_role signer)
{
    return signer == HF_SERVER ? "TLS 1.3, server CertificateVerify" : "TLS 1.3, client CertificateVerify";
}

/* What is signed in 1.3, in the room of `into`. */
static enum hf_error content13(struct hf_handshake *handshake, const char *purpose, struct hf_writer *into)
{
    struct hf_digest digest;
    HF_TRY(hf_transcript_digest(&handshake->work->transcript, &digest));
    for (int i = 0; i < PADDING_LEN; i++)
        hf_writer_u8(into, PADDING);
    hf_writer_bytes(into, hf_span_of_text(purpose));
    hf_writer_u8(into, 0);
    hf_writer_bytes(into, hf_digest_span(&digest));
    return hf_writer_end(into) ? HF_OK : HF_ERR_internal;
}

static enum hf_error check(struct hf_handshake *handshake, enum hf_version_bit generation, struct hf_span body,
                           struct hf_span message, enum hf_outcome *ret_outcome)
{
    struct hf_wire_certificate_verify verify;
    HF_TRY(hf_wire_read_certificate_verify(body, &verify));
    const struct hf_possession_claim claim = {
        .scheme = verify.scheme,
        .message = message,
        .signature = verify.signature,
        .where = "CertificateVerify",
    };
    return hf_possession_prove(handshake, generation, &claim, ret_outcome);
}

static enum hf_error build(struct hf_handshake *handshake, struct hf_span message, struct hf_writer *body)
{
    struct hf_wire_certificate_verify verify = {.scheme = handshake->own_scheme->id};
    struct hf_sign_room signature;
    HF_TRY(hf_sign_own(handshake, message, &signature, &verify.signature));
    hf_wire_write_certificate_verify(body, &verify);
    return HF_OK;
}

enum hf_error hf_certificate_verify_check13(struct hf_handshake *handshake, const char *purpose, struct hf_span body,
                                            enum hf_outcome *ret_outcome)
{
    uint8_t room[CONTENT_MAX];
    struct hf_writer content = hf_writer_of(room, sizeof room);
    HF_TRY(content13(handshake, purpose, &content));
    return check(handshake, HF_VERSION_BIT_13, body, hf_writer_span(&content), ret_outcome);
}

enum hf_error hf_step_check_certificate_verify13(struct hf_handshake *handshake, const struct hf_taken *taken,
                                                 enum hf_outcome *ret_outcome)
{
    return hf_certificate_verify_check13(handshake, purpose_of(hf_handshake_peer_role(handshake)), taken->body,
                                         ret_outcome);
}

enum hf_error hf_step_check_certificate_verify12(struct hf_handshake *handshake, const struct hf_taken *taken,
                                                 enum hf_outcome *ret_outcome)
{
    struct hf_transcript *transcript = &handshake->work->transcript;
    HF_TRY(check(handshake, HF_VERSION_BIT_12, taken->body, hf_transcript_messages(transcript), ret_outcome));
    hf_transcript_forget_messages(transcript);
    return HF_OK;
}

enum hf_error hf_certificate_verify_build13(struct hf_handshake *handshake, const char *purpose, struct hf_writer *body)
{
    uint8_t room[CONTENT_MAX];
    struct hf_writer content = hf_writer_of(room, sizeof room);
    HF_TRY(content13(handshake, purpose, &content));
    return build(handshake, hf_writer_span(&content), body);
}

enum hf_error hf_build_certificate_verify13(struct hf_handshake *handshake, struct hf_writer *body)
{
    return hf_certificate_verify_build13(handshake, purpose_of(hf_handshake_role(handshake)), body);
}

enum hf_error hf_build_certificate_verify12(struct hf_handshake *handshake, struct hf_writer *body)
{
    return build(handshake, hf_transcript_messages(&handshake->work->transcript), body);
}
