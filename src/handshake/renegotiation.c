/* Renegotiation is not done: HelloRequest (to a client) and ClientHello (to a server) on an open TLS 1.2 connection are
 * answered by a no_renegotiation warning, and the connection goes on (RFC 5246 7.2.2, RFC 5746 4.5). A HelloRequest
 * while the handshake runs asks for what is being done and is ignored (RFC 5246 7.4.1.1).
 * TLS 1.3 has no row for either, so there they are unexpected messages (RFC 9846 4.2.2). */
#include "handshake/refuse.h"
#include "handshake/steps.h"
#include "wire/read.h"

enum { ALERT_LEVEL_WARNING = 1, REQUESTS_MAX = 8 };

static enum hf_error count(struct hf_handshake *handshake, const struct hf_taken *taken)
{
    struct hf_wire_hello_request message;
    if (taken->input == HF_INPUT_hello_request)
        HF_TRY(hf_wire_read_hello_request(taken->body, &message));
    if (++handshake->renegotiation_requests > REQUESTS_MAX)
        return hf_refuse(handshake, HF_ERR_renegotiation_refused, hf_input_name(taken->input), NULL, "again and again");
    return HF_OK;
}

enum hf_error hf_step_ignore_hello_request(struct hf_handshake *handshake, const struct hf_taken *taken,
                                           enum hf_outcome *ret_outcome)
{
    *ret_outcome = HF_OUTCOME_DONE;
    return count(handshake, taken);
}

enum hf_error hf_step_refuse_renegotiation(struct hf_handshake *handshake, const struct hf_taken *taken,
                                           enum hf_outcome *ret_outcome)
{
    HF_TRY(count(handshake, taken));
    *ret_outcome = HF_OUTCOME_DONE;
    if (handshake->sent_close)
        return HF_OK;
    return hf_framing_send_alert(handshake->framing, ALERT_LEVEL_WARNING, HF_ALERT_no_renegotiation);
}
