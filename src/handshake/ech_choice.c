/* A hello that none of our keys opens is taken as it stands: it may be one that only looks encrypted. One that opens
 * must be right in all else. RFC 9849 7.1, 7.2. */
#include "handshake/ech_choice.h"

#include "handshake/ech.h"
#include "handshake/refuse.h"
#include "negotiate/version.h"
#include "wire/read.h"

/* ---- opening ---- */

static struct hf_ech_opener opener_of(const struct hf_handshake *handshake)
{
    return (struct hf_ech_opener){handshake->config, handshake->allocator};
}

static enum hf_error explain(struct hf_handshake *handshake, enum hf_error error, const struct hf_ech_fault *fault)
{
    if (fault->where == NULL || error == HF_ERR_no_memory)
        return error;
    return hf_refuse(handshake, error, fault->where, fault->wanted, NULL);
}

static void take_inner(struct hf_ech_work *ech, struct hf_span *body)
{
    ech->has_inner = true;
    *body = hf_buffer_span(&ech->inner);
}

static enum hf_error open_first(struct hf_handshake *handshake, struct hf_span *body)
{
    const struct hf_ech_opener opener = opener_of(handshake);
    struct hf_ech_work *ech = handshake->work->ech;
    struct hf_ech_fault fault = {.where = NULL};
    enum hf_error error = hf_ech_open_first(&opener, *body, &ech->opened, &ech->inner, &fault);
    handshake->ech = ech->opened.hpke == NULL ? HF_ECH_REJECTED : HF_ECH_ACCEPTED;
    if (ech->opened.hpke != NULL && error != HF_ERR_no_memory)
        HF_TRY(hf_ech_log(&opener, ech->opened.hpke, hf_span_part(*body, 2, HF_RANDOM_LEN),
                          hf_span_of(ech->opened.key->bytes, ech->opened.key->len)));
    if (error != HF_OK)
        return explain(handshake, error, &fault);
    if (ech->opened.hpke != NULL)
        take_inner(ech, body);
    return HF_OK;
}

enum hf_error hf_ech_choice_open(struct hf_handshake *handshake, struct hf_span *body)
{
    const struct hf_ech_opener opener = opener_of(handshake);
    if (handshake->config->ech.keys == NULL || !hf_ech_open_applies(&opener, *body))
        return HF_OK;
    HF_TRY(hf_ech_begin(handshake));
    return open_first(handshake, body);
}

void hf_ech_choice_decline(struct hf_handshake *handshake)
{
    if (handshake->ech != HF_ECH_ACCEPTED)
        return;
    hf_ech_end(handshake);
    handshake->ech = HF_ECH_REJECTED;
}

enum hf_error hf_ech_choice_open_again(struct hf_handshake *handshake, struct hf_span *body)
{
    const struct hf_ech_opener opener = opener_of(handshake);
    struct hf_ech_work *ech = handshake->work->ech;
    struct hf_ech_fault fault = {.where = NULL};
    if (ech == NULL || ech->opened.hpke == NULL)
        return HF_OK;
    enum hf_error error = hf_ech_open_second(&opener, *body, &ech->opened, &ech->inner, &fault);
    if (error != HF_OK)
        return explain(handshake, error, &fault);
    take_inner(ech, body);
    return HF_OK;
}

/* ---- judging ---- */

static enum hf_error refuse_type(struct hf_handshake *handshake, const char *got)
{
    return hf_refuse(handshake, HF_ERR_illegal_parameter, "encrypted_client_hello in ClientHello", NULL, got);
}

/* What was opened is an inner hello of 1.3. */
static enum hf_error check_opened(struct hf_handshake *handshake)
{
    const struct hf_client_hello_facts *facts = &handshake->work->facts;
    if (facts->is_inner && !hf_negotiate_version_offers_old(facts))
        return HF_OK;
    return hf_refuse(handshake, HF_ERR_ech_inner_wrong, "the encrypted ClientHello", "an inner hello of TLS 1.3",
                     facts->is_inner ? "an offer of an older version" : "none of that type");
}

