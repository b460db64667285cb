#include "support/rfc_order.h"

#include <string.h>

static const struct rfc_edge edges[] = {
#define HF_EDGE(machine, from, input, to) {RFC_##machine, #from, HF_INPUT_##input, #to},
#include "support/rfc_order.def"
#undef HF_EDGE
};

static const struct rfc_phase phases[HF_STATES] = {
    [HF_STATE_C_WAIT_HELLO] = {RFC_client13 | RFC_client12, "WAIT_SH"},
    [HF_STATE_C12_WAIT_HELLO] = {RFC_client12, "WAIT_SH_VERIFIED"},
    [HF_STATE_C13_WAIT_HELLO] = {RFC_client13, "WAIT_SH_AGAIN"},
    [HF_STATE_C13_WAIT_EXTENSIONS] = {RFC_client13, "WAIT_EE"},
    [HF_STATE_C13_WAIT_REQUEST] = {RFC_client13, "WAIT_CERT_CR"},
    [HF_STATE_C13_WAIT_CERTIFICATE] = {RFC_client13, "WAIT_CERT"},
    [HF_STATE_C13_WAIT_VERIFY] = {RFC_client13, "WAIT_CV"},
    [HF_STATE_C13_WAIT_FINISHED] = {RFC_client13, "WAIT_FINISHED"},
    [HF_STATE_C13_WAIT_EXTENSIONS_PSK] = {RFC_client13, "PSK_EE"},
    [HF_STATE_C13_WAIT_FINISHED_KEPT] = {RFC_client13, "PSK_FINISHED"},
    [HF_STATE_C13_WAIT_FINISHED_SHARED] = {RFC_client13, "PSK_FINISHED"},
    [HF_STATE_C13_OPEN] = {RFC_client13, "CONNECTED"},
    [HF_STATE_C12_WAIT_CERTIFICATE] = {RFC_client12, "WAIT_CERT"},
    [HF_STATE_C12_WAIT_STATUS] = {RFC_client12, "WAIT_CS"},
    [HF_STATE_C12_WAIT_STATUS_RSA] = {RFC_client12, "RSA_CS"},
    [HF_STATE_C12_WAIT_STATUS_PSK] = {RFC_client12, "PSK_CS"},
    [HF_STATE_C12_WAIT_KEY_EXCHANGE] = {RFC_client12, "WAIT_SKE"},
    [HF_STATE_C12_WAIT_REQUEST] = {RFC_client12, "WAIT_CR_SHD"},
    [HF_STATE_C12_WAIT_DONE] = {RFC_client12, "WAIT_SHD"},
    [HF_STATE_C12_WAIT_CCS] = {RFC_client12, "WAIT_CCS"},
    [HF_STATE_C12_WAIT_FINISHED] = {RFC_client12, "WAIT_FINISHED"},
    [HF_STATE_C12_WAIT_CCS_RESUMED] = {RFC_client12, "RESUMED_CCS"},
    [HF_STATE_C12_WAIT_FINISHED_RESUMED] = {RFC_client12, "RESUMED_FINISHED"},
    [HF_STATE_C12_WAIT_REQUEST_RSA] = {RFC_client12, "RSA_CR_SHD"},
    [HF_STATE_C12_WAIT_DONE_RSA] = {RFC_client12, "RSA_SHD"},
    [HF_STATE_C12_WAIT_TICKET] = {RFC_client12, "WAIT_TICKET"},
    [HF_STATE_C12_WAIT_TICKET_RSA] = {RFC_client12, "RSA_TICKET"},
    [HF_STATE_C12_WAIT_TICKET_PSK] = {RFC_client12, "PSK_TICKET"},
    [HF_STATE_C12_WAIT_TICKET_RESUMED] = {RFC_client12, "RESUMED_TICKET"},
    [HF_STATE_C12_WAIT_CCS_RSA] = {RFC_client12, "RSA_CCS"},
    [HF_STATE_C12_WAIT_FINISHED_RSA] = {RFC_client12, "RSA_FINISHED"},
    [HF_STATE_C12_WAIT_HINT] = {RFC_client12, "PSK_SKE_SHD"},
    [HF_STATE_C12_WAIT_EXCHANGE_PSK] = {RFC_client12, "PSK_SKE"},
    [HF_STATE_C12_WAIT_DONE_PSK] = {RFC_client12, "PSK_SHD"},
    [HF_STATE_C12_WAIT_CCS_PSK] = {RFC_client12, "PSK_CCS"},
    [HF_STATE_C12_WAIT_FINISHED_PSK] = {RFC_client12, "PSK_FINISHED"},
    [HF_STATE_C12_OPEN] = {RFC_client12, "CONNECTED"},
    [HF_STATE_C12_WAIT_HELLO_AGAIN] = {RFC_client12, "WAIT_SH_RENEGOTIATED"},
    [HF_STATE_S12_WAIT_HELLO_AGAIN] = {RFC_server12, "ASKED_AGAIN"},
    [HF_STATE_S_WAIT_HELLO] = {RFC_server13 | RFC_server12, "START"},
    [HF_STATE_S13_WAIT_HELLO] = {RFC_server13, "START_AGAIN"},
    [HF_STATE_S13_WAIT_CERTIFICATE] = {RFC_server13, "WAIT_CERT"},
    [HF_STATE_S13_WAIT_VERIFY] = {RFC_server13, "WAIT_CV"},
    [HF_STATE_S13_WAIT_FINISHED] = {RFC_server13, "WAIT_FINISHED"},
    [HF_STATE_S13_WAIT_END] = {RFC_server13, "PSK_EOED"},
    [HF_STATE_S13_WAIT_FINISHED_EARLY] = {RFC_server13, "PSK_FINISHED"},
    [HF_STATE_S13_WAIT_FINISHED_KEPT] = {RFC_server13, "PSK_FINISHED"},
    [HF_STATE_S13_WAIT_FINISHED_SHARED] = {RFC_server13, "PSK_FINISHED"},
    [HF_STATE_S13_OPEN] = {RFC_server13, "CONNECTED"},
    [HF_STATE_S13_LATE_WAIT_VERIFY] = {RFC_server13, "LATE_CV"},
    [HF_STATE_S13_LATE_WAIT_FINISHED] = {RFC_server13, "LATE_FINISHED"},
    [HF_STATE_S12_WAIT_CERTIFICATE] = {RFC_server12, "WAIT_CERT"},
    [HF_STATE_S12_WAIT_EXCHANGE] = {RFC_server12, "WAIT_CKE"},
    [HF_STATE_S12_WAIT_EXCHANGE_CERT] = {RFC_server12, "WAIT_CKE_CV"},
    [HF_STATE_S12_WAIT_VERIFY] = {RFC_server12, "WAIT_CV"},
    [HF_STATE_S12_WAIT_CCS] = {RFC_server12, "WAIT_CCS"},
    [HF_STATE_S12_WAIT_FINISHED] = {RFC_server12, "WAIT_FINISHED"},
    [HF_STATE_S12_WAIT_CCS_RESUMED] = {RFC_server12, "RESUMED_CCS"},
    [HF_STATE_S12_WAIT_FINISHED_RESUMED] = {RFC_server12, "RESUMED_FINISHED"},
    [HF_STATE_S12_WAIT_EXCHANGE_PSK] = {RFC_server12, "PSK_CKE"},
    [HF_STATE_S12_WAIT_CCS_PSK] = {RFC_server12, "PSK_CCS"},
    [HF_STATE_S12_WAIT_FINISHED_PSK] = {RFC_server12, "PSK_FINISHED"},
    [HF_STATE_S12_OPEN] = {RFC_server12, "CONNECTED"},
};

const struct rfc_edge *rfc_order_edges(size_t *ret_count)
{
    *ret_count = sizeof edges / sizeof edges[0];
    return edges;
}

struct rfc_phase rfc_order_phase(enum hf_state state)
{
    return phases[state];
}

/* Streams have none of these: RFC 6347 4.2.1, RFC 9147 9. */
static bool is_of_datagrams(enum hf_input input)
{
    return input == HF_INPUT_hello_verify_request || input == HF_INPUT_new_connection_id ||
           input == HF_INPUT_request_connection_id;
}

bool rfc_order_allows(enum hf_state state, enum hf_input input)
{
    if (is_of_datagrams(input))
        return false;
    for (size_t i = 0; i < sizeof edges / sizeof edges[0]; i++)
        if ((edges[i].machine & phases[state].machines) != 0 && edges[i].input == input &&
            strcmp(edges[i].from, phases[state].name) == 0)
            return true;
    return false;
}
