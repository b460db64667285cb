#include "handshake/input.h"

const char *hf_input_name(enum hf_input input)
{
    switch (input) {
    case HF_INPUT_change_cipher_spec:
        return "ChangeCipherSpec";
    case HF_INPUT_no_renegotiation:
        return "no_renegotiation";
    case HF_INPUT_flight_sent:
        return "flight sent";
    case HF_INPUT_verdict:
        return "verdict";
    case HF_INPUT_session:
        return "session";
    case HF_INPUT_hello_answer:
        return "the application's answer to the hello";
    case HF_INPUT_ask:
    case HF_INPUT_give_ids:
    case HF_INPUT_ask_ids:
        return "the application's request";
    default:
        return hf_message_name((enum hf_message)input);
    }
}
