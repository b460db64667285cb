#include "handshake/id_agreement.h"

#include "datagram/routes.h"

static enum hf_error begin(struct hf_handshake *handshake, struct hf_span *ret_own)
{
    const struct hf_config *config = handshake->config;
    if (hf_framing_routes(handshake->framing) == NULL)
        HF_TRY(hf_framing_begin_routes(handshake->framing, &config->random, config->connection_id_len));
    *ret_own = hf_connection_ids_own(&hf_framing_routes(handshake->framing)->ids);
    return HF_OK;
}

enum hf_error hf_id_agreement_offer(struct hf_handshake *handshake)
{
    return handshake->config->uses_connection_ids ? begin(handshake, &handshake->work->offer.connection_id) : HF_OK;
}

enum hf_error hf_id_agreement_answer(struct hf_handshake *handshake, struct hf_server_answer *answer)
{
    if (!handshake->work->choice.has_ids)
        return HF_OK;
    HF_TRY(begin(handshake, &answer->connection_id));
    return hf_id_agreement_conclude(handshake);
}

enum hf_error hf_id_agreement_conclude(struct hf_handshake *handshake)
{
    const struct hf_negotiated *choice = &handshake->work->choice;
    if (!choice->has_ids)
        return HF_OK;
    const struct hf_framing_ids ids = {
        .peer = choice->connection_id,
        .checks_paths = choice->checks_paths,
        .is_basic = handshake->config->path_check == HF_PATH_CHECK_BASIC,
    };
    return hf_framing_agree_ids(handshake->framing, &ids);
}
