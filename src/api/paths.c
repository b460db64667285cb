/* Connection IDs and paths: <handfast/connection.h>. */
#include "datagram/routes.h"
#include "engine/failure.h"
#include "handshake/machine.h"

static const struct hf_routes *agreed_routes(const struct hf_connection *connection)
{
    const struct hf_routes *routes = hf_framing_routes(connection->framing);
    return routes != NULL && routes->is_agreed ? routes : NULL;
}

void hf_connection_id_info(const struct hf_connection *connection, struct hf_connection_id_info *ret_info)
{
    const struct hf_routes *routes = agreed_routes(connection);
    *ret_info = (struct hf_connection_id_info){.used = routes != NULL};
    if (routes == NULL)
        return;
    const struct hf_return_routability *check = &routes->check;
    struct hf_span own = hf_connection_ids_own(&routes->ids);
    struct hf_span peer = hf_connection_ids_peer(&routes->ids);
    *ret_info = (struct hf_connection_id_info){
        .used = true,
        .own = own.data,
        .own_len = own.len,
        .peer = peer.data,
        .peer_len = peer.len,
        .spare = hf_connection_ids_spare(&routes->ids),
        .checks_paths = check->is_agreed,
        .checking = check->stage != HF_ROUTABILITY_SETTLED,
        .path = check->bound,
        .paths_moved = check->moved,
        .paths_stayed = check->stayed,
        .paths_failed = check->failed,
    };
}

/* Whether the application may ask for this now. */
static bool may(const struct hf_connection *connection, enum hf_input input)
{
    return agreed_routes(connection) != NULL && !connection->handshake.sent_close &&
           hf_machine_awaits(&connection->handshake, input);
}

static enum hf_error take(struct hf_connection *connection, enum hf_input input)
{
    const struct hf_taken taken = {.input = input};
    enum hf_error error = hf_machine_take(&connection->handshake, &taken);
    return error == HF_OK ? HF_OK : hf_failure_by_us(connection, error);
}

enum hf_error hf_ask_for_connection_ids(struct hf_connection *connection, size_t count)
{
    struct hf_routes *routes = hf_framing_routes(connection->framing);
    if (hf_connection_failed(connection))
        return connection->failed;
    if (routes == NULL || !may(connection, HF_INPUT_ask_ids) || routes->ids.peers == NULL || routes->is_asking ||
        count == 0 || count > HF_CONNECTION_IDS_SPARE_MAX)
        return HF_ERR_wrong_call;
    routes->to_ask = (uint8_t)count;
    return take(connection, HF_INPUT_ask_ids);
}

enum hf_error hf_give_connection_ids(struct hf_connection *connection, size_t count, bool at_once)
{
    struct hf_routes *routes = hf_framing_routes(connection->framing);
    if (hf_connection_failed(connection))
        return connection->failed;
    if (routes == NULL || !may(connection, HF_INPUT_give_ids) || count == 0 ||
        count > hf_connection_ids_room(&routes->ids))
        return HF_ERR_wrong_call;
    routes->to_give = (uint8_t)count;
    routes->at_once = at_once;
    return take(connection, HF_INPUT_give_ids);
}

void hf_set_path(struct hf_connection *connection, uint32_t path)
{
    connection->framing->path = path;
}

uint32_t hf_output_path(const struct hf_connection *connection)
{
    return hf_framing_output_path(connection->framing);
}

enum hf_error hf_prefer_path(struct hf_connection *connection, uint32_t path)
{
    struct hf_routes *routes = hf_framing_routes(connection->framing);
    if (hf_connection_failed(connection))
        return connection->failed;
    if (agreed_routes(connection) == NULL || !routes->check.is_agreed || !hf_machine_is_open(&connection->handshake))
        return HF_ERR_wrong_call;
    if (path != routes->check.bound)
        (void)hf_connection_ids_use_next(&routes->ids);
    hf_return_routability_prefer(&routes->check, path);
    hf_framing_routes_changed(connection->framing);
    return HF_OK;
}
