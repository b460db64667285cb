/* ServerHelloDone: nothing but the end of the server's flight. RFC 5246 7.4.5. */
#include "handshake/steps.h"
#include "wire/read.h"

enum hf_error hf_step_check_server_hello_done(struct hf_handshake *handshake, const struct hf_taken *taken,
                                              enum hf_outcome *ret_outcome)
{
    (void)handshake;
    struct hf_wire_server_hello_done message;
    *ret_outcome = HF_OUTCOME_DONE;
    return hf_wire_read_server_hello_done(taken->body, &message);
}

enum hf_error hf_build_server_hello_done(struct hf_handshake *handshake, struct hf_writer *body)
{
    (void)handshake;
    (void)body;
    return HF_OK;
}
