/* Renegotiation is not done: HelloRequest (to a client) and ClientHello (to a server) on an open TLS 1.2 connection are
 * answered by a no_renegotiation warning, and the connection goes on (RFC 5246 7.2.2).
 * TLS 1.3 has no row for either, so there they are unexpected messages (RFC 9846 4.2.2). */
#include "handshake/refuse.h"
#include "handshake/steps.h"

enum { ALERT_LEVEL_WARNING = 1, REQUESTS_MAX = 8 };

enum hf_error hf_step_refuse_renegotiation(struct hf_handshake *handshake, const struct hf_taken *taken,
                                           enum hf_outcome *ret_outcome)
{
    if (++handshake->renegotiation_requests > REQUESTS_MAX)
        return hf_refuse(handshake, HF_ERR_renegotiation_refused, hf_input_name(taken->input), NULL, "again and again");
    *ret_outcome = HF_OUTCOME_DONE;
    return hf_framing_send_alert(handshake->framing, ALERT_LEVEL_WARNING, HF_ALERT_no_renegotiation);
}
