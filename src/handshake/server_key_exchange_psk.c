/* ServerKeyExchange beside a key shared beforehand: a hint which key to take, and the server's share where there is
 * one. Nothing in it is signed: Finished covers it under the shared key. RFC 4279 2 to 4, RFC 5489 2. */
#include "handshake/server_key_exchange_psk.h"

#include "handshake/server_key_exchange.h"
#include "handshake/server_key_exchange_dhe.h"
#include "handshake/steps.h"
#include "wire/read.h"
#include "wire/write.h"

enum { CURVE_TYPE_NAMED = 3 };

/* ---- client: it has one key and takes it, whatever the hint is (RFC 4279 5.2 leaves that to the application) ---- */

enum hf_error hf_server_key_exchange_psk_check(struct hf_handshake *handshake, struct hf_span body,
                                               enum hf_outcome *ret_outcome)
{
    struct hf_wire_server_key_exchange_psk message;
    (void)handshake;
    *ret_outcome = HF_OUTCOME_DONE;
    return hf_wire_read_server_key_exchange_psk(body, &message);
}

enum hf_error hf_server_key_exchange_psk_check_dhe(struct hf_handshake *handshake, struct hf_span body,
                                                   enum hf_outcome *ret_outcome)
{
    struct hf_wire_server_key_exchange_dhe_psk message;
    HF_TRY(hf_wire_read_server_key_exchange_dhe_psk(body, &message));
    *ret_outcome = HF_OUTCOME_DONE;
    return hf_server_key_exchange_dhe_take(handshake, &message.params);
}

enum hf_error hf_server_key_exchange_psk_check_ecdhe(struct hf_handshake *handshake, struct hf_span body,
                                                     enum hf_outcome *ret_outcome)
{
    struct hf_wire_server_key_exchange_ecdhe_psk message;
    HF_TRY(hf_wire_read_server_key_exchange_ecdhe_psk(body, &message));
    *ret_outcome = HF_OUTCOME_DONE;
    return hf_server_key_exchange_take_curve(handshake, &message.params);
}

/* ---- server ---- */

static struct hf_span own_hint(const struct hf_handshake *handshake)
{
    return hf_span_of_text(handshake->config->psk_hint);
}

enum hf_error hf_build_server_key_exchange_psk(struct hf_handshake *handshake, struct hf_writer *body)
{
    const struct hf_wire_server_key_exchange_psk message = {.hint = own_hint(handshake)};
    hf_wire_write_server_key_exchange_psk(body, &message);
    return HF_OK;
}

enum hf_error hf_build_server_key_exchange_dhe_psk(struct hf_handshake *handshake, struct hf_writer *body)
{
    struct hf_server_key_exchange_dhe field;
    HF_TRY(hf_server_key_exchange_dhe_make(handshake, &field));
    const struct hf_wire_server_key_exchange_dhe_psk message = {.hint = own_hint(handshake), .params = field.params};
    hf_wire_write_server_key_exchange_dhe_psk(body, &message);
    return HF_OK;
}

enum hf_error hf_build_server_key_exchange_ecdhe_psk(struct hf_handshake *handshake, struct hf_writer *body)
{
    HF_TRY(hf_server_key_exchange_make_pair(handshake));
    const struct hf_wire_server_key_exchange_ecdhe_psk message = {
        .hint = own_hint(handshake),
        .params = {.curve_type = CURVE_TYPE_NAMED,
                   .named_curve = handshake->group->id,
                   .public = hf_key_exchange_share(handshake->work->exchanges[0])},
    };
    hf_wire_write_server_key_exchange_ecdhe_psk(body, &message);
    return HF_OK;
}
