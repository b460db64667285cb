/* Steps behind a flight: what follows once it is out. */
#include "handshake/psk.h"
#include "handshake/steps.h"

enum hf_error hf_step_flight_over(struct hf_handshake *handshake, const struct hf_taken *taken,
                                  enum hf_outcome *ret_outcome)
{
    (void)handshake;
    (void)taken;
    *ret_outcome = HF_OUTCOME_DONE;
    return HF_OK;
}

enum hf_error hf_step_flight_asked_or_not(struct hf_handshake *handshake, const struct hf_taken *taken,
                                          enum hf_outcome *ret_outcome)
{
    (void)taken;
    *ret_outcome = handshake->asked ? HF_OUTCOME_ASKED : HF_OUTCOME_DONE;
    return HF_OK;
}

/* A server of TLS 1.2: whether a certificate follows, or a shared key stands for one. */
enum hf_error hf_step_flight12_sent(struct hf_handshake *handshake, const struct hf_taken *taken,
                                    enum hf_outcome *ret_outcome)
{
    if (!hf_suite_traits_of(handshake->suite)->has_psk)
        return hf_step_flight_asked_or_not(handshake, taken, ret_outcome);
    hf_psk_begin(handshake);
    *ret_outcome = HF_OUTCOME_SHARED;
    return HF_OK;
}

/* A server of TLS 1.3: whether another ticket is to follow. */
enum hf_error hf_step_flight_tickets_or_not(struct hf_handshake *handshake, const struct hf_taken *taken,
                                            enum hf_outcome *ret_outcome)
{
    (void)taken;
    *ret_outcome = handshake->tickets_left > 0 ? HF_OUTCOME_TICKET : HF_OUTCOME_DONE;
    return HF_OK;
}

/* A client of TLS 1.2: whether ServerHello promised a ticket (RFC 5077 3.3). */
enum hf_error hf_step_flight_ticket_or_not(struct hf_handshake *handshake, const struct hf_taken *taken,
                                           enum hf_outcome *ret_outcome)
{
    (void)taken;
    *ret_outcome = handshake->work->choice.session_ticket ? HF_OUTCOME_TICKET : HF_OUTCOME_DONE;
    return HF_OK;
}
