/* HelloRequest (to a client) and ClientHello (to a server) on an open TLS 1.2 connection ask to renegotiate. They are
 * answered by a no_renegotiation warning, and the connection goes on (RFC 5246 7.2.2, RFC 5746 4.5); except that a
 * server whose policy says so may ask its client for a certificate by a HelloRequest of its own, and a client whose
 * policy says so follows. A HelloRequest while the handshake runs asks for what is being done and is ignored (RFC
 * 5246 7.4.1.1). TLS 1.3 has no row for any of it, so there they are unexpected messages (RFC 9846 4.2.2). */
#include "handshake/renegotiation.h"

#include "handshake/narrate.h"
#include "handshake/refuse.h"
#include "handshake/steps.h"
#include "wire/read.h"
#include "wire/write.h"

enum { ALERT_LEVEL_WARNING = 1, REQUESTS_MAX = 8 };

/* ---- both ---- */

void hf_renegotiation_keep(struct hf_handshake *handshake, enum hf_role sender, const struct hf_digest *verify_data)
{
    uint8_t *into = handshake->verify_data + (sender == HF_CLIENT ? 0 : HF_VERIFY_DATA12_LEN);
    (void)hf_span_copy(hf_digest_span(verify_data), into, HF_VERIFY_DATA12_LEN);
}

struct hf_negotiate_before hf_renegotiation_before(const struct hf_handshake *handshake)
{
    if (!handshake->opened)
        return (struct hf_negotiate_before){0};
    return (struct hf_negotiate_before){
        .suite = handshake->suite,
        .identity = handshake->identity,
        .client_verify_data = hf_span_of(handshake->verify_data, HF_VERIFY_DATA12_LEN),
        .both_verify_data = hf_span_of(handshake->verify_data, sizeof handshake->verify_data),
        .protocol = hf_span_of(handshake->alpn, handshake->alpn_len),
        .server_name = hf_span_of_text(handshake->server_name),
        .encrypt_then_mac = handshake->encrypt_then_mac,
        .deflates = handshake->deflates,
    };
}

/* Whether the connection is one that may be renegotiated at all: where this side's switch is on, both have RFC 5746 and
 * extended master secret (RFC 7627 5.4: without it a master secret may be shared with somebody between). */
static bool is_able(const struct hf_handshake *handshake, enum hf_historic by)
{
    return (handshake->config->historic & (unsigned)by) != 0 && handshake->secure_renegotiation &&
           handshake->extended_master_secret && handshake->renegotiations < handshake->config->renegotiations_max;
}

/* ---- refused ---- */

static enum hf_error count(struct hf_handshake *handshake, const struct hf_taken *taken)
{
    if (++handshake->renegotiation_requests > REQUESTS_MAX)
        return hf_refuse(handshake, HF_ERR_renegotiation_refused, hf_input_name(taken->input), NULL, "again and again");
    return HF_OK;
}

static enum hf_error refuse(struct hf_handshake *handshake, const struct hf_taken *taken)
{
    HF_TRY(count(handshake, taken));
    if (handshake->sent_close)
        return HF_OK;
    HF_TRY(hf_framing_send_alert(handshake->framing, ALERT_LEVEL_WARNING, HF_ALERT_no_renegotiation));
    hf_narrate_alert(handshake, /* sent= */ true, HF_ALERT_no_renegotiation);
    return HF_OK;
}

enum hf_error hf_step_refuse_renegotiation(struct hf_handshake *handshake, const struct hf_taken *taken,
                                           enum hf_outcome *ret_outcome)
{
    *ret_outcome = HF_OUTCOME_DONE;
    return refuse(handshake, taken);
}

/* ---- client ---- */

static enum hf_error read_request(const struct hf_taken *taken)
{
    struct hf_wire_hello_request message;
    return hf_wire_read_hello_request(taken->body, &message);
}

enum hf_error hf_step_ignore_hello_request(struct hf_handshake *handshake, const struct hf_taken *taken,
                                           enum hf_outcome *ret_outcome)
{
    HF_TRY(read_request(taken));
    *ret_outcome = HF_OUTCOME_DONE;
    return count(handshake, taken);
}

enum hf_error hf_step_answer_hello_request(struct hf_handshake *handshake, const struct hf_taken *taken,
                                           enum hf_outcome *ret_outcome)
{
    HF_TRY(read_request(taken));
    *ret_outcome = HF_OUTCOME_DONE;
    if (!is_able(handshake, HF_HISTORIC_RENEGOTIATION_FOLLOW) || handshake->sent_close)
        return refuse(handshake, taken);
    handshake->renegotiations++;
    *ret_outcome = HF_OUTCOME_ASKED;
    return hf_handshake_begin_again(handshake);
}

/* ---- server ---- */

bool hf_renegotiation_may_ask(const struct hf_handshake *handshake)
{
    return hf_machine_awaits(handshake, HF_INPUT_ask) && is_able(handshake, HF_HISTORIC_RENEGOTIATION_ASK);
}

enum hf_error hf_step_ask_for_certificate(struct hf_handshake *handshake, const struct hf_taken *taken,
                                          enum hf_outcome *ret_outcome)
{
    (void)taken;
    handshake->renegotiations++;
    *ret_outcome = HF_OUTCOME_DONE;
    return HF_OK;
}

enum hf_error hf_build_hello_request(struct hf_handshake *handshake, struct hf_writer *body)
{
    static const struct hf_wire_hello_request message = {0};
    (void)handshake;
    hf_wire_write_hello_request(body, &message);
    return HF_OK;
}

/* The client goes on as who it was: whether that is enough is for the application to say. */
enum hf_error hf_step_take_no_renegotiation(struct hf_handshake *handshake, const struct hf_taken *taken,
                                            enum hf_outcome *ret_outcome)
{
    (void)taken;
    *ret_outcome = HF_OUTCOME_DONE;
    handshake->driver.event(handshake->driver.context, HF_EVENT_CERTIFICATE_DECLINED);
    return HF_OK;
}
