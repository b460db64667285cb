/* ClientKeyExchange, ECDHE: the client's share. RFC 5246 7.4.7, RFC 8422 5.7. The master secret is made in the turn
 * behind it (keys12.c), when this message is in the transcript. */
#include "handshake/refuse.h"
#include "handshake/steps.h"
#include "wire/read.h"
#include "wire/write.h"

enum hf_error hf_step_take_client_key_exchange(struct hf_handshake *handshake, const struct hf_taken *taken,
                                               enum hf_outcome *ret_outcome)
{
    struct hf_wire_client_key_exchange message;
    HF_TRY(hf_wire_read_client_key_exchange(taken->body, &message));
    if (message.public.len != handshake->group->client_share_len)
        return hf_refuse_got(handshake, HF_ERR_bad_key_share, "ClientKeyExchange", "%zu bytes for %s",
                             message.public.len, handshake->group->name);
    *ret_outcome = HF_OUTCOME_DONE;
    return hf_buffer_append(&handshake->work->peer_share, message.public) ? HF_OK : HF_ERR_no_memory;
}

enum hf_error hf_build_client_key_exchange(struct hf_handshake *handshake, struct hf_writer *body)
{
    struct hf_work *work = handshake->work;
    HF_TRY(hf_key_exchange_new(handshake->config->toolbox, handshake->allocator, handshake->group->key_exchange,
                               &work->exchanges[0]));
    work->exchange_count = 1;
    const struct hf_wire_client_key_exchange message = {.public = hf_key_exchange_share(work->exchanges[0])};
    hf_wire_write_client_key_exchange(body, &message);
    return HF_OK;
}
