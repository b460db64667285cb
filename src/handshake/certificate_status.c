/* CertificateStatus, TLS 1.2: an OCSP response for the server's certificate. RFC 6066 8.
 * A server that announced it in ServerHello may leave it out, so a client judges the server when it has come, or when
 * the message behind it has: the steps go_on_... are those of that message, and take it too. */
#include "extension/status_request.h"
#include "handshake/certificate.h"
#include "handshake/refuse.h"
#include "handshake/steps.h"
#include "wire/read.h"
#include "wire/write.h"

enum hf_error hf_step_check_certificate_status(struct hf_handshake *handshake, const struct hf_taken *taken,
                                               enum hf_outcome *ret_outcome)
{
    struct hf_work *work = handshake->work;
    struct hf_wire_certificate_status message;
    HF_TRY(hf_wire_read_certificate_status(taken->body, &message));
    if (message.status_type != HF_STATUS_TYPE_OCSP)
        return hf_refuse(handshake, HF_ERR_illegal_parameter, "CertificateStatus.status_type", "ocsp", NULL);
    if (!hf_buffer_append(&work->staple, message.response))
        return HF_ERR_no_memory;
    work->papers[0].ocsp = hf_buffer_span(&work->staple);
    return hf_certificate_judge_server12(handshake, ret_outcome);
}

/* RSA_PSK has but a hint there. */
enum hf_error hf_step_go_on_by_key_exchange(struct hf_handshake *handshake, const struct hf_taken *taken,
                                            enum hf_outcome *ret_outcome)
{
    HF_TRY(hf_certificate_judge_server12(handshake, ret_outcome));
    return hf_step_check_server_key_exchange(handshake, taken, ret_outcome);
}

enum hf_error hf_step_go_on_by_request(struct hf_handshake *handshake, const struct hf_taken *taken,
                                       enum hf_outcome *ret_outcome)
{
    enum hf_outcome of_request;
    HF_TRY(hf_certificate_judge_server12(handshake, ret_outcome));
    return hf_step_check_certificate_request12(handshake, taken, &of_request);
}

enum hf_error hf_step_go_on_by_done(struct hf_handshake *handshake, const struct hf_taken *taken,
                                    enum hf_outcome *ret_outcome)
{
    enum hf_outcome of_done;
    HF_TRY(hf_certificate_judge_server12(handshake, ret_outcome));
    return hf_step_check_server_hello_done(handshake, taken, &of_done);
}

enum hf_error hf_build_certificate_status(struct hf_handshake *handshake, struct hf_writer *body)
{
    const struct hf_wire_certificate_status message = {
        .status_type = HF_STATUS_TYPE_OCSP,
        .response = hf_buffer_span(&handshake->identity->ocsp[0]),
    };
    hf_wire_write_certificate_status(body, &message);
    return HF_OK;
}
