/* NewSessionTicket of TLS 1.2 (RFC 5077 3.3): inside the handshake, where ServerHello said so. And of TLS 1.3 (RFC 9846
 * 4.7.1), after it. From that one a client also learns that the server has judged and accepted
 * its certificate, which the handshake's end does not say. So a server that keeps no sessions sends one with a lifetime
 * of 0, "discard at once", to clients that it asked who they are. */
#include "extension/read.h"
#include "extension/write.h"
#include "handshake/refuse.h"
#include "handshake/resumption.h"
#include "handshake/steps.h"
#include "handshake/tickets13.h"
#include "session/ticket.h"
#include "wire/read.h"
#include "wire/write.h"

enum { LIFETIME_DISCARD = 0, TICKET_LEN = 16, NONCE_LEN = 1, VECTOR_PREFIX = 2, EXTENSIONS_MAX = 32 };

enum hf_error hf_step_take_new_session_ticket13(struct hf_handshake *handshake, const struct hf_taken *taken,
                                                enum hf_outcome *ret_outcome)
{
    struct hf_wire_new_session_ticket13 message;
    HF_TRY(hf_wire_read_new_session_ticket13(taken->body, &message));
    uint32_t early_max;
    struct hf_failure found;
    enum hf_error error = hf_extension_read_new_session_ticket(message.extensions, &early_max, &found);
    if (error != HF_OK)
        return hf_refuse_as(handshake, error, &found);
    const uint32_t only = hf_config_transport(handshake->config)->early_max;
    if (early_max != 0 && only != 0 && early_max != only)
        return hf_refuse_got(handshake, HF_ERR_quic_rule_broken, "early_data in NewSessionTicket", "%u",
                             (unsigned)early_max);
    *ret_outcome = HF_OUTCOME_DONE;
    return hf_tickets13_take(handshake, &message, early_max);
}

enum hf_error hf_build_new_session_ticket13_confirming(struct hf_handshake *handshake, struct hf_writer *body)
{
    static const uint8_t nonce[NONCE_LEN] = {0};
    uint8_t ticket[TICKET_LEN];
    uint8_t age_add[4];
    HF_TRY(hf_handshake_random(handshake, ticket, sizeof ticket));
    HF_TRY(hf_handshake_random(handshake, age_add, sizeof age_add));
    struct hf_reader age = hf_reader_of(hf_span_of(age_add, sizeof age_add));
    const struct hf_wire_new_session_ticket13 message = {
        .ticket_lifetime = LIFETIME_DISCARD,
        .ticket_age_add = hf_reader_u32(&age),
        .ticket_nonce = hf_span_of(nonce, sizeof nonce),
        .ticket = hf_span_of(ticket, sizeof ticket),
    };
    hf_wire_write_new_session_ticket13(body, &message);
    return HF_OK;
}

/* Where none can be made, an empty promise goes out: the handshake is over and well. */
enum hf_error hf_build_new_session_ticket13(struct hf_handshake *handshake, struct hf_writer *body)
{
    uint8_t room[HF_TICKET_MAX + 1];
    struct hf_writer ticket = hf_writer_of(room, sizeof room);
    uint8_t block[EXTENSIONS_MAX];
    struct hf_writer extensions = hf_writer_of(block, sizeof block);
    struct hf_wire_new_session_ticket13 message = {0};
    struct hf_server_answer answer = {.config = handshake->config, .grease = {.on = handshake->config->greases}};
    HF_TRY(hf_handshake_random(handshake, answer.grease.seed, sizeof answer.grease.seed));
    handshake->tickets_left--;
    enum hf_error error = hf_tickets13_make(handshake, &ticket, &message, &answer.early_max);
    if (error == HF_ERR_no_memory)
        return error;
    if (error != HF_OK)
        return hf_build_new_session_ticket13_confirming(handshake, body);
    HF_TRY(hf_extension_write_new_session_ticket(&answer, &extensions));
    message.extensions = hf_span_part(hf_writer_span(&extensions), VECTOR_PREFIX, SIZE_MAX);
    hf_wire_write_new_session_ticket13(body, &message);
    return HF_OK;
}

enum hf_error hf_step_take_new_session_ticket12(struct hf_handshake *handshake, const struct hf_taken *taken,
                                                enum hf_outcome *ret_outcome)
{
    struct hf_wire_new_session_ticket12 message;
    HF_TRY(hf_wire_read_new_session_ticket12(taken->body, &message));
    *ret_outcome = HF_OUTCOME_DONE;
    return hf_resumption_take_ticket(handshake, message.ticket, message.ticket_lifetime);
}

/* It was promised in ServerHello: where there is none to give an empty one goes out (RFC 5077 3.3). */
enum hf_error hf_build_new_session_ticket12(struct hf_handshake *handshake, struct hf_writer *body)
{
    uint8_t ticket[HF_TICKET_MAX];
    struct hf_writer writer = hf_writer_of(ticket, sizeof ticket);
    struct hf_wire_new_session_ticket12 message = {0};
    uint32_t lifetime_s = 0;
    enum hf_error error = hf_resumption_seal_ticket(handshake, &writer, &lifetime_s);
    if (error == HF_ERR_no_memory)
        return error;
    if (error == HF_OK && hf_writer_end(&writer)) {
        message.ticket_lifetime = lifetime_s;
        message.ticket = hf_writer_span(&writer);
    }
    hf_wire_write_new_session_ticket12(body, &message);
    return HF_OK;
}
