/* Steps behind a flight: what follows once it is out. */
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
