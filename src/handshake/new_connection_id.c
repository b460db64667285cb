/* NewConnectionId and RequestConnectionId (RFC 9147 9): further IDs of one end for the other to write, which it takes
 * in their order. Whoever wants none, or did not agree on any, may be sent neither message. */
#include "datagram/routes.h"
#include "handshake/refuse.h"
#include "handshake/steps.h"
#include "wire/read.h"
#include "wire/write.h"

enum { USE_AT_ONCE = 0, USE_SPARE = 1, REQUESTS_WITHOUT_DATA_MAX = 32 };

static struct hf_routes *agreed_routes(const struct hf_handshake *handshake)
{
    struct hf_routes *routes = hf_framing_routes(handshake->framing);
    return routes != NULL && routes->is_agreed ? routes : NULL;
}

/* ---- NewConnectionId ---- */

static enum hf_error check_new(struct hf_handshake *handshake, const struct hf_wire_new_connection_id *message)
{
    struct hf_reader list = hf_reader_of(message->cids);
    struct hf_wire_connection_id_item item;
    if (message->usage > USE_SPARE || (message->usage == USE_AT_ONCE && message->cids.len == 0))
        return hf_refuse_got(handshake, HF_ERR_illegal_parameter, "NewConnectionId.usage", "%u", message->usage);
    while (hf_wire_next_connection_id_item(&list, &item))
        if (item.id.len == 0) /* whoever wants none has said so in its hello */
            return hf_refuse(handshake, HF_ERR_illegal_parameter, "NewConnectionId.cids", NULL, "an empty one");
    return HF_OK;
}

enum hf_error hf_step_take_new_connection_id(struct hf_handshake *handshake, const struct hf_taken *taken,
                                             enum hf_outcome *ret_outcome)
{
    struct hf_wire_new_connection_id message;
    struct hf_wire_connection_id_item item;
    struct hf_routes *routes = agreed_routes(handshake);
    HF_TRY(hf_wire_read_new_connection_id(taken->body, &message));
    if (routes == NULL || routes->ids.peers == NULL)
        return hf_refuse(handshake, HF_ERR_unexpected_message, "NewConnectionId", NULL,
                         "of a peer that wants no connection ID");
    HF_TRY(check_new(handshake, &message));
    if (message.usage == USE_AT_ONCE)
        hf_connection_ids_drop_spare(&routes->ids);
    struct hf_reader list = hf_reader_of(message.cids);
    while (hf_wire_next_connection_id_item(&list, &item))
        HF_TRY(hf_connection_ids_add_peer(&routes->ids, item.id));
    if (message.usage == USE_AT_ONCE)
        (void)hf_connection_ids_use_next(&routes->ids);
    routes->is_asking = false;
    hf_framing_routes_changed(handshake->framing);
    *ret_outcome = HF_OUTCOME_DONE;
    return HF_OK;
}

enum hf_error hf_build_new_connection_id(struct hf_handshake *handshake, struct hf_writer *body)
{
    struct hf_routes *routes = hf_framing_routes(handshake->framing);
    if (routes == NULL)
        return HF_ERR_internal;
    struct hf_connection_ids *ids = &routes->ids;
    size_t list = hf_writer_open(body, 2);
    for (; routes->to_give > 0 && hf_connection_ids_room(ids) > 0; routes->to_give--) {
        HF_TRY(hf_routes_make_own(routes));
        const struct hf_wire_connection_id_item item = {.id = hf_connection_ids_own(ids)};
        hf_wire_write_connection_id_item(body, &item);
    }
    hf_writer_close(body, list, 2);
    hf_writer_u8(body, routes->at_once ? USE_AT_ONCE : USE_SPARE);
    routes->to_give = 0;
    return HF_OK;
}

/* The application's wish; hf_give_connection_ids has checked that there is room. */
enum hf_error hf_step_give_connection_ids(struct hf_handshake *handshake, const struct hf_taken *taken,
                                          enum hf_outcome *ret_outcome)
{
    (void)handshake, (void)taken;
    *ret_outcome = HF_OUTCOME_DONE;
    return HF_OK;
}

/* ---- RequestConnectionId ---- */

/* As many as there is room for, which may be none: RFC 9147 9. */
enum hf_error hf_step_take_request_connection_id(struct hf_handshake *handshake, const struct hf_taken *taken,
                                                 enum hf_outcome *ret_outcome)
{
    struct hf_wire_request_connection_id message;
    struct hf_routes *routes = agreed_routes(handshake);
    HF_TRY(hf_wire_read_request_connection_id(taken->body, &message));
    if (routes == NULL || routes->ids.own_len == 0)
        return hf_refuse(handshake, HF_ERR_unexpected_message, "RequestConnectionId", NULL,
                         "of a peer that sends no connection ID");
    if (++routes->requests > REQUESTS_WITHOUT_DATA_MAX)
        return hf_refuse(handshake, HF_ERR_too_many_ids_requested, "RequestConnectionId", NULL, NULL);
    routes->to_give = message.num_cids;
    routes->at_once = false;
    *ret_outcome = HF_OUTCOME_DONE;
    return HF_OK;
}

enum hf_error hf_build_request_connection_id(struct hf_handshake *handshake, struct hf_writer *body)
{
    struct hf_routes *routes = hf_framing_routes(handshake->framing);
    if (routes == NULL)
        return HF_ERR_internal;
    const struct hf_wire_request_connection_id message = {.num_cids = routes->to_ask};
    hf_wire_write_request_connection_id(body, &message);
    routes->is_asking = true;
    return HF_OK;
}

/* The application's wish; hf_ask_for_connection_ids has checked that none is open. */
enum hf_error hf_step_ask_for_connection_ids(struct hf_handshake *handshake, const struct hf_taken *taken,
                                             enum hf_outcome *ret_outcome)
{
    (void)handshake, (void)taken;
    *ret_outcome = HF_OUTCOME_DONE;
    return HF_OK;
}
