/* HelloVerifyRequest (RFC 6347 4.2.1): a server over datagrams wants to see that the client is where it says it is. The
 * client sends its hello again, the same but for the cookie; neither the first hello nor the request count in the
 * transcript. Only 1.2 has this: what follows must be its ServerHello. */
#include "handshake/ech_offer.h"
#include "handshake/refuse.h"
#include "handshake/steps.h"
#include "wire/read.h"

enum hf_error hf_step_take_hello_verify_request(struct hf_handshake *handshake, const struct hf_taken *taken,
                                                enum hf_outcome *ret_outcome)
{
    struct hf_work *work = handshake->work;
    struct hf_wire_hello_verify_request message;
    HF_TRY(hf_wire_read_hello_verify_request(taken->body, &message)); /* its version decides nothing: RFC 6347 4.2.1 */
    if (handshake->early == HF_EARLY_OFFERED)                         /* RFC 9846 E.3, as in ServerHello */
        return hf_refuse(handshake, HF_ERR_no_common_version, "HelloVerifyRequest", "the version of the session",
                         "an older one");
    hf_buffer_release(&work->cookie);
    if (!hf_buffer_append(&work->cookie, message.cookie))
        return HF_ERR_no_memory;
    HF_TRY(hf_ech_offer_judge(handshake, hf_span_of(NULL, 0), /* has_confirmation= */ false)); /* 1.2 has no ECH */
    work->offer.verify_cookie = hf_buffer_span(&work->cookie);
    *ret_outcome = HF_OUTCOME_DONE;
    return HF_OK;
}

/* The transcript begins with the hello that follows. */
enum hf_error hf_turn_transcript_afresh(struct hf_handshake *handshake)
{
    struct hf_transcript *transcript = &handshake->work->transcript;
    hf_transcript_release(transcript);
    hf_transcript_init(transcript, handshake->config->toolbox, handshake->allocator);
    return HF_OK;
}

enum hf_error hf_step_check_server_hello_verified(struct hf_handshake *handshake, const struct hf_taken *taken,
                                                  enum hf_outcome *ret_outcome)
{
    enum hf_outcome outcome;
    HF_TRY(hf_step_check_server_hello(handshake, taken, &outcome));
    if (outcome == HF_OUTCOME_TLS13)
        return hf_refuse(handshake, HF_ERR_illegal_parameter, "ServerHello.supported_versions",
                         "the version that has HelloVerifyRequest", NULL);
    *ret_outcome = outcome;
    return HF_OK;
}
