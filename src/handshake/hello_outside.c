#include "handshake/hello_outside.h"

#include "handshake/client_hello.h"
#include "handshake/ech.h"
#include "handshake/ech_choice.h"
#include "handshake/refuse.h"
#include "handshake/steps.h"
#include "negotiate/alpn.h"

enum hf_error hf_hello_outside_show(struct hf_handshake *handshake, const struct hf_taken *taken)
{
    struct hf_work *work = handshake->work;
    hf_buffer_release(&work->shown);
    if (!hf_buffer_append(&work->shown, taken->whole))
        return HF_ERR_no_memory;
    work->shown_header_len = taken->whole.len - taken->body.len;
    handshake->driver.event(handshake->driver.context, HF_EVENT_NEEDS_HELLO);
    return HF_OK;
}

/* Of an encrypted hello what was in it. */
static struct hf_span body_of(const struct hf_handshake *handshake)
{
    const struct hf_work *work = handshake->work;
    if (work->ech != NULL && work->ech->has_inner)
        return hf_buffer_span(&work->ech->inner);
    return hf_span_part(hf_buffer_span(&work->shown), work->shown_header_len, SIZE_MAX);
}

void hf_hello_outside_tell(const struct hf_handshake *handshake, struct hf_hello *ret_hello)
{
    const struct hf_client_hello_facts *facts = &handshake->work->facts;
    const struct hf_span body = body_of(handshake);
    *ret_hello = (struct hf_hello){
        .server_name = handshake->server_name == NULL ? "" : handshake->server_name,
        .protocols = facts->protocols.data,
        .protocols_len = facts->protocols.len,
        .was_encrypted = handshake->ech == HF_ECH_ACCEPTED,
        .resumes = facts->psk_identities.len > 0 || facts->ticket.len > 0,
        .early_data = facts->early_data,
        .bytes = body.data,
        .len = body.len,
    };
}

bool hf_hello_outside_note(struct hf_handshake *handshake, const struct hf_hello_answer *answer)
{
    struct hf_work *work = handshake->work;
    if (answer == NULL)
        return true;
    if (answer->protocol != NULL && answer->declines_ech)
        return false;
    size_t place = 0;
    if (answer->protocol != NULL) {
        place = hf_negotiate_alpn_place(&work->facts, hf_span_of(answer->protocol, answer->protocol_len));
        if (place == 0)
            return false;
    }
    work->protocol_place = (uint16_t)place; /* a hello is shorter than 64 KiB of names of two bytes */
    work->uses_name = answer->uses_name;
    work->declines_ech = answer->declines_ech && handshake->ech == HF_ECH_ACCEPTED;
    return true;
}

struct hf_taken hf_hello_outside_answer(const struct hf_handshake *handshake)
{
    const struct hf_span whole = hf_buffer_span(&handshake->work->shown);
    return (struct hf_taken){
        .input = HF_INPUT_hello_answer,
        .body = hf_span_part(whole, handshake->work->shown_header_len, SIZE_MAX),
        .whole = whole,
    };
}

void hf_hello_outside_forget(struct hf_handshake *handshake)
{
    if (handshake->work != NULL)
        hf_buffer_release(&handshake->work->shown);
}

enum hf_error hf_step_take_hello_answer(struct hf_handshake *handshake, const struct hf_taken *taken,
                                        enum hf_outcome *ret_outcome)
{
    if (!handshake->verdict_accepts)
        return hf_refuse(handshake, HF_ERR_hello_refused, "ClientHello", NULL, handshake->server_name);
    if (!handshake->work->declines_ech)
        return hf_client_hello_choose(handshake, body_of(handshake), ret_outcome);
    hf_ech_choice_decline(handshake);
    HF_TRY(hf_client_hello_look(handshake, taken->body));
    return hf_client_hello_choose(handshake, taken->body, ret_outcome);
}