/* RFC 9849 7: who opens hellos takes no inner one from the network, and who has them opened no outer one. */
enum hf_error hf_ech_choice_check(struct hf_handshake *handshake)
{
    const struct hf_config_ech *config = &handshake->config->ech;
    const struct hf_client_hello_facts *facts = &handshake->work->facts;
    const bool is_taken = handshake->ech == HF_ECH_ACCEPTED;
    if (config->keys != NULL && is_taken)
        return check_opened(handshake);
    if (config->keys != NULL && facts->is_inner)
        return refuse_type(handshake, "an inner hello from the network");
    if (config->is_backend && facts->is_outer)
        return refuse_type(handshake, "an outer hello at a backend");
    if (is_taken && !facts->is_inner)
        return hf_refuse(handshake, HF_ERR_missing_extension, "encrypted_client_hello in the second ClientHello", NULL,
                         NULL);
    return HF_OK;
}

void hf_ech_choice_note(struct hf_handshake *handshake)
{
    if (handshake->work->facts.is_inner)
        handshake->ech = HF_ECH_ACCEPTED;
}

bool hf_ech_choice_confirms(const struct hf_handshake *handshake)
{
    return handshake->ech == HF_ECH_ACCEPTED;
}

/* ---- answering ---- */

void hf_ech_choice_clear(struct hf_handshake *handshake)
{
    static const uint8_t zeros[HF_ECH_CONFIRMATION_LEN];
    if (!hf_ech_choice_confirms(handshake))
        return;
    struct hf_writer end = hf_writer_of(handshake->work->server_random + HF_RANDOM_LEN - sizeof zeros, sizeof zeros);
    hf_writer_bytes(&end, hf_span_of(zeros, sizeof zeros));
}

/* Makes the sign over what was written, and writes it there. */
static enum hf_error put_sign(const struct hf_handshake *handshake, const struct hf_ech_sign *sign,
                              struct hf_writer *body, size_t from)
{
    uint8_t made[HF_ECH_CONFIRMATION_LEN];
    HF_TRY(hf_ech_make_sign(handshake, sign, made));
    struct hf_writer place = hf_writer_of(body->data + from + sign->at, sizeof made);
    hf_writer_bytes(&place, hf_span_of(made, sizeof made));
    return HF_OK;
}

enum hf_error hf_ech_choice_confirm(struct hf_handshake *handshake, struct hf_writer *body, size_t from)
{
    struct hf_transcript *transcript = &handshake->work->transcript;
    const struct hf_ech_sign sign = {
        .label = hf_ech_sign_hello,
        .hash = transcript->id,
        .body = hf_span_part(hf_writer_span(body), from, SIZE_MAX),
        .at = HF_ECH_SIGN_AT,
    };
    if (!hf_ech_choice_confirms(handshake))
        return HF_OK;
    HF_TRY(put_sign(handshake, &sign, body, from));
    hf_transcript_forget_messages(transcript);
    return HF_OK;
}

/* RFC 9849 7.1: where nothing was opened, random bytes, so that the request does not tell that. */
enum hf_error hf_ech_choice_fill_retry(struct hf_handshake *handshake, struct hf_span *ret_confirmation)
{
    static const uint8_t zeros[HF_ECH_CONFIRMATION_LEN];
    struct hf_ech_work *ech = handshake->work->ech;
    if (ech == NULL || handshake->ech != HF_ECH_REJECTED) {
        *ret_confirmation = hf_span_of(zeros, hf_ech_choice_confirms(handshake) ? sizeof zeros : 0);
        return HF_OK;
    }
    HF_TRY(hf_handshake_random(handshake, ech->noise, sizeof ech->noise));
    *ret_confirmation = hf_span_of(ech->noise, sizeof ech->noise);
    return HF_OK;
}

enum hf_error hf_ech_choice_confirm_retry(struct hf_handshake *handshake, struct hf_writer *body, size_t from)
{
    struct hf_span written = hf_span_part(hf_writer_span(body), from, SIZE_MAX);
    const struct hf_ech_sign sign = {
        .label = hf_ech_sign_retry,
        .hash = handshake->work->transcript.id,
        .body = written,
        .at = hf_ech_find_retry_sign(written),
    };
    return hf_ech_choice_confirms(handshake) ? put_sign(handshake, &sign, body, from) : HF_OK;
}

struct hf_span hf_ech_choice_retry(const struct hf_handshake *handshake)
{
    const struct hf_config_ech *config = &handshake->config->ech;
    if (!handshake->work->facts.is_outer || handshake->work->declines_ech)
        return hf_span_of(NULL, 0);
    return hf_span_of(config->retry, config->retry_len);
}
