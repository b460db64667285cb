/* EncryptedExtensions: the rest of the server's answers, under keys. RFC 9846 4.4.1. */
#include "extension/read.h"
#include "extension/write.h"
#include "handshake/early_data.h"
#include "handshake/ech_choice.h"
#include "handshake/ech_offer.h"
#include "handshake/resumption.h"
#include "handshake/steps.h"
#include "negotiate/certificate_type.h"
#include "negotiate/transport.h"

enum hf_error hf_step_check_encrypted_extensions(struct hf_handshake *handshake, const struct hf_taken *taken,
                                                 enum hf_outcome *ret_outcome)
{
    struct hf_work *work = handshake->work;
    HF_TRY(hf_extension_read_encrypted_extensions(taken->body, &work->offer, &work->answer, handshake->failure));
    hf_negotiate_client_extensions(&work->offer, &work->answer, &work->choice);
    const bool presents = !work->choice.has_psk || handshake->config->psk13_with_certificates;
    if (presents) /* else no certificate comes, and a server may be silent about its type */
        HF_TRY(hf_negotiate_certificate_type_check(&work->offer, &work->answer, &work->choice, handshake->failure));
    HF_TRY(hf_negotiate_transport_client(&work->offer, &work->answer, handshake->failure));
    HF_TRY(hf_framing_keep_parameters(handshake->framing, work->answer.parameters));
    *ret_outcome = HF_OUTCOME_DONE;
    HF_TRY(hf_early_data_answered(handshake));
    HF_TRY(hf_ech_offer_keep_retry(handshake));
    return hf_handshake_take_choice(handshake);
}

/* A PSK was taken, and what becomes of early data is settled: whom its session keeps is judged before anything else of
 * the server counts; a key that is no session's stands for certificates. */
enum hf_error hf_step_judge_kept(struct hf_handshake *handshake, const struct hf_taken *taken,
                                 enum hf_outcome *ret_outcome)
{
    (void)taken;
    *ret_outcome = HF_OUTCOME_SHARED;
    return handshake->resumed ? hf_resumption_judge(handshake, ret_outcome) : HF_OK;
}

enum hf_error hf_build_encrypted_extensions(struct hf_handshake *handshake, struct hf_writer *body)
{
    struct hf_server_answer answer = {0};
    hf_negotiate_answer(handshake->config, &handshake->work->choice, &answer);
    answer.ech_retry = hf_ech_choice_retry(handshake);
    answer.parameters = hf_framing_own_parameters(handshake->framing);
    return hf_extension_write_encrypted_extensions(&answer, body);
}
